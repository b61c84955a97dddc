"""When a pause that Meta's restriction of an account brought ends by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nullable, so nothing is rewritten; templates are few."""

    dependencies = [("templates", "0002_protect")]

    operations = [
        migrations.AddField(
            model_name="template",
            name="paused_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="template",
            index=models.Index(
                condition=models.Q(("paused_until__isnull", False)),
                fields=["paused_until"],
                name="templates_template_paused",
            ),
        ),
    ]
