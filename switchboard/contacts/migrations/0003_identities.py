"""Parent user ids, and where people went who turned out to be somebody known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A former contact's number in a link or a log still leads to the person."""

    dependencies = [("contacts", "0002_protect")]
    operations = [
        migrations.AlterField(
            model_name="identity",
            name="kind",
            field=models.CharField(
                choices=[("wa_id", "WhatsApp id"), ("user_id", "User id"), ("parent", "User id")], max_length=8
            ),
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("former_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("merged_at", models.DateTimeField()),
            ],
            options={
                "db_table": "contacts_alias",
                "indexes": [models.Index(fields=["contact_id"], name="contacts_alias_by_contact")],
            },
        ),
        migrations.RunSQL("SELECT switchboard_protect('contacts_alias')", migrations.RunSQL.noop),
    ]
