"""What an answer is written with: the person, how far earlier messages are, templates, files, numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

Connection = AsyncConnection[Any]


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
