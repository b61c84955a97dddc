"""Reading broadcasts: one, its problems, its progress, its recipients."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from switchboard.broadcasts import audience, rules
from switchboard.broadcasts.errors import BroadcastMissingError, Problem
from switchboard.broadcasts.models import Broadcast, Recipient
from switchboard.broadcasts.pool import load_pool
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.models import Contact
from switchboard.core import clock, statements, tenancy
from switchboard.core.rows import get_own
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.models import Delivery, Lane, Message, Outbox
from switchboard.delivery.rules.quiet_hours import Night
from switchboard.delivery.types import UNCONFIRMED, Gate, Origin, State
from switchboard.numbers import queries as number_queries
from switchboard.team.models import Workspace
from switchboard.templates.models import Template

# What a recipient can be asked for, and the delivery states that answer it.
RECIPIENT_STATES: dict[str, tuple[State, ...]] = {
    "sent": (State.ACCEPTED, State.SENT, State.DELIVERED, State.READ, State.PLAYED),
    "delivered": (State.DELIVERED, State.READ, State.PLAYED),
    "read": (State.READ, State.PLAYED),
    "failed": (State.FAILED,),
    "skipped": (State.SKIPPED,),
    "unknown": (State.UNKNOWN,),
}
WAITING = "waiting"
REPLIED = "replied"


def get_broadcast(workspace_id: int, broadcast_id: int, *, lock: bool = False) -> Broadcast:
    """Return a broadcast of this workspace.

    :raises BroadcastMissingError: there is none.
    """
    return get_own(Broadcast, workspace_id, broadcast_id, BroadcastMissingError, lock=lock)


def get_workspace_zone(workspace_id: int) -> str:
    """Return the workspace's time zone, used for people of whom no zone is known."""
    return Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace_id)


def get_night(workspace_id: int) -> Night:
    """Return the workspace's quiet hours."""
    begins, ends = Workspace.objects.values_list("quiet_from", "quiet_until").get(pk=workspace_id)
    return Night(begins, ends)


def get_category(broadcast: Broadcast) -> str:
    """Return what Meta bills the broadcast's template as, now; marketing while that is not known."""
    found = Template.objects.filter(workspace_id=broadcast.workspace_id, name=broadcast.template_name)
    categories = dict(found.order_by("-state").values_list("language", "category"))
    if "marketing" in categories.values():
        return "marketing"
    return categories.get(broadcast.template_language) or next(iter(categories.values()), "marketing")


def list_problems(broadcast: Broadcast) -> list[Problem]:
    """Return everything that keeps a broadcast from starting, by step of the wizard."""
    problems = []
    if not broadcast.name.strip():
        problems.append(Problem("audience", "Give the broadcast a name."))
    try:
        if not audience.find_people(broadcast.workspace_id, broadcast.audience).exists():
            problems.append(
                Problem("audience", "Nobody is in this audience. Choose other tags, or import contacts first.")
            )
    except SegmentError as error:
        problems.append(Problem("audience", error.message))
    if not broadcast.template_name:
        problems.append(Problem("message", "Choose a template."))
    if not broadcast.number_ids:
        problems.append(Problem("numbers", "Choose at least one number to send from."))
    if broadcast.template_name and broadcast.number_ids:
        problems.extend(_list_template_problems(broadcast))
    return problems


def _list_template_problems(broadcast: Broadcast) -> Iterator[Problem]:
    pool = load_pool(broadcast, clock.now())
    if not pool.wheels:
        yield Problem(
            "numbers",
            f"None of these numbers has the template “{broadcast.template_name}” approved in its account. "
            "Choose other numbers, or submit the template there.",
        )
        return
    shapes = {variant.shape for variant in pool.variants.values()}
    unfilled = sorted({key for shape in shapes for key in rules.find_unfilled(shape, broadcast.variables)})
    if unfilled:
        names = ", ".join(unfilled)
        yield Problem(
            "message", f"The template's variables {names} have no field and no fixed text. Choose what fills them."
        )
    if any(shape.needs_media for shape in shapes) and not broadcast.header_asset_id:
        yield Problem("message", "The template shows a picture above its text. Choose one.")


def _queued(workspace_id: int, broadcast_id: int) -> QuerySet[Outbox]:
    lanes = Lane.objects.filter(workspace_id=workspace_id, origin_kind=Origin.BROADCAST, origin_id=broadcast_id)
    return Outbox.objects.filter(workspace_id=workspace_id, lane_id__in=list(lanes.values_list("pk", flat=True)))


