"""What keeps contacts_activity true: row-level security, copies kept by triggers, room for changes."""

from django.db import migrations

SQL_PROTECT = """
SELECT switchboard_protect(name::regclass) FROM unnest(ARRAY[
    'contacts_taggroup', 'contacts_day', 'contacts_outcome', 'contacts_change', 'contacts_changed', 'contacts_check',
    'contacts_correction', 'contacts_news', 'contacts_segment', 'contacts_segmentversion', 'contacts_cleanup',
    'contacts_hygienereport']) AS name;
"""

# Activity is written all day: a fifth of each page stays free, so that a change stays on its page and touches no index.
# Arrays of ids are copied as they are; packing them costs more than it saves.
SQL_STORAGE = """
ALTER TABLE contacts_activity SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE contacts_outcome SET (fillfactor = 85);
ALTER TABLE contacts_changed SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0);
ALTER TABLE contacts_check SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE contacts_news ALTER COLUMN message_ids SET STORAGE EXTERNAL;
-- Index: the buckets that fall out of their window today, and those to forget; days lie in the order they came.
CREATE INDEX contacts_day_in_order ON contacts_day USING brin (day) WITH (pages_per_range = 32, autosummarize = on);
-- Index: read and not answered yet, for questions over all broadcasts.
CREATE INDEX contacts_outcome_unanswered ON contacts_outcome (workspace_id, read_at)
    WHERE read_at IS NOT NULL AND replied_at IS NULL;
CREATE INDEX contacts_outcome_failed ON contacts_outcome (workspace_id, failed_at) WHERE failed_at IS NOT NULL;
"""

# A person is looked at again only where a rule could have something to say.
SQL_TRIGGERS = """
CREATE FUNCTION contacts_has_rules(asked bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM contacts_tag WHERE workspace_id = asked AND rule IS NOT NULL)
$$;

CREATE FUNCTION contacts_add_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contacts_activity (contact_id, workspace_id, country, language, tags, joined_at)
    SELECT id, workspace_id, country, language, tags, created_at FROM fresh
    ON CONFLICT (contact_id) DO NOTHING;
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT fresh.workspace_id, fresh.id
    FROM (SELECT workspace_id FROM fresh GROUP BY workspace_id) AS place
    JOIN fresh ON fresh.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id);
    RETURN NULL;
END $$;
CREATE TRIGGER contacts_add_facts AFTER INSERT ON contacts_contact
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_add_facts();

-- Rows are locked in the order of ids, as everybody does who writes activity.
CREATE FUNCTION contacts_copy_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved bigint[];
BEGIN
    SELECT array_agg(fresh.id ORDER BY fresh.id) INTO moved
    FROM fresh JOIN former ON former.id = fresh.id
    WHERE (fresh.country, fresh.language, fresh.tags, fresh.created_at)
        IS DISTINCT FROM (former.country, former.language, former.tags, former.created_at);
    IF moved IS NOT NULL THEN
        PERFORM FROM contacts_activity WHERE contact_id = ANY (moved) ORDER BY contact_id FOR NO KEY UPDATE;
        UPDATE contacts_activity AS activity
        SET country = fresh.country, language = fresh.language, tags = fresh.tags, joined_at = fresh.created_at
        FROM fresh WHERE activity.contact_id = fresh.id AND fresh.id = ANY (moved);
        INSERT INTO contacts_change (workspace_id, contact_id, tag_id, is_member, is_automatic, at)
        SELECT fresh.workspace_id, fresh.id, tag.id, tag.id = ANY (fresh.tags), false, fresh.updated_at
        FROM fresh JOIN former ON former.id = fresh.id
        CROSS JOIN LATERAL (
            (SELECT unnest(fresh.tags) EXCEPT SELECT unnest(former.tags))
            UNION ALL (SELECT unnest(former.tags) EXCEPT SELECT unnest(fresh.tags))) AS tag (id)
        WHERE fresh.tags <> former.tags;
    END IF;
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT fresh.workspace_id, fresh.id
    FROM (SELECT workspace_id FROM fresh GROUP BY workspace_id) AS place
    JOIN fresh ON fresh.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id);
    RETURN NULL;
END $$;
CREATE TRIGGER contacts_copy_facts AFTER UPDATE ON contacts_contact
    REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_copy_facts();

CREATE FUNCTION contacts_drop_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM contacts_activity WHERE contact_id IN (SELECT id FROM former);
    DELETE FROM contacts_day WHERE contact_id IN (SELECT id FROM former);
    DELETE FROM contacts_outcome WHERE contact_id IN (SELECT id FROM former);
    DELETE FROM contacts_check WHERE contact_id IN (SELECT id FROM former);
    DELETE FROM contacts_correction WHERE contact_id IN (SELECT id FROM former);
    DELETE FROM contacts_change WHERE contact_id IN (SELECT id FROM former);
    RETURN NULL;
END $$;
CREATE TRIGGER contacts_drop_facts AFTER DELETE ON contacts_contact
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION contacts_drop_facts();
"""

SQL_BACKFILL = """
INSERT INTO contacts_activity (contact_id, workspace_id, country, language, tags, joined_at)
SELECT id, workspace_id, country, language, tags, created_at FROM contacts_contact ORDER BY id
ON CONFLICT (contact_id) DO UPDATE SET country = excluded.country, language = excluded.language, tags = excluded.tags,
    joined_at = excluded.joined_at;
"""


class Migration(migrations.Migration):
    """A question over a million people must not join the tables it is about."""

    dependencies = [("contacts", "0004_behaviour")]
    operations = [
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_BACKFILL, migrations.RunSQL.noop),
    ]
