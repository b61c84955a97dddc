"""Threads, sessions, lines, timers, business hours."""

import django.contrib.postgres.fields
from django.db import migrations, models

SQL_PROTECT = """
SELECT switchboard_protect('conversations_conversation');
SELECT switchboard_protect('conversations_session');
SELECT switchboard_protect('conversations_line');
SELECT switchboard_protect('conversations_timer');
SELECT switchboard_protect('conversations_businesshours');
-- A row changes with every message; timers live for seconds.
ALTER TABLE conversations_conversation SET (fillfactor = 70);
ALTER TABLE conversations_timer SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="BusinessHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField(default=0)),
                ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("week", models.JSONField(default=dict)),
                (
                    "days_off",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None),
                ),
            ],
            options={
                "db_table": "conversations_businesshours",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "number_id"), name="conversations_hours_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("state", models.CharField(default="open", max_length=12)),
                ("answering", models.CharField(default="bot", max_length=8)),
                ("priority", models.SmallIntegerField(default=0)),
                ("assignee_id", models.BigIntegerField(null=True)),
                ("session_number", models.IntegerField(default=1)),
                ("session_started_at", models.DateTimeField()),
                ("quiet_since", models.DateTimeField(null=True)),
                ("last_inbound_at", models.DateTimeField()),
                ("last_inbound_id", models.UUIDField()),
                ("last_outbound_at", models.DateTimeField(null=True)),
                ("waits_since", models.DateTimeField(null=True)),
                ("is_collected", models.BooleanField(default=False)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("hand_over", models.JSONField(null=True)),
                ("announced_at", models.DateTimeField(null=True)),
                ("ladder_rule_id", models.BigIntegerField(null=True)),
                ("ladder_rung", models.SmallIntegerField(default=0)),
                ("ladder_attempts", models.SmallIntegerField(default=0)),
                ("ladder_since", models.DateTimeField(null=True)),
                ("ladder_expires_at", models.DateTimeField(null=True)),
                ("negative_count", models.SmallIntegerField(default=0)),
                ("quick_count", models.SmallIntegerField(default=0)),
                ("same_count", models.SmallIntegerField(default=0)),
                ("last_text_hash", models.BigIntegerField(default=0)),
                (
                    "recent_answers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), default=list, size=None
                    ),
                ),
                ("dialogue_session", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "conversations_conversation",
                "indexes": [
                    models.Index(fields=["workspace_id", "-last_inbound_at", "-id"], name="conversations_latest"),
                    models.Index(
                        condition=models.Q(("waits_since__isnull", False)),
                        fields=["workspace_id", "-priority", "-is_collected", "waits_since"],
                        name="conversations_queue",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "contact_id", "number_id"), name="conversations_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("conversation_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("detail", models.JSONField(default=dict)),
                ("message_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "conversations_line",
                "indexes": [models.Index(fields=["conversation_id", "-id"], name="conversations_line_latest")],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("conversation_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "db_table": "conversations_session",
                "indexes": [models.Index(fields=["workspace_id", "-started_at"], name="conversations_session_latest")],
                "constraints": [
                    models.UniqueConstraint(fields=("conversation_id", "number"), name="conversations_session_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Timer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("conversation_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("due_at", models.DateTimeField()),
                ("payload", models.JSONField(default=dict)),
                ("is_call", models.BooleanField(default=False)),
                ("leased_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "conversations_timer",
                "indexes": [models.Index(fields=["is_call", "due_at"], name="conversations_timer_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("conversation_id", "kind"), name="conversations_timer_once")
                ],
            },
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
