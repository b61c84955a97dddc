"""What happened with a person, newest first: messages both ways, orders, events, tags, consent, notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from switchboard.contacts import people_queries
from switchboard.contacts.actions.edits import UNDO_FOR
from switchboard.conversions import queries as conversions_queries
from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.delivery.types import State
from switchboard.replies import latest
from switchboard.team import queries as team_queries
from switchboard.templates import catalogue
from switchboard.templates import rules as template_rules
from switchboard.templates.types import Shape
from switchboard.web import formats, words
from switchboard.web.contacts import showing

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, what, its words; for a message which way and how far it came."""

    at: datetime
    text: str
    is_ours: bool = False
    # message, order, event, edit, tag_given, tag_taken, consent_grant, consent_withdraw, consent_void or note
    kind: str = "message"
    status: str = ""
    label: str = ""
    detail: str = ""
    broadcast_id: int | None = None
    is_opt_out: bool = False
    is_undone: bool = False
    undo_id: int | None = None
    note_id: int | None = None


def list_everything(workspace_id: int, contact_id: int, *, fields: Sequence[Any], entries: Iterable[Any]) -> list[Line]:
    """Return what happened with a person, newest first: messages, orders, events, corrections, tags, consent, notes.

    `fields` are the workspace's, `entries` the person's consent, which their page has already.
    """
    lines = [
        *list_timeline(workspace_id, contact_id),
        *_list_deeds(workspace_id, contact_id),
        *_list_edits(workspace_id, contact_id, fields),
        *_list_words(workspace_id, contact_id, entries),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:_SHOWN]


def _list_deeds(workspace_id: int, contact_id: int) -> list[Line]:
    orders = [
        Line(
            at=order.at,
            kind="order",
            text=f"{order} · {formats.render_money(order.total, order.currency)}",
            detail=_("%(amount)s given back") % {"amount": formats.render_money(order.refunded, order.currency)}
            if order.refunded
            else "",
        )
        for order in conversions_queries.list_orders(workspace_id, contact_id)
    ]
    events = [
        Line(at=one.at, kind="event", text=one.name) for one in people_queries.list_events(workspace_id, contact_id)
    ]
    return orders + events


def _list_words(workspace_id: int, contact_id: int, entries: Iterable[Any]) -> list[Line]:
    """Return what was said about the person: tags, consent, notes."""
    tags = [
        Line(at=change.at, kind="tag_given" if change.is_member else "tag_taken", text=name)
        for change, name in people_queries.list_tag_changes(workspace_id, contact_id)
    ]
    consent = [
        Line(at=one.at, kind=f"consent_{one.kind}", text=str(one.get_kind_display()), detail=one.source)
        for one in entries
    ]
    notes = [
        Line(at=one.at, kind="note", text=one.text, detail=one.author_name, note_id=one.pk)
        for one in people_queries.list_notes(workspace_id, contact_id)
    ]
    return tags + consent + notes


def _list_edits(workspace_id: int, contact_id: int, fields: Sequence[Any]) -> list[Line]:
    """Return what was written by hand, each value before and after, and by whom."""
    rewritings = people_queries.list_rewritings(workspace_id, contact_id)
    names = team_queries.map_user_names(workspace_id, [one.edit.by for one in rewritings])
    return [
        Line(
            at=one.edit.at,
            kind="edit",
            text="\n".join(
                f"{what}: {before or '–'} → {after or '–'}" for what, before, after in _list_written(one, fields)
            ),
            detail=names.get(one.edit.by or 0, ""),
            is_undone=one.edit.undone_at is not None,
            undo_id=one.edit.pk if _may_undo(one.edit) else None,
        )
        for one in rewritings
    ]


def _may_undo(edit: Any) -> bool:
    """Tell whether it is one person's alone and fresh; what was done to many is undone where it was done."""
    return (
        edit.people_count == 1 and edit.total_count == 0 and edit.undone_at is None and clock.now() - edit.at < UNDO_FOR
    )


def _list_written(one: people_queries.Rewriting, fields: Sequence[Any]) -> list[tuple[str, ...]]:
    said = {"language": formats.render_language}
    details = [
        (str(words.TARGETS[key]), *(said.get(key, str)(value) if value else "" for value in (before, after)))
        for key, before, after in one.details
    ]
    return [*details, *showing.list_values(fields, one.fields_before, one.fields_after)]


def list_timeline(workspace_id: int, contact_id: int) -> list[Line]:
    """Return the newest messages in both directions."""
    incoming = [
        Line(at=row.sent_at, is_ours=False, text=row.text or row.kind, is_opt_out=row.is_opt_out)
        for row in latest.list_of_contact(workspace_id, contact_id, _SHOWN)
    ]
    sent = boards.list_of_contact(workspace_id, contact_id, _SHOWN)
    templates = catalogue.map_templates(workspace_id, {row.template_id for row in sent if row.template_id})
    outgoing = [_outgoing(row, templates.get(row.template_id or 0)) for row in sent]
    return sorted([*incoming, *outgoing], key=lambda line: line.at, reverse=True)[:_SHOWN]


def _outgoing(row: boards.MessageLine, template: Any) -> Line:
    status, label = describe_state(row.state)
    detail = ""
    if row.state == State.FAILED and row.reason:
        detail = words.say_failure(row.reason)
    elif row.state == State.SKIPPED and row.reason:
        detail = words.say_skip(row.reason)
    return Line(
        at=row.at,
        is_ours=True,
        text=say_body(row.body, template),
        status=status,
        label=label,
        detail=detail,
        broadcast_id=row.origin_id if row.origin_kind == "broadcast" else None,
    )


def say_body(body: dict[str, Any], template: Any) -> str:
    """Return what a message says: its text, or the template with the values it was sent with."""
    if body.get("type") == "text":
        return str(body.get("text", {}).get("body", ""))
    sent = body.get("template", {})
    if template is None:
        return _("Template %(name)s") % {"name": sent.get("name", "")}
    shape = catalogue.get_shape(template)
    preview = template_rules.render_preview(shape, _read_values(shape, sent.get("components", [])))
    return "\n".join(part for part in (preview.header_text, preview.body) if part)


def _read_values(shape: Shape, components: list[dict[str, Any]]) -> dict[str, str]:
    """Return the values a template was sent with, by variable: in the order of the places, or by name."""
    values = {}
    for component in components:
        keys = [variable.key for variable in shape.variables if variable.part == component.get("type")]
        texts = [one for one in component.get("parameters", []) if "text" in one]
        for key, one in zip(keys, texts, strict=False):
            name = one.get("parameter_name")
            values[f"{component['type']}:{name}" if name else key] = str(one["text"])
    return values


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
