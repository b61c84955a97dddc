"""SQL of threads and sessions. Everybody locks threads in the order of (workspace, contact, number)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from switchboard.conversations.types import Heard, Thread

Connection = AsyncConnection[Any]
Key = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Noted:
    """The conversation that a message belongs to, and whether it began a session."""

    conversation_id: int
    is_new_session: bool


# Index: conversations_once, conversations_session_once. A burst or an album meets the same row; the session's own key
# tells whether this statement began it. The rule of sessions stands in rules.is_new_session as well.
SQL_NOTE_INBOUND = """
WITH put AS (
    INSERT INTO conversations_conversation AS thread (
        workspace_id, contact_id, number_id, state, answering, priority, session_number, session_started_at,
        last_inbound_at, last_inbound_id, is_collected, ladder_rung, ladder_attempts, negative_count, quick_count,
        same_count, last_text_hash, recent_answers, dialogue_session)
    SELECT workspace_id, contact_id, number_id, 'open', 'bot', 0, 1, first_at, last_at, last_id, false, 0, 0, 0, 0, 0,
        0, '{}', 1
    FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(number_ids)s::bigint[],
        %(first_at)s::timestamptz[], %(last_at)s::timestamptz[], %(last_ids)s::uuid[])
        AS given (workspace_id, contact_id, number_id, first_at, last_at, last_id)
    ORDER BY workspace_id, contact_id, number_id
    ON CONFLICT (workspace_id, contact_id, number_id) DO UPDATE SET
        state = 'open',
        session_number = thread.session_number + CASE
            WHEN excluded.session_started_at >= greatest(thread.last_inbound_at, thread.last_outbound_at) + interval '24 hours'
              OR (thread.state = 'resolved' AND excluded.session_started_at > greatest(thread.last_inbound_at, thread.last_outbound_at))
            THEN 1 ELSE 0 END,
        session_started_at = CASE
            WHEN excluded.session_started_at >= greatest(thread.last_inbound_at, thread.last_outbound_at) + interval '24 hours'
              OR (thread.state = 'resolved' AND excluded.session_started_at > greatest(thread.last_inbound_at, thread.last_outbound_at))
            THEN excluded.session_started_at ELSE thread.session_started_at END,
        quiet_since = CASE
            WHEN excluded.session_started_at >= greatest(thread.last_inbound_at, thread.last_outbound_at) + interval '24 hours'
              OR (thread.state = 'resolved' AND excluded.session_started_at > greatest(thread.last_inbound_at, thread.last_outbound_at))
            THEN thread.last_inbound_at ELSE thread.quiet_since END,
        last_inbound_id = CASE WHEN excluded.last_inbound_at >= thread.last_inbound_at
            THEN excluded.last_inbound_id ELSE thread.last_inbound_id END,
        last_inbound_at = greatest(thread.last_inbound_at, excluded.last_inbound_at)
    RETURNING id, workspace_id, contact_id, number_id, session_number, session_started_at
), opened AS (
    INSERT INTO conversations_session (workspace_id, conversation_id, number, started_at)
    SELECT workspace_id, id, session_number, session_started_at FROM put ORDER BY id
    ON CONFLICT (conversation_id, number) DO NOTHING
    RETURNING conversation_id
)
SELECT put.workspace_id, put.contact_id, put.number_id, put.id, opened.conversation_id IS NOT NULL
FROM put LEFT JOIN opened ON opened.conversation_id = put.id
"""


async def note_inbound(connection: Connection, heard: Sequence[Heard]) -> dict[Key, Noted]:
    """Note that people wrote, one entry a conversation; open conversations and sessions where none is."""
    if not heard:
        return {}
    ordered = sorted(heard, key=lambda one: (one.workspace_id, one.contact_id, one.number_id))
    given = {
        "workspace_ids": [one.workspace_id for one in ordered],
        "contact_ids": [one.contact_id for one in ordered],
        "number_ids": [one.number_id for one in ordered],
        "first_at": [one.first_at for one in ordered],
        "last_at": [one.last_at for one in ordered],
        "last_ids": [one.last_id for one in ordered],
    }
    cursor = await connection.execute(SQL_NOTE_INBOUND, given)
    return {
        (workspace_id, contact_id, number_id): Noted(conversation_id, is_new)
        for workspace_id, contact_id, number_id, conversation_id, is_new in await cursor.fetchall()
    }


# Index: conversations_once. Whoever is locked is left to the one who has the lock.
SQL_LOCK_THREADS = """
SELECT thread.id, thread.workspace_id, thread.contact_id, thread.number_id, thread.state, thread.answering,
    thread.priority, thread.assignee_id, thread.session_number, thread.session_started_at, thread.quiet_since,
    thread.last_inbound_at, thread.last_outbound_at, thread.waits_since, thread.is_collected, thread.handed_over_at,
    thread.hand_over, thread.announced_at, thread.ladder_rule_id, thread.ladder_rung, thread.ladder_attempts,
    thread.ladder_since, thread.ladder_expires_at, thread.negative_count, thread.quick_count, thread.same_count,
    thread.last_text_hash, thread.dialogue_session, thread.last_question_at, thread.recent_answers
FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(number_ids)s::bigint[])
    AS given (workspace_id, contact_id, number_id)
JOIN conversations_conversation AS thread ON thread.workspace_id = given.workspace_id
    AND thread.contact_id = given.contact_id AND thread.number_id = given.number_id
ORDER BY thread.workspace_id, thread.contact_id, thread.number_id
FOR NO KEY UPDATE OF thread SKIP LOCKED
"""


async def lock_threads(connection: Connection, keys: Collection[Key]) -> dict[Key, Thread]:
    """Lock conversations that nobody else holds and return them by workspace, contact and number."""
    ordered = sorted(keys)
    given = {
        "workspace_ids": [key[0] for key in ordered],
        "contact_ids": [key[1] for key in ordered],
        "number_ids": [key[2] for key in ordered],
    }
    async with connection.cursor(row_factory=class_row(Thread)) as cursor:
        await cursor.execute(SQL_LOCK_THREADS, given)
        return {thread.key: thread for thread in await cursor.fetchall()}


# Index: the primary key. Read once they are locked, with their timers.
SQL_READ_THREADS = """
SELECT thread.id, thread.workspace_id, thread.contact_id, thread.number_id, thread.state, thread.answering,
    thread.priority, thread.assignee_id, thread.session_number, thread.session_started_at, thread.quiet_since,
    thread.last_inbound_at, thread.last_outbound_at, thread.waits_since, thread.is_collected, thread.handed_over_at,
    thread.hand_over, thread.announced_at, thread.ladder_rule_id, thread.ladder_rung, thread.ladder_attempts,
    thread.ladder_since, thread.ladder_expires_at, thread.negative_count, thread.quick_count, thread.same_count,
    thread.last_text_hash, thread.dialogue_session, thread.last_question_at, thread.recent_answers
FROM conversations_conversation AS thread WHERE thread.id = ANY (%(ids)s::bigint[])
"""


async def read_threads(connection: Connection, ids: Collection[int]) -> dict[int, Thread]:
    """Return conversations that this transaction has locked."""
    async with connection.cursor(row_factory=class_row(Thread)) as cursor:
        await cursor.execute(SQL_READ_THREADS, {"ids": sorted(ids)})
        return {thread.id: thread for thread in await cursor.fetchall()}


# Index: the primary key. The rows are locked.
SQL_SAVE_THREADS = """
UPDATE conversations_conversation AS thread SET
    answering = given.answering, priority = given.priority, last_outbound_at = given.last_outbound_at,
    waits_since = given.waits_since, is_collected = given.is_collected, handed_over_at = given.handed_over_at,
    hand_over = given.hand_over, announced_at = given.announced_at, ladder_rule_id = given.ladder_rule_id,
    ladder_rung = given.ladder_rung, ladder_attempts = given.ladder_attempts, ladder_since = given.ladder_since,
    ladder_expires_at = given.ladder_expires_at, negative_count = given.negative_count,
    quick_count = given.quick_count, same_count = given.same_count, last_text_hash = given.last_text_hash,
    dialogue_session = given.dialogue_session, assignee_id = given.assignee_id,
    last_question_at = given.last_question_at,
    recent_answers = CASE WHEN given.recent_answers = '' THEN '{}'
        ELSE string_to_array(given.recent_answers, ',')::timestamptz[] END
