"""How far into its batch a sender may have posted, so that what it surely did not post is not in doubt when it dies."""

from django.db import migrations

# A batch of a sender that does not say how far it is counts as posted whole. `turn` tells which of two batches with the
# same message is the later one, whatever the senders' clocks say.
SQL_OPENED = """
ALTER TABLE delivery_sendbatch
    ADD COLUMN opened_to integer NOT NULL DEFAULT 2147483647,
    ADD COLUMN turn bigint GENERATED ALWAYS AS IDENTITY;
"""
SQL_REVERSE = "ALTER TABLE delivery_sendbatch DROP COLUMN opened_to, DROP COLUMN turn"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0006_resending")]
    operations = [migrations.RunSQL(SQL_OPENED, SQL_REVERSE)]
