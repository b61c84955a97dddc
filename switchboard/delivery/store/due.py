"""What is due: which workspaces, which numbers may send now, and the rows at the front of their lanes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import namedtuple_row

Connection = AsyncConnection[Any]

# Moments are given out this far ahead…
HORIZON_SECONDS = 1.0
# …to numbers whose next one is this near: claims take half a second's worth, not one message each time.
NEAR_SECONDS = 0.5
# Events that Meta sent us and that are not applied yet may be opt-outs.
OLDEST_WATERMARK = timedelta(seconds=2)
_NIL = UUID(int=0)


# Index: delivery_lane_due.
SQL_DUE_WORKSPACES = """
SELECT DISTINCT lane.workspace_id
FROM delivery_lane lane
JOIN numbers_number number ON number.id = lane.number_id AND number.workspace_id = lane.workspace_id
LEFT JOIN delivery_pacestate pace ON pace.number_id = lane.number_id
WHERE lane.state = 'active' AND lane.low_water_at <= %(now)s
  AND (number.state = 'connected' AND number.stopped_at IS NULL OR number.state IN ('connected', 'restricted')
       AND (number.stopped_code = 'RESTRICTED_ANSWERING'
            OR (number.stopped_code = 'RESTRICTED_STARTING' AND lane.priority <= 2)))
  AND (lane.priority <= 2 OR (%(is_fresh)s AND (pace.next_at IS NULL OR pace.next_at <= %(until)s
      OR pace.made_for <> number.pace || number.pace_overrides::text)
      AND NOT EXISTS (SELECT FROM delivery_lanepace own
          WHERE own.lane_id = lane.id AND own.made_for = lane.pace AND own.next_at > %(until)s)))
  AND NOT EXISTS (
      SELECT FROM delivery_stopswitch switch
      WHERE switch.workspace_id IN (0, lane.workspace_id) AND switch.is_on)
"""


async def list_due_workspaces(connection: Connection, now: datetime, *, is_fresh: bool) -> list[int]:
    """Return the workspaces in which something may leave within the horizon.

    `is_fresh`: every older incoming event has been applied; otherwise only answers count.
    """
    until = now + timedelta(seconds=NEAR_SECONDS)
    cursor = await connection.execute(SQL_DUE_WORKSPACES, {"now": now, "until": until, "is_fresh": is_fresh})
    return [workspace_id for (workspace_id,) in await cursor.fetchall()]


SQL_IS_FRESH = "SELECT applied_through >= %(oldest)s FROM delivery_inboundwatermark WHERE id = 1"


async def is_watermark_fresh(connection: Connection, now: datetime) -> bool:
    """Tell whether every event older than two seconds has been applied, opt-outs among them."""
    row = await (await connection.execute(SQL_IS_FRESH, {"oldest": now - OLDEST_WATERMARK})).fetchone()
    return bool(row and row[0])


# What follows in the claim's transaction reads by key and nothing else. Left to itself the planner reads a
# middle-sized outbox from end to end into a hash, dead rows included.
SQL_GUARD = """
SELECT set_config('enable_hashjoin', 'off', true) || set_config('enable_mergejoin', 'off', true)
        || set_config('enable_seqscan', 'off', true) AS by_key,
    workspace.time_zone, workspace.quiet_from, workspace.quiet_until,
    limits.marketing_per_day, limits.marketing_per_week, limits.unreachable_after, limits.reserve_percent,
    limits.regions,
    EXISTS (SELECT FROM delivery_stopswitch WHERE workspace_id IN (0, %(workspace_id)s) AND is_on) AS is_stop_on,
    COALESCE((SELECT applied_through >= %(oldest)s FROM delivery_inboundwatermark WHERE id = 1), false) AS is_fresh
FROM team_workspace workspace LEFT JOIN delivery_limits limits ON limits.workspace_id = workspace.id
WHERE workspace.id = %(workspace_id)s
"""

SQL_LOCK_NUMBERS = """
SELECT number.id, number.meta_id, number.account_id, account.portfolio_id, portfolio.messaging_limit,
    number.throughput, number.pace, number.pace_overrides, number.pace || number.pace_overrides::text AS made_for, number.in_use_since,
    number.stopped_code,
    extract(epoch FROM pace.gap_until)::float8 AS gap_until, extract(epoch FROM pace.slow_until)::float8 AS slow_until,
    pace.made_for AS was_made_for, pace.log, pace.answer_log, pace.minutes, pace.quarters, pace.streak
