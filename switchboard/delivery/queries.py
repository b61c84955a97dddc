"""Every synchronous read: progress, holds, speed and recounts of one origin. Run inside a workspace's scope."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from switchboard.core import clock, statements
from switchboard.delivery import boards
from switchboard.delivery.explanation import explain_message
from switchboard.delivery.forecast import forecast
from switchboard.delivery.statements import reading
from switchboard.delivery.types import Held, Origin, Progress, Recount, State

__all__ = ["explain_message", "forecast", "get_progress", "list_holds", "list_speed", "recount"]


def get_progress(workspace_id: int, origin: Origin, origin_id: int) -> Progress:
    """Return the counts of one origin in one snapshot."""
    return boards.list_progress(workspace_id, origin, [origin_id])[origin_id]


def list_holds(workspace_id: int, origin: Origin, origin_id: int, now: datetime | None = None) -> list[Held]:
    """Return what holds messages of an origin back: which gate, until when, how many; what people must mend first."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id, "now": now or clock.now()}
    return [Held(gate, until, count) for gate, until, count in statements.fetch(reading.SQL_HOLDS, given)]


def list_speed(workspace_id: int, origin: Origin, origin_id: int) -> list[tuple[datetime, int]]:
    """Return how many messages were sent in each minute in which any was."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    return [(minute, int(amount)) for minute, amount in statements.fetch(reading.SQL_SPEED, given)]


def recount(workspace_id: int, origin: Origin, origin_id: int) -> Recount:
    """Count an origin's messages from their rows, as the tallies should have it."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    rows = statements.fetch(reading.SQL_RECOUNT, given)
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
