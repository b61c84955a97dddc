"""When each Meta app was last heard: the console shows it, and waits for the first event of a new one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.core import live
from switchboard.webhooks import store

Connection = AsyncConnection[Any]

# Index: numbers_app_pkey. To the minute, so that a busy app's row is not written with every batch; a row that another
# worker is writing is left to it.
SQL_NOTE_HEARD = """
WITH known AS (
    SELECT app.id, app.heard_at FROM numbers_app AS app
    JOIN unnest(%(app_ids)s::bigint[], %(received_at)s::timestamptz[]) AS given (id, at) ON given.id = app.id
    WHERE app.heard_at IS NULL OR app.heard_at < given.at - interval '1 minute'
    ORDER BY app.id FOR NO KEY UPDATE OF app SKIP LOCKED
)
UPDATE numbers_app AS app SET heard_at = given.at
FROM known JOIN unnest(%(app_ids)s::bigint[], %(received_at)s::timestamptz[]) AS given (id, at) ON given.id = known.id
WHERE app.id = known.id
RETURNING app.id, app.workspace_id, known.heard_at IS NULL
"""


async def note_heard(connection: Connection, batch: Sequence[store.StoredEvent]) -> None:
    """Note when the apps of a batch were heard, and tell open pages of those heard for the first time."""
    latest: dict[int, datetime] = {}
    for event in batch:
        latest[event.app_id] = max(event.received_at, latest.get(event.app_id, event.received_at))
    given = {"app_ids": list(latest), "received_at": list(latest.values())}
    cursor = await connection.execute(SQL_NOTE_HEARD, given)
    for app_id, workspace_id, is_first in await cursor.fetchall():
        if is_first:
            await live.publish(connection, workspace_id, [f"app:{app_id}"])
