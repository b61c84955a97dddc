"""When a restriction of Meta's ends by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nullable, so nothing is rewritten; numbers are few."""

    dependencies = [("numbers", "0004_rate")]

    operations = [
        migrations.AddField(
            model_name="number",
            name="restricted_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="number",
            index=models.Index(
                condition=models.Q(("restricted_until__isnull", False)),
                fields=["restricted_until"],
                name="numbers_number_restricted",
            ),
        ),
    ]
