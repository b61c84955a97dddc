"""Every synchronous write: lanes, messages, switches, counts and upkeep. Run inside a workspace's scope."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from switchboard.core import live
from switchboard.delivery.models import Lane, StopSwitch, Tally
from switchboard.delivery.types import LaneState, Measure, NewMessage, Origin, Priority, State

_ROWS_AT_ONCE = 2000

SQL_NOTIFY_DUE = "SELECT pg_notify('switchboard_due', '')"

SQL_OPEN_LANES = """
INSERT INTO delivery_lane (workspace_id, number_id, priority, origin_kind, origin_id, pace)
SELECT %(workspace_id)s, number_id, %(priority)s, %(origin)s, %(origin_id)s, %(pace)s
FROM unnest(%(number_ids)s::bigint[]) AS number_id ORDER BY number_id
ON CONFLICT (workspace_id, number_id, priority, origin_kind, origin_id) DO UPDATE SET pace = excluded.pace
RETURNING number_id, id
"""

SQL_OPEN_PACES = """
INSERT INTO delivery_pacestate (number_id, workspace_id, next_at)
SELECT number_id, %(workspace_id)s, 'epoch' FROM unnest(%(number_ids)s::bigint[]) AS number_id ORDER BY number_id
ON CONFLICT (number_id) DO NOTHING
"""


def open_lanes(
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    priority: Priority,
    number_ids: Iterable[int],
    pace: str = "",
) -> dict[int, int]:
    """Make the queues of one origin, one for each number, and return their ids by number; again changes the pace."""
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "priority": int(priority),
        "number_ids": sorted(set(number_ids)),
        "pace": pace,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SQL_OPEN_PACES, given)
        cursor.execute(SQL_OPEN_LANES, given)
        return dict(cursor.fetchall())


# INSERT … SELECT, because COPY does not work where row-level security stands.
SQL_PUT_MESSAGES = """
INSERT INTO delivery_message (id, workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id, category,
    recipient, zones, template_id, body, created_at)
SELECT id, %(workspace_id)s, lane_id, number_id, contact_id, %(origin)s, %(origin_id)s, category,
    recipient, zones, template_id, body, %(now)s
FROM unnest(%(ids)s::uuid[], %(lane_ids)s::bigint[], %(number_ids)s::bigint[], %(contact_ids)s::bigint[],
    %(categories)s::text[], %(recipients)s::text[], %(zones)s::text[], %(template_ids)s::bigint[], %(bodies)s::jsonb[])
    AS given (id, lane_id, number_id, contact_id, category, recipient, zones, template_id, body)
"""

SQL_PUT_WAITING = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(lane_ids)s::bigint[], %(number_ids)s::bigint[], %(contact_ids)s::bigint[],
        %(due_at)s::timestamptz[], %(holds)s::text[], %(hold_details)s::jsonb[])
        AS given (id, lane_id, number_id, contact_id, due_at, hold, hold_detail)
), put AS (
    INSERT INTO delivery_outbox
        (workspace_id, lane_id, due_at, message_id, number_id, contact_id, hold, hold_detail)
    SELECT %(workspace_id)s, lane_id, due_at, id, number_id, contact_id, hold, hold_detail FROM given
), first AS (
    SELECT DISTINCT ON (lane_id) lane_id, due_at, id FROM given ORDER BY lane_id, due_at, id
), locked AS (
    SELECT lane.id FROM delivery_lane lane JOIN first ON first.lane_id = lane.id ORDER BY lane.id FOR NO KEY UPDATE
)
UPDATE delivery_lane lane SET
    version = lane.version + 1,
    low_water_at = CASE WHEN lane.low_water_at IS NULL
        OR (first.due_at, first.id) < (lane.low_water_at, lane.low_water_id)
        THEN first.due_at ELSE lane.low_water_at END,
    low_water_id = CASE WHEN lane.low_water_at IS NULL
        OR (first.due_at, first.id) < (lane.low_water_at, lane.low_water_id)
        THEN first.id ELSE lane.low_water_id END
FROM first JOIN locked ON locked.id = first.lane_id
WHERE lane.id = first.lane_id AND lane.workspace_id = %(workspace_id)s
"""

