"""Row-level security of this room."""

from django.db import migrations

SQL_PROTECT = """
SELECT switchboard_protect('consent_entry');
SELECT switchboard_protect('consent_standing');
"""


class Migration(migrations.Migration):
    """Tenant tables show the app role one workspace at a time."""

    dependencies = [("consent", "0001_initial")]
    operations = [migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop)]
