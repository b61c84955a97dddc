"""Facts that other rooms learn about people: orders and events, written where segments look for them.

Call these in the transaction that records the order or the event. Rows are locked in the order of ids.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from switchboard.core import statements


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All of a person's orders that count, added up anew: refunded ones in full are left out."""

    contact_id: int
    count: int
    total: Decimal
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventFact:
    """Something a person did that is neither a message nor an order."""

    contact_id: int
    at: datetime


# Index: contacts_activity_pkey.
SQL_HOLD_ACTIVITY = """
SELECT contact_id FROM contacts_activity
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY (%(contact_ids)s::bigint[])
ORDER BY contact_id FOR NO KEY UPDATE
"""

# Index: contacts_activity_pkey.
SQL_RECORD_ORDERS = """
WITH told AS (
    UPDATE contacts_activity AS activity SET order_count = given.many, order_sum = given.total,
        first_order_at = given.first_at, last_order_at = given.last_at
    FROM unnest(%(contact_ids)s::bigint[], %(counts)s::int[], %(totals)s::numeric[], %(first_at)s::timestamptz[],
        %(last_at)s::timestamptz[]) AS given (contact_id, many, total, first_at, last_at)
    WHERE activity.contact_id = given.contact_id AND activity.workspace_id = %(workspace_id)s
    RETURNING activity.contact_id)
INSERT INTO contacts_changed (workspace_id, contact_id)
SELECT %(workspace_id)s, contact_id FROM told WHERE (SELECT contacts_has_rules(%(workspace_id)s))
"""


def record_order_facts(*, workspace_id: int, facts: Iterable[OrderFacts]) -> None:
    """Set what these people's orders amount to; one row a person."""
    rows = sorted(facts, key=lambda row: row.contact_id)
    if not rows:
        return
    contact_ids = [row.contact_id for row in rows]
    statements.fetch(SQL_HOLD_ACTIVITY, {"workspace_id": workspace_id, "contact_ids": contact_ids})
    statements.execute(
        SQL_RECORD_ORDERS,
        {
            "workspace_id": workspace_id,
            "contact_ids": contact_ids,
            "counts": [row.count for row in rows],
            "totals": [row.total for row in rows],
            "first_at": [row.first_at for row in rows],
            "last_at": [row.last_at for row in rows],
        },
    )


# Index: contacts_day_pkey, contacts_activity_pkey. Days are UTC.
SQL_RECORD_EVENTS = """
WITH given AS (
    SELECT contact_id, (at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS many
    FROM unnest(%(contact_ids)s::bigint[], %(at)s::timestamptz[]) AS given (contact_id, at) GROUP BY contact_id, day
), days AS (
    INSERT INTO contacts_day AS bucket (contact_id, day, workspace_id, sessions, messages, events)
    SELECT contact_id, day, %(workspace_id)s, 0, 0, many FROM given ORDER BY contact_id, day
    ON CONFLICT (contact_id, day) DO UPDATE SET events = bucket.events + excluded.events
), told AS (
    UPDATE contacts_activity AS activity SET events_7 = events_7 + of_7, events_30 = events_30 + of_30,
        events_90 = events_90 + of_90
    FROM (SELECT contact_id,
              coalesce(sum(many) FILTER (WHERE day > %(today)s::date - 7), 0) AS of_7,
              coalesce(sum(many) FILTER (WHERE day > %(today)s::date - 30), 0) AS of_30,
              coalesce(sum(many) FILTER (WHERE day > %(today)s::date - 90), 0) AS of_90
          FROM given GROUP BY contact_id) AS sums
    WHERE activity.contact_id = sums.contact_id AND activity.workspace_id = %(workspace_id)s
    RETURNING activity.contact_id)
INSERT INTO contacts_changed (workspace_id, contact_id)
SELECT %(workspace_id)s, contact_id FROM told WHERE (SELECT contacts_has_rules(%(workspace_id)s))
"""


def record_event_facts(*, workspace_id: int, events: Iterable[EventFact], now: datetime) -> None:
    """Count events that are new into the day buckets; each event once."""
    rows = sorted(events, key=lambda row: (row.contact_id, row.at))
    if not rows:
        return
    contact_ids = [row.contact_id for row in rows]
    statements.fetch(SQL_HOLD_ACTIVITY, {"workspace_id": workspace_id, "contact_ids": contact_ids})
    statements.execute(
        SQL_RECORD_EVENTS,
        {
            "workspace_id": workspace_id,
            "contact_ids": contact_ids,
            "at": [row.at for row in rows],
            "today": now.date(),
        },
    )
