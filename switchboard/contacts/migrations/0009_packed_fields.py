"""Custom fields as plain numbers beside activity, and marks of tags, so that a question need not unpack each person."""

from django.db import migrations, models

# A tag sets one bit of 63, so that most people are told apart without unpacking their array; with more than eight tags
# every bit is set, which tells nobody apart and is never wrong.
_BIT = "coalesce((1::bigint << ({0}[{1}] % 63)::int), 0)"


def _marks(column: str) -> str:
    few, many = (" | ".join(_BIT.format(column, place) for place in range(1, last)) for last in (3, 9))
    return (
        f"CASE WHEN cardinality({column}) = 0 THEN 0::bigint WHEN cardinality({column}) > 8 THEN -1::bigint"
        f" WHEN cardinality({column}) <= 2 THEN {few} ELSE {many} END"
    )


SQL_COLUMNS = f"""
ALTER TABLE contacts_activity {", ".join(f"ADD COLUMN fact_{slot} float8" for slot in range(1, 13))};
"""
# Last, for this writes the table anew, and without the rows that packing has left behind.
SQL_MARKS = f"""
ALTER TABLE contacts_activity
    ADD COLUMN tag_marks bigint GENERATED ALWAYS AS ({_marks("tags")}) STORED,
    ADD COLUMN class_marks bigint GENERATED ALWAYS AS ({_marks("classes")}) STORED;
"""

# What a value is as a number: numbers and money themselves, a day as 20260331, yes 1 and no 0, a word its hash of 53 bits.
SQL_PACKING = r"""
CREATE FUNCTION contacts_packed(key text, kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format(CASE
        WHEN kind IN ('number', 'money') THEN
            'CASE WHEN jsonb_typeof(fields -> %1$L) = ''number'' THEN (fields -> %1$L)::float8 END'
        WHEN kind = 'date' THEN
            'CASE WHEN fields ->> %1$L ~ ''^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}$'''
            ' THEN replace(fields ->> %1$L, ''-'', '''')::float8 END'
        WHEN kind = 'yes_no' THEN 'CASE fields ->> %1$L WHEN ''true'' THEN 1 WHEN ''false'' THEN 0 END'
        ELSE 'CASE WHEN fields ->> %1$L <> '''''
            ' THEN (hashtextextended(lower(fields ->> %1$L), 0) >> 11)::float8 END' END, key)
$$;

CREATE FUNCTION contacts_choose_slot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('contacts_field', NEW.workspace_id));
    SELECT min(free) INTO NEW.slot FROM generate_series(1, 12) AS free
    WHERE NOT EXISTS (SELECT FROM contacts_field WHERE workspace_id = NEW.workspace_id AND slot = free);
    RETURN NEW;
END $$;
CREATE TRIGGER contacts_choose_slot BEFORE INSERT ON contacts_field
    FOR EACH ROW WHEN (NEW.slot IS NULL) EXECUTE FUNCTION contacts_choose_slot();

-- Everybody who has one of these fields, or something left in its place. In the order of ids, as all who write activity.
CREATE FUNCTION contacts_pack(place bigint, keys text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    packing text;
    taken text;
    moved bigint[];
BEGIN
    SELECT string_agg(format('fact_%s = %s', slot, contacts_packed(key, kind)), ', '),
        string_agg(format('fact_%s IS NOT NULL', slot), ' OR ')
    INTO packing, taken
    FROM contacts_field WHERE workspace_id = place AND key = ANY (keys) AND slot IS NOT NULL;
    IF packing IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT array_agg(activity.contact_id ORDER BY activity.contact_id)
        FROM contacts_activity AS activity JOIN contacts_contact AS contact ON contact.id = activity.contact_id
        WHERE activity.workspace_id = $1 AND contact.workspace_id = $1 AND (contact.fields ?| $2 OR %s)', taken)
    INTO moved USING place, keys;
    IF moved IS NULL THEN
        RETURN;
    END IF;
    PERFORM FROM contacts_activity WHERE contact_id = ANY (moved) ORDER BY contact_id FOR NO KEY UPDATE;
    EXECUTE format('UPDATE contacts_activity AS activity SET %s FROM contacts_contact AS contact
        WHERE activity.contact_id = ANY ($1) AND contact.id = activity.contact_id', packing) USING moved;
END $$;

CREATE FUNCTION contacts_pack_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM contacts_pack(place.workspace_id, place.keys)
    FROM (SELECT workspace_id, array_agg(key::text) AS keys FROM fresh GROUP BY workspace_id) AS place;
    RETURN NULL;
END $$;
CREATE TRIGGER contacts_pack_new AFTER INSERT ON contacts_field
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_pack_new();

CREATE FUNCTION contacts_pack_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM contacts_pack(place.workspace_id, place.keys)
    FROM (SELECT fresh.workspace_id, array_agg(fresh.key::text) AS keys
          FROM fresh JOIN former USING (id)
          WHERE (fresh.key, fresh.kind, fresh.slot) IS DISTINCT FROM (former.key, former.kind, former.slot)
          GROUP BY fresh.workspace_id) AS place;
    RETURN NULL;
END $$;
CREATE TRIGGER contacts_pack_changed AFTER UPDATE ON contacts_field
    REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts_pack_changed();
"""