SQL_PUT_SKIPPED = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(number_ids)s::bigint[], %(skips)s::text[], %(skip_details)s::jsonb[])
        AS given (id, number_id, skip, skip_detail)
), put AS (
    INSERT INTO delivery_delivery (message_id, workspace_id, state, reason, detail, failed_at)
    SELECT id, %(workspace_id)s, %(skipped)s, skip, skip_detail, %(now)s FROM given
)
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
SELECT %(workspace_id)s, %(origin)s, %(origin_id)s, number_id, 'skipped', skip, count(*),
    date_trunc('minute', %(now)s::timestamptz)
FROM given GROUP BY number_id, skip
"""


def enqueue_messages(
    *, workspace_id: int, origin: Origin, origin_id: int, messages: Sequence[NewMessage], now: datetime
) -> None:
    """Put messages into their lanes, record those that are to be skipped, and wake the senders."""
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(messages), _ROWS_AT_ONCE):
            some = messages[start : start + _ROWS_AT_ONCE]
            given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id, "now": now}
            cursor.execute(SQL_PUT_MESSAGES, {**given, **_message_columns(some)})
            waiting = [message for message in some if message.skip is None]
            if waiting:
                cursor.execute(SQL_PUT_WAITING, {**given, **_waiting_columns(waiting)})
            skipped = [message for message in some if message.skip is not None]
            if skipped:
                cursor.execute(SQL_PUT_SKIPPED, {**given, **_skipped_columns(skipped)})
        cursor.execute(SQL_NOTIFY_DUE)


def _message_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in messages],
        "lane_ids": [message.lane_id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "contact_ids": [message.contact_id for message in messages],
        "categories": [str(message.category) for message in messages],
        "recipients": [message.recipient for message in messages],
        "zones": [message.zones for message in messages],
        "template_ids": [message.template_id for message in messages],
        "bodies": [Jsonb(message.body) for message in messages],
    }


def _waiting_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in messages],
        "lane_ids": [message.lane_id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "contact_ids": [message.contact_id for message in messages],
        "due_at": [message.due_at for message in messages],
        "holds": [message.hold and str(message.hold) for message in messages],
        "hold_details": [None if message.hold_detail is None else Jsonb(message.hold_detail) for message in messages],
    }


def _skipped_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "skips": [str(message.skip) for message in messages],
        "skip_details": [Jsonb(message.skip_detail) for message in messages],
        "skipped": int(State.SKIPPED),
    }


def set_lane_state(*, workspace_id: int, origin: Origin, origin_id: int, state: LaneState) -> int:
    """Pause, resume or cancel an origin; return how many lanes changed. Rows stay as they are."""
    lanes = Lane.objects.filter(workspace_id=workspace_id, origin_kind=origin.value, origin_id=origin_id)
    with transaction.atomic(), connection.cursor() as cursor:
        changed = lanes.exclude(state=state.value).update(state=state.value)
        if state is LaneState.ACTIVE:
            cursor.execute(SQL_NOTIFY_DUE)
    return changed


# Index: delivery_lane_by_origin, the outbox's primary key. A row that was sent before only leaves the outbox.
SQL_SKIP_WAITING = """
WITH gone AS (
    DELETE FROM delivery_outbox outbox WHERE (outbox.lane_id, outbox.due_at, outbox.message_id) IN (
        SELECT waiting.lane_id, waiting.due_at, waiting.message_id
        FROM delivery_lane lane JOIN delivery_outbox waiting ON waiting.lane_id = lane.id
        WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = %(origin)s AND lane.origin_id = %(origin_id)s
        LIMIT %(limit)s FOR UPDATE OF waiting SKIP LOCKED)
    RETURNING outbox.message_id, outbox.number_id, outbox.attempt
), skipped AS (
    INSERT INTO delivery_delivery AS delivery (message_id, workspace_id, state, attempt, reason, failed_at)
    SELECT message_id, %(workspace_id)s, %(skipped)s, attempt, %(reason)s, %(now)s FROM gone
    ON CONFLICT (message_id) DO UPDATE
    SET state = excluded.state, reason = excluded.reason, failed_at = excluded.failed_at
    WHERE delivery.state = %(waiting)s
    RETURNING delivery.message_id
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, %(origin)s, %(origin_id)s, gone.number_id, 'skipped', %(reason)s, count(*),
        date_trunc('minute', %(now)s::timestamptz)
    FROM skipped JOIN gone ON gone.message_id = skipped.message_id GROUP BY gone.number_id)
