"""Every synchronous read: progress, holds, speed and recounts of one origin. Run inside a workspace's scope."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from switchboard.core import clock, statements
from switchboard.delivery import boards
from switchboard.delivery.explanation import explain_message
from switchboard.delivery.models import PaceState, Window
from switchboard.delivery.statements import reading
from switchboard.delivery.types import Held, Origin, Progress, Recount, Rest, State

__all__ = [
    "explain_message",
    "find_rest",
    "get_progress",
    "list_holds",
    "list_speed",
    "map_last_numbers",
    "map_sent_of_day",
    "map_waiting",
    "map_waiting_zones",
    "recount",
]

_QUARTER = timedelta(minutes=15)


def get_progress(workspace_id: int, origin: Origin, origin_id: int) -> Progress:
    """Return the counts of one origin in one snapshot."""
    return boards.list_progress(workspace_id, origin, [origin_id])[origin_id]


def list_holds(workspace_id: int, origin: Origin, origin_id: int, now: datetime | None = None) -> list[Held]:
    """Return what holds messages of an origin back: which gate, until when, how many; what people must mend first."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id, "now": now or clock.now()}
    return [Held(gate, until, count) for gate, until, count in statements.fetch(reading.SQL_HOLDS, given)]


def find_rest(workspace_id: int, origin: Origin, origin_id: int) -> Rest:
    """Return how much of an origin waits in its lanes, and whether a lane is paused or one with messages stands still."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    rows = statements.fetch(reading.SQL_REST, given)
    return Rest(
        waiting=sum(many for many, _, _ in rows),
        numbers=len(rows),
        is_paused=any(is_paused for _, is_paused, _ in rows),
        is_stopped=any(is_stopped and many for many, _, is_stopped in rows),
    )


def map_last_numbers(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, int]:
    """Return the number that each contact wrote to last; who never wrote is left out."""
    # Index: delivery_window's primary key.
    found = Window.objects.filter(workspace_id=workspace_id, contact_id__in=contact_ids)
    latest = found.order_by("contact_id", "-opened_at").distinct("contact_id")
    return dict(latest.values_list("contact_id", "number_id"))


def map_sent_of_day(workspace_id: int, number_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how many messages of broadcasts and journeys each number sent in the last 24 hours, to the quarter-hour."""
    since = (now - timedelta(days=1) - _QUARTER).timestamp()
    found = PaceState.objects.filter(workspace_id=workspace_id, number_id__in=number_ids)
    return {
        number_id: sum(count for start, count in quarters.items() if float(start) > since)
        for number_id, quarters in found.values_list("number_id", "quarters")
    }


def map_waiting(workspace_id: int, number_ids: Sequence[int]) -> dict[int, int]:
    """Return how many messages of broadcasts and journeys wait at each number; above 50,000 a lane it is that many."""
    given = {"workspace_id": workspace_id, "number_ids": list(number_ids)}
    return {number_id: int(many) for number_id, many in statements.fetch(reading.SQL_WAITING_BY_NUMBER, given)}


def map_waiting_zones(workspace_id: int, origin: Origin, origin_id: int) -> dict[str, float]:
    """Return the time zones of those who wait, from a sample of 2,000: the comma list and how many."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    return {str(zones): float(many) for zones, many in statements.fetch(reading.SQL_WAITING_ZONES, given)}


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
