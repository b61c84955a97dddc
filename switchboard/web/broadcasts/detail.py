"""One broadcast: how far it is, how fast it goes, what failed and why."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from switchboard.broadcasts import lists, queries
from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.types import Forecast, Measure, Origin, Progress
from switchboard.numbers import fleet
from switchboard.web import words
from switchboard.web.broadcasts import summary
from switchboard.web.progress import build_bar
from switchboard.web.rights import ConsoleRequest

OPEN_STATES = frozenset({"preparing", "sending", "paused"})


@require_GET
def show_broadcast(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Show a broadcast's progress; a draft opens where it is being written."""
    workspace_id = request.member.workspace_id
    broadcast = queries.get_broadcast(workspace_id, broadcast_id)
    if broadcast.state == "draft":
        return redirect("broadcasts:edit_audience", broadcast_id)
    now = clock.now()
    progress = delivery_queries.get_progress(workspace_id, Origin.BROADCAST, broadcast_id)
    context = {
        "broadcast": broadcast,
        "is_open": broadcast.state in OPEN_STATES,
        "state_reason": _(broadcast.state_reason) if broadcast.state_reason else "",
        "progress": progress,
        "failures": _failures(progress),
        "skips": _skips(progress),
        **_waiting(workspace_id, broadcast, progress, now),
        **_speed(workspace_id, broadcast_id, now),
        "numbers": _numbers(workspace_id, broadcast_id),
        **summary.describe(broadcast),
    }
    part = "broadcasts/detail.html#live" if request.htmx else "broadcasts/detail.html"
    return render(request, part, context)


def _failures(progress: Progress) -> list[dict[str, Any]]:
    return [
        {"code": code, "sentence": words.say_failure(code), "count": count} for code, count in progress.failed.items()
    ]


def _skips(progress: Progress) -> list[dict[str, Any]]:
    return [{"code": code, "sentence": words.say_skip(code), "count": count} for code, count in progress.skipped.items()]


def _waiting(workspace_id: int, broadcast: Any, progress: Progress, now: datetime) -> dict[str, Any]:
    """Say what waits: held by which rule until when, in flight, and when the last one leaves."""
    if broadcast.state not in OPEN_STATES or progress.waiting <= 0:
        return {"holds": [], "bar": build_bar(progress), "in_flight": 0, "forecast": None}
    held = delivery_queries.list_holds(workspace_id, Origin.BROADCAST, broadcast.pk, now)
    unexpanded = lists.count_unexpanded(workspace_id, broadcast.pk)
    forecast = delivery_queries.forecast(workspace_id, Origin.BROADCAST, broadcast.pk, now, not_expanded=unexpanded)
    return {
        "holds": [{"sentence": words.say_hold(row.gate), "until": row.until, "count": row.count} for row in held],
        "bar": build_bar(progress, sum(row.count for row in held)),
        "in_flight": max(0, progress.waiting - progress.unknown - forecast.waiting),
        "forecast": None if broadcast.state == "paused" else _forecast(forecast),
    }


def _forecast(forecast: Forecast) -> dict[str, str] | None:
    if not forecast.waiting:
        return None
    return {"finish": words.say_finish(forecast.finish_at), "limit": words.say_limit(forecast.limit, forecast.figure, forecast.numbers)}


def _speed(workspace_id: int, broadcast_id: int, now: datetime) -> dict[str, Any]:
    minutes = boards.list_minutes(workspace_id, Origin.BROADCAST, broadcast_id)
    recent = [point.sent for point in minutes if point.at > now - timedelta(minutes=1)]
    return {"speed": minutes, "speed_now": sum(recent)}


def _numbers(workspace_id: int, broadcast_id: int) -> list[dict[str, Any]]:
    counts = boards.list_by_number(workspace_id, Origin.BROADCAST, broadcast_id)
    rows = []
    for number in fleet.list_numbers(workspace_id, ids=[key for key in counts if key]):
        measures = counts[number.pk]
        rows.append(
            {
                "number": number,
                "sent": measures.get(Measure.SENT, 0),
                "delivered": measures.get(Measure.DELIVERED, 0),
                "failed": measures.get(Measure.FAILED, 0),
            }
        )
    return rows
