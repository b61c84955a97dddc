"""Messages put into their lanes by asynchronous workers: the statements of `delivery.actions`, on their connection."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.delivery.statements import planning
from switchboard.delivery.types import NewMessage, Origin, Priority

Connection = AsyncConnection[Any]


async def open_lanes(
    connection: Connection,
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    priority: Priority,
    number_ids: Sequence[int],
) -> dict[int, int]:
    """Make the queues of one origin where there are none, and return their ids by number."""
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "priority": int(priority),
        "number_ids": sorted(set(number_ids)),
        "pace": "",
    }
    await connection.execute(planning.SQL_OPEN_PACES, given)
    return dict(await (await connection.execute(planning.SQL_OPEN_LANES, given)).fetchall())


async def enqueue_messages(
    connection: Connection,
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    messages: Sequence[NewMessage],
    now: datetime,
) -> None:
    """Put messages into their lanes, in the caller's transaction; the senders hear of it when that commits."""
    if not messages:
        return
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "now": now,
        "ids": [message.id for message in messages],
        "lane_ids": [message.lane_id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "contact_ids": [message.contact_id for message in messages],
        "categories": [str(message.category) for message in messages],
        "recipients": [message.recipient for message in messages],
        "zones": [message.zones for message in messages],
        "template_ids": [message.template_id for message in messages],
        "bodies": [Jsonb(message.body) for message in messages],
        "due_at": [message.due_at for message in messages],
        "holds": [message.hold for message in messages],
        "hold_details": [None if message.hold_detail is None else Jsonb(message.hold_detail) for message in messages],
    }
    await connection.execute(planning.SQL_PUT_MESSAGES, given)
    await connection.execute(planning.SQL_PUT_WAITING, given)
    await connection.execute(planning.SQL_NOTIFY_DUE)