def count_queued(workspace_id: int, broadcast_id: int) -> int:
    """Count the messages of a broadcast that wait in the outbox (bounded by how far it is expanded)."""
    return _queued(workspace_id, broadcast_id).count()


def count_unexpanded(workspace_id: int, broadcast_id: int) -> int:
    """Count the recipients that have no message yet."""
    # Index: broadcasts_recipient_unexpanded.
    return Recipient.objects.filter(
        workspace_id=workspace_id, broadcast_id=broadcast_id, message_id__isnull=True
    ).count()


def is_settled(workspace_id: int, broadcast_id: int, now: datetime) -> bool:
    """Tell whether nothing is due or in flight: who still waits is held by the night or a stopped number, or unknown."""
    progress = delivery_queries.get_progress(workspace_id, Origin.BROADCAST, broadcast_id)
    if not progress.planned:
        return get_broadcast(workspace_id, broadcast_id).finished_at is not None
    holds = delivery_queries.list_holds(workspace_id, Origin.BROADCAST, broadcast_id, now)
    held = sum(hold.count for hold in holds if hold.gate in {Gate.QUIET_HOURS, Gate.NUMBER, Gate.TEMPLATE})
    return progress.waiting <= progress.unknown + held


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """A person of a broadcast and how far their message is; no state means that it still waits."""

    contact_id: int
    name: str
    phone: str
    message_id: UUID | None
    state: int | None
    reason: str
    detail: dict[str, Any]
    accepted_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None
    # The number that writes to them, and why that one: one of rules.Choice. Empty until a message is made.
    number_phone: str = ""
    number_choice: str = ""


@dataclass(frozen=True, slots=True)
class RecipientPage:
    """A piece of the list in contact order; `next_after` continues it, None at the end."""

    lines: list[RecipientLine]
    next_after: int | None


def list_recipients(
    workspace_id: int, broadcast_id: int, *, state: str = "", reason: str = "", after: int = 0, limit: int = 50
) -> RecipientPage:
    """Return recipients; `state` is a key of RECIPIENT_STATES, "waiting" or "replied", `reason` a code or gate."""
    found = Recipient.objects.filter(workspace_id=workspace_id, broadcast_id=broadcast_id, contact_id__gt=after)
    found = _filter_state(found, state, reason)
    columns = ("contact_id", "message_id", "number_choice")
    rows = list(found.order_by("contact_id").values_list(*columns)[: limit + 1])
    page = rows[:limit]
    people = Contact.objects.in_bulk([contact_id for contact_id, _, _ in page])
    made = [message_id for _, message_id, _ in page if message_id]
    of_messages = Delivery.objects.filter(workspace_id=workspace_id, message_id__in=made)
    deliveries = {one.message_id: one for one in of_messages}
    numbers = dict(Message.objects.filter(workspace_id=workspace_id, pk__in=made).values_list("id", "number_id"))
    phones = number_queries.map_phones(workspace_id, set(numbers.values()))
    lines = []
    for contact_id, message_id, choice in page:
        line = _as_line(contact_id, message_id, people.get(contact_id), deliveries.get(message_id))
        phone = phones.get(numbers.get(message_id, 0), "")
        lines.append(replace(line, number_phone=phone, number_choice=choice))
    return RecipientPage(lines, page[-1][0] if len(rows) > limit else None)


def _filter_state(found: QuerySet[Recipient], state: str, reason: str) -> QuerySet[Recipient]:
    delivery = Delivery.objects.filter(message_id=OuterRef("message_id"), workspace_id=OuterRef("workspace_id"))
    if reason:
        delivery = delivery.filter(reason=reason)
    if state in RECIPIENT_STATES:
        return found.filter(Exists(delivery.filter(state__in=[int(one) for one in RECIPIENT_STATES[state]])))
    if state == REPLIED:
        return found.filter(Exists(delivery.filter(replied_at__isnull=False)))
    if state == WAITING:
        return found.exclude(Exists(delivery.exclude(state__in=[State.WAITING, State.IN_FLIGHT, State.UNKNOWN])))
    return found.filter(Exists(delivery)) if reason else found


