"""Very many people are changed in the background, a step at a time."""

import django.contrib.postgres.fields
from django.db import migrations, models

_UNFINISHED = ("waiting", "running", "undoing")
SQL_PROTECT = """
SELECT switchboard_protect('contacts_editstep');
"""


class Migration(migrations.Migration):
    """Changes that were made at once before are done: that is what the new columns say of them."""

    dependencies = [("contacts", "0015_changes_of_a_person")]
    operations = [
        migrations.CreateModel(
            name="EditStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("edit_id", models.BigIntegerField()),
                (
                    "contact_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
            ],
            options={
                "db_table": "contacts_editstep",
                "indexes": [models.Index(fields=["edit_id", "id"], name="contacts_editstep_next")],
            },
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
        migrations.AddField(
            "edit",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("undoing", "Undoing"),
                    ("done", "Done"),
                    ("stopped", "Stopped"),
                    ("failed", "Failed"),
                ],
                db_default="done",
                default="done",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "edit", "chosen", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)
        ),
        migrations.AddField(
            "edit", "plan", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)
        ),
        migrations.AddField("edit", "total_count", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("edit", "done_count", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("edit", "error", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("edit", "finished_at", models.DateTimeField(null=True)),
        migrations.AddField("edit", "undone_by", models.BigIntegerField(null=True)),
        migrations.AddField("edit", "undone_through", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("edit", "restored_count", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("editedrow", "at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "edit",
            models.Index(
                fields=["id"], name="contacts_edit_unfinished", condition=models.Q(("state__in", _UNFINISHED))
            ),
        ),
    ]
