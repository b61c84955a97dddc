"""Incoming messages, by month."""

from django.db import migrations

SQL_TABLES = """
CREATE TABLE replies_inboundmessage (
    id uuid PRIMARY KEY,
    workspace_id bigint NOT NULL,
    number_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    wamid varchar(255) NOT NULL,
    kind varchar(24) NOT NULL,
    text text NOT NULL DEFAULT '',
    body jsonb NOT NULL,
    sent_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    answers_id uuid,
    origin_kind varchar(12) NOT NULL DEFAULT '',
    origin_id bigint,
    is_opt_out boolean NOT NULL DEFAULT false
) PARTITION BY RANGE (id);
-- Index: the timeline of a person.
CREATE INDEX replies_inbound_by_contact ON replies_inboundmessage (workspace_id, contact_id, id DESC);
-- Index: the newest of a workspace.
CREATE INDEX replies_inbound_newest ON replies_inboundmessage (workspace_id, id DESC);
CREATE TABLE replies_inboundmessage_default PARTITION OF replies_inboundmessage DEFAULT;
REVOKE ALL ON replies_inboundmessage_default FROM switchboard_app, switchboard_stream;
SELECT switchboard_ensure_months('replies_inboundmessage', (current_date - interval '1 month')::date, 5, true);
SELECT switchboard_protect('replies_inboundmessage');
"""


class Migration(migrations.Migration):
    """The id is made from Meta's, so the key refuses the second copy in any month."""

    dependencies = [("replies", "0001_initial"), ("core", "0001_roles")]
    operations = [migrations.RunSQL(SQL_TABLES, migrations.RunSQL.noop)]