def _as_line(
    contact_id: int, message_id: UUID | None, person: Contact | None, delivery: Delivery | None
) -> RecipientLine:
    return RecipientLine(
        contact_id=contact_id,
        name=person.name if person else "",
        phone=(person.phone or "") if person else "",
        message_id=message_id,
        state=delivery.state if delivery else None,
        reason=(delivery.reason or "") if delivery else "",
        detail=(delivery.detail or {}) if delivery else {},
        accepted_at=delivery.accepted_at if delivery else None,
        delivered_at=delivery.delivered_at if delivery else None,
        read_at=delivery.read_at if delivery else None,
        replied_at=delivery.replied_at if delivery else None,
    )


def iter_accepted(workspace_id: int, broadcast_id: int) -> Iterator[UUID]:
    """Yield the id of every message of a broadcast that Meta has accepted, whatever became of it."""
    return _iter_messages(workspace_id, broadcast_id, Q(accepted_at__isnull=False))


def iter_unconfirmed(workspace_id: int, broadcast_id: int) -> Iterator[UUID]:
    """Yield the id of every message of a broadcast of which nobody knows whether Meta has it."""
    is_given_up = Q(state=State.FAILED, reason=UNCONFIRMED)
    return _iter_messages(
        workspace_id, broadcast_id, Q(accepted_at__isnull=True) & (Q(state=State.UNKNOWN) | is_given_up)
    )


def _iter_messages(workspace_id: int, broadcast_id: int, condition: Q) -> Iterator[UUID]:
    delivery = Delivery.objects.filter(
        condition, message_id=OuterRef("message_id"), workspace_id=OuterRef("workspace_id")
    )
    found = Recipient.objects.filter(workspace_id=workspace_id, broadcast_id=broadcast_id, message_id__isnull=False)
    for message_id in found.filter(Exists(delivery)).values_list("message_id", flat=True).iterator(chunk_size=5000):
        if message_id is not None:
            yield message_id


@dataclass(frozen=True, slots=True)
class Ledger:
    """A broadcast counted twice in one snapshot: from its rows, and as its page adds it up."""

    rows: dict[str, int]
    page: dict[str, int]

    @property
    def holds(self) -> bool:
        """Whether the sum holds and both agree."""
        total = self.rows["waiting"] + self.rows["sent"] + self.rows["failed"] + self.rows["skipped"]
        return self.rows == self.page and self.rows["planned"] == total


def recount(broadcast_id: int, *, workspace_id: int | None = None) -> Ledger:
    """Count a broadcast's people from the rows, beside what the tallies say; in a snapshot of its own.

    Without `workspace_id` it needs the owner's view.

    :raises BroadcastMissingError: there is none.
    """
    with statements.snapshot():
        if workspace_id is not None:
            tenancy.set_scope(workspace_id=workspace_id)
        broadcast = Broadcast.objects.filter(pk=broadcast_id).first()
        if broadcast is None:
            raise BroadcastMissingError
        workspace_id = broadcast.workspace_id
        planned = Recipient.objects.filter(workspace_id=workspace_id, broadcast_id=broadcast_id).count()
        unexpanded = count_unexpanded(workspace_id, broadcast_id)
        counted = delivery_queries.recount(workspace_id, Origin.BROADCAST, broadcast_id)
        progress = delivery_queries.get_progress(workspace_id, Origin.BROADCAST, broadcast_id)
    rows = {
        "planned": planned,
        "waiting": unexpanded + counted.waiting + counted.in_flight + counted.unknown,
        "unknown": counted.unknown,
        "sent": counted.sent,
        "delivered": counted.delivered,
        "read": counted.read,
        "failed": sum(counted.failed.values()),
        "skipped": sum(counted.skipped.values()),
    }
    page = {
        "planned": progress.planned,
        "waiting": progress.waiting,
        "unknown": progress.unknown,
        "sent": progress.sent,
        "delivered": progress.delivered,
        "read": progress.read,
        "failed": sum(progress.failed.values()),
        "skipped": sum(progress.skipped.values()),
    }
    return Ledger(rows, page)


def list_started_names(workspace_id: int, *, limit: int) -> list[tuple[int, str]]:
    """Return the newest broadcasts that have begun, for pickers."""
    begun = Broadcast.objects.filter(workspace_id=workspace_id, started_at__isnull=False)
    return list(begun.order_by("-id").values_list("pk", "name")[:limit])


def list_of_segment(workspace_id: int, segment_id: int, *, limit: int = 20) -> list[Broadcast]:
    """Return the newest broadcasts whose audience names a segment."""
    named = Q(audience__include_segments__contains=segment_id) | Q(audience__exclude_segments__contains=segment_id)
    return list(Broadcast.objects.filter(named, workspace_id=workspace_id).order_by("-id")[:limit])
