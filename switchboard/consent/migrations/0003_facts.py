"""Where people stand, as segments ask it: copied to contacts_activity in the same transaction."""

from django.db import migrations

# Bits: 1 marketing, 2 utility, 4 opted out (contacts.models.Activity). Locked in the order of ids, as everybody does
# who writes activity.
SQL_TRIGGERS = """
CREATE FUNCTION consent_copy_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM contacts_activity WHERE contact_id IN (SELECT contact_id FROM fresh)
        ORDER BY contact_id FOR NO KEY UPDATE;
    WITH told AS (
        UPDATE contacts_activity AS activity SET consents = word.consents
        FROM (SELECT contact_id, (CASE WHEN marketing_basis <> '' THEN 1 ELSE 0 END
                     + CASE WHEN utility_basis <> '' THEN 2 ELSE 0 END
                     + CASE WHEN opted_out_at IS NOT NULL THEN 4 ELSE 0 END)::smallint AS consents
              FROM fresh) AS word
        WHERE activity.contact_id = word.contact_id AND activity.consents <> word.consents
        RETURNING activity.workspace_id, activity.contact_id)
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT told.workspace_id, told.contact_id
    FROM (SELECT workspace_id FROM told GROUP BY workspace_id) AS place
    JOIN told ON told.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id);
    RETURN NULL;
END $$;
CREATE TRIGGER consent_add_facts AFTER INSERT ON consent_standing
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION consent_copy_facts();
CREATE TRIGGER consent_change_facts AFTER UPDATE ON consent_standing
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION consent_copy_facts();
UPDATE contacts_activity AS activity SET consents =
    CASE WHEN marketing_basis <> '' THEN 1 ELSE 0 END + CASE WHEN utility_basis <> '' THEN 2 ELSE 0 END
    + CASE WHEN opted_out_at IS NOT NULL THEN 4 ELSE 0 END
FROM consent_standing AS standing WHERE standing.contact_id = activity.contact_id;
"""


class Migration(migrations.Migration):
    """A question about consent among a million people reads one table."""

    dependencies = [("consent", "0002_protect"), ("contacts", "0005_keep_facts")]
    operations = [migrations.RunSQL(SQL_TRIGGERS, migrations.RunSQL.noop)]
