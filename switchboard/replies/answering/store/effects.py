"""Messages that wait for a decision, what is known of them, and what was decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from switchboard.core import ids

Connection = AsyncConnection[Any]

ANSWER = "answer"

# The primary key: what a message brings about is unique. Nothing but this is added to the applier's transaction.
SQL_INSERT_EFFECTS = """
INSERT INTO replies_effect (message_id, effect, workspace_id, sequence)
SELECT message_id, %(effect)s, workspace_id, sequence
FROM unnest(%(message_ids)s::uuid[], %(workspace_ids)s::bigint[], %(sequences)s::bigint[])
    AS given (message_id, workspace_id, sequence)
ON CONFLICT (message_id, effect) DO NOTHING
"""
SQL_NOTIFY_EFFECTS = "SELECT pg_notify('switchboard_answers', '')"


async def insert_effects(connection: Connection, messages: Sequence[tuple[UUID, int, int]]) -> None:
    """Have messages decided on: (message, workspace, sequence); the workers hear of it when this commits."""
    if not messages:
        return
    given = {
        "effect": ANSWER,
        "message_ids": [message_id for message_id, _, _ in messages],
        "workspace_ids": [workspace_id for _, workspace_id, _ in messages],
        "sequences": [sequence for _, _, sequence in messages],
    }
    await connection.execute(SQL_INSERT_EFFECTS, given)
    await connection.execute(SQL_NOTIFY_EFFECTS)


# Index: replies_effect_order. One worker at a time decides in a workspace, so that a person's later message never
# overtakes an earlier one.
SQL_TAKE_EFFECTS = """
SELECT message_id FROM replies_effect
WHERE effect = %(effect)s
  AND pg_try_advisory_xact_lock(hashtextextended('switchboard.answers', workspace_id))
ORDER BY sequence LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""


async def take_effects(connection: Connection, limit: int) -> list[UUID]:
    """Lock messages that nobody has decided on, in the order in which they came."""
    cursor = await connection.execute(SQL_TAKE_EFFECTS, {"effect": ANSWER, "limit": limit})
    return [message_id for (message_id,) in await cursor.fetchall()]


# Index: replies_effect_pkey.
SQL_DELETE_EFFECTS = (
    "DELETE FROM replies_effect WHERE message_id = ANY (%(message_ids)s::uuid[]) AND effect = %(effect)s"
)


async def delete_effects(connection: Connection, message_ids: Collection[UUID]) -> None:
    """Let go of messages that have been decided on."""
    if message_ids:
        await connection.execute(SQL_DELETE_EFFECTS, {"message_ids": list(message_ids), "effect": ANSWER})


# Index: replies_effect_order.
SQL_SET_EFFECT_ASIDE = """
DELETE FROM replies_effect WHERE (message_id, effect) IN (
    SELECT message_id, effect FROM replies_effect WHERE effect = %(effect)s
    ORDER BY sequence LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING message_id
"""


