"""What a claim writes: rows leave the outbox, the crash record comes in, numbers and lanes move on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.delivery.types import State

Connection = AsyncConnection[Any]

# How long a batch belongs to its sender unless it says again that it lives.
LEASE = timedelta(seconds=10)
_NIL = UUID(int=0)


class Key(NamedTuple):
    """Where a row lies in the outbox, and whose it is."""

    lane: Any
    due_at: datetime
    message_id: UUID
    attempt: int
    tries: int


class Spent(NamedTuple):
    """What a number has given away, ready to be stored."""

    number_id: int
    # A claim need not look at it before this moment.
    next_at: float
    gap_until: float
    log: bytes
    answer_log: bytes
    minutes: bytes
    quarters: dict[int, int]
    streak: int
    made_for: str


class SpentOfLane(NamedTuple):
    """What a lane has spent of a pace of its own, ready to be stored."""

    lane_id: int
    next_at: float
    log: bytes
    minutes: bytes
    quarters: dict[int, int]
    streak: int
    made_for: str


# Index: the outbox's primary key.
SQL_TAKE = """
DELETE FROM delivery_outbox outbox
USING unnest(%(lane_ids)b::bigint[], %(due_at)b::timestamptz[], %(message_ids)b::uuid[])
    AS given (lane_id, due_at, message_id)
WHERE outbox.lane_id = given.lane_id AND outbox.due_at = given.due_at AND outbox.message_id = given.message_id
"""


async def take(connection: Connection, keys: Sequence[Key]) -> None:
    """Remove rows from the outbox."""
    await connection.execute(SQL_TAKE, _columns(keys))


def _columns(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        "lane_ids": [key.lane.id for key in keys],
        "due_at": [key.due_at for key in keys],
        "message_ids": [key.message_id for key in keys],
        "attempts": [key.attempt for key in keys],
    }


# Index: the outbox's primary key.
SQL_HOLD = """
UPDATE delivery_outbox outbox SET due_at = given.until, hold = given.gate, hold_detail = given.detail
FROM unnest(%(lane_ids)b::bigint[], %(due_at)b::timestamptz[], %(message_ids)b::uuid[],
    %(until)b::timestamptz[], %(gates)s::text[], %(details)s::jsonb[])
    AS given (lane_id, due_at, message_id, until, gate, detail)
WHERE outbox.lane_id = given.lane_id AND outbox.due_at = given.due_at AND outbox.message_id = given.message_id
"""


async def hold(connection: Connection, held: Sequence[tuple[Key, Any]]) -> None:
    """Give vetoed rows their reason and their new time."""
    given = {
        **_columns([key for key, _ in held]),
        "until": [verdict.until for _, verdict in held],
        "gates": [verdict.gate.value for _, verdict in held],
        "details": [Jsonb(verdict.detail) for _, verdict in held],
    }
    await connection.execute(SQL_HOLD, given)


# Index: the primary key of the delivery rows.
SQL_SKIP = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)b::uuid[], %(attempts)b::smallint[], %(gates)s::text[], %(details)s::jsonb[],
        %(origin_kinds)s::text[], %(origin_ids)b::bigint[], %(number_ids)b::bigint[])
        AS given (message_id, attempt, gate, detail, origin_kind, origin_id, number_id)
), skipped AS (
    INSERT INTO delivery_delivery AS delivery (message_id, workspace_id, state, attempt, reason, detail, failed_at)
    SELECT message_id, %(workspace_id)s, %(skipped)s, attempt, gate, detail, %(now)s FROM given
    ON CONFLICT (message_id) DO UPDATE
    SET state = excluded.state, reason = excluded.reason, detail = excluded.detail, failed_at = excluded.failed_at
    WHERE delivery.state = %(waiting)s
    RETURNING delivery.message_id)
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
SELECT %(workspace_id)s, given.origin_kind, given.origin_id, given.number_id, 'skipped', given.gate, count(*),
    date_trunc('minute', %(now)s::timestamptz)
FROM skipped JOIN given ON given.message_id = skipped.message_id
GROUP BY given.origin_kind, given.origin_id, given.number_id, given.gate
"""


