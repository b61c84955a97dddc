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
            name="Standing",
            fields=[
                ("contact_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("marketing_basis", models.CharField(blank=True, max_length=16)),
                ("utility_basis", models.CharField(blank=True, max_length=16)),
                ("opted_out_at", models.DateTimeField(null=True)),
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
                "db_table": "consent_standing",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("kind", models.CharField(choices=[("grant", "Agreed"), ("withdraw", "Opted out")], max_length=8)),
                ("category", models.CharField(max_length=16)),
                (
                    "basis",
                    models.CharField(
                        blank=True, choices=[("opt_in", "Opt-in"), ("transaction", "Transaction")], max_length=16
                    ),
                ),
                ("source", models.CharField(max_length=255)),
                ("wording", models.TextField(blank=True)),
                ("evidence", models.JSONField(default=dict)),
                ("actor", models.CharField(max_length=64)),
                ("event_key", models.CharField(max_length=300, null=True)),
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
                "db_table": "consent_entry",
                "indexes": [models.Index(fields=["workspace", "contact_id", "-id"], name="consent_entry_by_contact")],
                "constraints": [models.UniqueConstraint(fields=("event_key",), name="consent_entry_event_once")],
            },
        ),
    ]
