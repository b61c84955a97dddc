"""The copy of a standing joins nothing, so no statistics can make it slow."""

from django.db import migrations

# A join of the changed rows with contacts_activity is planned once a session, perhaps while the table is empty: then it
# walked the whole table for each of 9,000 rows and took 18 s. A question for each row, and an update for each of the
# eight words that there are, can only go by the primary key.
SQL_COPY_FACTS = """
CREATE OR REPLACE FUNCTION consent_copy_facts() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    moved bigint[];
    bits smallint[];
    word record;
    told smallint := coalesce(nullif(current_setting('app.told_consents', true), ''), '-1')::smallint;
BEGIN
    SELECT array_agg(said.contact_id ORDER BY said.contact_id), array_agg(said.consents ORDER BY said.contact_id)
    INTO moved, bits
    FROM (SELECT fresh.contact_id, (CASE WHEN fresh.marketing_basis <> '' THEN 1 ELSE 0 END
            + CASE WHEN fresh.utility_basis <> '' THEN 2 ELSE 0 END
            + CASE WHEN fresh.opted_out_at IS NOT NULL THEN 4 ELSE 0 END)::smallint AS consents
          FROM fresh) AS said
    WHERE said.consents <> told AND said.consents <> (
        SELECT activity.consents FROM contacts_activity AS activity WHERE activity.contact_id = said.contact_id);
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM contacts_activity WHERE contact_id = ANY (moved) ORDER BY contact_id FOR NO KEY UPDATE;
    FOR word IN
        SELECT said.consents, array_agg(said.contact_id) AS contact_ids
        FROM unnest(moved, bits) AS said (contact_id, consents) GROUP BY said.consents
    LOOP
        UPDATE contacts_activity SET consents = word.consents WHERE contact_id = ANY (word.contact_ids);
    END LOOP;
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT fresh.workspace_id, fresh.contact_id
    FROM (SELECT workspace_id FROM fresh GROUP BY workspace_id) AS place
    JOIN fresh ON fresh.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id) AND fresh.contact_id = ANY (moved);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """The same facts as before, found by key."""

    dependencies = [("consent", "0006_joining_once")]
    operations = [migrations.RunSQL(SQL_COPY_FACTS, migrations.RunSQL.noop)]
