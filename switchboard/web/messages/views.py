"""Why a message was or was not sent: how far it is, what decided it, and what every gate says now."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from switchboard.delivery import queries
from switchboard.delivery.types import Explanation, State, Step
from switchboard.numbers import queries as numbers_queries
from switchboard.web import words
from switchboard.web.contacts.timeline import describe_state
from switchboard.web.messages import wording
from switchboard.web.rights import ConsoleRequest

_ICONS = {"pass": "circle-check", "hold": "clock", "skip": "circle-x"}
_KINDS = {"pass": "is-read", "hold": "is-held", "skip": "is-failed"}


@require_GET
def show_message(request: ConsoleRequest, message_id: UUID) -> HttpResponse:
    """Show the story of one message."""
    story = queries.explain_message(message_id)
    status, label = describe_state(story.state)
    moments = {
        "accepted_at": _("Taken by WhatsApp"),
        "sent_at": _("Sent"),
        "delivered_at": _("Delivered"),
        "read_at": _("Read"),
        "replied_at": _("Replied"),
        "failed_at": _("Failed") if story.state == State.FAILED else _("Decided"),
    }
    context = {
        "story": story,
        "status": status,
        "label": label,
        "number": numbers_queries.get_number(request.member.workspace_id, story.number_id),
        "answer": _answer(story),
        "facts": wording.list_facts(story.detail or story.hold_detail or {}),
        "moments": [(moments[name], at) for name, at in story.moments.items()],
        "steps": [_step(step) for step in story.steps],
    }
    return render(request, "messages/message.html", context)


def _answer(story: Explanation) -> str:
    """Return in one sentence what decided."""
    if story.state == State.FAILED:
        return words.say_failure(story.reason or "")
    if story.state == State.SKIPPED:
        return words.say_skip_detail(story.reason or "", story.detail or {})
    if story.state != State.WAITING:
        return ""
    if story.lane_state != "active":
        return _("Its broadcast is paused or cancelled.")
    # What was written down when it was held comes first: a pace objects at nearly every moment, and only for a moment.
    objecting = [step for step in story.steps if step.verdict != "pass"]
    named = next((step for step in objecting if step.gate == story.hold), objecting[0] if objecting else None)
    if named is None:
        return _("Nothing stands in its way; it waits for its turn.")
    return words.say_skip_detail(named.gate, named.detail) if named.verdict == "skip" else words.say_hold(named.gate)


def _step(step: Step) -> dict[str, Any]:
    return {
        "label": wording.say_gate(step.gate),
        "icon": _ICONS[step.verdict],
        "kind": _KINDS[step.verdict],
        "verdict": wording.VERDICTS[step.verdict],
        "until": step.until,
        "facts": wording.list_facts(step.detail) if step.verdict != "pass" else [],
    }
