"""The order in which messages came: Meta's timestamps are whole seconds, and an album takes less."""

from django.db import migrations

SQL_SEQUENCE = "ALTER TABLE replies_inboundmessage ADD COLUMN sequence bigint NOT NULL DEFAULT 0"


class Migration(migrations.Migration):
    """Unmanaged, so the state has to be told."""

    dependencies = [("replies", "0002_tables")]
    operations = [migrations.RunSQL(SQL_SEQUENCE, "ALTER TABLE replies_inboundmessage DROP COLUMN sequence")]
