"""Crash records: leases that are renewed, and what happens to the rows of a sender that died."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

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


# Index: delivery_sendbatch_by_lease.
SQL_ABANDONED = """
DELETE FROM delivery_sendbatch WHERE id IN (
    SELECT id FROM delivery_sendbatch WHERE lease_until < %(now)s
    ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING workspace_id, message_ids, attempts
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


async def expire_batches(connection: Connection, now: datetime) -> dict[int, set[str]]:
    """Turn what dead senders had in flight into unknown: it may have been sent, so it is not sent again.

    Return the live topics that changed, by workspace.
    """
    found: dict[int, set[str]] = defaultdict(set)
    async with connection.transaction():
        cursor = await connection.execute(SQL_ABANDONED, {"now": now})
        for workspace_id, message_ids, attempts in await cursor.fetchall():
            given = {"workspace_id": workspace_id, "message_ids": message_ids, "attempts": attempts, "now": now}
            await lock_deliveries(connection, workspace_id, message_ids)
            rows = await (await connection.execute(SQL_DOUBT, given)).fetchall()
            if rows:
                await keep_unknown(connection, workspace_id, {row[0]: row[3] for row in rows}, now)
                found[workspace_id] |= topics((row[1], row[2]) for row in rows)
    return found
