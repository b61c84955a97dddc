"""Whether anything leaves at all: the stop switch as pages show it, and how far incoming events are behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, OuterRef, Subquery

from switchboard.delivery.models import InboundWatermark, Lane, Outbox, StopSwitch
from switchboard.delivery.types import LaneState


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop switch that is on. `is_everywhere` means the whole installation."""

    is_everywhere: bool
    since: datetime
    by: str


def find_stop(workspace_id: int) -> Stop | None:
    """Return the switch that stops this workspace: the installation's before its own; nothing when both are off."""
    switch = StopSwitch.objects.filter(workspace_id__in=(0, workspace_id), is_on=True).order_by("workspace_id").first()
    if switch is None:
        return None
    return Stop(is_everywhere=switch.workspace_id == 0, since=switch.changed_at, by=switch.changed_by)


def find_inbound_lag(now: datetime) -> timedelta | None:
    """Return how old the oldest unapplied incoming event is; nothing before the worker has ever run."""
    watermark = InboundWatermark.objects.filter(pk=1).first()
    return None if watermark is None else max(timedelta(0), now - watermark.applied_through)


def find_oldest_due(workspace_id: int, now: datetime) -> datetime | None:
    """Return since when the oldest message waits that might have left; nothing when none is due."""
    # Index: the outbox's key: the first row of each lane, however many wait.
    first = Outbox.objects.filter(lane_id=OuterRef("pk")).order_by("due_at").values("due_at")[:1]
    lanes = Lane.objects.filter(workspace_id=workspace_id, state=LaneState.ACTIVE).annotate(first=Subquery(first))
    found: datetime | None = lanes.filter(first__lte=now).aggregate(oldest=Min("first"))["oldest"]
    return found
