"""What people did lately in day buckets, outcomes of broadcasts, tags kept by rules, segments."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0003_identities"),
        ("team", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="Day",
            fields=[
                ("contact_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("workspace_id", models.BigIntegerField()),
                ("sessions", models.IntegerField(default=0)),
                ("messages", models.IntegerField(default=0)),
                ("events", models.IntegerField(default=0)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contact_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "contacts_day",
            },
        ),
        migrations.CreateModel(
            name="EditedRow",
            fields=[
                ("edit_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("workspace_id", models.BigIntegerField()),
                ("before", models.JSONField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "edit_id", "contact_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "contacts_editedrow",
            },
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("message_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
            ],
            options={
                "db_table": "contacts_news",
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="classes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="consents",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="country",
            field=models.CharField(db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            model_name="activity",
            name="events_30",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="events_7",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="events_90",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="first_order_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="joined_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="language",
            field=models.CharField(db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="activity",
            name="last_click_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="last_order_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="last_reply_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="messages_30",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="messages_7",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="messages_90",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="order_count",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="order_sum",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name="activity",
            name="session_count",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="sessions_30",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="sessions_7",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="sessions_90",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="activity",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="replaces_tags",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="import",
            name="sheet",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="import",
            name="skips_known",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="import",
            name="stated_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="stated_source",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="import",
            name="suspicion",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="total_rows",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="import",
            name="undone",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="import",
            name="undone_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="importedrow",
            name="before",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="created_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="description",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="tag",
            name="moved_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="owner_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="people_count",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="tag",
            name="position",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="tag",
            name="preset",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="tag",
            name="rule",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="rule_version",
            field=models.IntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="activity",
            name="contact",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                primary_key=True,
                serialize=False,
                to="contacts.contact",
            ),
        ),
        migrations.AlterField(
            model_name="activity",
            name="inbound_count",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "Uploaded"),
                    ("running", "Running"),
                    ("done", "Finished"),
                    ("stopped", "Stopped"),
                    ("failed", "Failed"),
                    ("quarantined", "In quarantine"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                ],
                default="uploaded",
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="BroadcastOutcome",
            fields=[
                ("contact_id", models.BigIntegerField()),
                ("broadcast_id", models.BigIntegerField()),
                ("workspace_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                ("clicked_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=24)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contact_id", "broadcast_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "contacts_outcome",
                "indexes": [models.Index(fields=["workspace_id", "broadcast_id"], name="contacts_outcome_broadcast")],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("tag_id", models.BigIntegerField()),
                ("is_member", models.BooleanField()),
                ("is_automatic", models.BooleanField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "contacts_change",
                "indexes": [
                    models.Index(fields=["workspace_id", "id"], name="contacts_change_in_order"),
                    models.Index(fields=["contact_id", "id"], name="contacts_change_by_contact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Changed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "contacts_changed",
                "indexes": [models.Index(fields=["workspace_id", "id"], name="contacts_changed_in_order")],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("contact_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("check_at", models.DateTimeField()),
            ],
            options={
                "db_table": "contacts_check",
                "indexes": [models.Index(fields=["workspace_id", "check_at"], name="contacts_check_due")],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("contact_id", models.BigIntegerField()),
                ("tag_id", models.BigIntegerField()),
                ("workspace_id", models.BigIntegerField()),
                ("is_member", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("by", models.BigIntegerField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contact_id", "tag_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "contacts_correction",
                "indexes": [models.Index(fields=["workspace_id", "tag_id"], name="contacts_correction_by_tag")],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("format", models.CharField(max_length=8)),
                ("chosen", models.JSONField(default=dict)),
                ("shows_phones", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Finished"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("file_path", models.CharField(blank=True, max_length=500)),
                ("row_count", models.IntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("by", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_export",
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                ("definition", models.JSONField()),
                ("version", models.IntegerField(default=1)),
                ("people_count", models.IntegerField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("created_by", models.BigIntegerField(null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_segment",
            },
        ),
        migrations.CreateModel(
            name="SegmentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("definition", models.JSONField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.BigIntegerField(null=True)),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="contacts.segment"
                    ),
                ),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_segmentversion",
            },
        ),
        migrations.CreateModel(
            name="TagGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("is_exclusive", models.BooleanField(default=False)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_taggroup",
            },
        ),
        migrations.AddField(
            model_name="tag",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tags",
                to="contacts.taggroup",
            ),
        ),
        migrations.CreateModel(
            name="Cleanup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delete_tag", "Tag deleted"),
                            ("merge_tags", "Tags merged"),
                            ("inactive", "Inactive people marked"),
                            ("invalid", "Invalid numbers marked"),
                        ],
                        max_length=16,
                    ),
                ),
                ("detail", models.JSONField(default=dict)),
                (
                    "contact_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("done_at", models.DateTimeField()),
                ("done_by", models.BigIntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_cleanup",
                "indexes": [models.Index(fields=["workspace", "-id"], name="contacts_cleanup_newest")],
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("detail", models.JSONField(default=dict)),
                ("people_count", models.IntegerField(default=0)),
                ("by", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_edit",
                "indexes": [models.Index(fields=["workspace", "-id"], name="contacts_edit_newest")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("properties", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="team.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "contacts_event",
                "indexes": [
                    models.Index(fields=["workspace", "contact_id", "-at"], name="contacts_event_by_contact"),
                    models.Index(fields=["workspace", "name", "-at"], name="contacts_event_by_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "name", "external_id"), name="contacts_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "Choice"),
                            ("yes_no", "Yes or no"),
                            ("money", "Money"),
                        ],
                        default="text",
                        max_length=8,
                    ),
                ),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("created_at", models.DateTimeField()),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_field",
                "constraints": [models.UniqueConstraint(fields=("workspace", "key"), name="contacts_field_once")],
            },
        ),
        migrations.CreateModel(
            name="HygieneReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("findings", models.JSONField()),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_hygienereport",
                "indexes": [models.Index(fields=["workspace", "-id"], name="contacts_hygiene_newest")],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kept_id", models.BigIntegerField()),
                ("lost_id", models.BigIntegerField()),
                ("before", models.JSONField()),
                ("by", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "contacts_merge",
                "indexes": [models.Index(fields=["workspace", "kept_id"], name="contacts_merge_by_contact")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("author_id", models.BigIntegerField(null=True)),
                ("author_name", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="team.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "contacts_note",
                "indexes": [models.Index(fields=["workspace", "contact_id", "-at"], name="contacts_note_by_contact")],
            },
        ),
        migrations.CreateModel(
            name="Purchases",
            fields=[
                ("contact_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("order_count", models.IntegerField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                ("first_order_at", models.DateTimeField()),
                ("last_order_at", models.DateTimeField()),
                ("interval_days", models.FloatField(null=True)),
                ("last_order", models.JSONField(default=dict)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="team.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "contacts_purchases",
                "indexes": [models.Index(fields=["workspace", "last_order_at"], name="contacts_purchases_by_last")],
            },
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("workspace", "name"), name="contacts_segment_once"),
        ),
        migrations.AddConstraint(
            model_name="segmentversion",
            constraint=models.UniqueConstraint(fields=("segment", "version"), name="contacts_segmentversion_once"),
        ),
        migrations.AddConstraint(
            model_name="taggroup",
            constraint=models.UniqueConstraint(fields=("workspace", "name"), name="contacts_taggroup_once"),
        ),
    ]