async def skip(connection: Connection, workspace_id: int, now: datetime, skipped: Sequence[tuple[Key, Any]]) -> None:
    """Record rows that a gate refused for good, and count them."""
    given = {
        **_columns([key for key, _ in skipped]),
        "workspace_id": workspace_id,
        "now": now,
        "gates": [verdict.gate.value for _, verdict in skipped],
        "details": [Jsonb(verdict.detail) for _, verdict in skipped],
        "origin_kinds": [key.lane.origin_kind for key, _ in skipped],
        "origin_ids": [key.lane.origin_id for key, _ in skipped],
        "number_ids": [key.lane.number_id for key, _ in skipped],
        "skipped": int(State.SKIPPED),
        "waiting": int(State.WAITING),
    }
    await connection.execute(SQL_SKIP, given)


# A row that was sent before (its state is not WAITING) is left alone and not sent again.
# Index: the primary key of the delivery rows.
SQL_START = """
WITH batch AS (
    INSERT INTO delivery_sendbatch (id, workspace_id, sender_id, message_ids, attempts, claimed_at, lease_until, opened_to)
    VALUES (%(batch_id)s, %(workspace_id)s, %(sender_id)s, %(message_ids)b::uuid[], %(attempts)b::smallint[],
        %(now)s, %(lease_until)s, %(opened_to)s))
INSERT INTO delivery_delivery AS delivery (message_id, workspace_id, state, attempt)
SELECT given.message_id, %(workspace_id)s, %(in_flight)s, given.attempt
FROM unnest(%(message_ids)b::uuid[], %(attempts)b::smallint[]) AS given (message_id, attempt)
ON CONFLICT (message_id) DO UPDATE SET state = excluded.state, attempt = excluded.attempt
WHERE delivery.state = %(waiting)s
RETURNING delivery.message_id
"""


async def start(
    connection: Connection,
    workspace_id: int,
    now: datetime,
    keys: Sequence[Key],
    *,
    batch_id: UUID,
    sender_id: UUID,
    opened_to: int,
) -> set[UUID]:
    """Write the crash record and return the messages that are now in flight; the first `opened_to` may be posted."""
    given = {
        **_columns(keys),
        "workspace_id": workspace_id,
        "now": now,
        "batch_id": batch_id,
        "sender_id": sender_id,
        "lease_until": now + LEASE,
        "opened_to": opened_to,
        "in_flight": int(State.IN_FLIGHT),
        "waiting": int(State.WAITING),
    }
    cursor = await connection.execute(SQL_START, given)
    return {message_id for (message_id,) in await cursor.fetchall()}


SQL_SPEND = """
UPDATE delivery_pacestate pace
SET next_at = to_timestamp(given.next_at), gap_until = to_timestamp(given.gap_until), log = given.log,
    answer_log = given.answer_log, minutes = given.minutes, quarters = given.quarters, streak = given.streak,
    made_for = given.made_for
FROM unnest(%(number_ids)b::bigint[], %(next_at)b::float8[], %(gap_until)b::float8[], %(logs)b::bytea[],
    %(answer_logs)b::bytea[], %(minutes)b::bytea[], %(quarters)s::jsonb[], %(streaks)b::int[], %(made_for)s::text[])
    AS given (number_id, next_at, gap_until, log, answer_log, minutes, quarters, streak, made_for)
WHERE pace.number_id = given.number_id AND pace.workspace_id = %(workspace_id)s
"""


