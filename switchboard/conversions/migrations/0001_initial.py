"""Orders, refunds, and files of orders and events."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL_PROTECT = """
SELECT switchboard_protect(name::regclass) FROM unnest(ARRAY[
    'conversions_order', 'conversions_refund', 'conversions_deeds', 'conversions_refuseddeed']) AS name;
"""


class Migration(migrations.Migration):
    """Orders and the files that bring them."""

    initial = True

    dependencies = [
        ("team", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deeds",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("orders", "Orders"), ("events", "Events")], max_length=8)),
                ("file_name", models.CharField(max_length=255)),
                ("file_path", models.CharField(max_length=500)),
                ("encoding", models.CharField(max_length=32)),
                ("delimiter", models.CharField(default=",", max_length=1)),
                ("mapping", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("running", "Running"),
                            ("done", "Finished"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=8,
                    ),
                ),
                ("error", models.TextField(blank=True)),
                ("row_count", models.IntegerField(default=0)),
                ("recorded_count", models.IntegerField(default=0)),
                ("repeated_count", models.IntegerField(default=0)),
                ("refused_count", models.IntegerField(default=0)),
                ("by", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "conversions_deeds",
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("external_id", models.CharField(max_length=120)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("items", models.JSONField(default=list)),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                ("refunded", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
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
                "db_table": "conversions_order",
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=120)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refunds", to="conversions.order"
                    ),
                ),
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
                "db_table": "conversions_refund",
            },
        ),
        migrations.CreateModel(
            name="RefusedDeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("reason", models.TextField()),
                ("cells", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("deeds", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="conversions.deeds")),
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
                "db_table": "conversions_refuseddeed",
            },
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["workspace", "contact_id", "-at"], name="conversions_order_by_contact"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(fields=("workspace", "external_id"), name="conversions_order_once"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("order", "external_id"), name="conversions_refund_once"),
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
