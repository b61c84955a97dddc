"""What would happen if other numbers took over the work of one that stands still, and the button that does it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.broadcasts import moving
from switchboard.core import clock
from switchboard.numbers import fleet, queries
from switchboard.team.rules import Right
from switchboard.web import words
from switchboard.web.rights import ConsoleRequest, needs

_REFUSALS = {
    moving.Refusal.RUNNING: gettext_lazy("This number may send. Its work goes on by itself."),
    moving.Refusal.RESTRICTED: gettext_lazy(
        "Meta has restricted this number or its account. Its work stays with it: to move it would be to evade the "
        "restriction. Read the reason in WhatsApp Manager under Account quality and ask for a review there."
    ),
    moving.Refusal.NOT_TECHNICAL: gettext_lazy(
        "This number did not stop for a technical reason. Mend what the page Numbers says of it, then press Resume."
    ),
}


@require_http_methods(["GET", "POST"])
@needs(Right.PROTECT)
def move(request: ConsoleRequest, number_id: int) -> HttpResponse:
    """Show what moving would do, or do it."""
    workspace_id, now = request.member.workspace_id, clock.now()
    if request.method == "POST":
        count = broadcasts_actions.move_waiting(workspace_id=workspace_id, number_id=number_id, now=now)
        moved = ngettext(
            "%(count)d message is taken over by other numbers.",
            "%(count)d messages are taken over by other numbers.",
            count,
        )
        messages.success(request, moved % {"count": count})
        return redirect("numbers:list")
    number = queries.get_number(workspace_id, number_id)
    refusal = moving.find_refusal(number)
    moves = [] if refusal else moving.list_moves(number, now)
    context = {
        "number": number,
        "reason": words.say_stop(number.stopped_code, number.stopped_detail) if number.stopped_at else "",
        "refusal": _REFUSALS[refusal] if refusal else "",
        "rows": _rows(workspace_id, moves),
        "count": sum(one.count for one in moves if one.number_ids),
    }
    return render(request, "numbers/move.html", context)


def _rows(workspace_id: int, moves: list[moving.Move]) -> list[dict[str, Any]]:
    names = fleet.list_names(workspace_id, {key for one in moves for key in one.number_ids})
    return [
        {
            "move": one,
            "numbers": ", ".join(names[key] for key in one.number_ids[:5])
            + (_(" and %(more)d more") % {"more": len(one.number_ids) - 5} if len(one.number_ids) > 5 else ""),
        }
        for one in moves
    ]
