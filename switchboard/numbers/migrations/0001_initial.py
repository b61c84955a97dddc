"""First tables of this room."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="App",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meta_id", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=150)),
                ("secret_encrypted", models.BinaryField()),
                ("previous_secret_encrypted", models.BinaryField(blank=True, null=True)),
                ("verify_token_encrypted", models.BinaryField()),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "numbers_app",
            },
        ),
        migrations.CreateModel(
            name="Portfolio",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meta_id", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=150)),
                ("messaging_limit", models.PositiveIntegerField(blank=True, null=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "numbers_portfolio",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meta_id", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=150)),
                ("token_encrypted", models.BinaryField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                ("sync_error", models.TextField(blank=True)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="numbers.app"
                    ),
                ),
                (
                    "portfolio",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="numbers.portfolio"
                    ),
                ),
            ],
            options={
                "db_table": "numbers_account",
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meta_id", models.CharField(max_length=64, unique=True)),
                ("phone", models.CharField(max_length=20)),
                ("verified_name", models.CharField(blank=True, max_length=150)),
                ("label", models.CharField(blank=True, max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("connected", "Connected"),
                            ("pending", "Pending"),
                            ("disconnected", "Disconnected"),
                            ("restricted", "Restricted"),
                            ("rate_limited", "Rate limited"),
                            ("banned", "Banned"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                (
                    "quality",
                    models.CharField(
                        choices=[("green", "High"), ("yellow", "Medium"), ("red", "Low"), ("unknown", "Not rated")],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                ("throughput", models.PositiveIntegerField(default=80)),
                (
                    "pace",
                    models.CharField(
                        choices=[("careful", "Careful"), ("standard", "Standard"), ("full", "Full")],
                        default="careful",
                        max_length=16,
                    ),
                ),
                ("pace_overrides", models.JSONField(blank=True, default=dict)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_code", models.CharField(blank=True, max_length=32)),
                ("stopped_detail", models.TextField(blank=True)),
                ("in_use_since", models.DateField()),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="numbers", to="numbers.account"
                    ),
                ),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "numbers_number",
                "indexes": [models.Index(fields=["workspace", "account"], name="numbers_number_by_account")],
            },
        ),
        migrations.AddConstraint(
            model_name="portfolio",
            constraint=models.UniqueConstraint(fields=("workspace", "meta_id"), name="numbers_portfolio_once"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("workspace", "meta_id"), name="numbers_account_once"),
        ),
    ]