async def spend(connection: Connection, workspace_id: int, numbers: Sequence[Spent]) -> None:
    """Store what the locked numbers have given away."""
    given = {
        "workspace_id": workspace_id,
        "number_ids": [number.number_id for number in numbers],
        "next_at": [number.next_at for number in numbers],
        "gap_until": [number.gap_until for number in numbers],
        "logs": [number.log for number in numbers],
        "answer_logs": [number.answer_log for number in numbers],
        "minutes": [number.minutes for number in numbers],
        "quarters": [Jsonb(number.quarters) for number in numbers],
        "streaks": [number.streak for number in numbers],
        "made_for": [number.made_for for number in numbers],
    }
    await connection.execute(SQL_SPEND, given)


SQL_SPEND_LANES = """
INSERT INTO delivery_lanepace AS pace (lane_id, workspace_id, next_at, log, minutes, quarters, streak, made_for)
SELECT given.lane_id, %(workspace_id)s, to_timestamp(given.next_at), given.log, given.minutes, given.quarters,
    given.streak, given.made_for
FROM unnest(%(lane_ids)b::bigint[], %(next_at)b::float8[], %(logs)b::bytea[], %(minutes)b::bytea[],
    %(quarters)s::jsonb[], %(streaks)b::int[], %(made_for)s::text[])
    AS given (lane_id, next_at, log, minutes, quarters, streak, made_for)
ORDER BY given.lane_id
ON CONFLICT (lane_id) DO UPDATE SET next_at = excluded.next_at, log = excluded.log, minutes = excluded.minutes,
    quarters = excluded.quarters, streak = excluded.streak, made_for = excluded.made_for
"""


async def spend_lanes(connection: Connection, workspace_id: int, lanes: Sequence[SpentOfLane]) -> None:
    """Store what lanes have spent of paces of their own; their numbers are locked, so nobody else writes."""
    given = {
        "workspace_id": workspace_id,
        "lane_ids": [lane.lane_id for lane in lanes],
        "next_at": [lane.next_at for lane in lanes],
        "logs": [lane.log for lane in lanes],
        "minutes": [lane.minutes for lane in lanes],
        "quarters": [Jsonb(lane.quarters) for lane in lanes],
        "streaks": [lane.streak for lane in lanes],
        "made_for": [lane.made_for for lane in lanes],
    }
    await connection.execute(SQL_SPEND_LANES, given)


# The mark rises only if nothing was put into the lane since it was read, and this never waits for a lane
# that somebody is filling at this moment. Index: the outbox's primary key, one row per lane.
SQL_RAISE_MARKS = """
UPDATE delivery_lane lane SET low_water_at = first.due_at, low_water_id = first.message_id
FROM unnest(%(lane_ids)b::bigint[], %(versions)b::bigint[], %(from_at)b::timestamptz[], %(from_id)b::uuid[])
    AS given (lane_id, version, from_at, from_id)
JOIN (SELECT id FROM delivery_lane WHERE id = ANY(%(lane_ids)b::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
    AS free ON free.id = given.lane_id
LEFT JOIN LATERAL (
    SELECT outbox.due_at, outbox.message_id FROM delivery_outbox outbox
    WHERE outbox.lane_id = given.lane_id AND (outbox.due_at, outbox.message_id) >= (given.from_at, given.from_id)
    ORDER BY outbox.due_at, outbox.message_id LIMIT 1) AS first ON true
WHERE lane.id = given.lane_id AND lane.workspace_id = %(workspace_id)s AND lane.version = given.version
"""


async def raise_marks(connection: Connection, workspace_id: int, lanes: Sequence[Any]) -> None:
    """Move each lane's low-water mark to its first row, so that the next scan steps over dead ones."""
    given = {
        "workspace_id": workspace_id,
        "lane_ids": [lane.id for lane in lanes],
        "versions": [lane.version for lane in lanes],
        "from_at": [lane.low_water_at for lane in lanes],
        "from_id": [lane.low_water_id or _NIL for lane in lanes],
    }
    await connection.execute(SQL_RAISE_MARKS, given)
