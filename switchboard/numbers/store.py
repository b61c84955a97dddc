"""SQL of numbers for the worker. Every function takes a connection."""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.numbers import rules

Connection = AsyncConnection[Any]
# Stops that end by themselves: a restriction with a date, and a rest after people blocked or reported the number.
ENDING = (*rules.ACCOUNT_RESTRICTIONS, "131048")

# Index: numbers_number_restricted, once numbers are many. Locked in the order of ids, as a claim does. What a person or an error stopped
# stays stopped.
SQL_END_RESTRICTIONS = """
WITH locked AS (
    SELECT id FROM numbers_number WHERE restricted_until <= %(now)s ORDER BY id FOR NO KEY UPDATE
)
UPDATE numbers_number AS number SET
    restricted_until = NULL,
    state = CASE WHEN number.state = 'restricted' THEN 'connected' ELSE number.state END,
    stopped_at = CASE WHEN number.stopped_code = ANY(%(codes)s) THEN NULL ELSE number.stopped_at END,
    stopped_detail = CASE WHEN number.stopped_code = ANY(%(codes)s) THEN '' ELSE number.stopped_detail END,
    stopped_code = CASE WHEN number.stopped_code = ANY(%(codes)s) THEN '' ELSE number.stopped_code END
FROM locked WHERE number.id = locked.id
RETURNING number.workspace_id, number.id
"""


async def end_restrictions(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """Let numbers go on whose restriction has ended; return workspace and number of each."""
    cursor = await connection.execute(SQL_END_RESTRICTIONS, {"now": now, "codes": list(ENDING)})
    return [(workspace_id, number_id) for workspace_id, number_id in await cursor.fetchall()]