async def set_effect_aside(connection: Connection) -> UUID | None:
    """Let go of the first message that waits, because it cannot be decided on; return which it was."""
    row = await (await connection.execute(SQL_SET_EFFECT_ASIDE, {"effect": ANSWER})).fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A message with what is known of its writer."""

    id: UUID
    workspace_id: int
    number_id: int
    contact_id: int
    wamid: str
    kind: str
    text: str
    body: dict[str, Any]
    sent_at: datetime
    received_at: datetime
    is_opt_out: bool
    inbound_count: int
    has_others: bool
    opted_out_at: datetime | None
    is_repeated_wish: bool
    came_back: bool
    thread_id: int | None
    name: str | None
    language: str | None
    country: str | None
    tags: list[int] | None


# Index: each month's primary key, conversations_once, primary keys, consent_entry_event_once; for a wish to stop also
# consent_entry_by_contact: Meta's seconds do not tell two of one second apart, the order of the ledger does.
SQL_READ_QUESTIONS = """
SELECT message.id, message.workspace_id, message.number_id, message.contact_id, message.wamid, message.kind,
    message.text, message.body, message.sent_at, message.received_at, message.is_opt_out,
    coalesce(activity.inbound_count, 0) AS inbound_count,
    EXISTS (SELECT FROM conversations_conversation AS other
        WHERE other.workspace_id = message.workspace_id AND other.contact_id = message.contact_id
          AND other.number_id <> message.number_id) AS has_others,
    standing.opted_out_at, message.is_opt_out AND EXISTS (
        SELECT FROM consent_entry AS own JOIN consent_entry AS earlier
            ON earlier.workspace_id = own.workspace_id AND earlier.contact_id = own.contact_id
        WHERE own.workspace_id = message.workspace_id AND own.event_key = message.wamid AND earlier.id < own.id
          AND earlier.kind = 'withdraw' AND earlier.at = standing.opted_out_at) AS is_repeated_wish,
    EXISTS (SELECT FROM consent_entry AS own WHERE own.workspace_id = message.workspace_id
        AND own.event_key = message.wamid AND own.kind = 'grant') AS came_back,
    thread.id AS thread_id, contact.name, contact.language, contact.country,
    contact.tags
FROM replies_inboundmessage AS message
LEFT JOIN conversations_conversation AS thread ON thread.workspace_id = message.workspace_id
    AND thread.contact_id = message.contact_id AND thread.number_id = message.number_id
LEFT JOIN contacts_contact AS contact ON contact.id = message.contact_id AND contact.workspace_id = message.workspace_id
LEFT JOIN contacts_activity AS activity ON activity.contact_id = message.contact_id
LEFT JOIN consent_standing AS standing ON standing.contact_id = message.contact_id
    AND standing.workspace_id = message.workspace_id
WHERE message.id = ANY (%(message_ids)s::uuid[])
ORDER BY message.sent_at, message.sequence
"""


async def read_questions(connection: Connection, message_ids: Collection[UUID]) -> list[QuestionRow]:
    """Return messages with their writers, in the order in which each person wrote them."""
    async with connection.cursor(row_factory=class_row(QuestionRow), binary=True) as cursor:
        await cursor.execute(SQL_READ_QUESTIONS, {"message_ids": list(message_ids)})
        return await cursor.fetchall()


# Index: replies_inbound_by_contact, of the months since `oldest`; asked only for messages that do not tell their language.
# "Between" two that are one, so that the order is that index's alone: by the other one, a workspace's newest messages
# would be gone through for somebody's only one.
SQL_LIST_EARLIER_TEXTS = """
SELECT asked.message_id, earlier.text
FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(message_ids)s::uuid[])
    AS asked (workspace_id, contact_id, message_id)
CROSS JOIN LATERAL (
    SELECT message.text, message.id FROM replies_inboundmessage AS message
    WHERE message.workspace_id = asked.workspace_id
      AND message.contact_id BETWEEN asked.contact_id AND asked.contact_id
      AND message.id < asked.message_id AND message.id >= %(oldest)s::uuid AND message.kind = 'text'
    ORDER BY message.contact_id, message.id DESC LIMIT %(most)s
) AS earlier
ORDER BY asked.message_id, earlier.id DESC
"""
_EARLIER_TEXTS = 5
_EARLIER_WITHIN = timedelta(days=30)


async def list_earlier_texts(connection: Connection, rows: Sequence[QuestionRow]) -> dict[UUID, tuple[str, ...]]:
    """Return by message what its writer wrote before it, the latest first; what a button says is not their own."""
    given = {
        "workspace_ids": [row.workspace_id for row in rows],
        "contact_ids": [row.contact_id for row in rows],
        "message_ids": [row.id for row in rows],
        "oldest": ids.lowest_id(min(row.sent_at for row in rows) - _EARLIER_WITHIN),
        "most": _EARLIER_TEXTS,
    }
    found: dict[UUID, tuple[str, ...]] = {}
    cursor = await connection.execute(SQL_LIST_EARLIER_TEXTS, given)
    for message_id, text in await cursor.fetchall():
        found[message_id] = (*found.get(message_id, ()), text)
    return found


# Index: conversations_once.
SQL_COUNT_ELSEWHERE = """
SELECT thread.workspace_id, thread.contact_id, thread.number_id, moment
FROM conversations_conversation AS thread CROSS JOIN LATERAL unnest(thread.recent_answers) AS moment
WHERE (thread.workspace_id, thread.contact_id) IN (
    SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[]))
  AND moment > %(since)s
