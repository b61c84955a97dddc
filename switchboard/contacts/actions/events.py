"""What people do and buy is written down, once each, where segments ask for it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from switchboard.contacts import facts
from switchboard.contacts.models import Event, Purchases


def add_event(
    *,
    workspace_id: int,
    contact_id: int,
    name: str,
    external_id: str,
    properties: Mapping[str, Any],
    at: datetime,
    now: datetime,
) -> bool:
    """Keep an event of a person; false when the same one is there already."""
    _, is_new = Event.objects.get_or_create(
        workspace_id=workspace_id,
        name=name,
        external_id=external_id,
        defaults={"contact_id": contact_id, "properties": dict(properties), "at": at, "created_at": now},
    )
    if is_new:
        facts.record_event_facts(workspace_id=workspace_id, events=[facts.EventFact(contact_id, at)], now=now)
    return is_new


class Sums(Protocol):
    """What a person's orders come to."""

    @property
    def count(self) -> int: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...
    @property
    def first_at(self) -> datetime: ...
    @property
    def last_at(self) -> datetime: ...
    @property
    def interval_days(self) -> float | None: ...


def set_purchases(*, workspace_id: int, contact_id: int, sums: Sums | None, last_order: Mapping[str, str]) -> None:
    """Note what a person's orders come to; nothing is left of somebody who gave everything back."""
    if sums is None:
        Purchases.objects.filter(workspace_id=workspace_id, contact_id=contact_id).delete()
        return
    Purchases.objects.update_or_create(
        contact_id=contact_id,
        workspace_id=workspace_id,
        defaults={
            "order_count": sums.count,
            "total": sums.total,
            "currency": sums.currency,
            "first_order_at": sums.first_at,
            "last_order_at": sums.last_at,
            "interval_days": sums.interval_days,
            "last_order": dict(last_order),
        },
    )
