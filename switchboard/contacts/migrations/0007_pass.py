"""How far everybody has been looked at since the rules changed."""

from django.db import migrations, models

SQL_PROTECT = """
SELECT switchboard_protect('contacts_pass');
"""


class Migration(migrations.Migration):
    """A pass goes on where it was when the worker is killed."""

    dependencies = [("contacts", "0006_people")]
    operations = [
        migrations.CreateModel(
            name="Pass",
            fields=[
                ("workspace_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("wanted", models.IntegerField(default=1)),
                ("done", models.IntegerField(default=0)),
                ("running", models.IntegerField(default=0)),
                ("reached_id", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "contacts_pass"},
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
