"""SQL that moves what the rooms keep of a person who turned out to be somebody known. In the caller's transaction."""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.contacts import identity_store

Connection = AsyncConnection[Any]

# An opt-out of either holds for both; else what either agreed to. Index: consent_standing_pkey.
SQL_MERGE_STANDING = """
WITH lost AS (
    DELETE FROM consent_standing WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s RETURNING *
)
INSERT INTO consent_standing AS kept (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
SELECT %(keep)s, workspace_id, marketing_basis, utility_basis, opted_out_at FROM lost
ON CONFLICT (contact_id) DO UPDATE SET
    marketing_basis = CASE WHEN kept.opted_out_at IS NULL AND excluded.opted_out_at IS NULL
        THEN coalesce(nullif(kept.marketing_basis, ''), excluded.marketing_basis) ELSE '' END,
    utility_basis = CASE WHEN kept.opted_out_at IS NULL AND excluded.opted_out_at IS NULL
        THEN coalesce(nullif(kept.utility_basis, ''), excluded.utility_basis) ELSE '' END,
    opted_out_at = least(kept.opted_out_at, excluded.opted_out_at)
"""

# The ledger's lines stay as they are, but for whose they are. Index: consent_entry_by_contact.
SQL_MOVE_ENTRIES = """
UPDATE consent_entry SET contact_id = %(keep)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
"""

# Index: delivery_window's primary key.
SQL_MERGE_WINDOWS = """
WITH lost AS (
    DELETE FROM delivery_window WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
    RETURNING workspace_id, number_id, opened_at
)
INSERT INTO delivery_window AS kept (workspace_id, contact_id, number_id, opened_at)
SELECT workspace_id, %(keep)s, number_id, opened_at FROM lost
ON CONFLICT (workspace_id, contact_id, number_id)
DO UPDATE SET opened_at = greatest(kept.opened_at, excluded.opened_at)
"""

# Where a broadcast would reach the person twice, what still waits is skipped: the former one's when both wait, either's
# when the other has gone out. So the sums hold, and the page says why.
# Index: delivery_message_by_contact, then the outbox's primary key by lane.
SQL_SKIP_DOUBLES = """
WITH mine AS (
    SELECT message.id, message.contact_id, message.lane_id, message.number_id, message.origin_id,
        coalesce(delivery.state, 0) AS state
    FROM delivery_message AS message LEFT JOIN delivery_delivery AS delivery ON delivery.message_id = message.id
    WHERE message.workspace_id = %(workspace_id)s AND message.contact_id IN (%(keep)s, %(lose)s)
      AND message.origin_kind = 'broadcast'
), doubled AS (
    SELECT DISTINCT waiting.id, waiting.lane_id, waiting.origin_id
    FROM mine AS waiting
    JOIN mine AS other ON other.origin_id = waiting.origin_id AND other.contact_id <> waiting.contact_id
    WHERE waiting.state = 0
      AND (other.state NOT IN (-1, 0, 40) OR (other.state = 0 AND waiting.contact_id = %(lose)s))
), gone AS (
    DELETE FROM delivery_outbox AS outbox USING doubled
    WHERE outbox.lane_id = doubled.lane_id AND outbox.message_id = doubled.id
    RETURNING outbox.message_id, outbox.number_id, outbox.attempt, doubled.origin_id
), skipped AS (
    INSERT INTO delivery_delivery AS delivery (message_id, workspace_id, state, attempt, reason, failed_at)
    SELECT message_id, %(workspace_id)s, -1, attempt, 'same_person', %(now)s FROM gone
    ON CONFLICT (message_id) DO UPDATE
    SET state = excluded.state, reason = excluded.reason, failed_at = excluded.failed_at WHERE delivery.state = 0
    RETURNING delivery.message_id
)
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
SELECT %(workspace_id)s, 'broadcast', gone.origin_id, gone.number_id, 'skipped', 'same_person', count(*),
    date_trunc('minute', %(now)s::timestamptz)
FROM skipped JOIN gone ON gone.message_id = skipped.message_id GROUP BY gone.origin_id, gone.number_id
"""

# Only what waits is in the outbox. Index: delivery_message_by_contact, then the outbox's primary key by lane.
SQL_MOVE_WAITING = """
UPDATE delivery_outbox AS waiting SET contact_id = %(keep)s
FROM delivery_message AS message
WHERE message.workspace_id = %(workspace_id)s AND message.contact_id = %(lose)s
  AND waiting.lane_id = message.lane_id AND waiting.message_id = message.id
  AND NOT EXISTS (
      SELECT FROM delivery_delivery AS delivery WHERE delivery.message_id = message.id AND delivery.state <> 0)
"""

