"""The copy of a standing finds its rows by key whatever the statistics say, and writes only what differs."""

from django.db import migrations

# A session plans these once, when a table may still be empty: later it read the whole table for every step of an import,
# or compared each of 5,000 rows with each. So each row is looked up by the primary key.
SQL_COPY_FACTS = """
CREATE OR REPLACE FUNCTION consent_copy_facts() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    moved bigint[];
    bits smallint[];
    told smallint := coalesce(nullif(current_setting('app.told_consents', true), ''), '-1')::smallint;
BEGIN
    SELECT array_agg(fresh.contact_id ORDER BY fresh.contact_id),
        array_agg((CASE WHEN fresh.marketing_basis <> '' THEN 1 ELSE 0 END
            + CASE WHEN fresh.utility_basis <> '' THEN 2 ELSE 0 END
            + CASE WHEN fresh.opted_out_at IS NOT NULL THEN 4 ELSE 0 END)::smallint ORDER BY fresh.contact_id)
    INTO moved, bits FROM fresh;
    SELECT array_agg(word.contact_id ORDER BY word.contact_id), array_agg(word.consents ORDER BY word.contact_id)
    INTO moved, bits
    FROM unnest(moved, bits) AS word (contact_id, consents)
    JOIN contacts_activity AS activity ON activity.contact_id = word.contact_id
    WHERE word.consents <> told AND activity.consents <> word.consents;
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM contacts_activity WHERE contact_id = ANY (moved) ORDER BY contact_id FOR NO KEY UPDATE;
    WITH told AS (
        UPDATE contacts_activity AS activity SET consents = word.consents
        FROM unnest(moved, bits) AS word (contact_id, consents)
        WHERE activity.contact_id = word.contact_id
        RETURNING activity.workspace_id, activity.contact_id)
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT told.workspace_id, told.contact_id
    FROM (SELECT workspace_id FROM told GROUP BY workspace_id) AS place
    JOIN told ON told.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id);
    RETURN NULL;
END $$;
"""
# An import says what its new people are about to agree to in the same transaction, so that their row is written once.
SQL_ADD_FACTS = """
CREATE OR REPLACE FUNCTION contacts_add_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE joining smallint := coalesce(nullif(current_setting('app.joining_consents', true), ''), '0')::smallint;
BEGIN
    INSERT INTO contacts_activity (contact_id, workspace_id, country, language, tags, joined_at, consents)
    SELECT id, workspace_id, country, language, tags, created_at, joining FROM fresh
    ON CONFLICT (contact_id) DO NOTHING;
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT fresh.workspace_id, fresh.id
    FROM (SELECT workspace_id FROM fresh GROUP BY workspace_id) AS place
    JOIN fresh ON fresh.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id);
    RETURN NULL;
END $$;
"""
# Its joins are between the rows before and after a change: one row, or 5,000. One plan cannot serve both.
SQL_PLAN_AGAIN = "ALTER FUNCTION contacts_copy_facts() SET plan_cache_mode = force_custom_plan"


class Migration(migrations.Migration):
    """Imports of a million people meet these triggers two hundred times."""

    dependencies = [("consent", "0004_suppression"), ("contacts", "0006_people")]
    operations = [
        migrations.RunSQL(SQL_COPY_FACTS, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_ADD_FACTS, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_PLAN_AGAIN, migrations.RunSQL.noop),
    ]
