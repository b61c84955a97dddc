"""One broadcast: how far it is, how fast it goes, what failed and why."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from switchboard.broadcasts import forecast, queries
from switchboard.core import clock
from switchboard.delivery import boards, resending
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.types import Measure, Origin, Progress
from switchboard.numbers import fleet
from switchboard.web import formats, sentences, words
from switchboard.web.broadcasts import estimating, summary
from switchboard.web.progress import build_bar
from switchboard.web.rights import ConsoleRequest

_STEP = timedelta(seconds=5)
_SHORT = timedelta(minutes=15)
_FEW = 20_000
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
        "state_reason": sentences.translate(broadcast.state_reason),
        "progress": progress,
        "held_by_meta": resending.count_held_by_meta(workspace_id, Origin.BROADCAST, broadcast_id),
        "failures": _failures(progress),
        "skips": _skips(progress),
        **_waiting(workspace_id, broadcast, progress, now),
        **_speed(workspace_id, broadcast, progress, now),
        "numbers": _numbers(workspace_id, broadcast_id),
        "outlook": _outlook(broadcast, now),
        **summary.describe(broadcast),
    }
    part = "broadcasts/detail.html#live" if request.htmx else "broadcasts/detail.html"
    return render(request, part, context)


def _outlook(broadcast: Any, now: datetime) -> dict[str, Any] | None:
    """Say what was expected at the start, beside what became of it."""
    kept = broadcast.outlook
    if not kept:
        return None
    early, late = (datetime.fromisoformat(kept[key]) if kept.get(key) else None for key in ("early_at", "late_at"))
    has_ended = broadcast.finished_at is not None
    compared = broadcast.finished_at or now
    verdict = ""
    if has_ended and early and late:
        verdict = _("earlier than expected") if compared < early else _("later than expected")
        verdict = _("as expected") if early <= compared <= late else verdict
    cost = None
    if kept.get("most") and kept.get("currency"):
        cost = [formats.render_money(Decimal(kept[key]), kept["currency"]) for key in ("least", "most")]
    return {"may": kept["may"], "early": early, "late": late, "cost": cost, "verdict": verdict}


def _failures(progress: Progress) -> list[dict[str, Any]]:
    return [
        {"code": code, "is_code": code.isdigit(), "sentence": words.say_failure(code), "count": count}
        for code, count in progress.failed.items()
    ]


def _skips(progress: Progress) -> list[dict[str, Any]]:
    return [
        {"code": code, "sentence": words.say_skip(code), "count": count} for code, count in progress.skipped.items()
    ]


def _waiting(workspace_id: int, broadcast: Any, progress: Progress, now: datetime) -> dict[str, Any]:
    """Say what waits: held by which rule until when, in flight, and when the last one leaves."""
    if broadcast.state not in OPEN_STATES or progress.waiting <= 0:
        return {"holds": [], "bar": build_bar(progress), "in_flight": 0, "finishes": []}
    held = delivery_queries.list_holds(workspace_id, Origin.BROADCAST, broadcast.pk, now)
    found = forecast.forecast(broadcast, now)
    count = sum(row.count for row in held)
    finishes = [] if broadcast.state == "paused" else _finishes(broadcast, found, count, now)
    return {
        "holds": [{"sentence": words.say_hold(row.gate), "until": row.until, "count": row.count} for row in held],
        "bar": build_bar(progress, count),
        "in_flight": max(0, progress.waiting - progress.unknown - found.waiting),
        "finishes": finishes,
    }


def _finishes(broadcast: Any, found: forecast.Forecast, held: int, now: datetime) -> list[tuple[str, str]]:
    """Say when everybody will have been written to, and where the night decides that, when those awake will have been."""
    if not found.waiting:
        return []
    limit = words.say_limit(found.limit, found.figure, found.numbers)
    if found.look is None:
        return [(words.say_finish(None), limit)]
    lines = [(estimating.say_range(found.look), limit)]
    awake = found.waiting - held
    if found.limit == "quiet_hours" and awake > 0:
        first = forecast.look_at_rest(broadcast, awake, now, is_awake_only=True)
        if first and first.early.finish_at:
            said = words.say_limit(first.early.limit, first.early.figure, found.numbers)
            lines.insert(0, (words.say_finish_awake(first.early.finish_at), said))
    return lines


@require_GET
def download_speed(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Give the figures of the speed line as a file."""
    workspace_id = request.member.workspace_id
    broadcast = queries.get_broadcast(workspace_id, broadcast_id)
    progress = delivery_queries.get_progress(workspace_id, Origin.BROADCAST, broadcast_id)
    _is_short, points = _points(workspace_id, broadcast, progress, clock.now())
    headers = {"Content-Disposition": f'attachment; filename="speed-{broadcast_id}.csv"'}
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    rows = csv.writer(response)
    rows.writerow(["from", "sent", "delivered", "read"])
    rows.writerows([point.at.isoformat(), point.sent, point.delivered, point.read] for point in points)
    return response


def _points(workspace_id: int, broadcast: Any, progress: Progress, now: datetime) -> tuple[bool, list[boards.Minute]]:
    """Return short broadcasts in steps of five seconds from their messages, long ones by minute from the tally."""
    length = (broadcast.finished_at or now) - (broadcast.started_at or now)
    if length < _SHORT and progress.planned <= _FEW:
        return True, boards.list_moments(workspace_id, Origin.BROADCAST, broadcast.pk, _STEP)
    return False, boards.list_minutes(workspace_id, Origin.BROADCAST, broadcast.pk)


def _speed(workspace_id: int, broadcast: Any, progress: Progress, now: datetime) -> dict[str, Any]:
    is_short, points = _points(workspace_id, broadcast, progress, now)
    step = _STEP if is_short else timedelta(minutes=1)
    # The step that is still going on is left out of "now", or it would always look slow.
    recent = sum(point.sent for point in points if now - 3 * step < point.at <= now - step)
    per_second = recent / (2 * step.total_seconds())
    is_fast = per_second >= 1
    return {
        "speed": [_point(point, is_short=is_short) for point in points],
        "speed_unit": _("messages in 5 seconds") if is_short else _("messages a minute"),
        "speed_now": round(per_second if is_fast else per_second * 60, 1),
        "speed_now_unit": _("messages a second") if is_fast else _("messages a minute"),
    }


def _point(point: boards.Minute, *, is_short: bool) -> dict[str, Any]:
    label = formats.render_clock_time(point.at, with_seconds=is_short)
    return {"label": label, "sent": point.sent, "delivered": point.delivered, "read": point.read}


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
