"""Statuses from Meta: messages move forward, in whatever order the news arrives."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.cloudapi import errors
from switchboard.consent import store as consent_store
from switchboard.delivery.rules import forward
from switchboard.delivery.store import locking, reach, stops, unknown
from switchboard.delivery.store.joining import joined_at_once
from switchboard.delivery.store.results import forget_unknown
from switchboard.delivery.store.tallies import topics
from switchboard.delivery.types import State, StatusUpdate

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch of statuses did: live topics by workspace, and whose messages they were about."""

    topics: dict[int, set[str]]
    contacts: dict[UUID, int]


class _Facts(NamedTuple):
    """What was written once with the message."""

    origin_kind: str
    origin_id: int
    number_id: int
    contact_id: int
    template_id: int | None


@dataclass(frozen=True, slots=True)
class _Move:
    """What the news of one message made of its row."""

    old: forward.Standing
    new: forward.Standing
    news: forward.News
    facts: _Facts
    is_why: bool


# Index: the primary key of messages. By itself and prepared: there is nothing in it that a plan could get wrong.
SQL_FACTS = """
SELECT id, origin_kind, origin_id, number_id, contact_id, template_id FROM delivery_message
WHERE id = ANY(%(message_ids)b::uuid[]) AND workspace_id = %(workspace_id)s
"""

# The rows are locked and were read under that lock, so what is written was decided in Python (rules/forward.py): 1,000
# rows take 10 ms like this, and took 45 when one statement read, decided, wrote and counted.
# Index: the primary key of deliveries.
SQL_APPLY = """
UPDATE delivery_delivery AS delivery SET state = given.state, reason = given.reason,
    detail = CASE WHEN given.is_why THEN given.detail WHEN given.state = 40 THEN delivery.detail END,
    wamid = given.wamid, accepted_at = given.accepted_at, sent_at = given.sent_at, delivered_at = given.delivered_at,
    read_at = given.read_at, failed_at = given.failed_at
FROM unnest(%(message_ids)b::uuid[], %(states)b::smallint[], %(reasons)b::text[], %(are_why)b::boolean[],
        %(details)s::jsonb[], %(wamids)b::text[], %(accepted_at)b::timestamptz[], %(sent_at)b::timestamptz[],
        %(delivered_at)b::timestamptz[], %(read_at)b::timestamptz[], %(failed_at)b::timestamptz[])
    AS given (message_id, state, reason, is_why, detail, wamid, accepted_at, sent_at, delivered_at, read_at, failed_at)
WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
    AND delivery.message_id = ANY(%(message_ids)b::uuid[])
"""

SQL_COUNT = """
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
SELECT %(workspace_id)s, given.*, date_trunc('minute', %(now)s::timestamptz)
FROM unnest(%(origin_kinds)s::text[], %(origin_ids)s::bigint[], %(number_ids)s::bigint[], %(measures)s::text[],
    %(reasons)s::text[], %(amounts)s::integer[]) AS given
"""


async def record_statuses(connection: Connection, updates: Iterable[StatusUpdate], now: datetime) -> Recorded:
    """Apply statuses in the caller's transaction.

    States only move forward; what the tallies gain is exactly what the rows gained.
    """
    by_workspace: dict[int, dict[UUID, forward.News]] = defaultdict(dict)
    for update in updates:
        messages = by_workspace[update.workspace_id]
        news = messages.get(update.message_id)
        if news is None:
            news = messages[update.message_id] = forward.News(update.message_id)
        news.add(update)
    recorded = Recorded({}, {})
    for workspace_id, messages in sorted(by_workspace.items()):
        moves = await _apply(connection, workspace_id, messages, now)
        recorded.topics[workspace_id] = await _conclude(connection, workspace_id, moves, now)
        recorded.contacts.update((move.new.message_id, move.facts.contact_id) for move in moves)
    return recorded


async def _apply(
    connection: Connection, workspace_id: int, news: dict[UUID, forward.News], now: datetime
) -> list[_Move]:
    """Move the rows that the news are about, and count what they gained; return all that are ours."""
    standings = await locking.lock_standings(connection, workspace_id, list(news))
    cursor = connection.cursor(binary=True)
    given = {"workspace_id": workspace_id, "message_ids": [old.message_id for old in standings]}
    await cursor.execute(SQL_FACTS, given)
    facts = {message_id: _Facts(*rest) for message_id, *rest in await cursor.fetchall()}
    moves = []
    for old in standings:
        if old.state != State.SKIPPED and old.message_id in facts:
            told = news[old.message_id]
            new, is_why = forward.move(old, told)
            moves.append(_Move(old, new, told, facts[old.message_id], is_why))
    changed = [move for move in moves if move.new != move.old]
    if changed:
        async with connection.pipeline():
            async with joined_at_once(connection):
                await connection.execute(SQL_APPLY, {"workspace_id": workspace_id, **_columns(changed)}, prepare=False)
            await _count(connection, workspace_id, changed, now)
    return moves


