"""What was found when an account was checked at Meta, and when an app was last heard."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Connecting a real number is a matter of minutes or of days; what was found stays."""

    dependencies = [("numbers", "0002_protect"), ("team", "0002_protect")]

    operations = [
        migrations.AddField(
            model_name="app",
            name="heard_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="AccountCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=32)),
                ("is_good", models.BooleanField()),
                ("sentence", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="numbers.account"
                    ),
                ),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace")),
            ],
            options={
                "db_table": "numbers_accountcheck",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "subject"), name="numbers_accountcheck_once")
                ],
            },
        ),
        migrations.RunSQL("SELECT switchboard_protect('numbers_accountcheck')", migrations.RunSQL.noop),
    ]
