"""Small facts that processes leave for each other: switches, watermark, windows, replies, counts."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.delivery.store.joining import joined_at_once
from switchboard.delivery.store.locking import lock_deliveries
from switchboard.delivery.types import Measure, Origin

Connection = AsyncConnection[Any]

SQL_STOPPED = "SELECT workspace_id FROM delivery_stopswitch WHERE is_on"


async def list_stopped(connection: Connection) -> frozenset[int]:
    """Return the workspaces whose stop switch is on; 0 means the whole installation."""
    rows = await (await connection.execute(SQL_STOPPED)).fetchall()
    return frozenset(workspace_id for (workspace_id,) in rows)


SQL_DATABASE_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"


async def read_database_time(connection: Connection) -> float:
    """Return the database's clock in seconds since 1970."""
    row = await (await connection.execute(SQL_DATABASE_TIME)).fetchone()
    return float(row[0]) if row else 0.0


SQL_WATERMARK = """
INSERT INTO delivery_inboundwatermark AS mark (id, applied_through) VALUES (1, %(applied_through)s)
ON CONFLICT (id) DO UPDATE SET applied_through = excluded.applied_through
"""


async def set_watermark(connection: Connection, applied_through: datetime) -> None:
    """Say that every event received before this moment has been applied."""
    await connection.execute(SQL_WATERMARK, {"applied_through": applied_through})


# Index: the primary key.
SQL_OPEN_WINDOWS = """
INSERT INTO delivery_window AS open (workspace_id, contact_id, number_id, opened_at)
SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(number_ids)s::bigint[],
    %(opened_at)s::timestamptz[])
ON CONFLICT (workspace_id, contact_id, number_id)
DO UPDATE SET opened_at = greatest(open.opened_at, excluded.opened_at)
"""


async def open_windows(connection: Connection, rows: Sequence[tuple[int, int, int, datetime]]) -> None:
    """Open service windows: (workspace, contact, number, moment of the person's message), each pair once."""
    if not rows:
        return
    workspace_ids, contact_ids, number_ids, opened_at = (list(column) for column in zip(*sorted(rows), strict=True))
    given = {"workspace_ids": workspace_ids, "contact_ids": contact_ids, "number_ids": number_ids}
    await connection.execute(SQL_OPEN_WINDOWS, {**given, "opened_at": opened_at})


# Only the first reply counts. Index: the primary keys of deliveries and messages.
SQL_MARK_REPLIED = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)b::uuid[], %(at)b::timestamptz[]) AS given (message_id, at)
), marked AS (
    UPDATE delivery_delivery delivery SET replied_at = given.at
    FROM given
    WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
      AND delivery.message_id = ANY(%(message_ids)b::uuid[])
      AND delivery.replied_at IS NULL
    RETURNING delivery.message_id
)
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
SELECT message.workspace_id, message.origin_kind, message.origin_id, message.number_id, 'replied', '', count(*),
    date_trunc('minute', %(now)s::timestamptz)
FROM marked JOIN delivery_message message ON message.id = marked.message_id
WHERE message.id = ANY(%(message_ids)b::uuid[])
GROUP BY message.workspace_id, message.origin_kind, message.origin_id, message.number_id
"""


async def mark_replied(connection: Connection, rows: Sequence[tuple[int, UUID, datetime]], now: datetime) -> None:
    """Note which messages people answered, and when: (workspace, message, moment). The first answer counts."""
    first: dict[int, dict[UUID, datetime]] = defaultdict(dict)
    for workspace_id, message_id, at in rows:
        moments = first[workspace_id]
        moments[message_id] = min(at, moments.get(message_id, at))
    for workspace_id, moments in sorted(first.items()):
        await lock_deliveries(connection, workspace_id, list(moments))
        given: dict[str, Any] = {"message_ids": list(moments), "at": list(moments.values())}
        async with joined_at_once(connection):
            given |= {"workspace_id": workspace_id, "now": now}
            await connection.execute(SQL_MARK_REPLIED, given, prepare=False)


SQL_TALLY = """
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
VALUES (%(workspace_id)s, %(origin)s, %(origin_id)s, %(number_id)s, %(measure)s, %(reason)s, %(amount)s,
    date_trunc('minute', %(now)s::timestamptz))
"""


async def tally(
    connection: Connection,
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    number_id: int,
    measure: Measure,
    amount: int,
    now: datetime,
    reason: str = "",
) -> None:
    """Add to a count, in the caller's transaction."""
    given: dict[str, Any] = {
        "origin": origin.value,
        "origin_id": origin_id,
        "number_id": number_id,
        "measure": measure.value,
    }
    given |= {"workspace_id": workspace_id, "reason": reason, "amount": amount, "now": now}
    await connection.execute(SQL_TALLY, given)
