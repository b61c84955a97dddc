"""Who a broadcast goes to, and how far each of them is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from switchboard.broadcasts import actions, queries
from switchboard.core import clock
from switchboard.delivery.types import NEVER_LEFT, UNCONFIRMED, State
from switchboard.team.rules import Right
from switchboard.web import asked, words
from switchboard.web.broadcasts.detail import OPEN_STATES
from switchboard.web.contacts.timeline import describe_state
from switchboard.web.rights import ConsoleRequest, needs

_RETRIED_IN = frozenset({"sending", "completed"})
_RETRY = {UNCONFIRMED: actions.resend_unconfirmed, NEVER_LEFT: actions.resend_never_left}
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
        "retries": reason if state == "failed" and reason in _RETRY and rows and broadcast.state in _RETRIED_IN else "",
        "next_after": page.next_after,
        "is_later": bool(after),
    }
    return render(request, "broadcasts/recipients.html#rows" if request.htmx else "broadcasts/recipients.html", context)


@require_POST
@needs(Right.SEND)
def retry_unconfirmed(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Send again what WhatsApp never confirmed, or never got, because a person says so."""
    resend = _RETRY.get(request.POST.get("reason", ""), actions.resend_unconfirmed)
    count = resend(
        workspace_id=request.member.workspace_id, broadcast_id=broadcast_id, by=str(request.user), now=clock.now()
    )
    sent = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
    messages.success(request, sent % {"count": count})
    return redirect("broadcasts:recipients", broadcast_id)


def _explain(line: queries.RecipientLine) -> str:
    if line.state == State.FAILED and line.reason:
        return words.say_failure(line.reason)
    return words.say_skip_detail(line.reason, line.detail) if line.state == State.SKIPPED else ""
