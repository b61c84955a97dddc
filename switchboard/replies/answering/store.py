"""SQL of answering: which messages wait for a decision, what is known of people, what was decided and said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

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
    thread_id: int | None
    name: str | None
    language: str | None
    country: str | None
    tags: list[int] | None


# Index: each month's primary key, conversations_once, primary keys.
SQL_READ_QUESTIONS = """
SELECT message.id, message.workspace_id, message.number_id, message.contact_id, message.wamid, message.kind,
    message.text, message.body, message.sent_at, message.received_at, message.is_opt_out,
    coalesce(activity.inbound_count, 0) AS inbound_count,
    EXISTS (SELECT FROM conversations_conversation AS other
        WHERE other.workspace_id = message.workspace_id AND other.contact_id = message.contact_id
          AND other.number_id <> message.number_id) AS has_others,
    standing.opted_out_at, thread.id AS thread_id, contact.name, contact.language, contact.country,
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


# ── what an answer is written with ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A conversation's person and number, as an answer needs them."""

    thread_id: int
    contact_id: int
    name: str
    phone: str | None
    user_id: str | None
    email: str
    language: str
    country: str
    zones: str
    fields: dict[str, Any]
    tags: list[int]
    last_order_at: datetime | None
    # When they last wrote to any of our numbers before this session.
    quiet_since: datetime | None
    # Of the window that the person's last message opened.
    opened_at: datetime | None
    number_meta_id: str
    number_name: str
    account_id: int


# Index: primary keys, conversations_once, contacts_identity's by contact.
SQL_READ_PEOPLE = """
SELECT thread.id AS thread_id, contact.id AS contact_id, contact.name, contact.phone, known.value AS user_id,
    contact.email, contact.language, contact.country, contact.zones, contact.fields, contact.tags, activity.last_order_at,
    greatest(thread.quiet_since, elsewhere.quiet_since) AS quiet_since, service.opened_at,
    number.meta_id AS number_meta_id, coalesce(nullif(number.label, ''), nullif(number.verified_name, ''), number.phone)
        AS number_name, number.account_id
FROM conversations_conversation AS thread
JOIN contacts_contact AS contact ON contact.id = thread.contact_id AND contact.workspace_id = thread.workspace_id
JOIN numbers_number AS number ON number.id = thread.number_id
JOIN numbers_account AS account ON account.id = number.account_id
LEFT JOIN contacts_activity AS activity ON activity.contact_id = contact.id
LEFT JOIN LATERAL (
    -- The interval keeps the planner from looking for the latest of the whole workspace.
    SELECT max(other.last_inbound_at + interval '0') AS quiet_since FROM conversations_conversation AS other
    WHERE other.workspace_id = thread.workspace_id AND other.contact_id = thread.contact_id
      AND other.id <> thread.id) AS elsewhere ON true
LEFT JOIN delivery_window AS service ON service.workspace_id = thread.workspace_id
    AND service.contact_id = thread.contact_id AND service.number_id = thread.number_id
LEFT JOIN LATERAL (
    SELECT max(identity.value || '') AS value FROM contacts_identity AS identity
    WHERE identity.contact_id = contact.id AND identity.kind = 'user_id' AND contact.phone IS NULL
      AND identity.portfolio_id = account.portfolio_id) AS known ON true
WHERE thread.id = ANY (%(thread_ids)s::bigint[])
"""


