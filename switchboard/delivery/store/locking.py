"""Delivery rows are locked by a statement of their own before anything changes them.

The change then finds nothing that moved under it. That keeps old and new comparable, and it keeps PostgreSQL from
checking a row again in the middle of a statement: with partitions pruned at run time, that check has crashed the
server (18.6, SIGSEGV in a recorder that waited for the applier).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

# Index: the primary key of the delivery rows. In the order of ids, so that nobody waits in a circle.
SQL_LOCK_DELIVERIES = """
SELECT message_id FROM delivery_delivery
WHERE message_id = ANY(%(message_ids)s::uuid[]) AND workspace_id = %(workspace_id)s
ORDER BY message_id FOR NO KEY UPDATE
"""


async def lock_deliveries(connection: AsyncConnection[Any], workspace_id: int, message_ids: Sequence[UUID]) -> None:
    """Wait for these rows, and keep them until the transaction ends.

    Never prepared: planned with its values, it names its partitions and prunes none while it runs.
    """
    given = {"workspace_id": workspace_id, "message_ids": list(message_ids)}
    await connection.execute(SQL_LOCK_DELIVERIES, given, prepare=False)
