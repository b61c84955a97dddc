"""SQL of timers: set, dropped, taken when they are due. A row outlives every process; a lease covers calls to Meta."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.conversations.types import NewTimer, Timer, TimerKind

Connection = AsyncConnection[Any]

LEASE = timedelta(seconds=15)
_CALLS = frozenset({TimerKind.TYPING, TimerKind.UPLOAD})

# Index: conversations_timer_once. A conversation has one timer of a kind: the newer takes the older's place.
SQL_SET_TIMERS = """
INSERT INTO conversations_timer AS timer (workspace_id, conversation_id, kind, due_at, payload, is_call)
SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(conversation_ids)s::bigint[], %(kinds)s::text[],
    %(due_at)s::timestamptz[], %(payloads)s::jsonb[], %(are_calls)s::boolean[])
ON CONFLICT (conversation_id, kind) DO UPDATE
SET due_at = excluded.due_at, payload = excluded.payload, leased_until = NULL
"""


async def set_timers(connection: Connection, timers: Sequence[NewTimer]) -> None:
    """Set timers; each takes the place of an earlier one of its kind in its conversation."""
    unique = {(timer.conversation_id, timer.kind): timer for timer in timers}
    rows = [unique[key] for key in sorted(unique)]
    if not rows:
        return
    given = {
        "workspace_ids": [row.workspace_id for row in rows],
        "conversation_ids": [row.conversation_id for row in rows],
        "kinds": [row.kind.value for row in rows],
        "due_at": [row.due_at for row in rows],
        "payloads": [Jsonb(row.payload) for row in rows],
        "are_calls": [row.kind in _CALLS for row in rows],
    }
    await connection.execute(SQL_SET_TIMERS, given)


# Index: conversations_timer_once.
SQL_DROP_TIMERS = """
DELETE FROM conversations_timer
WHERE conversation_id = ANY (%(conversation_ids)s::bigint[]) AND kind = ANY (%(kinds)s::text[])
"""


async def drop_timers(connection: Connection, conversation_ids: Collection[int], kinds: Collection[TimerKind]) -> int:
    """Drop timers of these kinds and return how many there were."""
    if not conversation_ids:
        return 0
    given = {"conversation_ids": sorted(conversation_ids), "kinds": sorted(kinds)}
    return (await connection.execute(SQL_DROP_TIMERS, given)).rowcount


# Index: conversations_timer_due, the conversations' primary key. The conversation is locked with its timer; one that
# somebody else holds is taken by the next round.
SQL_TAKE_TIMERS = """
SELECT timer.id, timer.workspace_id, timer.conversation_id, timer.kind, timer.due_at, timer.payload
FROM conversations_timer AS timer
JOIN conversations_conversation AS thread ON thread.id = timer.conversation_id
WHERE NOT timer.is_call AND timer.due_at <= %(now)s
ORDER BY timer.due_at LIMIT %(limit)s
FOR NO KEY UPDATE OF timer, thread SKIP LOCKED
"""

# Index: the primary key.
SQL_DELETE_TIMERS = "DELETE FROM conversations_timer WHERE id = ANY (%(ids)s::bigint[])"


async def take_timers(connection: Connection, now: datetime, limit: int) -> list[Timer]:
    """Take timers that are due and need nothing but the database, the oldest first; their conversations are locked."""
    cursor = await connection.execute(SQL_TAKE_TIMERS, {"now": now, "limit": limit})
    timers = [_read(row) for row in await cursor.fetchall()]
    if timers:
        await connection.execute(SQL_DELETE_TIMERS, {"ids": [timer.id for timer in timers]})
    return timers


# Index: conversations_timer_once.
SQL_FIND_TIMERS = """
SELECT conversation_id, payload FROM conversations_timer
WHERE conversation_id = ANY (%(conversation_ids)s::bigint[]) AND kind = %(kind)s
"""


async def find_timers(
    connection: Connection, conversation_ids: Collection[int], kind: TimerKind
) -> dict[int, dict[str, Any]]:
    """Return what the timers of a kind keep, by conversation."""
    given = {"conversation_ids": sorted(conversation_ids), "kind": kind.value}
    cursor = await connection.execute(SQL_FIND_TIMERS, given)
    return dict(await cursor.fetchall())


# Index: conversations_timer_due. Where its words would have stood, the conversation says that nothing was sent.
SQL_SET_TIMER_ASIDE = """
WITH first AS (
    SELECT timer.id FROM conversations_timer AS timer
    JOIN conversations_conversation AS thread ON thread.id = timer.conversation_id
    WHERE NOT timer.is_call AND timer.due_at <= %(now)s
    ORDER BY timer.due_at LIMIT 1 FOR NO KEY UPDATE OF timer, thread SKIP LOCKED
), gone AS (
    DELETE FROM conversations_timer AS timer USING first WHERE timer.id = first.id
    RETURNING timer.workspace_id, timer.conversation_id
)
INSERT INTO conversations_line (workspace_id, conversation_id, kind, at, detail)
SELECT workspace_id, conversation_id, 'not_sent', %(now)s, jsonb_build_object('reason', 'fault') FROM gone
RETURNING conversation_id
"""


async def set_timer_aside(connection: Connection, now: datetime) -> int | None:
    """Remove the first timer that is due, because it cannot be done; return its conversation."""
    row = await (await connection.execute(SQL_SET_TIMER_ASIDE, {"now": now})).fetchone()
    return int(row[0]) if row else None


# A timer whose conversation is gone, or whose call could not be made for a day, is nobody's any more.
SQL_FORGET_TIMERS = "DELETE FROM conversations_timer WHERE due_at < %(before)s"


async def forget_timers(connection: Connection, before: datetime) -> int:
    """Remove timers that nobody took."""
    return (await connection.execute(SQL_FORGET_TIMERS, {"before": before})).rowcount


# Index: conversations_timer_due.
SQL_LEASE_CALLS = """
WITH due AS (
    SELECT timer.id FROM conversations_timer AS timer
    WHERE timer.is_call AND timer.due_at <= %(now)s AND (timer.leased_until IS NULL OR timer.leased_until <= %(now)s)
    ORDER BY timer.due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE conversations_timer AS timer SET leased_until = %(until)s FROM due WHERE timer.id = due.id
RETURNING timer.id, timer.workspace_id, timer.conversation_id, timer.kind, timer.due_at, timer.payload
"""


async def lease_calls(connection: Connection, now: datetime, limit: int) -> list[Timer]:
    """Return calls to Meta that are due, for this process alone while the lease lasts."""
    cursor = await connection.execute(SQL_LEASE_CALLS, {"now": now, "until": now + LEASE, "limit": limit})
    return [_read(row) for row in await cursor.fetchall()]


def _read(row: tuple[Any, ...]) -> Timer:
    timer_id, workspace_id, conversation_id, kind, due_at, payload = row
    return Timer(timer_id, workspace_id, conversation_id, TimerKind(kind), due_at, payload)


# Index: the primary key. A timer that was set anew meanwhile has no lease and stays.
SQL_FINISH_CALLS = "DELETE FROM conversations_timer WHERE id = ANY (%(ids)s::bigint[]) AND leased_until IS NOT NULL"


async def finish_calls(connection: Connection, ids: Collection[int]) -> None:
    """Remove calls that were made."""
    if ids:
        await connection.execute(SQL_FINISH_CALLS, {"ids": sorted(ids)})
