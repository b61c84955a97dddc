"""SQL of what is kept about a person beside their messages, for the archive that they may ask for."""

# Index: each table's by contact.
SQL_DESCRIBE_BELONGINGS = """
SELECT jsonb_build_object(
    'activity', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_activity AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'days', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_day AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'broadcast_outcomes', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_outcome AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'tag_corrections', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_correction AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'former_ids', (SELECT coalesce(jsonb_agg(former_id), '[]') FROM contacts_alias
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'imports', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_importedrow AS one
        WHERE import_id IN (SELECT id FROM contacts_import WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(contact_id)s),
    'changes_of_many', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_editedrow AS one
        WHERE edit_id IN (SELECT id FROM contacts_edit WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(contact_id)s),
    'consent_standing', (SELECT coalesce(jsonb_agg(one), '[]') FROM consent_standing AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'service_windows', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_window AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'undeliverable', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_reach AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'coupons', (SELECT coalesce(jsonb_agg(one), '[]') FROM replies_coupon AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'broadcasts', (SELECT coalesce(jsonb_agg(one), '[]') FROM broadcasts_recipient AS one
        WHERE broadcast_id IN (SELECT id FROM broadcasts_broadcast WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(contact_id)s),
    'conversations', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_conversation AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s),
    'conversation_lines', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_line AS one
        WHERE conversation_id IN (SELECT id FROM conversations_conversation
            WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s)),
    'sessions', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_session AS one
        WHERE conversation_id IN (SELECT id FROM conversations_conversation
            WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s)))
"""
