"""What Meta says about templates and accounts. What is simple is applied; the journal keeps the rest."""

from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection

from switchboard.cloudapi import events
from switchboard.webhooks import store

Connection = AsyncConnection[Any]

# Meta's word → our state of a template. FLAGGED is a warning: it may still be sent.
_TEMPLATE_STATES = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "UNARCHIVED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "ARCHIVED": "other",
    "LOCKED": "other",
    "LIMIT_EXCEEDED": "other",
    "PENDING_DELETION": "other",
    "DELETED": "other",
}
_CATEGORIES = frozenset({"marketing", "utility", "authentication"})


async def apply(connection: Connection, app_id: int, event: events.AccountEvent) -> str:
    """Apply one event if it is simple, and return what it counts as."""
    value = event.change.value
    change = store.TemplateChange(
        app_id=app_id,
        account_meta_id=event.change.entry_id,
        name=events.as_text(value.get("message_template_name")),
        # Webhooks write en-US where the rest of the API writes en_US.
        language=events.as_text(value.get("message_template_language")).replace("-", "_"),
        state=None,
        category=None,
        reason="",
    )
    if event.change.field == "message_template_status_update":
        state = _TEMPLATE_STATES.get(events.as_text(value.get("event")).upper())
        reason = events.as_text(value.get("reason"))
        change = replace(change, state=state, reason="" if reason == "NONE" else reason[:255])
    elif event.change.field == "template_category_update" and value.get("previous_category"):
        category = events.as_text(value.get("new_category")).lower()
        change = replace(change, category=category if category in _CATEGORIES else None)
    if change.state is None and change.category is None:
        return "account_events_kept"
    return "templates_changed" if await store.change_template(connection, change) else "account_events_kept"
