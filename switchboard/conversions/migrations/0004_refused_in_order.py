"""Refused rows of a file are found in their order, so that a large file of them is given piece by piece."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversions", "0003_file_headings")]

    operations = [
        migrations.AddIndex("refuseddeed", models.Index(fields=["deeds", "line"], name="conversions_refuseddeed_line")),
        # The index above does for both.
        migrations.AlterField(
            "refuseddeed",
            "deeds",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="conversions.deeds"),
        ),
    ]
