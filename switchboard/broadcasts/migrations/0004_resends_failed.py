"""An option: what Meta reported failed for the moment goes out again a day later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0003_choices")]
    operations = [
        migrations.AddField("broadcast", "resends_failed", models.BooleanField(default=False, db_default=False)),
    ]
