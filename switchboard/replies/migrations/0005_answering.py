"""Rules as a draft and as published, what is decided of each message, and what was answered."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL_DECISIONS = """
CREATE TABLE replies_decision (
    message_id uuid PRIMARY KEY,
    workspace_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    number_id bigint NOT NULL,
    at timestamptz NOT NULL,
    outcome varchar(16) NOT NULL,
    rule_id bigint,
    rung smallint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 0,
    keyword varchar(256) NOT NULL DEFAULT '',
    view varchar(12) NOT NULL DEFAULT '',
    distance smallint NOT NULL DEFAULT 0,
    feeling varchar(8) NOT NULL DEFAULT '',
    due_at timestamptz
) PARTITION BY RANGE (message_id);
-- Index: the measures of a workspace over some weeks.
CREATE INDEX replies_decision_newest ON replies_decision (workspace_id, at DESC);
-- Index: was the same thing asked again?
CREATE INDEX replies_decision_by_thread ON replies_decision (conversation_id, at);
CREATE TABLE replies_decision_default PARTITION OF replies_decision DEFAULT;
REVOKE ALL ON replies_decision_default FROM switchboard_app, switchboard_stream;
SELECT switchboard_ensure_months('replies_decision', (current_date - interval '1 month')::date, 5, true);
SELECT switchboard_protect('replies_decision');
"""

SQL_PROTECT = """
SELECT switchboard_protect('replies_effect');
SELECT switchboard_protect('replies_answer');
SELECT switchboard_protect('replies_ignoredphrase');
SELECT switchboard_protect('replies_rule');
SELECT switchboard_protect('replies_keyword');
SELECT switchboard_protect('replies_rung');
SELECT switchboard_protect('replies_step');
SELECT switchboard_protect('replies_settings');
SELECT switchboard_protect('replies_version');
SELECT switchboard_protect('replies_couponpool');
SELECT switchboard_protect('replies_coupon');
-- Rows live for milliseconds.
ALTER TABLE replies_effect SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("replies", "0004_media"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("message_id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("conversation_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("outcome", models.CharField(max_length=16)),
                ("rule_id", models.BigIntegerField(null=True)),
                ("rung", models.SmallIntegerField(default=0)),
                ("version", models.IntegerField(default=0)),
                ("keyword", models.CharField(blank=True, max_length=256)),
                ("view", models.CharField(blank=True, max_length=12)),
                ("distance", models.SmallIntegerField(default=0)),
                ("feeling", models.CharField(blank=True, max_length=8)),
                ("due_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "replies_decision",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Settings",
            fields=[
                ("workspace_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("content", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "replies_settings",
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("conversation_id", models.BigIntegerField()),
                ("rule_id", models.BigIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("version", models.IntegerField()),
                ("message_id", models.UUIDField(null=True)),
                ("kind", models.CharField(max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("parts", models.SmallIntegerField()),
                ("first_message_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "replies_answer",
                "indexes": [
                    models.Index(fields=["workspace_id", "rule_id", "-at"], name="replies_answer_by_rule"),
                    models.Index(fields=["conversation_id", "-at"], name="replies_answer_by_thread"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponPool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "replies_couponpool",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "name"), name="replies_couponpool_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                ("message_id", models.UUIDField()),
                ("effect", models.CharField(max_length=12)),
                ("workspace_id", models.BigIntegerField()),
                ("sequence", models.BigIntegerField(default=0)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "message_id", "effect", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "replies_effect",
                "indexes": [models.Index(fields=["sequence"], name="replies_effect_order")],
            },
        ),
        migrations.CreateModel(
            name="IgnoredPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("phrase", models.CharField(max_length=256)),
            ],
            options={
                "db_table": "replies_ignoredphrase",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "phrase"), name="replies_ignored_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=150)),
                ("is_on", models.BooleanField(default=True)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("keywords", "Keywords"),
                            ("payload", "A button or a list row"),
                            ("media", "A file"),
                            ("first_ever", "Somebody's first message ever"),
                            ("outside_hours", "Outside business hours"),
                            ("any", "Any message"),
                            ("no_match", "Nothing else matches"),
                        ],
                        default="keywords",
                        max_length=16,
                    ),
                ),
                ("priority", models.SmallIntegerField(default=0)),
                ("position", models.IntegerField(default=0)),
                (
                    "media_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("scope", models.JSONField(default=dict)),
                ("delay_from", models.SmallIntegerField(blank=True, null=True)),
                ("delay_until", models.SmallIntegerField(blank=True, null=True)),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "db_table": "replies_rule",
                "indexes": [models.Index(fields=["workspace_id", "position", "id"], name="replies_rule_order")],
            },
        ),
        migrations.CreateModel(
            name="Rung",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("position", models.SmallIntegerField()),
                ("unread_after_seconds", models.IntegerField(blank=True, null=True)),
                ("asked_again", models.BooleanField(default=True)),
                ("attempts", models.SmallIntegerField(default=1)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rungs", to="replies.rule"
                    ),
                ),
            ],
            options={
                "db_table": "replies_rung",
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("position", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("content", models.JSONField(default=dict)),
                ("condition", models.JSONField(blank=True, null=True)),
                (
                    "rung",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="replies.rung"
                    ),
                ),
            ],
            options={
                "db_table": "replies_step",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("content", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "replies_version",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "number"), name="replies_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("code", models.CharField(max_length=100)),
                ("contact_id", models.BigIntegerField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="coupons", to="replies.couponpool"
                    ),
                ),
            ],
            options={
                "db_table": "replies_coupon",
                "indexes": [
                    models.Index(
                        condition=models.Q(("contact_id__isnull", True)),
                        fields=["pool", "id"],
                        name="replies_coupon_free",
                    ),
                    models.Index(fields=["contact_id"], name="replies_coupon_by_contact"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("pool", "code"), name="replies_coupon_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("contact_id__isnull", False)),
                        fields=("pool", "contact_id"),
                        name="replies_coupon_one_each",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Keyword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("text", models.CharField(max_length=256)),
                ("mode", models.CharField(default="fuzzy", max_length=12)),
                ("threshold", models.SmallIntegerField(default=75)),
                ("patterns", models.JSONField(default=list)),
                ("position", models.IntegerField(default=0)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keywords", to="replies.rule"
                    ),
                ),
            ],
            options={
                "db_table": "replies_keyword",
                "constraints": [models.UniqueConstraint(fields=("rule", "mode", "text"), name="replies_keyword_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="rung",
            constraint=models.UniqueConstraint(fields=("rule", "position"), name="replies_rung_once"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("rung", "position"), name="replies_step_once"),
        ),
        migrations.RunSQL(SQL_DECISIONS, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
