"""A file of orders or events keeps its headings, for the file of its refused rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversions", "0002_stopped"),
    ]

    operations = [
        migrations.AddField(
            model_name="deeds",
            name="columns",
            field=models.JSONField(default=list),
        ),
    ]
