"""Pure decisions: when a session ends."""

from datetime import datetime, timedelta

SILENCE = timedelta(hours=24)


def is_new_session(*, previous_at: datetime | None, is_resolved: bool, at: datetime) -> bool:
    """Tell whether a message begins a session: the first one, after 24 hours of silence, or after resolving.

    The same rule stands in `store.threads.SQL_NOTE_INBOUND`; a test holds the two together.
    """
    if previous_at is None:
        return True
    return at >= previous_at + SILENCE or (is_resolved and at > previous_at)
