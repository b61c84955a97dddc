"""Whether what Meta tells us is applied: what `doctor` and the Health page say of events and dead letters."""

from datetime import datetime, timedelta

from switchboard.core.health import Finding, Value

# Broadcasts hold from here on (delivery's claim).
_PEOPLE_MAY_WAIT = timedelta(seconds=2)
_STATUSES_MAY_WAIT = timedelta(minutes=1)


def judge_backlog(count: int, oldest_inbound_at: datetime | None, oldest_at: datetime | None, now: datetime) -> Finding:
    """Judge how far the workers are behind."""
    if oldest_inbound_at is not None and now - oldest_inbound_at > _PEOPLE_MAY_WAIT:
        message = "Events that wait: %(count)s, the oldest incoming message for %(age)s; broadcasts hold."
        values: dict[str, Value] = {"count": count, "age": now - oldest_inbound_at}
        return Finding("events", "red", message, "Start a worker, or more of them.", values)
    if oldest_at is not None and now - oldest_at > _STATUSES_MAY_WAIT:
        message = "Events that wait: %(count)s, the oldest for %(age)s."
        values = {"count": count, "age": now - oldest_at}
        return Finding("events", "amber", message, "Start a worker, or more of them.", values)
    if count == 0:
        return Finding("events", "green", "No event waits to be applied.")
    return Finding("events", "green", "Events that wait to be applied: %(count)s.", values={"count": count})


def judge_letters(count: int, example: str = "") -> Finding | None:
    """Tell how many events could not be applied; nothing when there are none."""
    if not count:
        return None
    advice = "Read the reasons under Dead letters in the console; replay them when the cause is mended."
    if example:
        message = "Events that could not be applied: %(count)s, one because: %(example)s"
        return Finding("dead letters", "amber", message, advice, {"count": count, "example": example})
    return Finding("dead letters", "amber", "Events that could not be applied: %(count)s.", advice, {"count": count})
