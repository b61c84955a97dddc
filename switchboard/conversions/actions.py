"""Orders, refunds and events are recorded, one by one or from a file. Call these inside a workspace's scope."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.db import transaction

from switchboard.contacts import facts, reading, uploads
from switchboard.contacts import people_queries as contacts_people
from switchboard.contacts.actions import events as event_actions
from switchboard.contacts.types import Row
from switchboard.conversions import queries, rules
from switchboard.conversions.errors import (
    EventError,
    OrderError,
    OrderExistsError,
    OrderNotFound,
    RefundError,
    UnknownPersonError,
)
from switchboard.conversions.models import Deeds, Order, Refund, RefusedDeed
from switchboard.conversions.rules import NewOrder
from switchboard.core import clock, statements
from switchboard.core.errors import SwitchboardError
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace

_STEP_ROWS = 500
_CURRENCIES = {"JP": "JPY", "CN": "CNY", "TW": "TWD", "HK": "HKD", "SG": "SGD", "KR": "KRW", "GB": "GBP", "US": "USD"}


@transaction.atomic
def record_order(*, workspace_id: int, person: str, order: NewOrder, now: datetime) -> tuple[Order, bool]:
    """Record what somebody bought; `person` is a number, an address or a contact's id. Tell whether it was news.

    :raises OrderError: it cannot be; says why in one sentence.
    :raises UnknownPersonError: nobody is known by that.
    :raises OrderExistsError: the same id with something else in it.
    """
    if refusal := rules.refuse_order(order, now):
        raise OrderError(refusal)
    contact_id = _find_person(workspace_id, person)
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "number": order.number or order.external_id[:60],
        "items": [dict(item) for item in order.items],
        "total": order.total,
        "currency": order.currency,
        "at": order.at,
    }
    found, is_new = Order.objects.get_or_create(
        workspace_id=workspace_id,
        external_id=order.external_id,
        defaults={**values, "refunded": order.refunded, "created_at": now},
    )
    if not is_new and (found.contact_id, found.total, found.currency) != (contact_id, order.total, order.currency):
        raise OrderExistsError(rules.DIFFERS)
    if is_new or order.refunded > found.refunded:
        Order.objects.filter(pk=found.pk, refunded__lt=order.refunded).update(refunded=order.refunded)
        update_purchases(workspace_id=workspace_id, contact_ids=[contact_id])
    return found, is_new


def _find_person(workspace_id: int, person: str) -> int:
    contact_id = contacts_people.find_person(workspace_id, person)
    if contact_id is None:
        raise UnknownPersonError
    return contact_id


@transaction.atomic
def record_refund(
    *, workspace_id: int, order_id: str, external_id: str, amount: Decimal, at: datetime, now: datetime
) -> bool:
    """Record that money was given back; tell whether it was news.

    :raises OrderNotFound: no order has that id.
    :raises RefundError: no amount, more than was paid, or from the future.
    """
    order = Order.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, external_id=order_id).first()
    if order is None:
        raise OrderNotFound
    if amount <= 0:
        raise RefundError(rules.NO_AMOUNT)
    if rules.refuse_event("refund", external_id or "-", at, now):
        raise RefundError(rules.EVENT_FUTURE)
    _, is_new = Refund.objects.get_or_create(
        order=order, external_id=external_id, defaults={"workspace_id": workspace_id, "amount": amount, "at": at}
    )
    if not is_new:
        return False
    if order.refunded + amount > order.total:
        raise RefundError(rules.TOO_MUCH_BACK)
    order.refunded += amount
    order.save(update_fields=["refunded"])
    update_purchases(workspace_id=workspace_id, contact_ids=[order.contact_id])
    return True


@transaction.atomic
def record_event(
    *,
    workspace_id: int,
    person: str,
    name: str,
    external_id: str,
    at: datetime,
    now: datetime,
    properties: Mapping[str, Any] | None = None,
) -> bool:
    """Record something that a person did: visited, asked, registered; tell whether it was news.

    :raises EventError: it cannot be; says why in one sentence.
    :raises UnknownPersonError: nobody is known by that.
    """
    if refusal := rules.refuse_event(name, external_id, at, now):
        raise EventError(refusal)
    contact_id = _find_person(workspace_id, person)
    return event_actions.add_event(
        workspace_id=workspace_id,
        contact_id=contact_id,
        name=" ".join(name.split()),
        external_id=external_id,
        properties=dict(properties or {}),
        at=at,
        now=now,
    )


def update_purchases(*, workspace_id: int, contact_ids: Sequence[int]) -> None:
    """Add up these people's orders anew, for segments and for the variables of broadcasts."""
    by_person: dict[int, list[Order]] = {contact_id: [] for contact_id in sorted(set(contact_ids))}
    for order in Order.objects.filter(workspace_id=workspace_id, contact_id__in=by_person).order_by("at", "id"):
        by_person[order.contact_id].append(order)
    told = []
    for contact_id, orders in by_person.items():
        sums = rules.add_up([(one.at, one.total, one.refunded, one.currency) for one in orders])
        told.append(
            facts.OrderFacts(
                contact_id=contact_id,
                count=sums.count if sums else 0,
                total=sums.total if sums else Decimal(0),
                first_at=sums.first_at if sums else None,
                last_at=sums.last_at if sums else None,
            )
        )
        kept = [one for one in orders if one.refunded < one.total or one.total == 0]
        last = _describe(kept[-1]) if kept else {}
        event_actions.set_purchases(workspace_id=workspace_id, contact_id=contact_id, sums=sums, last_order=last)
    facts.record_order_facts(workspace_id=workspace_id, facts=told)


