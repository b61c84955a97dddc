"""Messages of which nobody can tell whether Meta has them, and the clock that ends the doubt."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from switchboard.delivery.store.due import is_watermark_fresh
from switchboard.delivery.store.joining import joined_at_once
from switchboard.delivery.store.locking import lock_deliveries
from switchboard.delivery.store.tallies import topics

Connection = AsyncConnection[Any]

PATIENCE = timedelta(minutes=15)
# Meta may hold a message for its quality check before it says anything of it; it does so template by template.
HELD_PATIENCE = timedelta(hours=2)
HELD_LATELY = timedelta(hours=24)
# One status proves that statuses come through for this long, not for the rest of the day.
_HEARD_AT_MOST_SECONDS = 300

# Index: delivery_unknown_by_number.
SQL_HEAR = """
UPDATE delivery_unknown unknown SET
    heard_seconds = heard_seconds
        + least(greatest(extract(epoch FROM %(now)s - unknown.heard_at), 0), %(most)s)::int,
    heard_at = greatest(unknown.heard_at, %(now)s)
FROM unnest(%(number_ids)s::bigint[], %(latest)s::timestamptz[]) AS given (number_id, latest)
WHERE unknown.workspace_id = %(workspace_id)s AND unknown.number_id = given.number_id
  AND unknown.since < given.latest AND unknown.heard_at < %(now)s - interval '1 second'
"""


async def hear(connection: Connection, workspace_id: int, latest: Mapping[int, datetime], now: datetime) -> None:
    """Let the clocks of doubtful messages run on: statuses of later messages through their number came in."""
    if not latest:
        return
    given = {"number_ids": list(latest), "latest": list(latest.values()), "most": _HEARD_AT_MOST_SECONDS}
    await connection.execute(SQL_HEAR, {"workspace_id": workspace_id, "now": now, **given})


# The table of doubtful messages is nearly empty.
SQL_DUE = """
SELECT workspace_id, array_agg(message_id ORDER BY message_id) FROM (
    SELECT unknown.workspace_id, unknown.message_id FROM delivery_unknown unknown
    WHERE unknown.heard_seconds >= %(patience)s AND (unknown.heard_seconds >= %(held_patience)s OR NOT EXISTS (
        SELECT FROM delivery_message message
        JOIN delivery_held held ON held.workspace_id = message.workspace_id
            AND held.template_id = message.template_id AND held.held_at > %(held_since)s
        WHERE message.id = unknown.message_id AND message.workspace_id = unknown.workspace_id))
    ORDER BY unknown.workspace_id, unknown.message_id LIMIT 500) AS due
GROUP BY workspace_id ORDER BY workspace_id
"""

# Index: the primary keys.
SQL_SETTLE = """
WITH due AS (
    SELECT message_id, %(workspace_id)s::bigint AS workspace_id FROM unnest(%(message_ids)s::uuid[]) AS given (message_id)
), forgotten AS (
    DELETE FROM delivery_unknown unknown USING due WHERE unknown.message_id = due.message_id
), settled AS (
    UPDATE delivery_delivery delivery SET state = 40, reason = 'unconfirmed', failed_at = %(now)s
    FROM due
    WHERE delivery.message_id = due.message_id AND delivery.workspace_id = due.workspace_id AND delivery.state = 10
      AND delivery.message_id = ANY(%(message_ids)s::uuid[])
    RETURNING delivery.message_id, delivery.workspace_id
), known AS (
    SELECT message.workspace_id, message.origin_kind, message.origin_id, message.number_id, count(*) AS many
    FROM settled JOIN delivery_message message ON message.id = settled.message_id
    WHERE message.id = ANY(%(message_ids)s::uuid[])
    GROUP BY message.workspace_id, message.origin_kind, message.origin_id, message.number_id
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT known.workspace_id, known.origin_kind, known.origin_id, known.number_id, delta.measure, delta.reason,
        delta.sign * known.many, date_trunc('minute', %(now)s::timestamptz)
    FROM known CROSS JOIN (VALUES ('unknown', '', -1), ('failed', 'unconfirmed', 1)) AS delta (measure, reason, sign))
SELECT workspace_id, origin_kind, origin_id FROM known
"""


async def settle_unknown(connection: Connection, now: datetime) -> dict[int, set[str]]:
    """Call messages unconfirmed whose clock has run out; return the live topics that changed, by workspace.

    Nothing happens while stored events wait to be applied: the answer may be among them.
    """
    if not await is_watermark_fresh(connection, now):
        return {}
    found: dict[int, set[str]] = defaultdict(set)
    async with connection.transaction():
        given = {"patience": int(PATIENCE.total_seconds()), "held_patience": int(HELD_PATIENCE.total_seconds())}
        due = await (await connection.execute(SQL_DUE, {**given, "held_since": now - HELD_LATELY})).fetchall()
        for workspace_id, message_ids in due:
            await lock_deliveries(connection, workspace_id, message_ids)
            which = {"workspace_id": workspace_id, "message_ids": message_ids, "now": now}
            async with joined_at_once(connection):
                rows = await (await connection.execute(SQL_SETTLE, which, prepare=False)).fetchall()
            found[workspace_id] |= topics((kind, origin_id) for _, kind, origin_id in rows)
    return found