async def _count(connection: Connection, workspace_id: int, moves: Sequence[_Move], now: datetime) -> None:
    amounts: Counter[tuple[Any, ...]] = Counter()
    for move in moves:
        facts = move.facts
        for measure, reason, amount in forward.count(move.old, move.new):
            amounts[facts.origin_kind, facts.origin_id, facts.number_id, measure, reason] += amount
    rows = sorted((*key, amount) for key, amount in amounts.items() if amount)
    if rows:
        names = ("origin_kinds", "origin_ids", "number_ids", "measures", "reasons", "amounts")
        given = {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
        await connection.execute(SQL_COUNT, {"workspace_id": workspace_id, "now": now, **given})


async def _conclude(connection: Connection, workspace_id: int, moves: Sequence[_Move], now: datetime) -> set[str]:
    """Draw what follows from the moves for clocks, numbers, templates and people; return the live topics."""
    settled = [move.new.message_id for move in moves if move.old.state == State.UNKNOWN != move.new.state]
    if settled:
        await forget_unknown(connection, workspace_id, settled)
    await unknown.hear(connection, workspace_id, _latest_by_number(moves), now)
    failures = [
        move for move in moves if move.new.state == State.FAILED != move.old.state and move.news.failed_at is not None
    ]
    for move in failures:
        await _follow(connection, workspace_id, move, now)
    await reach.note_undeliverable(connection, workspace_id, _list_unreachable(failures), now)
    arrived = [move.facts.contact_id for move in moves if move.new.state >= State.DELIVERED > move.old.state]
    await reach.note_delivered(connection, workspace_id, arrived)
    return topics({(move.facts.origin_kind, move.facts.origin_id) for move in moves}) | {
        f"number:{number_id}" for number_id in {move.facts.number_id for move in moves}
    }


def _latest_by_number(moves: Iterable[_Move]) -> dict[int, datetime]:
    """Return when each number's latest message among these was accepted."""
    latest: dict[int, datetime] = {}
    for move in moves:
        accepted_at, number_id = move.new.accepted_at, move.facts.number_id
        if accepted_at is not None and (number_id not in latest or latest[number_id] < accepted_at):
            latest[number_id] = accepted_at
    return latest


def _list_unreachable(failures: Iterable[_Move]) -> list[int]:
    """Return the people whom Meta could not deliver to, once for each message."""
    codes = ((move.news.error_code, move.facts.contact_id) for move in failures)
    return [
        contact_id
        for code, contact_id in codes
        if code is not None and errors.outcome_of(code).action is errors.Action.UNREACHABLE
    ]


async def _follow(connection: Connection, workspace_id: int, move: _Move, now: datetime) -> None:
    """Draw the consequences of a failure for the number, the template, the account or the person."""
    code, facts = move.news.error_code, move.facts
    if code is None:
        return
    outcome = errors.outcome_of(code)
    reason = stops.Reason(code, outcome.sentence, move.news.error_detail)
    if outcome.action == errors.Action.STOP_NUMBER:
        await stops.stop_number(connection, workspace_id, facts.number_id, reason, now)
    elif outcome.action == errors.Action.STOP_ACCOUNT:
        await stops.stop_account_of(connection, workspace_id, facts.number_id, reason, now)
    elif outcome.action == errors.Action.STOP_TEMPLATE and facts.template_id is not None:
        await stops.stop_template(connection, workspace_id, facts.template_id, reason, now)
    elif outcome.action == errors.Action.OPT_OUT:
        withdrawal = consent_store.Wish(
            workspace_id=workspace_id,
            contact_id=facts.contact_id,
            event_key=f"status:{move.news.wamid}:{code}",
            at=now,
            source="whatsapp",
            wording=outcome.sentence,
            evidence={"message_id": str(move.new.message_id), "code": code},
            actor="meta",
        )
        await consent_store.withdraw(connection, [withdrawal])


def _columns(moves: Sequence[_Move]) -> dict[str, Any]:
    return {
        "message_ids": [move.new.message_id for move in moves],
        "states": [move.new.state for move in moves],
        "reasons": [move.new.reason for move in moves],
        "are_why": [move.is_why for move in moves],
        "details": [Jsonb({"details": move.news.error_detail}) if move.is_why else None for move in moves],
        "wamids": [move.new.wamid for move in moves],
        "accepted_at": [move.new.accepted_at for move in moves],
        "sent_at": [move.new.sent_at for move in moves],
        "delivered_at": [move.new.delivered_at for move in moves],
        "read_at": [move.new.read_at for move in moves],
        "failed_at": [move.new.failed_at for move in moves],
    }
