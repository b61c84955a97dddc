"""By which version of the program the readings of keywords were made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("replies", "0005_answering"),
    ]

    operations = [
        migrations.AddField(
            model_name="keyword",
            name="derivation",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="version",
            name="derivation",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
    ]
