"""Broadcasts as lists show them: newest first, by state or name, page by page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.broadcasts.models import Broadcast, BroadcastState

RUNNING = (BroadcastState.PREPARING, BroadcastState.SENDING, BroadcastState.PAUSED)
ENDED = (BroadcastState.COMPLETED, BroadcastState.CANCELLED, BroadcastState.FAILED)
GROUPS: dict[str, Sequence[str]] = {
    "running": RUNNING,
    "scheduled": (BroadcastState.SCHEDULED,),
    "draft": (BroadcastState.DRAFT,),
    "ended": ENDED,
}


@dataclass(frozen=True, slots=True)
class BroadcastPage:
    """A piece of the list; `next_before` continues it, None at the end."""

    broadcasts: list[Broadcast]
    next_before: int | None


def list_broadcasts(
    workspace_id: int, *, group: str = "", search: str = "", before: int | None = None, limit: int = 30
) -> BroadcastPage:
    """Return broadcasts, newest first; `group` is a key of GROUPS."""
    # Index: broadcasts_newest.
    found = Broadcast.objects.filter(workspace_id=workspace_id)
    if group in GROUPS:
        found = found.filter(state__in=GROUPS[group])
    if search.strip():
        found = found.filter(name__icontains=search.strip())
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: limit + 1])
    return BroadcastPage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def list_started_ids(workspace_id: int, since: datetime) -> list[int]:
    """Return the broadcasts that started after a moment, or are still running; at most 500."""
    found = Broadcast.objects.filter(workspace_id=workspace_id)
    ids = set(found.filter(started_at__gte=since).values_list("pk", flat=True)[:400])
    ids.update(found.filter(state__in=RUNNING).values_list("pk", flat=True)[:100])
    return sorted(ids)


def list_names(workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    """Return the names of some broadcasts."""
    return dict(Broadcast.objects.filter(workspace_id=workspace_id, pk__in=ids).values_list("pk", "name"))
