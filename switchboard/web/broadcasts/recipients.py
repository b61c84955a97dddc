"""Who a broadcast goes to, and how far each of them is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from switchboard.broadcasts import queries
from switchboard.delivery.types import State
from switchboard.web import asked, words
from switchboard.web.broadcasts.detail import OPEN_STATES
from switchboard.web.contacts.timeline import describe_state
from switchboard.web.rights import ConsoleRequest

_FILTERS = [
    ("", _("All")),
    ("waiting", _("Waiting")),
    ("sent", _("Sent")),
    ("delivered", _("Delivered")),
    ("read", _("Read")),
    ("replied", _("Replied")),
    ("failed", _("Failed")),
    ("skipped", _("Skipped")),
    ("unknown", _("Unconfirmed")),
]


@require_GET
def show_recipients(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Show recipients in contact order, by state and reason."""
    workspace_id = request.member.workspace_id
    broadcast = queries.get_broadcast(workspace_id, broadcast_id)
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")[:24]
    after = asked.whole(request, "after") or 0
    page = queries.list_recipients(workspace_id, broadcast_id, state=state, reason=reason, after=after)
    rows = []
    for line in page.lines:
        status, label = describe_state(line.state)
        choice = words.say_choice(line.number_choice)
        rows.append({"line": line, "status": status, "label": label, "detail": _explain(line), "choice": choice})
    context = {
        "broadcast": broadcast,
        "is_open": broadcast.state in OPEN_STATES,
        "rows": rows,
        "filters": _FILTERS,
        "state": state,
        "reason": reason,
        "reason_words": words.say_failure(reason) if state == "failed" and reason else words.say_skip(reason),
        "next_after": page.next_after,
        "is_later": bool(after),
    }
    return render(request, "broadcasts/recipients.html#rows" if request.htmx else "broadcasts/recipients.html", context)


def _explain(line: queries.RecipientLine) -> str:
    if line.state == State.FAILED and line.reason:
        return words.say_failure(line.reason)
    return words.say_skip_detail(line.reason, line.detail) if line.state == State.SKIPPED else ""