FROM delivery_pacestate pace
JOIN numbers_number number ON number.id = pace.number_id AND number.workspace_id = pace.workspace_id
JOIN numbers_account account ON account.id = number.account_id
JOIN numbers_portfolio portfolio ON portfolio.id = account.portfolio_id
WHERE pace.workspace_id = %(workspace_id)s
  AND (number.state = 'connected' AND number.stopped_at IS NULL OR number.state IN ('connected', 'restricted')
       AND number.stopped_code IN ('RESTRICTED_STARTING', 'RESTRICTED_ANSWERING'))
  AND EXISTS (
      SELECT FROM delivery_lane lane
      WHERE lane.workspace_id = %(workspace_id)s AND lane.number_id = pace.number_id AND lane.state = 'active'
        AND lane.low_water_at <= %(now)s
        AND (lane.priority <= 2 OR (number.stopped_code <> 'RESTRICTED_STARTING'
          AND (SELECT applied_through >= %(oldest)s FROM delivery_inboundwatermark WHERE id = 1)
          AND (pace.next_at <= %(until)s
            OR pace.made_for <> number.pace || number.pace_overrides::text)
          AND NOT EXISTS (SELECT FROM delivery_lanepace own
              WHERE own.lane_id = lane.id AND own.made_for = lane.pace AND own.next_at > %(until)s))))
ORDER BY pace.number_id
FOR NO KEY UPDATE OF pace SKIP LOCKED
"""

SQL_ENSURE_PACE = """
INSERT INTO delivery_pacestate (number_id, workspace_id, next_at)
SELECT DISTINCT lane.number_id, lane.workspace_id, %(now)s::timestamptz FROM delivery_lane lane
WHERE lane.workspace_id = %(workspace_id)s AND lane.state = 'active' AND lane.low_water_at <= %(now)s
  AND NOT EXISTS (SELECT FROM delivery_pacestate pace WHERE pace.number_id = lane.number_id)
ON CONFLICT (number_id) DO NOTHING RETURNING number_id
"""

SQL_LANES = """
SELECT lane.id, lane.number_id, lane.priority, lane.pace, lane.origin_kind, lane.origin_id,
    lane.low_water_at, lane.low_water_id, lane.version,
    extract(epoch FROM own.next_at)::float8 AS next_at, own.log, own.minutes, own.quarters, own.streak,
    own.made_for AS was_made_for
FROM delivery_lane lane
JOIN numbers_number number ON number.id = lane.number_id AND number.workspace_id = lane.workspace_id
LEFT JOIN delivery_lanepace own ON own.lane_id = lane.id AND lane.pace <> ''
WHERE lane.workspace_id = %(workspace_id)s AND lane.number_id = ANY(%(number_ids)s) AND lane.state = 'active'
  AND lane.low_water_at <= %(now)s AND (lane.priority <= 2 OR (%(is_fresh)s AND number.stopped_code <> 'RESTRICTED_STARTING'))
ORDER BY lane.number_id, lane.priority, lane.id
"""

# Index: the outbox's primary key; stops at the limit.
SQL_WAITING = """
SELECT given.lane_id, waiting.many
FROM unnest(%(lane_ids)b::bigint[], %(from_at)b::timestamptz[], %(most)b::int[]) AS given (lane_id, from_at, most)
CROSS JOIN LATERAL (
    SELECT count(*) AS many FROM (
        SELECT FROM delivery_outbox outbox
        WHERE outbox.lane_id = given.lane_id AND outbox.due_at >= given.from_at AND outbox.due_at <= %(now)s
        LIMIT given.most) AS row) AS waiting
"""

# Index: the outbox's primary key, from the lane's low-water mark on.
SQL_DUE_ROWS = """
SELECT due.lane_id, due.due_at, due.message_id, due.attempt, due.tries
FROM unnest(%(lane_ids)b::bigint[], %(from_at)b::timestamptz[], %(from_id)b::uuid[], %(most)b::int[])
    AS given (lane_id, from_at, from_id, most)
CROSS JOIN LATERAL (
    SELECT outbox.lane_id, outbox.due_at, outbox.message_id, outbox.attempt, outbox.tries
    FROM delivery_outbox outbox
    WHERE outbox.lane_id = given.lane_id AND outbox.workspace_id = %(workspace_id)s
      AND (outbox.due_at, outbox.message_id) >= (given.from_at, given.from_id)
      AND outbox.due_at <= %(now)s
    ORDER BY outbox.due_at, outbox.message_id
    LIMIT given.most
    FOR UPDATE SKIP LOCKED) AS due
