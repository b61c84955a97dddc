"""Delivery rows are locked by a statement of their own before anything changes them.

The change then finds nothing that moved under it. That keeps old and new comparable, and it keeps PostgreSQL from
checking a row again in the middle of a statement: with partitions pruned at run time, that check has crashed the
server (18.6, SIGSEGV in a recorder that waited for the applier).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.delivery.rules.forward import Standing

# Index: the primary key of the delivery rows. In the order of ids, so that nobody waits in a circle.
SQL_LOCK_DELIVERIES = """
SELECT message_id, state, attempt, accepted_at IS NOT NULL FROM delivery_delivery
WHERE message_id = ANY(%(message_ids)b::uuid[]) AND workspace_id = %(workspace_id)s
ORDER BY message_id FOR NO KEY UPDATE
"""


class Locked(NamedTuple):
    """How far a message is, and nobody else can change that now."""

    message_id: UUID
    state: int
    attempt: int
    has_been_accepted: bool


async def lock_deliveries(
    connection: AsyncConnection[Any], workspace_id: int, message_ids: Sequence[UUID]
) -> list[Locked]:
    """Wait for these rows, keep them until the transaction ends, and return how far each is.

    Never prepared: planned with its values, it names its partitions and prunes none while it runs.
    """
    cursor = connection.cursor(binary=True)
    given = {"workspace_id": workspace_id, "message_ids": list(message_ids)}
    await cursor.execute(SQL_LOCK_DELIVERIES, given, prepare=False)
    return [Locked._make(row) for row in await cursor.fetchall()]


# Index: as above.
SQL_LOCK_STANDINGS = """
SELECT message_id, state, attempt, reason, wamid, accepted_at, sent_at, delivered_at, read_at, failed_at
FROM delivery_delivery
WHERE message_id = ANY(%(message_ids)b::uuid[]) AND workspace_id = %(workspace_id)s
ORDER BY message_id FOR NO KEY UPDATE
"""


async def lock_standings(
    connection: AsyncConnection[Any], workspace_id: int, message_ids: Sequence[UUID]
) -> list[Standing]:
    """Wait for these rows and return how far each is; nobody moves them before the transaction ends.

    Never prepared, as above.
    """
    cursor = connection.cursor(binary=True)
    given = {"workspace_id": workspace_id, "message_ids": list(message_ids)}
    await cursor.execute(SQL_LOCK_STANDINGS, given, prepare=False)
    return [Standing(*row) for row in await cursor.fetchall()]