"""


async def list_recent_answers(
    connection: Connection, people: Collection[tuple[int, int]], since: datetime
) -> dict[tuple[int, int], list[int]]:
    """Return by (workspace, contact) the number of each automatic answer begun since a moment."""
    ordered = sorted(people)
    given = {
        "workspace_ids": [workspace_id for workspace_id, _ in ordered],
        "contact_ids": [contact_id for _, contact_id in ordered],
        "since": since,
    }
    found: dict[tuple[int, int], list[int]] = {}
    cursor = await connection.execute(SQL_COUNT_ELSEWHERE, given)
    for workspace_id, contact_id, number_id, _moment in await cursor.fetchall():
        found.setdefault((workspace_id, contact_id), []).append(number_id)
    return found


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What was decided of one message."""

    message_id: UUID
    workspace_id: int
    conversation_id: int
    number_id: int
    at: datetime
    outcome: str
    rule_id: int | None = None
    rung: int = 0
    version: int = 0
    keyword: str = ""
    view: str = ""
    distance: int = 0
    feeling: str = ""
    due_at: datetime | None = None


# Index: each month's primary key: a message is decided on once, for ever.
SQL_INSERT_DECISIONS = """
INSERT INTO replies_decision (message_id, workspace_id, conversation_id, number_id, at, outcome, rule_id, rung, version,
    keyword, view, distance, feeling, due_at)
SELECT * FROM unnest(%(message_ids)s::uuid[], %(workspace_ids)s::bigint[], %(conversation_ids)s::bigint[],
    %(number_ids)s::bigint[], %(at)s::timestamptz[], %(outcomes)s::text[], %(rule_ids)s::bigint[],
    %(rungs)s::smallint[], %(versions)s::int[], %(keywords)s::text[], %(views)s::text[], %(distances)s::smallint[],
    %(feelings)s::text[], %(due_at)s::timestamptz[])
ON CONFLICT (message_id) DO NOTHING
"""


async def insert_decisions(connection: Connection, decisions: Sequence[NewDecision]) -> None:
    """Write down what was decided."""
    if not decisions:
        return
    given = {
        "message_ids": [one.message_id for one in decisions],
        "workspace_ids": [one.workspace_id for one in decisions],
        "conversation_ids": [one.conversation_id for one in decisions],
        "number_ids": [one.number_id for one in decisions],
        "at": [one.at for one in decisions],
        "outcomes": [one.outcome for one in decisions],
        "rule_ids": [one.rule_id for one in decisions],
        "rungs": [one.rung for one in decisions],
        "versions": [one.version for one in decisions],
        "keywords": [one.keyword[:256] for one in decisions],
        "views": [one.view for one in decisions],
        "distances": [min(one.distance, 30_000) for one in decisions],
        "feelings": [one.feeling for one in decisions],
        "due_at": [one.due_at for one in decisions],
    }
    await connection.execute(SQL_INSERT_DECISIONS, given)


# Index: each month's primary key.
SQL_FIND_DECIDED = "SELECT message_id FROM replies_decision WHERE message_id = ANY (%(message_ids)s::uuid[])"


async def find_decided(connection: Connection, message_ids: Collection[UUID]) -> set[UUID]:
    """Return those messages that have been decided on."""
    cursor = await connection.execute(SQL_FIND_DECIDED, {"message_ids": list(message_ids)})
    return {message_id for (message_id,) in await cursor.fetchall()}
