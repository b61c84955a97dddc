"""Events waiting to be applied, and the journal."""

from django.db import migrations

SQL_TABLES = """
CREATE TABLE webhooks_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id bigint NOT NULL,
    app_id bigint NOT NULL,
    is_inbound boolean NOT NULL,
    received_at timestamptz NOT NULL,
    body bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
-- Index: incoming messages before waiting statuses, oldest first.
CREATE INDEX webhooks_event_order ON webhooks_event (is_inbound DESC, id);

CREATE TABLE webhooks_journalentry (
    workspace_id bigint NOT NULL,
    event_id bigint NOT NULL,
    app_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (received_at, event_id)
) PARTITION BY RANGE (received_at);
CREATE TABLE webhooks_journalentry_default PARTITION OF webhooks_journalentry DEFAULT;
REVOKE ALL ON webhooks_journalentry_default FROM switchboard_app, switchboard_stream;
SELECT switchboard_ensure_months('webhooks_journalentry', (current_date - interval '1 month')::date, 5, false);
SELECT switchboard_protect(name::regclass)
    FROM unnest(ARRAY['webhooks_event', 'webhooks_journalentry', 'webhooks_deadletter']) AS name;
"""


class Migration(migrations.Migration):
    """The raw body is kept before Meta is answered."""

    dependencies = [("webhooks", "0001_initial"), ("core", "0001_roles")]
    operations = [migrations.RunSQL(SQL_TABLES, migrations.RunSQL.noop)]
