"""The console counts the dead letters that nobody has replayed on every page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Most letters are replayed ones, kept for three months."""

    dependencies = [("webhooks", "0005_latest")]
    operations = [
        migrations.AddIndex(
            model_name="deadletter",
            index=models.Index(
                condition=models.Q(("replayed_at", None)),
                fields=["workspace_id", "id"],
                name="webhooks_deadletter_open",
            ),
        ),
    ]
