"""The portfolios' counts of people: locked by a claim that may spend of them, and looked at again when Meta raises a level."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]


class Stored(NamedTuple):
    """A portfolio's level and its count."""

    portfolio_id: int
    limit: int
    counts: bytes


# Portfolios are few. In the order of ids, after the numbers and before the people.
SQL_LOCK_BUDGETS = """
SELECT portfolio.id, portfolio.messaging_limit, budget.counts
FROM delivery_budget budget JOIN numbers_portfolio portfolio ON portfolio.id = budget.portfolio_id
WHERE budget.workspace_id = %(workspace_id)s AND portfolio.id = ANY(%(portfolio_ids)s)
  AND portfolio.messaging_limit IS NOT NULL
ORDER BY budget.portfolio_id FOR NO KEY UPDATE OF budget
"""

SQL_ENSURE_BUDGETS = """
INSERT INTO delivery_budget (portfolio_id, workspace_id)
SELECT id, workspace_id FROM numbers_portfolio
WHERE workspace_id = %(workspace_id)s AND id = ANY(%(portfolio_ids)s) AND messaging_limit IS NOT NULL
ORDER BY id ON CONFLICT (portfolio_id) DO NOTHING RETURNING portfolio_id
"""


async def lock(connection: Connection, workspace_id: int, portfolio_ids: Collection[int]) -> list[Stored]:
    """Lock the counts of these portfolios, made where there are none; those without a limit are not counted."""
    given = {"workspace_id": workspace_id, "portfolio_ids": sorted(portfolio_ids)}
    rows = await (await connection.execute(SQL_LOCK_BUDGETS, given)).fetchall()
    if len(rows) < len(portfolio_ids):
        made = await connection.execute(SQL_ENSURE_BUDGETS, given)
        if await made.fetchall():
            rows = await (await connection.execute(SQL_LOCK_BUDGETS, given)).fetchall()
    return [Stored(row[0], row[1], bytes(row[2])) for row in rows]


SQL_SPEND_BUDGETS = """
UPDATE delivery_budget budget SET counts = given.counts,
    held_for = CASE WHEN given.has_held THEN given.most ELSE budget.held_for END
FROM unnest(%(portfolio_ids)s::bigint[], %(counts)s::bytea[], %(limits)s::int[], %(held)s::bool[])
    AS given (portfolio_id, counts, most, has_held)
WHERE budget.portfolio_id = given.portfolio_id AND budget.workspace_id = %(workspace_id)s
"""


async def spend(connection: Connection, workspace_id: int, budgets: Sequence[tuple[int, int, bytes, bool]]) -> None:
    """Store counts: portfolio, its limit, the count, and whether something was held for it."""
    given = {
        "workspace_id": workspace_id,
        "portfolio_ids": [budget[0] for budget in budgets],
        "limits": [budget[1] for budget in budgets],
        "counts": [budget[2] for budget in budgets],
        "held": [budget[3] for budget in budgets],
    }
    await connection.execute(SQL_SPEND_BUDGETS, given)


# Portfolios are few, and nearly none has held anything for another level than today's.
SQL_RAISED = """
SELECT budget.workspace_id, budget.portfolio_id FROM delivery_budget budget
JOIN numbers_portfolio portfolio ON portfolio.id = budget.portfolio_id
WHERE budget.held_for IS NOT NULL AND portfolio.messaging_limit IS DISTINCT FROM budget.held_for
ORDER BY budget.portfolio_id LIMIT 20 FOR NO KEY UPDATE OF budget SKIP LOCKED
"""

SQL_FORGET_HELD = "UPDATE delivery_budget SET held_for = NULL WHERE portfolio_id = %(portfolio_id)s AND workspace_id = %(workspace_id)s"

# Index: the outbox's held rows, lane by lane. The lanes' marks fall with their rows.
SQL_LOOK_AGAIN = """
WITH lane AS (
    SELECT lane.id FROM delivery_lane lane
    JOIN numbers_number number ON number.id = lane.number_id
    JOIN numbers_account account ON account.id = number.account_id
    WHERE lane.workspace_id = %(workspace_id)s AND account.portfolio_id = %(portfolio_id)s
      AND lane.low_water_at IS NOT NULL
    ORDER BY lane.id FOR NO KEY UPDATE OF lane
), freed AS (
    UPDATE delivery_outbox outbox SET due_at = %(now)s FROM lane
    WHERE outbox.workspace_id = %(workspace_id)s AND outbox.lane_id = lane.id AND outbox.hold = 'portfolio_budget'
      AND outbox.due_at > %(now)s
    RETURNING outbox.lane_id, outbox.message_id
), first AS (
    SELECT DISTINCT ON (lane_id) lane_id, message_id FROM freed ORDER BY lane_id, message_id
)
UPDATE delivery_lane lane SET version = lane.version + 1,
    low_water_at = least(lane.low_water_at, %(now)s),
    low_water_id = CASE WHEN lane.low_water_at < %(now)s THEN lane.low_water_id
        WHEN lane.low_water_at = %(now)s THEN least(lane.low_water_id, first.message_id) ELSE first.message_id END
FROM first WHERE lane.id = first.lane_id AND lane.workspace_id = %(workspace_id)s
"""


async def look_again(connection: Connection, now: datetime) -> int:
    """Let what waits for a portfolio's budget be judged again where Meta has changed the level; return how many."""
    async with connection.transaction():
        raised = await (await connection.execute(SQL_RAISED)).fetchall()
        for workspace_id, portfolio_id in raised:
            given = {"workspace_id": workspace_id, "portfolio_id": portfolio_id, "now": now}
            await connection.execute(SQL_LOOK_AGAIN, given)
            await connection.execute(SQL_FORGET_HELD, given)
    return len(raised)
