"""What was sent again and why, and what Meta holds for its quality check."""

from django.db import migrations, models

SQL_TABLES = """
CREATE TABLE delivery_resend (
    message_id uuid NOT NULL,
    attempt smallint NOT NULL,
    workspace_id bigint NOT NULL,
    -- The failure that it follows, and who asked for it: empty for the broadcast's own option.
    reason varchar(24) NOT NULL,
    asked_by varchar(64) NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (message_id, attempt)
);
CREATE TABLE delivery_held (
    message_id uuid PRIMARY KEY,
    workspace_id bigint NOT NULL,
    origin_kind varchar(12) NOT NULL,
    origin_id bigint NOT NULL,
    template_id bigint,
    held_at timestamptz NOT NULL
);
-- Index: how many of a broadcast are held.
CREATE INDEX delivery_held_by_origin ON delivery_held (workspace_id, origin_kind, origin_id);
-- Index: whether a template was held lately.
CREATE INDEX delivery_held_by_template ON delivery_held (workspace_id, template_id, held_at);
SELECT switchboard_protect(name::regclass) FROM unnest(ARRAY['delivery_resend', 'delivery_held']) AS name;
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_paces")]
    operations = [
        migrations.RunSQL(SQL_TABLES, "DROP TABLE delivery_resend; DROP TABLE delivery_held"),
        migrations.AddField("limits", "resends_utility", models.BooleanField(default=False, db_default=False)),
    ]