# Index: delivery_message_by_contact.
SQL_MOVE_MESSAGES = """
UPDATE delivery_message SET contact_id = %(keep)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
"""

# The logs are rows of records of one length, so that joining them is what both were sent. Index: delivery_person_pkey.
SQL_MERGE_PERSON = """
WITH lost AS (
    DELETE FROM delivery_person WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s RETURNING version, log
)
INSERT INTO delivery_person AS kept (workspace_id, contact_id, version, log)
SELECT %(workspace_id)s, %(keep)s, version + 1, log FROM lost
ON CONFLICT (workspace_id, contact_id)
DO UPDATE SET log = kept.log || excluded.log, version = greatest(kept.version, excluded.version) + 1
"""

# Whoever arrives through one of the two can be reached. Index: delivery_reach_pkey.
SQL_FORGET_REACH = """
DELETE FROM delivery_reach WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(ARRAY[%(keep)s, %(lose)s]::bigint[])
"""

# Index: replies_inbound_by_contact.
SQL_MOVE_INBOUND = """
UPDATE replies_inboundmessage SET contact_id = %(keep)s
WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
"""

# Where both are recipients, the former one is left: nobody is behind it any more, so it is skipped when it is its turn,
# and the sums hold. Index: broadcasts_recipient's primary key, by each of the workspace's broadcasts.
SQL_MOVE_RECIPIENTS = """
UPDATE broadcasts_recipient AS recipient SET contact_id = %(keep)s
WHERE recipient.broadcast_id IN (SELECT id FROM broadcasts_broadcast WHERE workspace_id = %(workspace_id)s)
  AND recipient.contact_id = %(lose)s
  AND NOT EXISTS (
      SELECT FROM broadcasts_recipient AS other
      WHERE other.broadcast_id = recipient.broadcast_id AND other.contact_id = %(keep)s)
"""

# Index: conversations_once. With a number that only the former one has written to, the conversation goes along.
SQL_MOVE_THREADS = """
UPDATE conversations_conversation AS thread SET contact_id = %(keep)s
WHERE thread.workspace_id = %(workspace_id)s AND thread.contact_id = %(lose)s
  AND NOT EXISTS (
      SELECT FROM conversations_conversation AS other
      WHERE other.workspace_id = %(workspace_id)s AND other.contact_id = %(keep)s
        AND other.number_id = thread.number_id)
"""

# Where both have written to a number, one conversation is left with all that happened in either; a person who was asked
# for stays asked for. Moved sessions get numbers below all others: only that they are different matters.
# Index: conversations_once, each table's by conversation.
SQL_JOIN_THREADS = """
WITH pair AS (
    SELECT kept.id AS kept_id, lost.id AS lost_id
    FROM conversations_conversation AS lost
    JOIN conversations_conversation AS kept ON kept.workspace_id = lost.workspace_id
        AND kept.contact_id = %(keep)s AND kept.number_id = lost.number_id
    WHERE lost.workspace_id = %(workspace_id)s AND lost.contact_id = %(lose)s
), lines AS (
    UPDATE conversations_line AS line SET conversation_id = pair.kept_id FROM pair WHERE line.conversation_id = pair.lost_id
), sessions AS (
    UPDATE conversations_session AS session SET conversation_id = pair.kept_id, number = (
        SELECT least(min(own.number), 0) FROM conversations_session AS own WHERE own.conversation_id = pair.kept_id
    ) - session.number
    FROM pair WHERE session.conversation_id = pair.lost_id
), timers AS (
    DELETE FROM conversations_timer WHERE conversation_id IN (SELECT lost_id FROM pair)
), decisions AS (
    UPDATE replies_decision AS decision SET conversation_id = pair.kept_id
    FROM pair WHERE decision.conversation_id = pair.lost_id
), answers AS (
    UPDATE replies_answer AS answer SET conversation_id = pair.kept_id FROM pair WHERE answer.conversation_id = pair.lost_id
), gone AS (
    DELETE FROM conversations_conversation WHERE id IN (SELECT lost_id FROM pair)
    RETURNING number_id, last_inbound_at, last_outbound_at, waits_since, answering, recent_answers
)
UPDATE conversations_conversation AS kept SET
    last_inbound_at = greatest(kept.last_inbound_at, gone.last_inbound_at),
    last_outbound_at = greatest(kept.last_outbound_at, gone.last_outbound_at),
    waits_since = least(kept.waits_since, gone.waits_since),
    answering = CASE WHEN gone.answering = 'person' THEN 'person' ELSE kept.answering END,
    recent_answers = kept.recent_answers || gone.recent_answers
FROM gone
WHERE kept.workspace_id = %(workspace_id)s AND kept.contact_id = %(keep)s AND kept.number_id = gone.number_id
"""

