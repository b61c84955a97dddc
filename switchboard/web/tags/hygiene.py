"""The report that keeps tags in order, and the clean-up it proposes."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from switchboard.contacts import hygiene, segment_queries
from switchboard.contacts.actions import hygiene as actions
from switchboard.contacts.errors import CleanupError
from switchboard.core import clock
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.rights import ConsoleRequest, needs

_MARKS = {"inactive": gettext_lazy("Inactive for 6 months"), "invalid": gettext_lazy("Invalid number")}
_SHOWN = 10


@require_GET
def show_report(request: ConsoleRequest) -> HttpResponse:
    """Show the newest report."""
    report = hygiene.find_report(request.member.workspace_id)
    context = {"report": report, "found": report.findings if report else None, "red_rate": hygiene.RED_RATE}
    return render(request, "tags/hygiene.html", context)


@require_POST
@needs(Right.SEND)
def write_report(request: ConsoleRequest) -> HttpResponse:
    """Write a report now."""
    actions.write_report(workspace_id=request.member.workspace_id, now=clock.now())
    return redirect("tags:hygiene")


@require_GET
@needs(Right.SEND)
def show_proposal(request: ConsoleRequest, kind: str) -> HttpResponse:
    """Show whom a clean-up would mark, and what leaving them out of broadcasts would save."""
    if kind not in _MARKS:
        raise Http404
    workspace_id, now = request.member.workspace_id, clock.now()
    people = hygiene.list_proposed(workspace_id, kind, now)
    sent = hygiene.count_sent(workspace_id, people, now)
    price = _read_price(request.GET.get("price", ""))
    context = {
        "kind": kind,
        "mark": _MARKS[kind],
        "people": len(people),
        "sample": segment_queries.list_by_ids(workspace_id, people[-_SHOWN:]),
        "sent": sent,
        "price": price,
        "saved": sent * price if price is not None else None,
    }
    return render(request, "tags/proposal.html", context)


def _read_price(text: str) -> Decimal | None:
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < 10_000 else None


@require_POST
@needs(Right.SEND)
def apply_proposal(request: ConsoleRequest, kind: str) -> HttpResponse:
    """Mark the people of a proposal, if they are still those that were shown."""
    if kind not in _MARKS:
        raise Http404
    expected = request.POST.get("people", "")
    try:
        actions.apply_proposal(
            workspace_id=request.member.workspace_id,
            kind=kind,
            expected=int(expected) if expected.isdigit() else 0,
            tag_name=str(_MARKS[kind]),
            now=clock.now(),
            by=request.user.pk,
        )
    except CleanupError as error:
        messages.error(request, failures.say(error))
        return redirect("tags:proposal", kind)
    messages.success(
        request,
        _("They are marked “%(name)s”. Leave that tag out of broadcasts to spare them.") % {"name": _MARKS[kind]},
    )
    return redirect("tags:list")