async def read_people(connection: Connection, thread_ids: Collection[int]) -> dict[int, PersonRow]:
    """Return the people behind conversations; one that was erased is missing."""
    async with connection.cursor(row_factory=class_row(PersonRow), binary=True) as cursor:
        await cursor.execute(SQL_READ_PEOPLE, {"thread_ids": sorted(thread_ids)})
        return {row.thread_id: row for row in await cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a message of ours is."""

    state: int | None
    delivered_at: datetime | None
    read_at: datetime | None


# Index: the primary key of the delivery rows.
SQL_READ_PROGRESS = """
SELECT message_id, state, delivered_at, read_at FROM delivery_delivery WHERE message_id = ANY (%(message_ids)s::uuid[])
"""


async def read_progress(connection: Connection, message_ids: Collection[UUID]) -> dict[UUID, Progress]:
    """Return how far messages are; one that has not been claimed yet is missing."""
    cursor = await connection.execute(SQL_READ_PROGRESS, {"message_ids": list(message_ids)})
    return {row[0]: Progress(*row[1:]) for row in await cursor.fetchall()}


# Index: delivery_message_by_contact, then primary keys; the newest 20 of a person.
SQL_HAS_RECEIPTS = """
SELECT bool_or(latest.read_at IS NOT NULL),
    bool_or(latest.read_at IS NULL AND latest.replied_at IS NOT NULL), count(latest.delivered_at)
FROM (
    SELECT delivery.read_at, delivery.replied_at, delivery.delivered_at
    FROM delivery_message AS message JOIN delivery_delivery AS delivery ON delivery.message_id = message.id
    WHERE message.workspace_id = %(workspace_id)s AND message.contact_id = %(contact_id)s
    ORDER BY message.id DESC LIMIT 20) AS latest
"""
_ENOUGH_UNREAD = 5


async def sends_receipts(connection: Connection, workspace_id: int, contact_id: int) -> bool:
    """Tell whether a person lets us know what they read: not when they answer, or get a lot, without ever reading."""
    cursor = await connection.execute(SQL_HAS_RECEIPTS, {"workspace_id": workspace_id, "contact_id": contact_id})
    row = await cursor.fetchone()
    if row is None or row[0]:
        return True
    return not row[1] and row[2] < _ENOUGH_UNREAD


# Index: templates_template_once.
SQL_FIND_TEMPLATE = """
SELECT id, language, category, components, parameter_format FROM templates_template
WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s AND name = %(name)s AND state = 'approved'
ORDER BY language
"""


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """An approved template in one language."""

    id: int
    language: str
    category: str
    components: list[dict[str, Any]]
    parameter_format: str


async def list_templates(connection: Connection, workspace_id: int, account_id: int, name: str) -> list[TemplateRow]:
    """Return an approved template of an account in all its languages."""
    async with connection.cursor(row_factory=class_row(TemplateRow)) as cursor:
        given = {"workspace_id": workspace_id, "account_id": account_id, "name": name}
        await cursor.execute(SQL_FIND_TEMPLATE, given)
        return await cursor.fetchall()


# Index: templates_upload_once.
SQL_FIND_UPLOAD = """
SELECT media_id FROM templates_upload
WHERE workspace_id = %(workspace_id)s AND asset_id = %(asset_id)s AND number_id = %(number_id)s
  AND expires_at > %(now)s
"""


async def find_upload(
    connection: Connection, workspace_id: int, asset_id: int, number_id: int, now: datetime
) -> str | None:
    """Return the id under which Meta has a file for a number."""
    given = {"workspace_id": workspace_id, "asset_id": asset_id, "number_id": number_id, "now": now}
    row = await (await connection.execute(SQL_FIND_UPLOAD, given)).fetchone()
    return str(row[0]) if row else None


# ── what an answer does besides ──────────────────────────────────────────────────────────────────

# Index: the contacts' primary key. Locked before anything else of theirs is changed; whoever is busy is left for later.
SQL_LOCK_CONTACTS = """
SELECT id FROM contacts_contact WHERE id = ANY (%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""


async def lock_contacts(connection: Connection, ids: Collection[int]) -> set[int]:
    """Lock people whom nobody else holds and return them."""
    cursor = await connection.execute(SQL_LOCK_CONTACTS, {"ids": sorted(ids)})
    return {contact_id for (contact_id,) in await cursor.fetchall()}


# Index: the contacts' primary key.
SQL_CHANGE_TAGS = """
UPDATE contacts_contact SET updated_at = %(now)s, tags = CASE
    WHEN %(is_added)s AND NOT tags @> ARRAY[%(tag_id)s::bigint] THEN array_append(tags, %(tag_id)s::bigint)
    WHEN %(is_added)s THEN tags ELSE array_remove(tags, %(tag_id)s::bigint) END
WHERE id = %(contact_id)s AND workspace_id = %(workspace_id)s
  AND EXISTS (SELECT FROM contacts_tag WHERE id = %(tag_id)s AND workspace_id = %(workspace_id)s)
"""


async def change_tags(
    connection: Connection, *, workspace_id: int, contact_id: int, tag_id: int, is_added: bool, now: datetime
) -> None:
    """Give a person a tag, or take it away."""
    given = {"workspace_id": workspace_id, "contact_id": contact_id, "tag_id": tag_id, "is_added": is_added, "now": now}
    await connection.execute(SQL_CHANGE_TAGS, given)


# Index: the contacts' primary key.
SQL_SET_FIELD = """
UPDATE contacts_contact SET updated_at = %(now)s, fields = fields || jsonb_build_object(%(key)s::text, %(value)s::text)
WHERE id = %(contact_id)s AND workspace_id = %(workspace_id)s
"""


async def set_field(
    connection: Connection, *, workspace_id: int, contact_id: int, key: str, value: str, now: datetime
) -> None:
    """Write a field of a person."""
    given = {"workspace_id": workspace_id, "contact_id": contact_id, "key": key, "value": value, "now": now}
    await connection.execute(SQL_SET_FIELD, given)


# Index: replies_coupon_one_each.
SQL_FIND_COUPON = """
SELECT coupon.code FROM replies_coupon AS coupon JOIN replies_couponpool AS pool ON pool.id = coupon.pool_id
WHERE pool.workspace_id = %(workspace_id)s AND pool.name = %(pool)s AND coupon.contact_id = %(contact_id)s
"""
# Two answers to one person at the same moment take turns, so that both get the same code.
SQL_GUARD_COUPON = "SELECT pg_advisory_xact_lock(hashtextextended('switchboard.coupon', %(contact_id)s))"
# Index: replies_coupon_free. Two people at the same moment get two codes: each steps over what the other holds.
SQL_TAKE_COUPON = """
UPDATE replies_coupon SET contact_id = %(contact_id)s, taken_at = %(now)s
WHERE id = (
    SELECT coupon.id FROM replies_coupon AS coupon JOIN replies_couponpool AS pool ON pool.id = coupon.pool_id
    WHERE pool.workspace_id = %(workspace_id)s AND pool.name = %(pool)s
      AND coupon.contact_id IS NULL AND coupon.taken_at IS NULL
    ORDER BY coupon.pool_id, coupon.id LIMIT 1 FOR UPDATE OF coupon SKIP LOCKED)
RETURNING code
"""


async def take_coupon(
    connection: Connection, *, workspace_id: int, pool: str, contact_id: int, now: datetime
) -> str | None:
    """Return a person's code from a pool: the one they have already, else a free one; None when there is none left."""
    given = {"workspace_id": workspace_id, "pool": pool, "contact_id": contact_id, "now": now}
    await connection.execute(SQL_GUARD_COUPON, {"contact_id": contact_id})
    row = await (await connection.execute(SQL_FIND_COUPON, given)).fetchone()
    if row is None:
        row = await (await connection.execute(SQL_TAKE_COUPON, given)).fetchone()
    return str(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """A rung that was said."""

    workspace_id: int
    conversation_id: int
    rule_id: int
    rung: int
    version: int
    message_id: UUID
    kind: str
    asked_at: datetime
    at: datetime
    parts: int
    first_message_id: UUID | None


SQL_INSERT_ANSWERS = """
INSERT INTO replies_answer (workspace_id, conversation_id, rule_id, rung, version, message_id, kind, asked_at, at, parts,
    first_message_id)
SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(conversation_ids)s::bigint[], %(rule_ids)s::bigint[],
    %(rungs)s::smallint[], %(versions)s::int[], %(message_ids)s::uuid[], %(kinds)s::text[],
    %(asked_at)s::timestamptz[], %(at)s::timestamptz[], %(parts)s::smallint[], %(first_message_ids)s::uuid[])
"""


async def insert_answers(connection: Connection, answers: Sequence[NewAnswer]) -> None:
    """Write down what was said."""
    if not answers:
        return
    columns: Mapping[str, str] = {
        "workspace_ids": "workspace_id",
        "conversation_ids": "conversation_id",
        "rule_ids": "rule_id",
        "rungs": "rung",
        "versions": "version",
        "message_ids": "message_id",
        "kinds": "kind",
        "asked_at": "asked_at",
        "at": "at",
        "parts": "parts",
        "first_message_ids": "first_message_id",
    }
    given = {column: [getattr(one, name) for one in answers] for column, name in columns.items()}
    await connection.execute(SQL_INSERT_ANSWERS, given)


# ── published sets ───────────────────────────────────────────────────────────────────────────────

# Index: replies_version_once.
SQL_LIST_VERSIONS = "SELECT workspace_id, max(number) FROM replies_version GROUP BY workspace_id"


async def list_versions(connection: Connection) -> dict[int, int]:
    """Return the newest version of each workspace that has published any."""
    cursor = await connection.execute(SQL_LIST_VERSIONS)
    return dict(await cursor.fetchall())


# Index: replies_version_once.
SQL_READ_VERSION = """
SELECT version.content, workspace.time_zone FROM replies_version AS version
JOIN team_workspace AS workspace ON workspace.id = version.workspace_id
WHERE version.workspace_id = %(workspace_id)s AND version.number = %(number)s
"""


async def read_version(connection: Connection, workspace_id: int, number: int) -> tuple[dict[str, Any], str] | None:
    """Return a published set as it is stored, and the workspace's zone."""
    given = {"workspace_id": workspace_id, "number": number}
    row = await (await connection.execute(SQL_READ_VERSION, given)).fetchone()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number, for a call to Meta."""

    id: int
    meta_id: str
    account_id: int
    is_stopped: bool


# Index: the primary key. While a stop switch is on nothing is called at all.
SQL_FIND_NUMBERS = """
SELECT number.id, number.meta_id, number.account_id,
    number.stopped_at IS NOT NULL OR number.state <> 'connected' OR EXISTS (
        SELECT FROM delivery_stopswitch AS switch
        WHERE switch.workspace_id IN (0, number.workspace_id) AND switch.is_on) AS is_stopped
FROM numbers_number AS number WHERE number.id = ANY (%(ids)s::bigint[])
"""


async def find_numbers(connection: Connection, ids: Collection[int]) -> dict[int, NumberRow]:
    """Return numbers by id."""
    async with connection.cursor(row_factory=class_row(NumberRow)) as cursor:
        await cursor.execute(SQL_FIND_NUMBERS, {"ids": sorted(ids)})
        return {row.id: row for row in await cursor.fetchall()}
