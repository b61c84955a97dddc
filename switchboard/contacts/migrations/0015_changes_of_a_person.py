"""A person's page finds what was changed of them by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0014_changes_planned_anew")]
    operations = [
        migrations.AddIndex(
            "editedrow", models.Index(fields=["contact_id", "edit_id"], name="contacts_editedrow_by_contact")
        ),
    ]
