"""One step of a file: its rows are read, told apart, and recorded as a set in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from switchboard.contacts import people_queries
from switchboard.contacts.actions import events as event_actions
from switchboard.contacts.types import Row
from switchboard.conversions import queries, rules
from switchboard.conversions import statements as sql
from switchboard.conversions.actions import orders as order_actions
from switchboard.conversions.models import Deeds, RefusedDeed
from switchboard.conversions.rules import NewOrder
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace

_CURRENCIES = {"JP": "JPY", "CN": "CNY", "TW": "TWD", "HK": "HKD", "SG": "SGD", "KR": "KRW", "GB": "GBP", "US": "USD"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a row tells, and of whom."""

    row: Row
    contact_id: int
    deed: NewOrder


@dataclass(slots=True)
class Outcome:
    """What became of a step's rows."""

    recorded: int
    refused: list[tuple[Row, str]]


def record_step(
    *, place: Workspace, deeds_id: int, columns: Sequence[str], batch: Sequence[Row], done: int, now: datetime
) -> bool:
    """Record the rows after the first `done`; false when the file was stopped, or another run is further."""
    with workspace_scope(place.pk):
        job = queries.get_deeds(place.pk, deeds_id, lock=True)
        if job.state != Deeds.State.RUNNING or job.row_count != done:
            return False
        cells = [
            {job.mapping.get(name, ""): cell for name, cell in zip(columns, row.cells, strict=False)} for row in batch
        ]
        people = people_queries.find_people(place.pk, {one.get("person", "") for one in cells})
        record = _record_orders if job.kind == Deeds.Kind.ORDERS else _record_events
        outcome = record(place, list(zip(batch, cells, strict=True)), people, now)
        RefusedDeed.objects.bulk_create(
            RefusedDeed(workspace_id=place.pk, deeds=job, line=row.line, reason=reason, cells=row.cells)
            for row, reason in sorted(outcome.refused, key=lambda one: one[0].line)
        )
        job.row_count += len(batch)
        job.recorded_count += outcome.recorded
        job.refused_count += len(outcome.refused)
        job.repeated_count += len(batch) - outcome.recorded - len(outcome.refused)
        job.save(update_fields=["row_count", "recorded_count", "repeated_count", "refused_count"])
        statements.notify_live(place.pk, [f"deeds:{job.pk}"])
    return True


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def _record_orders(
    place: Workspace, rows: Sequence[tuple[Row, Mapping[str, str]]], people: Mapping[str, int], now: datetime
) -> Outcome:
    zone, currency = ZoneInfo(place.time_zone), _CURRENCIES.get(place.country, "")
    told: list[Told] = []
    outcome = Outcome(0, [])
    for row, cells in rows:
        order = rules.parse_order(cells, zone=zone, country=place.country, currency=currency)
        refusal = order if isinstance(order, str) else rules.refuse_order(order, now)
        contact_id = people.get(cells.get("person", ""))
        if refusal or contact_id is None or isinstance(order, str):
            outcome.refused.append((row, refusal or rules.NO_PERSON))
        else:
            told.append(Told(row, contact_id, order))
    _keep_orders(place.pk, told, outcome, now)
    return outcome


def _keep_orders(workspace_id: int, told: Sequence[Told], outcome: Outcome, now: datetime) -> None:
    """Add what is new, raise what was given back, refuse what contradicts; the file's first word of an order counts."""
    held = _hold_orders(workspace_id, told)
    fresh = {one.deed.external_id: one for one in reversed(told) if one.deed.external_id not in held}
    added = _add_orders(workspace_id, list(fresh.values()), now)
    outcome.recorded += len(added)
    # Whatever was not added has been there, or came meanwhile, or is in the file twice.
    held = _hold_orders(workspace_id, told)
    refunds: dict[str, Decimal] = {}
    touched = {fresh[external_id].contact_id for external_id in added}
    for one in told:
        order = one.deed
        contact_id, total, currency, refunded = held[order.external_id]
        if (contact_id, total, currency) != (one.contact_id, order.total, order.currency):
            outcome.refused.append((one.row, rules.DIFFERS))
        elif order.refunded > max(refunded, refunds.get(order.external_id, Decimal(0))):
            refunds[order.external_id] = order.refunded
            touched.add(contact_id)
    if refunds:
        given = {"external_ids": list(refunds), "refunds": list(refunds.values())}
        statements.execute(sql.SQL_RAISE_REFUNDS, {"workspace_id": workspace_id, **given})
    order_actions.update_purchases(workspace_id=workspace_id, contact_ids=sorted(touched))


def _hold_orders(workspace_id: int, told: Sequence[Told]) -> dict[str, tuple[int, Decimal, str, Decimal]]:
    external_ids = sorted({one.deed.external_id for one in told})
    rows = statements.fetch(sql.SQL_HOLD_ORDERS, {"workspace_id": workspace_id, "external_ids": external_ids})
    return {external_id: (contact, total, currency, back) for external_id, contact, total, currency, back in rows}


def _add_orders(workspace_id: int, told: Sequence[Told], now: datetime) -> set[str]:
    orders = [
        {
            "contact_id": one.contact_id,
            "external_id": one.deed.external_id,
            "number": one.deed.number or one.deed.external_id[:60],
            "items": one.deed.items,
            "total": str(one.deed.total),
            "refunded": str(one.deed.refunded),
            "currency": one.deed.currency,
            "at": one.deed.at.isoformat(),
        }
        for one in told
    ]
    given = {"workspace_id": workspace_id, "now": now, "orders": json.dumps(orders, ensure_ascii=False)}
    return {external_id for (external_id,) in statements.fetch(sql.SQL_ADD_ORDERS, given)}


# ── events ───────────────────────────────────────────────────────────────────────────────────────


def _record_events(
    place: Workspace, rows: Sequence[tuple[Row, Mapping[str, str]]], people: Mapping[str, int], now: datetime
) -> Outcome:
    zone, told = ZoneInfo(place.time_zone), []
    outcome = Outcome(0, [])
    for row, cells in rows:
        person = cells.get("person", "")
        at = rules.parse_moment(cells.get("at", ""), zone, place.country)
        name = " ".join(cells.get("name", "").split())
        # Without an id of its own, the same deed of the same person at the same moment is the same.
        external_id = cells.get("external_id", "").strip() or f"{person.strip()}:{at and at.isoformat()}"
        refusal = rules.NO_DATE if at is None else rules.refuse_event(name, external_id[: rules.LONGEST_ID], at, now)
        contact_id = people.get(person)
        if refusal or at is None or contact_id is None:
            outcome.refused.append((row, refusal or rules.NO_PERSON))
        else:
            told.append(event_actions.NewEvent(contact_id, name, external_id[: rules.LONGEST_ID], at))
    outcome.recorded = event_actions.add_events(workspace_id=place.pk, events=told, now=now)
    return outcome
