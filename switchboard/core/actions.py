"""Incidents from synchronous actions, in their transactions."""

from datetime import datetime

from switchboard.core import incidents, statements
from switchboard.core.incidents import Incident


def raise_incident(incident: Incident, now: datetime) -> bool:
    """Open an incident, or bring the figures of the open one up to date; tell whether anything changed.

    A page's transaction can raise only its own workspace's.
    """
    has_changed = bool(statements.fetch(incidents.SQL_RAISE_INCIDENT, incident.columns(now)))
    if has_changed:
        statements.notify_live(incident.workspace_id or 0, incidents.TOPICS)
    return has_changed


def end_incident(incident: Incident, now: datetime) -> bool:
    """Close an incident whose cause has gone (its detail does not matter); tell whether there was one."""
    has_ended = bool(statements.fetch(incidents.SQL_END_INCIDENT, incident.columns(now)))
    if has_ended:
        statements.notify_live(incident.workspace_id or 0, incidents.TOPICS)
    return has_ended
