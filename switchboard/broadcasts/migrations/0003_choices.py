"""What a broadcast's author may choose beside its pace, and turns of identical messages."""

import django.db.models.deletion
from django.db import migrations, models

SQL_CHOICE = "ALTER TABLE broadcasts_recipient ADD COLUMN number_choice varchar(12) NOT NULL DEFAULT ''"
SQL_PROTECT = "SELECT switchboard_protect('broadcasts_contentturn')"


class Migration(migrations.Migration):
    """Recipients are unmanaged, so their column is added by SQL."""

    dependencies = [("broadcasts", "0002_recipients"), ("team", "0001_initial")]
    operations = [
        migrations.AddField("broadcast", "is_sticky", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("broadcast", "is_spaced", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("broadcast", "give_up_hours", models.PositiveSmallIntegerField(db_default=72, default=72)),
        migrations.AddField("broadcast", "give_up_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("broadcast", "paused_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("broadcast", "outlook", models.JSONField(blank=True, null=True)),
        migrations.CreateModel(
            name="ContentTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.CharField(max_length=64)),
                ("next_at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="team.workspace"),
                ),
            ],
            options={
                "db_table": "broadcasts_contentturn",
                "constraints": [
                    models.UniqueConstraint(fields=["workspace", "content_hash"], name="broadcasts_contentturn_once")
                ],
            },
        ),
        migrations.RunSQL(SQL_CHOICE, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
