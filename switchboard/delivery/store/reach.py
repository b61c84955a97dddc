"""SQL of who WhatsApp could not deliver to: the applier writes it, the gate reads it. Every function takes a connection."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

# Index: delivery_reach_pkey. In contact order, so that two workers wait for each other and never deadlock.
SQL_NOTE_UNDELIVERABLE = """
INSERT INTO delivery_reach AS reach (workspace_id, contact_id, undeliverable_count, undeliverable_at)
SELECT %(workspace_id)s, given.contact_id, given.many, %(now)s
FROM unnest(%(contact_ids)s::bigint[], %(counts)s::int[]) AS given (contact_id, many)
ORDER BY given.contact_id
ON CONFLICT (workspace_id, contact_id) DO UPDATE SET
    undeliverable_count = reach.undeliverable_count + excluded.undeliverable_count,
    undeliverable_at = greatest(reach.undeliverable_at, excluded.undeliverable_at)
"""


async def note_undeliverable(
    connection: Connection, workspace_id: int, contact_ids: Iterable[int], now: datetime
) -> None:
    """Count that WhatsApp could not deliver to these people (131026), one message each time they are named."""
    counts = Counter(contact_ids)
    if not counts:
        return
    given: dict[str, Any] = {"workspace_id": workspace_id, "now": now}
    given |= {"contact_ids": list(counts), "counts": list(counts.values())}
    await connection.execute(SQL_NOTE_UNDELIVERABLE, given)


# Index: delivery_reach_pkey. Nearly always nobody of a batch has a row.
SQL_NOTE_DELIVERED = """
DELETE FROM delivery_reach reach USING (
    SELECT contact_id FROM delivery_reach
    WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(contact_ids)s::bigint[])
    ORDER BY contact_id FOR UPDATE) AS gone
WHERE reach.workspace_id = %(workspace_id)s AND reach.contact_id = gone.contact_id
"""


async def note_delivered(connection: Connection, workspace_id: int, contact_ids: Iterable[int]) -> None:
    """Forget what could not be delivered to these people: something arrived, or they wrote."""
    wanted = list(contact_ids)
    if wanted:
        await connection.execute(SQL_NOTE_DELIVERED, {"workspace_id": workspace_id, "contact_ids": wanted})
