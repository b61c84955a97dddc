"""Row-level security of this room."""

from django.db import migrations

SQL_PROTECT = """
SELECT switchboard_protect('templates_template');
SELECT switchboard_protect('templates_asset');
SELECT switchboard_protect('templates_upload');
"""


class Migration(migrations.Migration):
    """Tenant tables show the app role one workspace at a time."""

    dependencies = [("templates", "0001_initial")]
    operations = [migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop)]
