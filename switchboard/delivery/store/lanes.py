"""Putting messages back into their lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Returning:
    """A message that waits again."""

    message_id: UUID
    lane_id: int
    attempt: int
    tries: int
    due_at: datetime
    hold: str | None
    detail: dict[str, Any] | None


# Index: the primary keys of messages and lanes.
SQL_PUT_BACK = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)s::uuid[], %(lane_ids)s::bigint[], %(attempts)s::smallint[],
        %(tries)s::smallint[], %(due_at)s::timestamptz[], %(holds)s::text[], %(details)s::jsonb[])
        AS given (message_id, lane_id, attempt, tries, due_at, hold, detail)
), put AS (
    INSERT INTO delivery_outbox
        (workspace_id, lane_id, due_at, message_id, number_id, contact_id, attempt, tries, hold,
        hold_detail)
    SELECT message.workspace_id, given.lane_id, given.due_at, given.message_id, message.number_id, message.contact_id,
        given.attempt, given.tries, given.hold, given.detail
    FROM given JOIN delivery_message message ON message.id = given.message_id
    WHERE message.id = ANY(%(message_ids)s::uuid[]) AND message.workspace_id = %(workspace_id)s
    ON CONFLICT DO NOTHING
), first AS (
    SELECT DISTINCT ON (lane_id) lane_id, due_at, message_id FROM given ORDER BY lane_id, due_at, message_id
), free AS (
    SELECT id FROM delivery_lane WHERE id = ANY(%(lane_ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
)
UPDATE delivery_lane lane SET
    version = lane.version + 1,
    low_water_at = CASE WHEN lane.low_water_at IS NULL
        OR (first.due_at, first.message_id) < (lane.low_water_at, lane.low_water_id)
        THEN first.due_at ELSE lane.low_water_at END,
    low_water_id = CASE WHEN lane.low_water_at IS NULL
        OR (first.due_at, first.message_id) < (lane.low_water_at, lane.low_water_id)
        THEN first.message_id ELSE lane.low_water_id END
FROM first JOIN free ON free.id = first.lane_id
WHERE lane.id = first.lane_id AND lane.workspace_id = %(workspace_id)s
"""


async def put_back(connection: Connection, workspace_id: int, messages: Sequence[Returning]) -> None:
    """Put messages into the outbox again and let their lanes' low-water marks fall to them."""
    given = {
        "workspace_id": workspace_id,
        "message_ids": [message.message_id for message in messages],
        "lane_ids": [message.lane_id for message in messages],
        "attempts": [message.attempt for message in messages],
        "tries": [message.tries for message in messages],
        "due_at": [message.due_at for message in messages],
        "holds": [message.hold for message in messages],
        "details": [None if message.detail is None else Jsonb(message.detail) for message in messages],
    }
    await connection.execute(SQL_PUT_BACK, given)
