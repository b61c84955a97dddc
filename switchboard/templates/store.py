"""SQL of templates for the worker. Every function takes a connection."""

from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]
# Paused until a person has the templates read again, whatever Meta lists them as.
UNTIL_READ = datetime(9999, 1, 1, tzinfo=UTC)

# Index: templates_template_paused.
SQL_END_PAUSES = """
WITH ended AS (
    UPDATE templates_template SET paused_until = NULL,
        rejected_reason = CASE WHEN state = 'paused' THEN '' ELSE rejected_reason END,
        state = CASE WHEN state = 'paused' THEN 'approved' ELSE state END
    WHERE paused_until <= %(now)s
    RETURNING workspace_id)
SELECT workspace_id, count(*) FROM ended GROUP BY workspace_id
"""


async def end_pauses(connection: Connection, now: datetime) -> dict[int, int]:
    """Let templates be used again whose account's restriction has ended; return how many in each workspace."""
    cursor = await connection.execute(SQL_END_PAUSES, {"now": now})
    return dict(await cursor.fetchall())
