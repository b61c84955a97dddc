"""What two people are like right before a merge, and the one right after it: enough to give each back what was theirs.

Of small tables whole rows are remembered, of large ones the keys of what will move.
"""

import json
from typing import Any

from switchboard.core import statements

# One key a table that `merging.MOVES` or SQL_MERGE_BELONGINGS changes. Index: each table's by contact; the conversations
# that will be joined by conversations_once, what happened in them by conversation.
SQL_REMEMBER = """
WITH pair AS (
    SELECT lost.id FROM conversations_conversation AS lost
    JOIN conversations_conversation AS kept ON kept.workspace_id = lost.workspace_id
        AND kept.contact_id = %(keep)s AND kept.number_id = lost.number_id
    WHERE lost.workspace_id = %(workspace_id)s AND lost.contact_id = %(lose)s
), waiting AS (
    SELECT outbox.* FROM delivery_message AS message
    JOIN delivery_outbox AS outbox ON outbox.lane_id = message.lane_id AND outbox.message_id = message.id
    WHERE message.workspace_id = %(workspace_id)s AND message.contact_id IN (%(keep)s, %(lose)s)
      AND message.origin_kind = 'broadcast'
)
SELECT jsonb_build_object(
    'kept', (SELECT to_jsonb(one) FROM contacts_contact AS one
        WHERE workspace_id = %(workspace_id)s AND id = %(keep)s),
    'lost', (SELECT to_jsonb(one) FROM contacts_contact AS one
        WHERE workspace_id = %(workspace_id)s AND id = %(lose)s),
    'standings', (SELECT coalesce(jsonb_agg(one), '[]') FROM consent_standing AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'last_entry', (SELECT coalesce(max(id), 0) FROM consent_entry
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'activities', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_activity AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'days', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_day AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'outcomes', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_outcome AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'corrections', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_correction AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'checks', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_check AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'imported', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_importedrow AS one
        WHERE import_id IN (SELECT id FROM contacts_import WHERE workspace_id = %(workspace_id)s)
          AND contact_id IN (%(keep)s, %(lose)s)),
    'edited', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_editedrow AS one
        WHERE edit_id IN (SELECT id FROM contacts_edit WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(lose)s),
    'windows', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_window AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'persons', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_person AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'reaches', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_reach AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'outbox', (SELECT coalesce(jsonb_agg(one), '[]') FROM waiting AS one),
    'deliveries', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_delivery AS one
        WHERE workspace_id = %(workspace_id)s AND message_id = ANY(ARRAY(SELECT message_id FROM waiting))),
    'threads', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_conversation AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id IN (%(keep)s, %(lose)s)),
    'timers', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_timer AS one
        WHERE conversation_id IN (SELECT id FROM pair)),
    'sessions', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_session AS one
        WHERE conversation_id IN (SELECT id FROM pair)),
    'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'conversation_id', conversation_id)), '[]')
        FROM conversations_line WHERE conversation_id IN (SELECT id FROM pair)),
    'decisions', (SELECT coalesce(jsonb_agg(jsonb_build_object('message_id', message_id,
            'conversation_id', conversation_id)), '[]')
        FROM replies_decision WHERE conversation_id IN (SELECT id FROM pair)),
    'answers', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'conversation_id', conversation_id)), '[]')
        FROM replies_answer WHERE conversation_id IN (SELECT id FROM pair)),
    'recipients', (SELECT coalesce(jsonb_agg(broadcast_id), '[]') FROM broadcasts_recipient AS one
        WHERE broadcast_id IN (SELECT id FROM broadcasts_broadcast WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(lose)s AND NOT EXISTS (SELECT FROM broadcasts_recipient AS other
              WHERE other.broadcast_id = one.broadcast_id AND other.contact_id = %(keep)s)),
    'identities', (SELECT coalesce(jsonb_agg(id), '[]') FROM contacts_identity
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'aliases', (SELECT coalesce(jsonb_agg(former_id), '[]') FROM contacts_alias
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'changes', (SELECT coalesce(jsonb_agg(id), '[]') FROM contacts_change
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'entries', (SELECT coalesce(jsonb_agg(id), '[]') FROM consent_entry
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'messages', (SELECT coalesce(jsonb_agg(id), '[]') FROM delivery_message
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'received', (SELECT coalesce(jsonb_agg(id), '[]') FROM replies_inboundmessage
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'coupons', (SELECT coalesce(jsonb_agg(id), '[]') FROM replies_coupon
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'notes', (SELECT coalesce(jsonb_agg(id), '[]') FROM contacts_note
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'events', (SELECT coalesce(jsonb_agg(id), '[]') FROM contacts_event
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    'orders', (SELECT coalesce(jsonb_agg(id), '[]') FROM conversions_order
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s))
"""

# By it an undo knows what has happened since. Index: each table's by contact.
SQL_REMEMBER_KEPT = """
SELECT jsonb_build_object(
    'kept', (SELECT to_jsonb(one) FROM contacts_contact AS one
        WHERE workspace_id = %(workspace_id)s AND id = %(keep)s),
    'activities', (SELECT coalesce(jsonb_agg(one), '[]') FROM contacts_activity AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s),
    'windows', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_window AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s),
    'persons', (SELECT coalesce(jsonb_agg(one), '[]') FROM delivery_person AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s),
    'threads', (SELECT coalesce(jsonb_agg(one), '[]') FROM conversations_conversation AS one
        WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s))
"""


def describe_pair(given: dict[str, Any]) -> dict[str, Any]:
    """Return what two people have, right before they become one."""
    ((found,),) = statements.fetch(SQL_REMEMBER, given)
    described: dict[str, Any] = json.loads(found)
    return described


def describe_kept(given: dict[str, Any]) -> dict[str, Any]:
    """Return what the one person is like, right after."""
    ((found,),) = statements.fetch(SQL_REMEMBER_KEPT, given)
    described: dict[str, Any] = json.loads(found)
    return described
