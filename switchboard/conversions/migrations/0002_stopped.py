"""A file of orders or events can be stopped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversions", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deeds",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "Uploaded"),
                    ("running", "Running"),
                    ("done", "Finished"),
                    ("stopped", "Stopped"),
                    ("failed", "Failed"),
                ],
                default="uploaded",
                max_length=8,
            ),
        ),
    ]
