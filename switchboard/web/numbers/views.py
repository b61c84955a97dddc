"""The fleet: every number with its state, quality, pace and use; and what a supervisor may change."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.broadcasts import lists
from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.numbers import actions, fleet, rules
from switchboard.team.rules import Right
from switchboard.web import words
from switchboard.web.rights import ConsoleRequest, needs


@require_GET
def show_numbers(request: ConsoleRequest) -> HttpResponse:
    """Show every number."""
    workspace_id = request.member.workspace_id
    now = clock.now()
    day_start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    ids = lists.list_started_ids(workspace_id, now - timedelta(days=1))
    usage = boards.list_usage(workspace_id, ids, now, day_start)
    context = {
        "rows": [_row(number, usage) for number in fleet.list_numbers(workspace_id)],
        "paces": [(key, words.PACES[key][0]) for key in rules.PRESETS],
        "pace_notes": [words.PACES[key] for key in rules.PRESETS],
    }
    part = "numbers/list.html#rows" if request.htmx else "numbers/list.html"
    return render(request, part, context)


def _row(number: Any, usage: Mapping[int, boards.Usage]) -> dict[str, Any]:
    pace = rules.pace_of(number.pace, number.pace_overrides, number.throughput)
    used = usage.get(number.pk, boards.Usage())
    return {
        "number": number,
        "pace": pace,
        "used": used,
        "minute_share": _share(used.minute, pace.per_minute),
        "hour_share": _share(used.hour, pace.per_hour),
        "day_share": _share(used.day, pace.per_day),
        "is_stopped": number.stopped_at is not None,
        "is_technical": rules.is_technical_stop(number.state, number.stopped_code),
        "reason": words.say_stop(number.stopped_code, number.stopped_detail),
    }


def _share(used: int, limit: int | None) -> int | None:
    return None if not limit else min(100, round(100 * used / limit))


@require_POST
@needs(Right.PROTECT)
def change_pace(request: ConsoleRequest, number_id: int) -> HttpResponse:
    """Give a number another pace."""
    actions.set_pace(workspace_id=request.member.workspace_id, number_id=number_id, pace=request.POST.get("pace", ""))
    messages.success(request, _("The new pace holds from now on."))
    return redirect("numbers:list")


@require_POST
@needs(Right.PROTECT)
def stop(request: ConsoleRequest, number_id: int) -> HttpResponse:
    """Let nothing leave through a number."""
    actions.stop_number(
        workspace_id=request.member.workspace_id, number_id=number_id, by=str(request.user), now=clock.now()
    )
    messages.success(request, _("Nothing leaves through this number until it is resumed."))
    return redirect("numbers:list")


@require_POST
@needs(Right.PROTECT)
def resume(request: ConsoleRequest, number_id: int) -> HttpResponse:
    """Let a number send again."""
    actions.resume_number(workspace_id=request.member.workspace_id, number_id=number_id)
    messages.success(request, _("This number may send again."))
    return redirect("numbers:list")
