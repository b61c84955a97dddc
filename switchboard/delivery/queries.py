"""Every synchronous read: progress, holds, speed and recounts of one origin. Run inside a workspace's scope."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.delivery.explanation import explain_message
from switchboard.delivery.forecast import forecast
from switchboard.delivery.types import Held, Origin, Progress, Recount, State

__all__ = ["explain_message", "forecast", "get_progress", "list_holds", "list_speed", "recount"]


def get_progress(workspace_id: int, origin: Origin, origin_id: int) -> Progress:
    """Return the counts of one origin in one snapshot."""
    return boards.list_progress(workspace_id, origin, [origin_id])[origin_id]


# Index: delivery_lane_by_origin, then delivery_outbox_held; rows of stopped numbers by the outbox's primary key.
SQL_HOLDS = """
WITH lane AS (
    SELECT lane.id, number.stopped_at IS NOT NULL OR number.state <> 'connected' AS is_stopped,
        EXISTS (SELECT FROM delivery_stopswitch switch
            WHERE switch.workspace_id IN (0, %(workspace_id)s) AND switch.is_on) AS is_stop_on
    FROM delivery_lane lane JOIN numbers_number number ON number.id = lane.number_id
    WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = %(origin)s AND lane.origin_id = %(origin_id)s
      AND lane.state <> 'cancelled' AND lane.low_water_at IS NOT NULL
)
SELECT CASE WHEN lane.is_stop_on THEN 'stop' ELSE 'number' END, NULL::timestamptz, count(*)
FROM lane JOIN delivery_outbox outbox ON outbox.lane_id = lane.id
WHERE lane.is_stop_on OR lane.is_stopped
GROUP BY 1
UNION ALL
SELECT outbox.hold, max(outbox.due_at), count(*)
FROM lane JOIN delivery_outbox outbox
    ON outbox.lane_id = lane.id AND outbox.workspace_id = %(workspace_id)s AND outbox.hold IS NOT NULL
WHERE NOT lane.is_stop_on AND NOT lane.is_stopped AND outbox.due_at > %(now)s
GROUP BY outbox.hold, CASE WHEN outbox.hold = 'quiet_hours' THEN outbox.due_at END
ORDER BY 2 NULLS FIRST, 1
"""


def list_holds(workspace_id: int, origin: Origin, origin_id: int, now: datetime | None = None) -> list[Held]:
    """Return what holds messages of an origin back: which gate, until when, how many; what people must mend first."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id, "now": now or clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(SQL_HOLDS, given)
        return [Held(gate, until, count) for gate, until, count in cursor.fetchall()]


# Index: delivery_tally_by_origin.
SQL_SPEED = """
SELECT minute, sum(amount) FROM delivery_tally
WHERE workspace_id = %(workspace_id)s AND origin_kind = %(origin)s AND origin_id = %(origin_id)s AND measure = 'sent'
GROUP BY minute ORDER BY minute
"""


def list_speed(workspace_id: int, origin: Origin, origin_id: int) -> list[tuple[datetime, int]]:
    """Return how many messages were sent in each minute in which any was."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    with connection.cursor() as cursor:
        cursor.execute(SQL_SPEED, given)
        return [(minute, int(amount)) for minute, amount in cursor.fetchall()]


# One snapshot. Index: delivery_message_by_lane (the messages of a lane lie together), then primary keys.
SQL_RECOUNT = """
WITH lane AS (
    SELECT id FROM delivery_lane
    WHERE workspace_id = %(workspace_id)s AND origin_kind = %(origin)s AND origin_id = %(origin_id)s
), placed AS (
    SELECT message.id, delivery.state, delivery.reason, delivery.delivered_at, delivery.read_at, delivery.replied_at
    FROM delivery_message message LEFT JOIN delivery_delivery delivery ON delivery.message_id = message.id
    WHERE message.lane_id = ANY(ARRAY(SELECT id FROM lane)) AND message.workspace_id = %(workspace_id)s
)
SELECT 'waiting', '', count(*), 0, 0, 0 FROM delivery_outbox outbox
WHERE outbox.lane_id = ANY(ARRAY(SELECT id FROM lane))
  AND NOT EXISTS (SELECT FROM delivery_delivery delivery
    WHERE delivery.message_id = outbox.message_id AND delivery.state <> 0)
UNION ALL
SELECT COALESCE(state::text, ''), COALESCE(reason, ''), count(*), count(delivered_at), count(read_at), count(replied_at)
FROM placed GROUP BY state, reason
"""


def recount(workspace_id: int, origin: Origin, origin_id: int) -> Recount:
    """Count an origin's messages from their rows, as the tallies should have it."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    with connection.cursor() as cursor:
        cursor.execute(SQL_RECOUNT, given)
        rows = cursor.fetchall()
    waiting = sum(count for state, _, count, *_ in rows if state == "waiting")
    placed = [row for row in rows if row[0] != "waiting"]
    return _recount(waiting, placed)


def _recount(waiting: int, placed: list[Any]) -> Recount:
    by_state: dict[int | None, int] = defaultdict(int)
    failed: dict[str, int] = defaultdict(int)
    skipped: dict[str, int] = defaultdict(int)
    for state, reason, count, *_ in placed:
        value = int(state) if state else None
        by_state[value] += count
        if value == State.FAILED:
            failed[reason] += count
        elif value == State.SKIPPED:
            skipped[reason] += count
    sent = sum(count for value, count in by_state.items() if (value or 0) >= State.ACCEPTED and value != State.FAILED)
    return Recount(
        messages=sum(by_state.values()),
        waiting=waiting,
        in_flight=by_state[State.IN_FLIGHT],
        unknown=by_state[State.UNKNOWN],
        sent=sent,
        delivered=sum(row[3] for row in placed),
        read=sum(row[4] for row in placed),
        replied=sum(row[5] for row in placed),
        failed=dict(failed),
        skipped=dict(skipped),
    )