def _describe(order: Order) -> dict[str, str]:
    """Return an order as the variables of a broadcast show it."""
    return {
        "number": str(order),
        "total": f"{order.total:,.0f}" if order.total == order.total.to_integral_value() else f"{order.total:,.2f}",
        "currency": order.currency,
        "items": "、".join(str(item.get("name", "")) for item in order.items)[:500],
        "at": order.at.isoformat(),
    }


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def create_deeds(
    *, workspace_id: int, kind: str, file: BinaryIO, file_name: str, now: datetime, by: int | None = None
) -> Deeds:
    """Keep a file of orders or events, and note how it is most likely to be read.

    :raises Invalid: the file is empty, too large, binary or no table; nothing is kept.
    """
    home = Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    path, _ = uploads.keep_upload(file, workspace_id=workspace_id)
    try:
        shape = reading.describe_file(uploads.find_upload(path), home, is_headed=True)
    except SwitchboardError:
        uploads.drop_upload(path)
        raise
    return Deeds.objects.create(
        workspace_id=workspace_id,
        kind=kind,
        file_name=file_name[-255:],
        file_path=path,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        mapping=rules.suggest_mapping(kind, shape.columns),
        created_at=now,
        by=by,
    )


def start_deeds(*, workspace_id: int, deeds_id: int, mapping: Mapping[str, str] | None = None) -> Deeds:
    """Let a file be recorded in the background.

    :raises OrderError: a column that is needed is missing; says which.
    """
    deeds = queries.get_deeds(workspace_id, deeds_id, lock=True)
    if mapping is not None:
        deeds.mapping = dict(mapping)
    missing = [target for target in rules.NEEDED[deeds.kind] if target not in deeds.mapping.values()]
    if missing:
        raise OrderError(f"The file lacks {', '.join(missing)}. Choose which column holds it, or add one to the file.")
    deeds.state = Deeds.State.RUNNING
    deeds.save(update_fields=["mapping", "state"])
    return deeds


def run_deeds(*, workspace_id: int, deeds_id: int, now: Callable[[], datetime] = clock.now) -> Deeds:
    """Record a started file to its end, from wherever an earlier run was cut off; each step is one transaction."""
    with workspace_scope(workspace_id):
        deeds = queries.get_deeds(workspace_id, deeds_id)
        place = Workspace.objects.get(pk=workspace_id)
    if deeds.state != Deeds.State.RUNNING:
        return deeds
    error = ""
    try:
        path = uploads.find_upload(deeds.file_path)
        with path.open("rb") as file:
            rows = reading.read_rows(file, encoding=deeds.encoding, delimiter=deeds.delimiter)
            columns = reading.name_columns(next(rows).cells)
            rows = islice(rows, deeds.row_count, None)
            while batch := list(islice(rows, _STEP_ROWS)):
                deeds = _record_step(deeds, place, columns, batch, now())
    except SwitchboardError as failure:
        error = failure.message
    with workspace_scope(workspace_id):
        deeds = queries.get_deeds(workspace_id, deeds_id, lock=True)
        deeds.state, deeds.error, deeds.finished_at = ("failed" if error else "done"), error, now()
        deeds.save(update_fields=["state", "error", "finished_at"])
        statements.notify_live(workspace_id, [f"deeds:{deeds_id}"])
    return deeds


def _record_step(deeds: Deeds, place: Workspace, columns: Sequence[str], batch: Sequence[Row], now: datetime) -> Deeds:
    with workspace_scope(place.pk):
        job = queries.get_deeds(place.pk, deeds.pk, lock=True)
        for row in batch:
            cells = {job.mapping.get(name, ""): cell for name, cell in zip(columns, row.cells, strict=False)}
            try:
                with transaction.atomic():
                    is_new = _record_row(job, place, cells, now)
                job.recorded_count += is_new
                job.repeated_count += not is_new
            except SwitchboardError as failure:
                job.refused_count += 1
                RefusedDeed.objects.create(
                    workspace_id=place.pk, deeds=job, line=row.line, reason=failure.message, cells=row.cells
                )
            job.row_count += 1
        job.save(update_fields=["row_count", "recorded_count", "repeated_count", "refused_count"])
        statements.notify_live(place.pk, [f"deeds:{job.pk}"])
    return job


def _record_row(job: Deeds, place: Workspace, cells: Mapping[str, str], now: datetime) -> bool:
    zone, person = ZoneInfo(place.time_zone), cells.get("person", "")
    if job.kind == Deeds.Kind.ORDERS:
        currency = _CURRENCIES.get(place.country, "")
        order = rules.parse_order(cells, zone=zone, country=place.country, currency=currency)
        if isinstance(order, str):
            raise OrderError(order)
        return record_order(workspace_id=place.pk, person=person, order=order, now=now)[1]
    at = rules.parse_moment(cells.get("at", ""), zone, place.country)
    if at is None:
        raise EventError(rules.NO_DATE)
    # Without an id of its own, the same deed of the same person at the same moment is the same.
    external_id = cells.get("external_id", "").strip() or f"{person.strip()}:{at.isoformat()}"[: rules.LONGEST_ID]
    name = cells.get("name", "")
    return record_event(
        workspace_id=place.pk, person=person, name=name, external_id=external_id, at=at, now=now, properties={}
    )
