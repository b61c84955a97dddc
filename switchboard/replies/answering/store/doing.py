"""What an answer does: tags, fields, coupons, and the note that it was said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

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
