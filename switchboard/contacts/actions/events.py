"""What people do and buy is written down, once each, where segments ask for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from psycopg.types.json import Jsonb

from switchboard.contacts import facts
from switchboard.contacts.models import Purchases
from switchboard.core import statements


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that a known person did."""

    contact_id: int
    name: str
    external_id: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)


# An event told twice is one. Index: contacts_event_once.
SQL_ADD_EVENTS = """
INSERT INTO contacts_event (workspace_id, contact_id, name, external_id, properties, at, created_at)
SELECT %(workspace_id)s, contact_id, name, external_id, properties, at, %(now)s
FROM unnest(%(contact_ids)s::bigint[], %(names)s::text[], %(external_ids)s::text[], %(moments)s::timestamptz[],
    %(properties)s::jsonb[]) AS told (contact_id, name, external_id, at, properties)
ON CONFLICT (workspace_id, name, external_id) DO NOTHING
RETURNING contact_id, at
"""


def add_events(*, workspace_id: int, events: Sequence[NewEvent], now: datetime) -> int:
    """Keep what people did; return how many were news."""
    given: dict[str, Any] = {
        "workspace_id": workspace_id,
        "now": now,
        "contact_ids": [one.contact_id for one in events],
        "names": [one.name for one in events],
        "external_ids": [one.external_id for one in events],
        "moments": [one.at for one in events],
        "properties": [Jsonb(dict(one.properties)) for one in events],
    }
    added = statements.fetch(SQL_ADD_EVENTS, given)
    told = [facts.EventFact(contact_id, at) for contact_id, at in added]
    facts.record_event_facts(workspace_id=workspace_id, events=told, now=now)
    return len(added)


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


@dataclass(frozen=True, slots=True)
class Bought:
    """What a person's orders come to, if to anything, and the last of them."""

    contact_id: int
    sums: Sums | None
    last_order: Mapping[str, str]


# Index: contacts_purchases_pkey.
SQL_SET_PURCHASES = """
INSERT INTO contacts_purchases (contact_id, workspace_id, order_count, total, currency, first_order_at, last_order_at,
    interval_days, last_order)
SELECT contact_id, %(workspace_id)s, order_count, total, currency, first_order_at, last_order_at, interval_days,
    last_order
FROM jsonb_to_recordset(%(people)s::jsonb) AS person (contact_id bigint, order_count integer, total numeric,
    currency text, first_order_at timestamptz, last_order_at timestamptz, interval_days double precision,
    last_order jsonb)
ON CONFLICT (contact_id) DO UPDATE SET order_count = excluded.order_count, total = excluded.total,
    currency = excluded.currency, first_order_at = excluded.first_order_at, last_order_at = excluded.last_order_at,
    interval_days = excluded.interval_days, last_order = excluded.last_order
"""


def set_purchases(*, workspace_id: int, bought: Sequence[Bought]) -> None:
    """Note what people's orders come to; nothing is left of somebody who gave everything back."""
    nothing = [one.contact_id for one in bought if one.sums is None]
    Purchases.objects.filter(workspace_id=workspace_id, contact_id__in=nothing).delete()
    people = [
        {
            "contact_id": one.contact_id,
            "order_count": one.sums.count,
            "total": str(one.sums.total),
            "currency": one.sums.currency,
            "first_order_at": one.sums.first_at.isoformat(),
            "last_order_at": one.sums.last_at.isoformat(),
            "interval_days": one.sums.interval_days,
            "last_order": dict(one.last_order),
        }
        for one in bought
        if one.sums is not None
    ]
    given = {"workspace_id": workspace_id, "people": json.dumps(people, ensure_ascii=False)}
    statements.execute(SQL_SET_PURCHASES, given)