# Who has a code from a pool keeps their own; a second one stays spent. Index: replies_coupon_by_contact.
SQL_MOVE_COUPONS = """
UPDATE replies_coupon AS coupon SET contact_id = %(keep)s
WHERE coupon.contact_id = %(lose)s AND coupon.workspace_id = %(workspace_id)s
  AND NOT EXISTS (
      SELECT FROM replies_coupon AS other WHERE other.pool_id = coupon.pool_id AND other.contact_id = %(keep)s)
"""

# Index: contacts_note_by_contact, contacts_event_by_contact, conversions_order_by_contact, contacts_purchases_pkey, and
# contacts_editedrow_pkey by each edit of the workspace.
SQL_MOVE_DEEDS = """
WITH notes AS (
    UPDATE contacts_note SET contact_id = %(keep)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
), events AS (
    UPDATE contacts_event SET contact_id = %(keep)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
), orders AS (
    UPDATE conversions_order SET contact_id = %(keep)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s
), edited AS (
    DELETE FROM contacts_editedrow
    WHERE edit_id IN (SELECT id FROM contacts_edit WHERE workspace_id = %(workspace_id)s) AND contact_id = %(lose)s
), bought AS (
    DELETE FROM contacts_purchases WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s RETURNING *
)
INSERT INTO contacts_purchases AS kept (contact_id, workspace_id, order_count, total, currency, first_order_at,
    last_order_at, interval_days, last_order)
SELECT %(keep)s, workspace_id, order_count, total, currency, first_order_at, last_order_at, interval_days, last_order
FROM bought
ON CONFLICT (contact_id) DO UPDATE SET
    order_count = kept.order_count + excluded.order_count,
    total = CASE WHEN kept.currency = excluded.currency THEN kept.total + excluded.total
            WHEN excluded.last_order_at > kept.last_order_at THEN excluded.total ELSE kept.total END,
    currency = CASE WHEN excluded.last_order_at > kept.last_order_at THEN excluded.currency ELSE kept.currency END,
    first_order_at = least(kept.first_order_at, excluded.first_order_at),
    last_order_at = greatest(kept.last_order_at, excluded.last_order_at),
    interval_days = extract(epoch FROM greatest(kept.last_order_at, excluded.last_order_at)
        - least(kept.first_order_at, excluded.first_order_at)) / 86400 / (kept.order_count + excluded.order_count - 1),
    last_order = CASE WHEN excluded.last_order_at > kept.last_order_at THEN excluded.last_order
                 ELSE kept.last_order END
"""

# Every statement that moves something, in order; each takes workspace_id, keep, lose and now.
MOVES = (
    SQL_MERGE_STANDING,
    SQL_MOVE_ENTRIES,
    SQL_MERGE_WINDOWS,
    SQL_MERGE_PERSON,
    SQL_FORGET_REACH,
    SQL_SKIP_DOUBLES,
    SQL_MOVE_WAITING,
    SQL_MOVE_MESSAGES,
    SQL_MOVE_INBOUND,
    SQL_MOVE_RECIPIENTS,
    SQL_MOVE_THREADS,
    SQL_JOIN_THREADS,
    SQL_MOVE_COUPONS,
    SQL_MOVE_DEEDS,
)


async def merge(
    connection: Connection, *, workspace_id: int, keep: int, lose: int, phone: str | None, now: datetime
) -> bool:
    """Make one person of two everywhere; false when one of them is gone already."""
    done = await identity_store.merge_contacts(
        connection, workspace_id=workspace_id, keep=keep, lose=lose, phone=phone, now=now
    )
    if not done:
        return False
    given = {"workspace_id": workspace_id, "keep": keep, "lose": lose, "now": now}
    for statement in MOVES:
        await connection.execute(statement, given)
    return True
