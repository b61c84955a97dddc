"""What became of a batch: accepted, failed, unknown, or back into the outbox."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.contacts import facts_store
from switchboard.delivery.store import lanes, locking, tallies
from switchboard.delivery.store.claim import Claimed
from switchboard.delivery.types import State

Connection = AsyncConnection[Any]

_LARGEST_ATTEMPT = 32_767


class Result(NamedTuple):
    """The end of one attempt.

    `state` is ACCEPTED, FAILED, UNKNOWN, or WAITING: back into the outbox, due at `due_at`.
    """

    message: Claimed
    state: State
    at: datetime
    wamid: str | None = None
    reason: str | None = None
    detail: dict[str, Any] | None = None
    # For WAITING: when, why, and whether it was one of the tries that the table of errors counts.
    due_at: datetime | None = None
    hold: str | None = None
    is_try_used: bool = False


# Nearly all results: Meta took a message that was in flight, and no status has come before the answer. The rows are
# locked already (locking.py), and that is known of each. Index: the primary key of the delivery rows.
SQL_ACCEPT = """
WITH counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, given.origin_kind, given.origin_id, given.number_id, 'sent', '', given.amount,
        date_trunc('minute', %(now)s::timestamptz)
    FROM unnest(%(origin_kinds)b::text[], %(origin_ids)b::bigint[], %(number_ids)b::bigint[], %(amounts)b::int[])
        AS given (origin_kind, origin_id, number_id, amount))
UPDATE delivery_delivery delivery
SET state = 20, wamid = COALESCE(delivery.wamid, given.wamid), accepted_at = given.at, reason = NULL, detail = NULL
FROM unnest(%(message_ids)b::uuid[], %(at)b::timestamptz[], %(wamids)b::text[]) AS given (message_id, at, wamid)
WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
    AND delivery.message_id = ANY(%(message_ids)b::uuid[])
"""


async def _accept(connection: Connection, workspace_id: int, results: Sequence[Result], now: datetime) -> None:
    """Record messages that were in flight and that Meta took."""
    amounts = Counter((message.origin_kind, message.origin_id, message.number_id) for message, *_ in results)
    given = {
        "workspace_id": workspace_id,
        "now": now,
        "message_ids": [result.message.message_id for result in results],
        "at": [result.at for result in results],
        "wamids": [result.wamid for result in results],
        "origin_kinds": [kind for kind, _, _ in amounts],
        "origin_ids": [origin_id for _, origin_id, _ in amounts],
        "number_ids": [number_id for _, _, number_id in amounts],
        "amounts": list(amounts.values()),
    }
    await connection.execute(SQL_ACCEPT, given)


# One row is one message once, so given, old and new join one to one. The rows are locked already (locking.py), so that
# what the tally counts is what this statement changed.
# Index: the primary key of the delivery rows.
SQL_RECORD = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)b::uuid[], %(attempts)b::smallint[], %(states)b::smallint[],
        %(at)b::timestamptz[], %(wamids)b::text[], %(reasons)b::text[], %(details)s::jsonb[],
        %(next_attempts)b::smallint[], %(origin_kinds)b::text[], %(origin_ids)b::bigint[], %(number_ids)b::bigint[])
        AS given (message_id, attempt, state, at, wamid, reason, detail, next_attempt,
            origin_kind, origin_id, number_id)
), old AS (
    SELECT delivery.message_id, delivery.state, delivery.accepted_at, delivery.reason
    FROM delivery_delivery delivery
    WHERE delivery.message_id = ANY(%(message_ids)b::uuid[]) AND delivery.workspace_id = %(workspace_id)s
), new AS (
    UPDATE delivery_delivery delivery SET
        state = CASE
            WHEN given.state = 20 THEN greatest(delivery.state, 20)
            WHEN delivery.state IN (8, 10) THEN given.state
            ELSE delivery.state END,
        attempt = CASE WHEN delivery.state IN (8, 10) THEN given.next_attempt ELSE delivery.attempt END,
        wamid = COALESCE(delivery.wamid, given.wamid),
        accepted_at = CASE WHEN given.state = 20 THEN COALESCE(delivery.accepted_at, given.at)
            ELSE delivery.accepted_at END,
        reason = CASE WHEN delivery.state IN (8, 10) THEN given.reason ELSE delivery.reason END,
        detail = CASE WHEN delivery.state IN (8, 10) THEN given.detail ELSE delivery.detail END,
        failed_at = CASE WHEN delivery.state IN (8, 10) AND given.state = 40 THEN given.at
            ELSE delivery.failed_at END
    FROM given
    JOIN old ON old.message_id = given.message_id
    WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
        AND delivery.message_id = ANY(%(message_ids)b::uuid[]) AND delivery.attempt = given.attempt
    RETURNING delivery.message_id, delivery.state, delivery.accepted_at, delivery.reason, old.state AS old_state,
        old.accepted_at AS old_accepted_at, old.reason AS old_reason,
        given.origin_kind, given.origin_id, given.number_id
), change AS (
    SELECT new.origin_kind, new.origin_id, new.number_id, delta.measure, delta.reason, sum(delta.amount) AS amount
    FROM new CROSS JOIN LATERAL (VALUES
        ('sent', '', (new.accepted_at IS NOT NULL AND new.state <> 40)::int
            - (new.old_accepted_at IS NOT NULL AND new.old_state <> 40)::int),
        ('unknown', '', (new.state = 10)::int - (new.old_state = 10)::int),
        ('failed', COALESCE(new.reason, ''), (new.state = 40 AND new.old_state <> 40)::int)
    ) AS delta (measure, reason, amount)
    GROUP BY new.origin_kind, new.origin_id, new.number_id, delta.measure, delta.reason
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, origin_kind, origin_id, number_id, measure, reason, amount,
        date_trunc('minute', %(now)s::timestamptz)
    FROM change WHERE amount <> 0)
SELECT message_id, old_state, state FROM new
"""