SELECT count(*) FROM gone
"""


def skip_waiting(*, workspace_id: int, origin: Origin, origin_id: int, reason: str, limit: int, now: datetime) -> int:
    """Record up to `limit` waiting messages of an origin as skipped for a reason; return how many left the outbox."""
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "reason": reason,
        "limit": limit,
        "now": now,
        "skipped": int(State.SKIPPED),
        "waiting": int(State.WAITING),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SQL_SKIP_WAITING, given)
        return int(cursor.fetchone()[0])


def set_stop_switch(*, workspace_id: int, is_on: bool, by: str, now: datetime) -> None:
    """Stop or resume a workspace, or with 0 the whole installation, which takes the owner's connection."""
    values = {"is_on": is_on, "changed_at": now, "changed_by": by[:64]}
    with transaction.atomic(), connection.cursor() as cursor:
        StopSwitch.objects.update_or_create(workspace_id=workspace_id, defaults=values)
        cursor.execute(SQL_NOTIFY_DUE)
        if workspace_id:
            cursor.execute(live.SQL_NOTIFY, {"payload": live.render_payload(workspace_id, {"overview"})})


def tally(
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    number_id: int,
    measure: Measure,
    amount: int,
    now: datetime,
    reason: str = "",
) -> None:
    """Add to a count."""
    Tally.objects.create(
        workspace_id=workspace_id,
        origin_kind=origin.value,
        origin_id=origin_id,
        number_id=number_id,
        measure=measure.value,
        reason=reason,
        amount=amount,
        minute=now.replace(second=0, microsecond=0),
    )


# Rows that a transaction still under way has added are not seen and stay. Index: delivery_tally_by_origin.
SQL_SQUASH = """
WITH gone AS (
    DELETE FROM delivery_tally WHERE (workspace_id, origin_kind, origin_id) IN (
        SELECT workspace_id, origin_kind, origin_id FROM delivery_tally
        WHERE workspace_id = %(workspace_id)s AND minute < %(before)s
        GROUP BY workspace_id, origin_kind, origin_id, number_id, measure, reason, minute
        HAVING count(*) > 1)
      AND minute < %(before)s
    RETURNING workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute
), kept AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT workspace_id, origin_kind, origin_id, number_id, measure, reason, sum(amount), minute
    FROM gone GROUP BY workspace_id, origin_kind, origin_id, number_id, measure, reason, minute
    HAVING sum(amount) <> 0 RETURNING 1)
SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept)
"""


def squash_tallies(*, workspace_id: int, before: datetime) -> int:
    """Add up the counts of each past minute into one row; return how many rows went away."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SQL_SQUASH, {"workspace_id": workspace_id, "before": before.replace(second=0, microsecond=0)})
        return int(cursor.fetchone()[0])


SQL_ENSURE_PARTITIONS = """
SELECT switchboard_ensure_months('delivery_message', %(month)s, 5, true)
    + switchboard_ensure_months('delivery_delivery', %(month)s, 5, true, 'WITH (fillfactor = 50)')
"""


def ensure_partitions(*, now: datetime) -> int:
    """See to it that this month, the one before and the next three have their partitions; return how many were made."""
    year, month = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
    with connection.cursor() as cursor:
        cursor.execute(SQL_ENSURE_PARTITIONS, {"month": now.date().replace(year=year, month=month, day=1)})
        return int(cursor.fetchone()[0])
