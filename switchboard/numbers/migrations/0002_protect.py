"""Row-level security of this room."""

from django.db import migrations

SQL_PROTECT = """
SELECT switchboard_protect('numbers_portfolio');
SELECT switchboard_protect('numbers_app');
SELECT switchboard_protect('numbers_account');
SELECT switchboard_protect('numbers_number');
"""


class Migration(migrations.Migration):
    """Tenant tables show the app role one workspace at a time."""

    dependencies = [("numbers", "0001_initial")]
    operations = [migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop)]
