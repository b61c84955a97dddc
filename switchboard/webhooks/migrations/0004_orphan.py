"""Statuses that came before the answer to their message, and without our note."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """They wait some minutes for the sender to learn Meta's id of the message."""

    dependencies = [("webhooks", "0003_retention")]
    operations = [
        migrations.CreateModel(
            name="Orphan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("app_id", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
                ("wamid", models.CharField(max_length=255)),
                ("body", models.BinaryField()),
            ],
            options={"db_table": "webhooks_orphan"},
        ),
        migrations.RunSQL("SELECT switchboard_protect('webhooks_orphan')", migrations.RunSQL.noop),
    ]
