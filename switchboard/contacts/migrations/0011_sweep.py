"""What a changed rule did to everybody is written down too, apart from what people did."""

import django.contrib.postgres.fields
from django.db import migrations, models

SQL_PROTECT = """
SELECT switchboard_protect('contacts_sweep');
ALTER TABLE contacts_sweep ALTER COLUMN contact_ids SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    """A row a tag and piece of people: a row a person would cost more than the pass itself."""

    dependencies = [("contacts", "0010_contact_indexes")]
    operations = [
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("tag_id", models.BigIntegerField()),
                ("is_member", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "contact_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
            ],
            options={
                "db_table": "contacts_sweep",
                "indexes": [models.Index(fields=["workspace_id", "id"], name="contacts_sweep_in_order")],
            },
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
