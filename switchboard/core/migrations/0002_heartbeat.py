"""First tables of this room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("process_id", models.UUIDField(primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=16)),
                ("host", models.CharField(max_length=255)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "core_heartbeat",
            },
        ),
    ]