# Index: the primary key.
SQL_FORGET_BATCHES = """
DELETE FROM delivery_sendbatch batch USING (
    SELECT id FROM delivery_sendbatch WHERE id = ANY(%(batch_ids)b::uuid[]) ORDER BY id FOR UPDATE) AS settled
WHERE batch.id = settled.id
"""

# Nearly always none. Index: the primary key.
SQL_KEEP_HELD = """
INSERT INTO delivery_held (message_id, workspace_id, origin_kind, origin_id, template_id, held_at)
SELECT given.message_id, %(workspace_id)s, given.origin_kind, given.origin_id, given.template_id, %(now)s
FROM unnest(%(message_ids)s::uuid[], %(origin_kinds)s::text[], %(origin_ids)s::bigint[], %(template_ids)s::bigint[])
    AS given (message_id, origin_kind, origin_id, template_id)
ON CONFLICT (message_id) DO NOTHING
"""
HELD_FOR_QUALITY = "held_for_quality_assessment"


async def _keep_held(connection: Connection, workspace_id: int, results: Sequence[Result], now: datetime) -> None:
    """Note the messages that Meta took and holds for its quality check."""
    held = [
        result.message
        for result in results
        if result.state == State.ACCEPTED and result.detail and result.detail.get("message_status") == HELD_FOR_QUALITY
    ]
    if held:
        given = {
            "message_ids": [message.message_id for message in held],
            "origin_kinds": [message.origin_kind for message in held],
            "origin_ids": [message.origin_id for message in held],
            "template_ids": [message.template_id for message in held],
        }
        await connection.execute(SQL_KEEP_HELD, {"workspace_id": workspace_id, "now": now, **given})


SQL_KEEP_UNKNOWN = """
INSERT INTO delivery_unknown (message_id, workspace_id, number_id, since, heard_at)
SELECT given.message_id, %(workspace_id)s, given.number_id, %(now)s, %(now)s
FROM unnest(%(message_ids)s::uuid[], %(number_ids)s::bigint[]) AS given (message_id, number_id)
ON CONFLICT (message_id) DO NOTHING
"""

# Index: the primary key.
SQL_FORGET_UNKNOWN = """
DELETE FROM delivery_unknown WHERE message_id = ANY(%(message_ids)s::uuid[]) AND workspace_id = %(workspace_id)s
"""


async def record_results(
    connection: Connection, results: Sequence[Result], *, settled_batches: Sequence[UUID], now: datetime
) -> dict[int, set[str]]:
    """Record results and forget batches that are now settled, in one transaction; return topics by workspace.

    What a status said meanwhile wins: a delivered message is not taken back into the outbox.
    """
    by_workspace: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        by_workspace[result.message.workspace_id].append(result)
    async with connection.transaction():
        for workspace_id, some in sorted(by_workspace.items()):
            await _record(connection, workspace_id, some, now)
        if settled_batches:
            await connection.execute(SQL_FORGET_BATCHES, {"batch_ids": list(settled_batches)})
    return {
        workspace_id: tallies.topics({(message.origin_kind, message.origin_id) for message, *_ in some})
        for workspace_id, some in by_workspace.items()
    }


