"""What has been received and is not applied: the queue, and the dead letters."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q

from switchboard.webhooks.errors import LetterMissingError
from switchboard.webhooks.models import DeadLetter, Event

# Beyond this a page says "more than"; counting on would read the whole queue for a figure nobody needs exactly.
MOST_COUNTED = 10_000


def count_unapplied(workspace_id: int) -> int:
    """Count the stored events that wait for the worker."""
    return Event.objects.filter(workspace_id=workspace_id).count()


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for the worker: how many events (at most MOST_COUNTED), and since when."""

    count: int
    oldest_inbound_at: datetime | None
    oldest_at: datetime | None


def get_backlog(workspace_id: int) -> Backlog:
    """Return how far the worker is behind with this workspace's events."""
    # Index: webhooks_event_order; the queue is short unless something is wrong.
    waiting = Event.objects.filter(workspace_id=workspace_id).order_by("-is_inbound", "id")[:MOST_COUNTED]
    ids = list(waiting.values_list("id", flat=True))
    if not ids:
        return Backlog(0, None, None)
    oldest = Event.objects.filter(id__in=ids).aggregate(
        inbound=Min("received_at", filter=Q(is_inbound=True)), any=Min("received_at")
    )
    return Backlog(len(ids), oldest["inbound"], oldest["any"])


def count_open_letters(workspace_id: int, *, most: int = MOST_COUNTED) -> int:
    """Count the dead letters that nobody has replayed, up to a number."""
    # Index: webhooks_deadletter_open.
    return DeadLetter.objects.filter(workspace_id=workspace_id, replayed_at=None).order_by()[:most].count()


def list_open_letter_ids(workspace_id: int) -> list[int]:
    """Return the dead letters that nobody has replayed, oldest first."""
    letters = DeadLetter.objects.filter(workspace_id=workspace_id, replayed_at=None)
    return list(letters.order_by("id").values_list("id", flat=True))


def list_letters(
    workspace_id: int, *, is_replayed: bool = False, before_id: int | None = None, limit: int = 50
) -> list[DeadLetter]:
    """Return dead letters without their bodies, newest first."""
    letters = DeadLetter.objects.filter(workspace_id=workspace_id, replayed_at__isnull=not is_replayed)
    if before_id is not None:
        letters = letters.filter(pk__lt=before_id)
    return list(letters.defer("body").order_by("-id")[:limit])


def get_letter(workspace_id: int, letter_id: int) -> DeadLetter:
    """Return a dead letter with its body.

    :raises LetterMissingError: not in this workspace.
    """
    letter = DeadLetter.objects.filter(workspace_id=workspace_id, pk=letter_id).first()
    if letter is None:
        raise LetterMissingError
    return letter
