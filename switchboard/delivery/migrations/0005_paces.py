"""What a number waits for is kept apart: its gap, a rest that Meta asked for, and the pace it was worked out with."""

from django.db import migrations

SQL_COLUMNS = """
ALTER TABLE delivery_pacestate
    ADD COLUMN gap_until timestamptz NOT NULL DEFAULT 'epoch',
    ADD COLUMN slow_until timestamptz NOT NULL DEFAULT 'epoch',
    ADD COLUMN made_for text NOT NULL DEFAULT '';
ALTER TABLE delivery_lanepace ADD COLUMN made_for text NOT NULL DEFAULT '';
"""

SQL_BACK = """
ALTER TABLE delivery_pacestate DROP COLUMN gap_until, DROP COLUMN slow_until, DROP COLUMN made_for;
ALTER TABLE delivery_lanepace DROP COLUMN made_for;
"""


class Migration(migrations.Migration):
    """A pace that changes is heard at once, though the number was to wait for an hour."""

    dependencies = [("delivery", "0004_limits")]
    operations = [migrations.RunSQL(SQL_COLUMNS, SQL_BACK)]
