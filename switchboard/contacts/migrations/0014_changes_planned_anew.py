"""What changed in a statement is found by a plan made for that statement."""

from django.db import migrations

# A statement of a function is taken in once a session, with the number of rows that its first call had: a step of an
# import that changed nobody came first, and from then on 6,000 people were compared with each other one by one (5 s).
# EXECUTE takes it in anew. Where no rule has anything to say nobody is looked at for one.
SQL_COPY_FACTS = r"""
CREATE OR REPLACE FUNCTION contacts_copy_facts() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moved bigint[];
    place bigint;
    packing text;
BEGIN
    EXECUTE 'SELECT array_agg(fresh.id ORDER BY fresh.id) FROM fresh JOIN former ON former.id = fresh.id
        WHERE (fresh.country, fresh.language, fresh.tags, fresh.created_at, fresh.fields)
            IS DISTINCT FROM (former.country, former.language, former.tags, former.created_at, former.fields)'
    INTO moved;
    IF moved IS NOT NULL THEN
        PERFORM FROM contacts_activity WHERE contact_id = ANY (moved) ORDER BY contact_id FOR NO KEY UPDATE;
        FOR place IN SELECT workspace_id FROM fresh GROUP BY workspace_id LOOP
            SELECT coalesce(string_agg(format(', fact_%s = %s', slot, contacts_packed(key, kind)), ''), '') INTO packing
            FROM contacts_field WHERE workspace_id = place AND slot IS NOT NULL;
            EXECUTE format('UPDATE contacts_activity AS activity SET country = fresh.country,
                language = fresh.language, tags = fresh.tags, joined_at = fresh.created_at%s
                FROM fresh WHERE activity.contact_id = fresh.id AND fresh.id = ANY ($1) AND fresh.workspace_id = $2',
                packing) USING moved, place;
        END LOOP;
        EXECUTE 'INSERT INTO contacts_change (workspace_id, contact_id, tag_id, is_member, is_automatic, at)
            SELECT fresh.workspace_id, fresh.id, tag.id, tag.id = ANY (fresh.tags), false, fresh.updated_at
            FROM fresh JOIN former ON former.id = fresh.id
            CROSS JOIN LATERAL (
                (SELECT unnest(fresh.tags) EXCEPT SELECT unnest(former.tags))
                UNION ALL (SELECT unnest(former.tags) EXCEPT SELECT unnest(fresh.tags))) AS tag (id)
            WHERE fresh.tags <> former.tags';
    END IF;
    FOR place IN SELECT workspace_id FROM fresh GROUP BY workspace_id LOOP
        IF contacts_has_rules(place) THEN
            INSERT INTO contacts_changed (workspace_id, contact_id)
            SELECT workspace_id, id FROM fresh WHERE workspace_id = place;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """As 0009 has it otherwise."""

    dependencies = [("contacts", "0013_generated_once")]
    operations = [migrations.RunSQL(SQL_COPY_FACTS, migrations.RunSQL.noop)]