async def _record(connection: Connection, workspace_id: int, results: list[Result], now: datetime) -> None:
    message_ids = [result.message.message_id for result in results]
    locked = {row.message_id: row for row in await locking.lock_deliveries(connection, workspace_id, message_ids)}
    plain: list[Result] = []
    others: list[Result] = []
    for result in results:
        (plain if _is_plain(result, locked.get(result.message.message_id)) else others).append(result)
    if plain:
        await _accept(connection, workspace_id, plain, now)
    if others:
        await _record_others(connection, workspace_id, others, now)


def _is_plain(result: Result, row: locking.Locked | None) -> bool:
    """Tell whether the message was in flight, under this attempt, and Meta simply took it."""
    return (
        result.state == State.ACCEPTED
        and result.detail is None
        and row is not None
        and row.state == State.IN_FLIGHT
        and row.attempt == result.message.attempt
        and not row.has_been_accepted
    )


async def _record_others(connection: Connection, workspace_id: int, results: list[Result], now: datetime) -> None:
    cursor = await connection.execute(SQL_RECORD, {"workspace_id": workspace_id, "now": now, **_columns(results)})
    rows = await cursor.fetchall()
    changed = {message_id: (old, new) for message_id, old, new in rows if old != new}
    waits_again = {message_id for message_id, (_, new) in changed.items() if new == State.WAITING}
    returned = [
        result for result in results if result.state == State.WAITING and result.message.message_id in waits_again
    ]
    if returned:
        await lanes.put_back(connection, workspace_id, [_returning(result, now) for result in returned])
    await _keep_held(connection, workspace_id, results, now)
    became_unknown = [message_id for message_id, (_, new) in changed.items() if new == State.UNKNOWN]
    if became_unknown:
        numbers = {result.message.message_id: result.message.number_id for result in results}
        await keep_unknown(connection, workspace_id, {id_: numbers[id_] for id_ in became_unknown}, now)
    failed = [message_id for message_id, (_, new) in changed.items() if new == State.FAILED]
    await facts_store.note_news(connection, workspace_id, failed)
    known_again = [message_id for message_id, (old, _) in changed.items() if old == State.UNKNOWN]
    if known_again:
        await forget_unknown(connection, workspace_id, known_again)


def _columns(results: Sequence[Result]) -> dict[str, Any]:
    messages = [result.message for result in results]
    return {
        "message_ids": [message.message_id for message in messages],
        "attempts": [message.attempt for message in messages],
        "states": [int(result.state) for result in results],
        "at": [result.at for result in results],
        "wamids": [result.wamid for result in results],
        "reasons": [result.reason for result in results],
        "details": [None if result.detail is None else Jsonb(result.detail) for result in results],
        "next_attempts": [_next_attempt(result) for result in results],
        "origin_kinds": [message.origin_kind for message in messages],
        "origin_ids": [message.origin_id for message in messages],
        "number_ids": [message.number_id for message in messages],
    }


def _next_attempt(result: Result) -> int:
    """Return the attempt that follows: a new one for whoever claims the message next.

    So a result that is written twice, because nobody heard that the first time succeeded, finds nothing of its own.
    """
    is_put_back = result.state == State.WAITING
    return min(result.message.attempt + is_put_back, _LARGEST_ATTEMPT)


def _returning(result: Result, now: datetime) -> lanes.Returning:
    message = result.message
    return lanes.Returning(
        message_id=message.message_id,
        lane_id=message.lane_id,
        attempt=_next_attempt(result),
        tries=message.tries + result.is_try_used,
        due_at=result.due_at or now,
        hold=result.hold,
        detail=result.detail,
    )


async def keep_unknown(connection: Connection, workspace_id: int, numbers: dict[UUID, int], now: datetime) -> None:
    """Start the clock of messages (with their numbers) of which nobody can tell whether Meta has them."""
    given = {"message_ids": list(numbers), "number_ids": list(numbers.values())}
    await connection.execute(SQL_KEEP_UNKNOWN, {"workspace_id": workspace_id, "now": now, **given})


async def forget_unknown(connection: Connection, workspace_id: int, message_ids: Sequence[UUID]) -> None:
    """Stop the clock of messages of which more is known now."""
    await connection.execute(SQL_FORGET_UNKNOWN, {"workspace_id": workspace_id, "message_ids": list(message_ids)})