"""

# Index: primary keys throughout; the id picks the month. LIMIT 1 keeps each look-up apart: joined, a workspace's whole
# share of a table is read for every message while the planner still takes the table for empty (some fifty times the work).
SQL_FACTS = """
SELECT message.id, message.contact_id, message.category, message.recipient, message.zones, message.template_id, message.body::text AS body,
    template.state AS template_state, template.category AS template_category,
    template.account_id AS template_account_id,
    standing.marketing_basis, standing.utility_basis, standing.opted_out_at, service.opened_at,
    person.version, person.log, reach.undeliverable_count, reach.undeliverable_at
FROM delivery_message message
LEFT JOIN templates_template template ON template.id = message.template_id
LEFT JOIN consent_standing standing
    ON standing.contact_id = message.contact_id AND standing.workspace_id = %(workspace_id)s
LEFT JOIN LATERAL (
    SELECT opened_at FROM delivery_window
    WHERE workspace_id = %(workspace_id)s AND contact_id = message.contact_id AND number_id = message.number_id
    LIMIT 1) AS service ON true
LEFT JOIN LATERAL (
    SELECT version, log FROM delivery_person
    WHERE workspace_id = %(workspace_id)s AND contact_id = message.contact_id LIMIT 1) AS person ON true
LEFT JOIN LATERAL (
    SELECT undeliverable_count, undeliverable_at FROM delivery_reach
    WHERE workspace_id = %(workspace_id)s AND contact_id = message.contact_id LIMIT 1) AS reach ON true
WHERE message.id = ANY(%(message_ids)b::uuid[]) AND message.workspace_id = %(workspace_id)s
"""


class Reader:
    """The reads of one claim, inside its transaction."""

    def __init__(self, connection: Connection, workspace_id: int, now: datetime) -> None:
        self._connection = connection
        self.given: dict[str, Any] = {
            "workspace_id": workspace_id,
            "now": now,
            "until": now + timedelta(seconds=NEAR_SECONDS),
            "oldest": now - OLDEST_WATERMARK,
            "is_fresh": False,
        }

    async def _ask(self, query: str, **given: Any) -> AsyncCursor[Any]:
        cursor = self._connection.cursor(row_factory=namedtuple_row, binary=True)
        return await cursor.execute(query, {**self.given, **given})

    async def _rows(self, query: str, **given: Any) -> list[Any]:
        return await (await self._ask(query, **given)).fetchall()

    async def begin(self) -> tuple[Any | None, list[Any]]:
        """Return the workspace's zone and night, and the numbers that may send now and that no other sender has, locked.

        None for the workspace when its stop switch or the installation's is on.
        """
        # Asked together; whether every event has been applied is read by each of them.
        asked, locking = await self._ask(SQL_GUARD), await self._ask(SQL_LOCK_NUMBERS)
        found, numbers = await asked.fetchall(), await locking.fetchall()
        if not found or found[0].is_stop_on:
            return None, []
        self.given["is_fresh"] = found[0].is_fresh
        if not numbers and await self._rows(SQL_ENSURE_PACE):
            numbers = await self._rows(SQL_LOCK_NUMBERS)
        return found[0], numbers

    async def list_lanes(self, number_ids: list[int]) -> list[Any]:
        """Return the active lanes of these numbers that have something due."""
        return await self._rows(SQL_LANES, number_ids=number_ids)

    async def count_waiting(self, most_by_lane: list[tuple[Any, int]]) -> dict[int, int]:
        """Return how many rows wait in each lane, counted up to a limit."""
        if not most_by_lane:
            return {}
        rows = await self._rows(
            SQL_WAITING,
            lane_ids=[lane.id for lane, _ in most_by_lane],
            from_at=[lane.low_water_at for lane, _ in most_by_lane],
            most=[most for _, most in most_by_lane],
        )
        return {row.lane_id: row.many for row in rows}

    async def list_due_rows(self, most_by_lane: list[tuple[Any, int]]) -> list[tuple[Any, Any]]:
        """Lock and return the first due rows of each lane, each with the facts that gates look at."""
        rows = await self._rows(
            SQL_DUE_ROWS,
            lane_ids=[lane.id for lane, _ in most_by_lane],
            from_at=[lane.low_water_at for lane, _ in most_by_lane],
            from_id=[lane.low_water_id or _NIL for lane, _ in most_by_lane],
            most=[most for _, most in most_by_lane],
        )
        facts = {row.id: row for row in await self._rows(SQL_FACTS, message_ids=[row.message_id for row in rows])}
        return [(row, facts[row.message_id]) for row in rows if row.message_id in facts]
