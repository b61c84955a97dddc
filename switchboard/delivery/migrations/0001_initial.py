"""First tables of this room."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("message_id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("state", models.SmallIntegerField()),
                ("attempt", models.SmallIntegerField(default=1)),
                ("reason", models.CharField(max_length=24, null=True)),
                ("detail", models.JSONField(null=True)),
                ("wamid", models.CharField(max_length=255, null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "delivery_delivery",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="InboundWatermark",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("applied_through", models.DateTimeField()),
            ],
            options={
                "db_table": "delivery_inboundwatermark",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Lane",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("priority", models.SmallIntegerField()),
                ("origin_kind", models.CharField(max_length=12)),
                ("origin_id", models.BigIntegerField()),
                ("state", models.CharField(default="active", max_length=12)),
                ("pace", models.CharField(blank=True, default="", max_length=16)),
                ("low_water_at", models.DateTimeField(null=True)),
                ("low_water_id", models.UUIDField(null=True)),
                ("version", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "delivery_lane",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("lane_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("origin_kind", models.CharField(max_length=12)),
                ("origin_id", models.BigIntegerField()),
                ("category", models.CharField(max_length=16)),
                ("recipient", models.CharField(max_length=150)),
                ("zones", models.CharField(max_length=255)),
                ("template_id", models.BigIntegerField(null=True)),
                ("body", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "delivery_message",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("workspace_id", models.BigIntegerField()),
                ("lane_id", models.BigIntegerField()),
                ("due_at", models.DateTimeField()),
                ("message_id", models.UUIDField()),
                ("number_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("attempt", models.SmallIntegerField(default=1)),
                ("hold", models.CharField(max_length=16, null=True)),
                ("hold_detail", models.JSONField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "lane_id", "due_at", "message_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "db_table": "delivery_outbox",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PaceState",
            fields=[
                ("number_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("next_at", models.DateTimeField()),
                ("log", models.BinaryField(default=b"")),
                ("answer_log", models.BinaryField(default=b"")),
                ("quarters", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "delivery_pacestate",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="SendBatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("sender_id", models.UUIDField()),
                ("message_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                (
                    "attempts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("claimed_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField()),
            ],
            options={
                "db_table": "delivery_sendbatch",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="StopSwitch",
            fields=[
                ("workspace_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("is_on", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "delivery_stopswitch",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("origin_kind", models.CharField(max_length=12)),
                ("origin_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("measure", models.CharField(max_length=12)),
                ("reason", models.CharField(max_length=24)),
                ("amount", models.IntegerField()),
                ("minute", models.DateTimeField()),
            ],
            options={
                "db_table": "delivery_tally",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Unknown",
            fields=[
                ("message_id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("heard_seconds", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "delivery_unknown",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Window",
            fields=[
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "contact_id",
                        "number_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "db_table": "delivery_window",
                "managed": False,
            },
        ),
    ]
