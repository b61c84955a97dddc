"""Row-level security of this room."""

from django.db import migrations

SQL_PROTECT = """
SELECT switchboard_protect('contacts_contact');
SELECT switchboard_protect('contacts_identity');
SELECT switchboard_protect('contacts_tag');
SELECT switchboard_protect('contacts_activity');
SELECT switchboard_protect('contacts_import');
SELECT switchboard_protect('contacts_importedrow');
SELECT switchboard_protect('contacts_refusedrow');
"""


class Migration(migrations.Migration):
    """Tenant tables show the app role one workspace at a time."""

    dependencies = [("contacts", "0001_initial")]
    operations = [migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop)]