FROM unnest(%(ids)s::bigint[], %(answering)s::text[], %(priorities)s::smallint[],
    %(last_outbound_at)s::timestamptz[], %(waits_since)s::timestamptz[], %(are_collected)s::boolean[],
    %(handed_over_at)s::timestamptz[], %(hand_overs)s::jsonb[], %(announced_at)s::timestamptz[],
    %(ladder_rule_ids)s::bigint[], %(ladder_rungs)s::smallint[], %(ladder_attempts)s::smallint[],
    %(ladder_since)s::timestamptz[], %(ladder_expires_at)s::timestamptz[], %(negative_counts)s::smallint[],
    %(quick_counts)s::smallint[], %(same_counts)s::smallint[], %(last_text_hashes)s::bigint[],
    %(dialogue_sessions)s::int[], %(assignee_ids)s::bigint[], %(last_question_at)s::timestamptz[], %(recent_answers)s::text[])
    AS given (id, answering, priority, last_outbound_at, waits_since, is_collected, handed_over_at, hand_over,
        announced_at, ladder_rule_id, ladder_rung, ladder_attempts, ladder_since, ladder_expires_at, negative_count,
        quick_count, same_count, last_text_hash, dialogue_session, assignee_id, last_question_at,
        recent_answers)
WHERE thread.id = given.id AND thread.id = ANY (%(ids)s::bigint[])
"""


async def save_threads(connection: Connection, threads: Collection[Thread]) -> None:
    """Write back what a worker has changed in conversations that it holds."""
    if not threads:
        return
    rows = sorted(threads, key=lambda thread: thread.key)
    given = {
        "ids": [row.id for row in rows],
        "answering": [str(row.answering) for row in rows],
        "priorities": [int(row.priority) for row in rows],
        "last_outbound_at": [row.last_outbound_at for row in rows],
        "waits_since": [row.waits_since for row in rows],
        "are_collected": [row.is_collected for row in rows],
        "handed_over_at": [row.handed_over_at for row in rows],
        "hand_overs": [None if row.hand_over is None else Jsonb(row.hand_over) for row in rows],
        "announced_at": [row.announced_at for row in rows],
        "ladder_rule_ids": [row.ladder_rule_id for row in rows],
        "ladder_rungs": [row.ladder_rung for row in rows],
        "ladder_attempts": [row.ladder_attempts for row in rows],
        "ladder_since": [row.ladder_since for row in rows],
        "ladder_expires_at": [row.ladder_expires_at for row in rows],
        "negative_counts": [row.negative_count for row in rows],
        "quick_counts": [row.quick_count for row in rows],
        "same_counts": [row.same_count for row in rows],
        "last_text_hashes": [row.last_text_hash for row in rows],
        "dialogue_sessions": [row.dialogue_session for row in rows],
        "last_question_at": [row.last_question_at for row in rows],
        "assignee_ids": [row.assignee_id for row in rows],
        # Arrays of different lengths are no matrix, so each travels as a text.
        "recent_answers": [",".join(moment.isoformat() for moment in row.recent_answers) for row in rows],
    }
    await connection.execute(SQL_SAVE_THREADS, given)


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Business hours as they are stored; number 0 is the whole workspace."""

    number_id: int
    zone: str
    week: dict[str, str]
    days_off: list[date]


# Index: conversations_hours_once.
SQL_LIST_HOURS = (
    "SELECT number_id, zone, week, days_off FROM conversations_businesshours WHERE workspace_id = %(workspace_id)s"
)


async def list_hours(connection: Connection, workspace_id: int) -> list[HoursRow]:
    """Return the business hours of a workspace and of its numbers."""
    async with connection.cursor(row_factory=class_row(HoursRow)) as cursor:
        await cursor.execute(SQL_LIST_HOURS, {"workspace_id": workspace_id})
        return await cursor.fetchall()
