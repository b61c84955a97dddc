"""Whether messages leave: what `doctor` and the Health page say of the outbox and the stop switches."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from switchboard.core.health import Finding

_OVERDUE = timedelta(minutes=2)


def judge_outbox(oldest_due_at: datetime | None, now: datetime) -> Finding:
    """Judge how long the oldest due message has waited."""
    if oldest_due_at is None:
        return Finding("outbox", "green", "Nothing is overdue now.")
    values = {"age": now - oldest_due_at}
    if now - oldest_due_at < _OVERDUE:
        return Finding("outbox", "green", "The oldest due message has waited %(age)s.", values=values)
    advice = (
        "A slow pace is normal; otherwise see whether the stop switch is on, numbers are stopped, or no sender runs."
    )
    return Finding("outbox", "amber", "The oldest due message has waited %(age)s.", advice, values)


def judge_switches(workspace_ids: Iterable[int]) -> Iterator[Finding]:
    """Tell which stop switches are on; 0 is the whole installation's."""
    for workspace_id in workspace_ids:
        if workspace_id == 0:
            message = "On for the whole installation: nothing is sent."
            yield Finding("stop switch", "amber", message, "Run `switchboard resume` to go on.")
            continue
        message = "On for workspace %(workspace)s: nothing is sent."
        advice = "Press Resume, or run `switchboard resume --workspace %(workspace)s`."
        yield Finding("stop switch", "amber", message, advice, {"workspace": workspace_id})
