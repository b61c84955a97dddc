"""Orders, refunds and events are recorded one by one. Call these inside a workspace's scope."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from switchboard.contacts import facts
from switchboard.contacts import people_queries as contacts_people
from switchboard.contacts.actions import events as event_actions
from switchboard.conversions import rules
from switchboard.conversions import statements as sql
from switchboard.conversions.errors import (
    EventError,
    OrderError,
    OrderExistsError,
    OrderNotFound,
    RefundError,
    RefundExistsError,
    UnknownPersonError,
)
from switchboard.conversions.models import Order, Refund
from switchboard.conversions.rules import NewOrder
from switchboard.core import statements


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
    :raises RefundExistsError: the same id with another amount.
    """
    order = Order.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, external_id=order_id).first()
    if order is None:
        raise OrderNotFound
    if amount <= 0:
        raise RefundError(rules.NO_AMOUNT)
    if rules.refuse_event("refund", external_id or "-", at, now):
        raise RefundError(rules.EVENT_FUTURE)
    found, is_new = Refund.objects.get_or_create(
        order=order, external_id=external_id, defaults={"workspace_id": workspace_id, "amount": amount, "at": at}
    )
    if not is_new:
        if found.amount != amount:
            raise RefundExistsError
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
    event = event_actions.NewEvent(contact_id, " ".join(name.split()), external_id, at, properties or {})
    return bool(event_actions.add_events(workspace_id=workspace_id, events=[event], now=now))


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """Something that a person did, as it is told: the person by number, address or id."""

    person: str
    name: str
    external_id: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def record_events(
    *, workspace_id: int, events: Sequence[ToldEvent], now: datetime
) -> list[EventError | UnknownPersonError | None]:
    """Record what people did: `record_event` for many at once. Return for each why it is refused, None for recorded."""
    people = contacts_people.find_people(workspace_id, {one.person for one in events})
    known: list[event_actions.NewEvent] = []
    refusals: list[EventError | UnknownPersonError | None] = []
    for one in events:
        refusal = rules.refuse_event(one.name, one.external_id, one.at, now)
        contact_id = people.get(one.person)
        if refusal or contact_id is None:
            refusals.append(EventError(refusal) if refusal else UnknownPersonError())
            continue
        name = " ".join(one.name.split())
        known.append(event_actions.NewEvent(contact_id, name, one.external_id, one.at, one.properties))
        refusals.append(None)
    event_actions.add_events(workspace_id=workspace_id, events=known, now=now)
    return refusals


def update_purchases(*, workspace_id: int, contact_ids: Sequence[int]) -> None:
    """Add up these people's orders anew, for segments and for the variables of broadcasts."""
    people = sorted(set(contact_ids))
    told = statements.fetch(sql.SQL_ADD_UP, {"workspace_id": workspace_id, "contact_ids": people})
    lines = {line.contact_id: line for line in map(_Line._make, told)}
    facts_of, bought = [], []
    for contact_id in people:
        line = lines.get(contact_id)
        bought.append(_as_bought(line) if line else event_actions.Bought(contact_id, None, {}))
        facts_of.append(_as_facts(contact_id, line))
    event_actions.set_purchases(workspace_id=workspace_id, bought=bought)
    facts.record_order_facts(workspace_id=workspace_id, facts=facts_of)


class _Line(NamedTuple):
    """What a person's orders come to, and the last of them."""

    contact_id: int
    many: int
    total: Decimal
    currency: str
    first_at: datetime
    last_at: datetime
    number: str
    last_total: Decimal
    items: str


def _as_bought(line: _Line) -> event_actions.Bought:
    sums = rules.Sums(
        count=line.many,
        total=line.total,
        currency=line.currency,
        first_at=line.first_at,
        last_at=line.last_at,
        interval_days=rules.find_interval(line.many, line.first_at, line.last_at),
    )
    return event_actions.Bought(line.contact_id, sums, _describe(line))


def _as_facts(contact_id: int, line: _Line | None) -> facts.OrderFacts:
    return facts.OrderFacts(
        contact_id=contact_id,
        count=line.many if line else 0,
        total=line.total if line else Decimal(0),
        first_at=line.first_at if line else None,
        last_at=line.last_at if line else None,
    )


def _describe(line: _Line) -> dict[str, str]:
    """Return the last order as the variables of a broadcast show it."""
    total = line.last_total
    return {
        "number": line.number,
        "total": f"{total:,.0f}" if total == total.to_integral_value() else f"{total:,.2f}",
        "currency": line.currency,
        "items": "、".join(str(item.get("name", "")) for item in json.loads(line.items))[:500],
        "at": line.last_at.isoformat(),
    }
