"""First tables of this room."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("broadcast_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("workspace_id", models.BigIntegerField()),
                ("message_id", models.UUIDField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "broadcast_id", "contact_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "broadcasts_recipient",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("preparing", "Preparing"),
                            ("sending", "Sending"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("template_name", models.CharField(blank=True, max_length=512)),
                ("template_language", models.CharField(blank=True, max_length=16)),
                ("audience", models.JSONField(default=dict)),
                ("variables", models.JSONField(default=dict)),
                ("header_asset_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "number_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("pace", models.CharField(default="standard", max_length=16)),
                ("scheduled_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.BigIntegerField(blank=True, null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "broadcasts_broadcast",
                "indexes": [models.Index(fields=["workspace", "-id"], name="broadcasts_newest")],
            },
        ),
    ]
