"""The first page after signing in: what is running, what came back, what needs a look."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from switchboard.broadcasts import lists
from switchboard.contacts import queries as contacts_queries
from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.delivery.types import Origin, Progress
from switchboard.numbers import fleet
from switchboard.replies import latest
from switchboard.web.progress import build_bar
from switchboard.web.rights import ConsoleRequest

_SHOWN = 6
_REPLIES_SHOWN = 8


@require_GET
def show_overview(request: ConsoleRequest) -> HttpResponse:
    """Show the day: figures, broadcasts, replies, numbers."""
    workspace_id = request.member.workspace_id
    newest = lists.list_broadcasts(workspace_id, limit=_SHOWN).broadcasts
    day_ids = lists.list_started_ids(workspace_id, clock.now() - timedelta(days=1))
    progress = boards.list_progress(workspace_id, Origin.BROADCAST, {*day_ids, *(row.pk for row in newest)})
    context = {
        "broadcasts": [(row, build_bar(progress[row.pk]), progress[row.pk]) for row in newest],
        "day": add_up([progress[key] for key in day_ids]),
        "replies": list_replies(workspace_id),
        "fleet": fleet.count_fleet(workspace_id),
        "has_contacts": bool(contacts_queries.list_contacts(workspace_id, limit=1).contacts),
    }
    part = "overview/overview.html#live" if request.htmx else "overview/overview.html"
    return render(request, part, context)


def add_up(parts: list[Progress]) -> dict[str, int]:
    """Return the sums of several broadcasts."""
    return {
        "sent": sum(part.sent for part in parts),
        "delivered": sum(part.delivered for part in parts),
        "read": sum(part.read for part in parts),
        "replied": sum(part.replied for part in parts),
        "opted_out": sum(part.opted_out for part in parts),
        "failed": sum(sum(part.failed.values()) for part in parts),
        "waiting": sum(part.waiting for part in parts),
    }


def list_replies(workspace_id: int) -> list[dict[str, Any]]:
    """Return the newest incoming messages with those who sent them."""
    rows = latest.list_latest(workspace_id, _REPLIES_SHOWN)
    people = contacts_queries.map_contacts(workspace_id, {row.contact_id for row in rows})
    return [{"message": row, "person": people.get(row.contact_id)} for row in rows]
