"""SQL of the installation's figures, cheap enough to be read every few seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

_ALIVE_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Heart:
    """The heartbeats of one role."""

    role: str
    alive: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind the installation is."""

    oldest_inbound_at: datetime | None
    oldest_status_at: datetime | None
    oldest_due_at: datetime | None
    dead_letters: int
    hearts: list[Heart]


# Index: webhooks_event_order twice, delivery_lane_due, webhooks_deadletter_open.
SQL_BACKLOG = """
SELECT (SELECT min(received_at) FROM (SELECT received_at FROM webhooks_event WHERE is_inbound ORDER BY id LIMIT 1000)
            AS people),
       (SELECT min(received_at) FROM (SELECT received_at FROM webhooks_event WHERE NOT is_inbound ORDER BY id LIMIT 1000)
            AS statuses),
       (SELECT min(low_water_at) FROM delivery_lane
        WHERE state = 'active' AND low_water_at IS NOT NULL AND low_water_at <= %(now)s),
       (SELECT count(*) FROM (SELECT FROM webhooks_deadletter WHERE replayed_at IS NULL LIMIT 10000) AS letters)
"""
# A row a process.
SQL_HEARTS = """
SELECT role, count(*) FILTER (WHERE seen_at > %(since)s), max(seen_at) FROM core_heartbeat GROUP BY role ORDER BY role
"""


async def read_backlog(connection: Connection, now: datetime) -> Backlog:
    """Return how far behind the installation is, and who has been heard of."""
    row = await (await connection.execute(SQL_BACKLOG, {"now": now})).fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM has one row
    hearts = await (await connection.execute(SQL_HEARTS, {"since": now - _ALIVE_FOR})).fetchall()
    people, statuses, due, letters = row
    return Backlog(people, statuses, due, letters, [Heart(*heart) for heart in hearts])
