"""Statements over sets of recipients."""

# Index: broadcasts_recipient_pkey; 2,000 rows take about 15 ms.
SQL_EXPANDED = """
UPDATE broadcasts_recipient AS recipient SET message_id = made.message_id, number_choice = made.number_choice
FROM unnest(%(contact_ids)s::bigint[], %(message_ids)s::uuid[], %(number_choices)s::text[])
    AS made (contact_id, message_id, number_choice)
WHERE recipient.broadcast_id = %(broadcast_id)s AND recipient.workspace_id = %(workspace_id)s
  AND recipient.contact_id = made.contact_id AND recipient.message_id IS NULL
"""


# Index: broadcasts_contentturn_once. The update changes nothing but holds the row until the transaction ends.
SQL_HOLD_TURN = """
INSERT INTO broadcasts_contentturn AS turn (workspace_id, content_hash, next_at)
VALUES (%(workspace_id)s, %(content_hash)s, %(now)s)
ON CONFLICT (workspace_id, content_hash) DO UPDATE SET next_at = turn.next_at
RETURNING next_at
"""


# Index: broadcasts_contentturn_once.
SQL_GIVE_TURN = """
UPDATE broadcasts_contentturn SET next_at = %(next_at)s
WHERE workspace_id = %(workspace_id)s AND content_hash = %(content_hash)s
"""


# Found among the recipients of one broadcast, once after a number has stopped. Index: broadcasts_recipient_pkey.
SQL_UNEXPANDED = """
UPDATE broadcasts_recipient SET message_id = NULL, number_choice = ''
WHERE workspace_id = %(workspace_id)s AND broadcast_id = %(broadcast_id)s AND message_id = ANY(%(message_ids)s::uuid[])
"""