# As before, with the fields in the same row. The statement is made anew for the fields that a workspace has, which costs
# 0.2 ms; asking for each field in each row would cost more than the rest of the row.
SQL_TRIGGERS = """
CREATE OR REPLACE FUNCTION contacts_add_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    joining smallint := nullif(current_setting('app.joining_consents', true), '')::smallint;
    place bigint;
    columns text;
    packing text;
BEGIN
    FOR place IN SELECT workspace_id FROM fresh GROUP BY workspace_id LOOP
        SELECT coalesce(string_agg(format(', fact_%s', slot), '' ORDER BY slot), ''),
            coalesce(string_agg(format(', %s', contacts_packed(key, kind)), '' ORDER BY slot), '')
        INTO columns, packing
        FROM contacts_field WHERE workspace_id = place AND slot IS NOT NULL;
        -- Whom an import brings has no row yet: looking for one would make the insert a third dearer.
        EXECUTE format('INSERT INTO contacts_activity
            (contact_id, workspace_id, country, language, tags, joined_at, consents%s)
            SELECT id, workspace_id, country, language, tags, created_at, $2%s FROM fresh WHERE workspace_id = $1 %s',
            columns, packing, CASE WHEN joining IS NULL THEN 'ON CONFLICT (contact_id) DO NOTHING' ELSE '' END)
        USING place, coalesce(joining, 0::smallint);
        IF contacts_has_rules(place) THEN
            INSERT INTO contacts_changed (workspace_id, contact_id)
            SELECT workspace_id, id FROM fresh WHERE workspace_id = place;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION contacts_copy_facts() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moved bigint[];
    place bigint;
    packing text;
BEGIN
    SELECT array_agg(fresh.id ORDER BY fresh.id) INTO moved
    FROM fresh JOIN former ON former.id = fresh.id
    WHERE (fresh.country, fresh.language, fresh.tags, fresh.created_at, fresh.fields)
        IS DISTINCT FROM (former.country, former.language, former.tags, former.created_at, former.fields);
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
"""

SQL_BACKFILL = """
UPDATE contacts_field AS field SET slot = placed.slot
FROM (SELECT id, row_number() OVER (PARTITION BY workspace_id ORDER BY kind = 'text', id) AS slot FROM contacts_field)
    AS placed
WHERE field.id = placed.id AND placed.slot <= 12;
"""
SQL_TIDY = "ANALYZE contacts_activity"


class Migration(migrations.Migration):
    """A question about a custom field reads the one narrow table, like any other."""

    dependencies = [("contacts", "0008_exclusive_tags"), ("consent", "0007_facts_without_joins")]
    operations = [
        migrations.AddField("field", "slot", models.SmallIntegerField(null=True, editable=False)),
        migrations.AddConstraint(
            "field", models.UniqueConstraint(fields=["workspace", "slot"], name="contacts_field_slot_once")
        ),
        migrations.RunSQL(SQL_COLUMNS, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_PACKING, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_TRIGGERS, migrations.RunSQL.noop),
        # The trigger above packs what is there.
        migrations.RunSQL(SQL_BACKFILL, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_MARKS, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_TIDY, migrations.RunSQL.noop),
    ]
