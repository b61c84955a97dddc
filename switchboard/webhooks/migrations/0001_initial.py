"""First tables of this room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("app_id", models.BigIntegerField()),
                ("is_inbound", models.BooleanField()),
                ("received_at", models.DateTimeField()),
                ("body", models.BinaryField()),
            ],
            options={
                "db_table": "webhooks_event",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("workspace_id", models.BigIntegerField()),
                ("event_id", models.BigIntegerField()),
                ("app_id", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
                ("body", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "received_at", "event_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "webhooks_journalentry",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("app_id", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
                ("body", models.BinaryField()),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("replayed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "webhooks_deadletter",
            },
        ),
    ]
