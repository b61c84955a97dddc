"""A workspace's own prices, and their row-level security."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Only prices that differ from the list are rows."""

    dependencies = [("numbers", "0003_checks"), ("team", "0002_protect")]
    operations = [
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("market", models.CharField(max_length=40)),
                ("category", models.CharField(max_length=16)),
                ("amount", models.DecimalField(decimal_places=6, max_digits=12)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "numbers_rate",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "currency", "market", "category"), name="numbers_rate_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="numbers_rate_not_negative"),
                ],
            },
        ),
        migrations.RunSQL("SELECT switchboard_protect('numbers_rate')", migrations.RunSQL.noop),
    ]
