"""The list of broadcasts, and the buttons that change one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from switchboard.broadcasts import actions, lists
from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.delivery.types import Origin, Progress
from switchboard.team.rules import Right
from switchboard.web import asked, formats
from switchboard.web.progress import build_bar
from switchboard.web.rights import ConsoleRequest, needs

_GROUPS = [
    ("", gettext_lazy("All")),
    ("running", gettext_lazy("Running")),
    ("scheduled", gettext_lazy("Scheduled")),
    ("draft", gettext_lazy("Drafts")),
    ("ended", gettext_lazy("Ended")),
]


@require_GET
def show_broadcasts(request: ConsoleRequest) -> HttpResponse:
    """Show broadcasts, newest first, by state and name."""
    workspace_id = request.member.workspace_id
    search, group = request.GET.get("q", ""), request.GET.get("group", "")
    page = lists.list_broadcasts(workspace_id, group=group, search=search, before=asked.whole(request, "before"))
    progress = boards.list_progress(workspace_id, Origin.BROADCAST, [row.pk for row in page.broadcasts])
    context = {
        "rows": [_row(broadcast, progress[broadcast.pk]) for broadcast in page.broadcasts],
        "next_before": page.next_before,
        "is_later": "before" in request.GET,
        "search": search,
        "group": group,
        "groups": _GROUPS,
    }
    return render(request, "broadcasts/list.html#rows" if request.htmx else "broadcasts/list.html", context)


def _row(broadcast: Any, progress: Progress) -> dict[str, Any]:
    is_draft = broadcast.state == "draft"
    name = "broadcasts:edit_audience" if is_draft else "broadcasts:detail"
    return {
        "broadcast": broadcast,
        "href": reverse(name, args=[broadcast.pk]),
        "progress": progress,
        "bar": build_bar(progress),
        "failed": sum(progress.failed.values()),
        "start": broadcast.started_at or broadcast.scheduled_at,
    }


@require_POST
@needs(Right.SEND)
def new(request: ConsoleRequest) -> HttpResponse:
    """Make a draft and open its first step."""
    now = clock.now()
    broadcast = actions.save_draft(
        workspace_id=request.member.workspace_id,
        now=now,
        by=request.user.pk,
        name=_("Broadcast of %(day)s") % {"day": formats.render_day(now)},
    )
    return redirect("broadcasts:edit_audience", broadcast.pk)


@require_POST
@needs(Right.SEND)
def pause(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Hold a broadcast."""
    actions.pause_broadcast(workspace_id=request.member.workspace_id, broadcast_id=broadcast_id, now=clock.now())
    return redirect("broadcasts:detail", broadcast_id)


@require_POST
@needs(Right.SEND)
def resume(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Let a paused broadcast go on."""
    actions.resume_broadcast(workspace_id=request.member.workspace_id, broadcast_id=broadcast_id, now=clock.now())
    return redirect("broadcasts:detail", broadcast_id)


@require_POST
@needs(Right.SEND)
def cancel(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """End a broadcast for good."""
    actions.cancel_broadcast(workspace_id=request.member.workspace_id, broadcast_id=broadcast_id, now=clock.now())
    messages.success(request, _("The broadcast is cancelled. Whoever still waited is skipped."))
    return redirect("broadcasts:detail", broadcast_id)
