"""First tables of this room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("number_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("wamid", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=24)),
                ("text", models.TextField(blank=True)),
                ("body", models.JSONField()),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("answers_id", models.UUIDField(null=True)),
                ("origin_kind", models.CharField(blank=True, max_length=12)),
                ("origin_id", models.BigIntegerField(null=True)),
                ("is_opt_out", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "replies_inboundmessage",
                "managed": False,
            },
        ),
    ]
