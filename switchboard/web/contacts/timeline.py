"""What was written between a person and the business, both ways, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from switchboard.delivery import boards
from switchboard.delivery.types import State
from switchboard.replies import latest
from switchboard.web import words

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One message: when, which way, its words, and how far it came."""

    at: datetime
    is_ours: bool
    text: str
    status: str = ""
    label: str = ""
    detail: str = ""
    broadcast_id: int | None = None
    is_opt_out: bool = False


def list_timeline(workspace_id: int, contact_id: int) -> list[Line]:
    """Return the newest messages in both directions."""
    incoming = [
        Line(at=row.sent_at, is_ours=False, text=row.text or row.kind, is_opt_out=row.is_opt_out)
        for row in latest.list_of_contact(workspace_id, contact_id, _SHOWN)
    ]
    outgoing = [_outgoing(row) for row in boards.list_of_contact(workspace_id, contact_id, _SHOWN)]
    return sorted([*incoming, *outgoing], key=lambda line: line.at, reverse=True)[:_SHOWN]


def _outgoing(row: boards.MessageLine) -> Line:
    status, label = describe_state(row.state)
    detail = ""
    if row.state == State.FAILED and row.reason:
        detail = words.say_failure(row.reason)
    elif row.state == State.SKIPPED and row.reason:
        detail = words.say_skip(row.reason)
    return Line(
        at=row.at,
        is_ours=True,
        text=say_body(row.body),
        status=status,
        label=label,
        detail=detail,
        broadcast_id=row.origin_id if row.origin_kind == "broadcast" else None,
    )


def say_body(body: dict[str, Any]) -> str:
    """Return what a message says, as far as its body tells: the text, or the template and its values."""
    if body.get("type") == "text":
        return str(body.get("text", {}).get("body", ""))
    template = body.get("template", {})
    values = [
        str(parameter["text"])
        for component in template.get("components", [])
        for parameter in component.get("parameters", [])
        if "text" in parameter
    ]
    name = _("Template %(name)s") % {"name": template.get("name", "")}
    return f"{name}: {' · '.join(values)}" if values else name


def describe_state(state: int | None) -> tuple[str, str]:
    """Return the status word of a delivery state: its colour's name and its label."""
    if state is None or state == State.WAITING:
        return "waiting", _("Waiting")
    known = {
        State.SKIPPED: ("skipped", _("Skipped")),
        State.IN_FLIGHT: ("waiting", _("In flight")),
        State.UNKNOWN: ("unknown", _("Unconfirmed")),
        State.ACCEPTED: ("sent", _("Sent")),
        State.SENT: ("sent", _("Sent")),
        State.FAILED: ("failed", _("Failed")),
        State.DELIVERED: ("delivered", _("Delivered")),
        State.READ: ("read", _("Read")),
        State.PLAYED: ("read", _("Read")),
    }
    return known.get(State(state), ("waiting", str(state)))
