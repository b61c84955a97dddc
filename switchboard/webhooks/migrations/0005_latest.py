"""When Meta last said something of a template or an account: what is older must not come back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Meta repeats for seven days and promises no order."""

    dependencies = [("webhooks", "0004_orphan")]
    operations = [
        migrations.CreateModel(
            name="Latest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=700)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "webhooks_latest",
                "constraints": [
                    models.UniqueConstraint(fields=["workspace_id", "subject"], name="webhooks_latest_once"),
                ],
            },
        ),
        migrations.RunSQL("SELECT switchboard_protect('webhooks_latest')", migrations.RunSQL.noop),
    ]
