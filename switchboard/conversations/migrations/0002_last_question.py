"""A message right after another belongs to it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="last_question_at",
            field=models.DateTimeField(null=True),
        ),
    ]
