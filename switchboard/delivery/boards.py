"""What lists and charts of pages read: the counts of many origins at once, from the tally."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from switchboard.core import statements
from switchboard.delivery.models import Delivery, Message, Tally
from switchboard.delivery.statements import reading
from switchboard.delivery.types import Measure, Origin, Progress


def list_progress(workspace_id: int, origin: Origin, origin_ids: Iterable[int]) -> dict[int, Progress]:
    """Return the counts of several origins in one statement; an origin without any is all zero."""
    wanted = list(origin_ids)
    counts: dict[int, dict[str, dict[str, int]]] = {key: defaultdict(dict) for key in wanted}
    # Index: delivery_tally_by_origin. Squashed, so a few rows for each origin, number and measure.
    rows = (
        Tally.objects.filter(workspace_id=workspace_id, origin_kind=origin, origin_id__in=wanted)
        .values_list("origin_id", "measure", "reason")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    for origin_id, measure, reason, total in rows:
        counts[origin_id][measure][reason] = total
    return {key: make_up_progress(measures) for key, measures in counts.items()}


def make_up_progress(measures: dict[str, dict[str, int]]) -> Progress:
    """Return the counts of one origin from its sums by measure and reason."""

    def total(measure: Measure) -> int:
        return sum(measures.get(measure, {}).values())

    def by_reason(measure: Measure) -> dict[str, int]:
        rows = sorted(measures.get(measure, {}).items(), key=lambda row: -row[1])
        return {reason: amount for reason, amount in rows if amount}

    return Progress(
        planned=total(Measure.PLANNED),
        sent=total(Measure.SENT),
        delivered=total(Measure.DELIVERED),
        read=total(Measure.READ),
        replied=total(Measure.REPLIED),
        unknown=total(Measure.UNKNOWN),
        opted_out=total(Measure.OPTED_OUT),
        failed=by_reason(Measure.FAILED),
        skipped=by_reason(Measure.SKIPPED),
    )


@dataclass(frozen=True, slots=True)
class MessageLine:
    """An outgoing message as a person's page shows it; no state means that it still waits."""

    at: datetime
    body: dict[str, Any]
    template_id: int | None
    origin_kind: str
    origin_id: int
    state: int | None
    reason: str | None


def list_of_contact(workspace_id: int, contact_id: int, limit: int) -> list[MessageLine]:
    """Return the newest messages to one person, each with how far it is."""
    # Index: delivery_message_by_contact.
    rows = list(Message.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-id")[:limit])
    states = {
        row.message_id: row
        for row in Delivery.objects.filter(workspace_id=workspace_id, message_id__in=[row.id for row in rows])
    }
    lines = []
    for row in rows:
        delivery = states.get(row.id)
        at = (delivery.accepted_at if delivery else None) or row.created_at
        state, reason = (delivery.state, delivery.reason) if delivery else (None, None)
        lines.append(MessageLine(at, row.body, row.template_id, row.origin_kind, row.origin_id, state, reason))
    return lines


@dataclass(frozen=True, slots=True)
class Usage:
    """What a number has sent for broadcasts: within the last minute, the last hour, and today so far."""

    minute: int = 0
    hour: int = 0
    day: int = 0


def list_usage(workspace_id: int, origin_ids: Iterable[int], now: datetime, day_start: datetime) -> dict[int, Usage]:
    """Return by number what these broadcasts sent through it lately."""
    since = min(now - timedelta(hours=1), day_start)
    # Index: delivery_tally_by_origin.
    rows = Tally.objects.filter(
        workspace_id=workspace_id,
        origin_kind=Origin.BROADCAST,
        origin_id__in=list(origin_ids),
        measure=Measure.SENT,
        minute__gte=since,
    ).values_list("number_id")
    counted = rows.annotate(
        minute_sum=Sum("amount", filter=Q(minute__gt=now - timedelta(minutes=1))),
        hour_sum=Sum("amount", filter=Q(minute__gt=now - timedelta(hours=1))),
        day_sum=Sum("amount", filter=Q(minute__gte=day_start)),
    ).order_by()
    return {number: Usage(minute or 0, hour or 0, day or 0) for number, minute, hour, day in counted}


@dataclass(frozen=True, slots=True)
class Minute:
    """What became of an origin's messages in one minute."""

    at: datetime
    sent: int
    delivered: int
    read: int


def list_minutes(workspace_id: int, origin: Origin, origin_id: int, limit: int = 180) -> list[Minute]:
    """Return the last minutes in which anything happened, oldest first."""
    # Index: delivery_tally_by_origin.
    rows = (
        Tally.objects.filter(
            workspace_id=workspace_id,
            origin_kind=origin,
            origin_id=origin_id,
            measure__in=[Measure.SENT, Measure.DELIVERED, Measure.READ],
        )
        .values_list("minute")
        .annotate(
            sent=Sum("amount", filter=Q(measure=Measure.SENT)),
            delivered=Sum("amount", filter=Q(measure=Measure.DELIVERED)),
            read=Sum("amount", filter=Q(measure=Measure.READ)),
        )
        .order_by("-minute")[:limit]
    )
    return [Minute(at, sent or 0, delivered or 0, read or 0) for at, sent, delivered, read in reversed(rows)]


def list_by_number(workspace_id: int, origin: Origin, origin_id: int) -> dict[int, dict[str, int]]:
    """Return an origin's counts by number and measure."""
    # Index: delivery_tally_by_origin.
    rows = (
        Tally.objects.filter(workspace_id=workspace_id, origin_kind=origin, origin_id=origin_id)
        .values_list("number_id", "measure")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for number_id, measure, total in rows:
        counts[number_id][measure] = total
    return dict(counts)


def list_moments(workspace_id: int, origin: Origin, origin_id: int, step: timedelta) -> list[Minute]:
    """Return what became of an origin's messages in steps shorter than a minute; for a few thousand messages."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id, "step": step}
    return [Minute(*row) for row in reversed(statements.fetch(reading.SQL_MOMENTS, given))]


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """An outgoing message as a conversation shows it; no state means that it still waits."""

    id: UUID
    at: datetime
    body: dict[str, Any]
    template_id: int | None
    origin_kind: str
    state: int | None
    reason: str | None


def list_of_thread(workspace_id: int, contact_id: int, number_id: int, limit: int) -> list[ThreadLine]:
    """Return the newest messages to one person through one number, each with how far it is."""
    # Index: delivery_message_by_contact.
    found = Message.objects.filter(workspace_id=workspace_id, contact_id=contact_id, number_id=number_id)
    rows = list(found.order_by("-id")[:limit])
    states = {
        row.message_id: row
        for row in Delivery.objects.filter(workspace_id=workspace_id, message_id__in=[row.id for row in rows])
    }
    lines = []
    for row in rows:
        delivery = states.get(row.id)
        state, reason = (delivery.state, delivery.reason) if delivery else (None, None)
        lines.append(ThreadLine(row.id, row.created_at, row.body, row.template_id, row.origin_kind, state, reason))
    return lines


def list_answers(workspace_id: int) -> set[str]:
    """Return the ids, in hexadecimal, of everything that rules and colleagues wrote; reads a whole small workspace."""
    written = Message.objects.filter(workspace_id=workspace_id, origin_kind__in=[Origin.ANSWER, Origin.PERSON])
    return {message_id.hex for message_id in written.values_list("id", flat=True)}
