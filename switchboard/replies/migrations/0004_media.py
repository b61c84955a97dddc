"""Files that people sent, and what became of fetching them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Meta keeps a file for seven days; what is fetched by then is ours to keep."""

    dependencies = [("replies", "0003_sequence")]
    operations = [
        migrations.CreateModel(
            name="Media",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("message_id", models.UUIDField()),
                ("number_id", models.BigIntegerField()),
                ("media_id", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=16)),
                ("mime", models.CharField(blank=True, max_length=100)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("path", models.CharField(blank=True, max_length=300)),
                ("size", models.BigIntegerField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "replies_media",
                "constraints": [
                    models.UniqueConstraint(fields=["message_id", "media_id"], name="replies_media_once"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["due_at"], name="replies_media_waiting"
                    ),
                ],
            },
        ),
        migrations.RunSQL("SELECT switchboard_protect('replies_media')", migrations.RunSQL.noop),
    ]
