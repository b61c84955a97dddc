"""Crash records: leases, how far a sender may have posted, and what happens to the rows of a sender that died."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.delivery.store import lanes
from switchboard.delivery.store.locking import lock_deliveries
from switchboard.delivery.store.results import keep_unknown
from switchboard.delivery.store.take import LEASE
from switchboard.delivery.store.tallies import topics

Connection = AsyncConnection[Any]

# A batch that the recorder forgets at this moment needs no lease, so nobody waits for anybody. Index: the primary key.
SQL_RENEW = """
UPDATE delivery_sendbatch batch SET lease_until = %(lease_until)s
FROM (SELECT id FROM delivery_sendbatch WHERE id = ANY(%(batch_ids)s::uuid[]) AND lease_until > %(now)s
      ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS ours
WHERE batch.id = ours.id RETURNING batch.id
"""


async def renew(connection: Connection, batch_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Say that their sender lives; return the batches that are still its own."""
    given = {"batch_ids": list(batch_ids), "now": now, "lease_until": now + LEASE}
    cursor = await connection.execute(SQL_RENEW, given)
    return {batch_id for (batch_id,) in await cursor.fetchall()}


# Committed before the first of these messages is posted; a batch that somebody has given up is not there any more.
# Index: the primary key.
SQL_OPEN_FURTHER = """
UPDATE delivery_sendbatch batch SET opened_to = greatest(batch.opened_to, given.opened_to)
FROM (SELECT batch.id, given.opened_to FROM unnest(%(batch_ids)s::uuid[], %(opened_to)s::int[]) AS given (id, opened_to)
      JOIN delivery_sendbatch batch ON batch.id = given.id ORDER BY batch.id FOR NO KEY UPDATE OF batch) AS given
WHERE batch.id = given.id RETURNING batch.id
"""


async def open_further(connection: Connection, opened_to: Mapping[UUID, int]) -> set[UUID]:
    """Say how many messages of each batch may have been posted; return the batches of which that may be done.

    This, and no clock, decides between a sender that posts and somebody who takes its messages back.
    """
    given = {"batch_ids": list(opened_to), "opened_to": list(opened_to.values())}
    cursor = await connection.execute(SQL_OPEN_FURTHER, given)
    return {batch_id for (batch_id,) in await cursor.fetchall()}


# Index: delivery_sendbatch_by_lease.
SQL_ABANDONED = """
DELETE FROM delivery_sendbatch WHERE id IN (
    SELECT id FROM delivery_sendbatch WHERE lease_until < %(now)s
    ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING turn, workspace_id, message_ids, attempts, opened_to
"""

# Index: the primary keys of deliveries and messages.
SQL_DOUBT = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)s::uuid[], %(attempts)s::smallint[]) AS given (message_id, attempt)
), doubted AS (
    UPDATE delivery_delivery delivery SET state = 10 FROM given
    WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
      AND delivery.message_id = ANY(%(message_ids)s::uuid[])
      AND delivery.attempt = given.attempt AND delivery.state = 8
      AND given.message_id NOT IN (
        SELECT unnest(message_ids) FROM delivery_sendbatch WHERE workspace_id = %(workspace_id)s AND turn > %(turn)s)
    RETURNING delivery.message_id
), known AS (
    SELECT message.id, message.origin_kind, message.origin_id, message.number_id
    FROM doubted JOIN delivery_message message ON message.id = doubted.message_id
    WHERE message.id = ANY(%(message_ids)s::uuid[])
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, origin_kind, origin_id, number_id, 'unknown', '', count(*),
        date_trunc('minute', %(now)s::timestamptz)
    FROM known GROUP BY origin_kind, origin_id, number_id)
SELECT id, origin_kind, origin_id, number_id FROM known
"""


# It waits again under a new attempt, so that nothing its sender may still say of the old one counts. A message that its
# sender gave back before it died is in a later batch, or waits already. Index: as above.
SQL_TAKE_BACK = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)s::uuid[], %(attempts)s::smallint[]) AS given (message_id, attempt)
), back AS (
    UPDATE delivery_delivery delivery SET state = 0, attempt = delivery.attempt + 1 FROM given
    WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
      AND delivery.message_id = ANY(%(message_ids)s::uuid[])
      AND delivery.attempt = given.attempt AND delivery.state = 8
      AND given.message_id NOT IN (
        SELECT unnest(message_ids) FROM delivery_sendbatch WHERE workspace_id = %(workspace_id)s AND turn > %(turn)s)
    RETURNING delivery.message_id, delivery.attempt
)
SELECT message.id, back.attempt, message.lane_id, message.origin_kind, message.origin_id
FROM back JOIN delivery_message message ON message.id = back.message_id
WHERE message.id = ANY(%(message_ids)s::uuid[])
"""


async def expire_batches(connection: Connection, now: datetime) -> dict[int, set[str]]:
    """Give up dead senders' batches: what may have been posted is unknown and not sent again, the rest waits again.

    Return the live topics that changed, by workspace.
    """
    found: dict[int, set[str]] = defaultdict(set)
    async with connection.transaction():
        cursor = await connection.execute(SQL_ABANDONED, {"now": now})
        abandoned = await cursor.fetchall()
        # The newest first: what it says of a message holds before an older batch with the same message is asked.
        for turn, workspace_id, message_ids, attempts, opened_to in sorted(abandoned, reverse=True):
            await lock_deliveries(connection, workspace_id, message_ids)
            which = {"workspace_id": workspace_id, "turn": turn, "now": now}
            posted = {**which, "message_ids": message_ids[:opened_to], "attempts": attempts[:opened_to]}
            found[workspace_id] |= await _doubt(connection, posted)
            if opened_to < len(message_ids):
                kept = {**which, "message_ids": message_ids[opened_to:], "attempts": attempts[opened_to:]}
                found[workspace_id] |= await _take_back(connection, kept)
    return {workspace_id: some for workspace_id, some in found.items() if some}


async def _doubt(connection: Connection, given: dict[str, Any]) -> set[str]:
    rows = await (await connection.execute(SQL_DOUBT, given)).fetchall()
    if rows:
        await keep_unknown(connection, given["workspace_id"], {row[0]: row[3] for row in rows}, given["now"])
    return topics((row[1], row[2]) for row in rows) if rows else set()


async def _take_back(connection: Connection, given: dict[str, Any]) -> set[str]:
    rows = await (await connection.execute(SQL_TAKE_BACK, given)).fetchall()
    returning = [
        lanes.Returning(message_id, lane_id, attempt, tries=0, due_at=given["now"], hold=None, detail=None)
        for message_id, attempt, lane_id, _, _ in rows
    ]
    if returning:
        await lanes.put_back(connection, given["workspace_id"], returning)
    return topics((row[3], row[4]) for row in rows) if rows else set()
