"""Recipients, and row-level security of this room."""

from django.db import migrations

SQL_RECIPIENTS = """
CREATE TABLE broadcasts_recipient (
    broadcast_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    message_id uuid,
    PRIMARY KEY (broadcast_id, contact_id)
);
-- Index: the next people to expand, in contact order.
CREATE INDEX broadcasts_recipient_unexpanded ON broadcasts_recipient (workspace_id, broadcast_id, contact_id)
    WHERE message_id IS NULL;
SELECT switchboard_protect('broadcasts_recipient');
SELECT switchboard_protect('broadcasts_broadcast');
"""


class Migration(migrations.Migration):
    """The key of broadcasts_recipient is the promise that nobody is in a broadcast twice."""

    dependencies = [("broadcasts", "0001_initial")]
    operations = [migrations.RunSQL(SQL_RECIPIENTS, migrations.RunSQL.noop)]
