"""Row-level security of what stands around a person, and a definition for every field that people have already."""

from django.db import migrations

SQL_PROTECT = """
SELECT switchboard_protect(name::regclass) FROM unnest(ARRAY[
    'contacts_field', 'contacts_note', 'contacts_event', 'contacts_purchases', 'contacts_edit', 'contacts_editedrow',
    'contacts_merge', 'contacts_export']) AS name;
"""
SQL_BACKFILL = """
INSERT INTO contacts_field (workspace_id, key, kind, choices, currency, created_at)
SELECT DISTINCT contact.workspace_id, left(field.key, 60), 'text', '{}'::varchar[], '', now()
FROM contacts_contact AS contact, jsonb_object_keys(contact.fields) AS field (key)
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """Fields become typed; those that are there are texts until somebody says more."""

    dependencies = [("contacts", "0005_keep_facts")]
    operations = [
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_BACKFILL, migrations.RunSQL.noop),
    ]
