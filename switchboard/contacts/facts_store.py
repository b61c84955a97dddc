"""SQL of the facts that segments ask about, for the worker and for the rooms above. Every function takes a connection."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

# One row a batch, whatever is in it: 0.1 ms and 16 bytes a message on the path of every status.
SQL_NOTE_NEWS = """
INSERT INTO contacts_news (workspace_id, message_ids) VALUES (%(workspace_id)s, %(message_ids)b::uuid[])
"""


async def note_news(connection: Connection, workspace_id: int, message_ids: Collection[UUID]) -> None:
    """Remember that these messages have moved, so that `contacts_outcome` follows."""
    if message_ids:
        await connection.execute(SQL_NOTE_NEWS, {"workspace_id": workspace_id, "message_ids": list(message_ids)})


# Index: contacts_news_pkey. Rows that commit later have their turn later: nothing depends on the order.
SQL_TAKE_NEWS = """
DELETE FROM contacts_news WHERE id IN (
    SELECT id FROM contacts_news WHERE workspace_id = %(workspace_id)s ORDER BY id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
RETURNING message_ids
"""


async def take_news(connection: Connection, workspace_id: int, *, limit: int = 50) -> set[UUID]:
    """Take the next messages that have moved; in the caller's transaction, so that a crash gives them back."""
    cursor = await connection.execute(SQL_TAKE_NEWS, {"workspace_id": workspace_id, "limit": limit})
    return {message_id for (message_ids,) in await cursor.fetchall() for message_id in message_ids}


SQL_LIST_NEWS_WORKSPACES = "SELECT DISTINCT workspace_id FROM contacts_news"


async def list_news_workspaces(connection: Connection) -> list[int]:
    """Return the workspaces some of whose messages have moved."""
    cursor = await connection.execute(SQL_LIST_NEWS_WORKSPACES)
    return [workspace_id for (workspace_id,) in await cursor.fetchall()]


# Only ever appended: nobody waits.
SQL_NOTE_CHANGED = """
INSERT INTO contacts_changed (workspace_id, contact_id)
SELECT %(workspace_id)s, contact_id FROM unnest(%(contact_ids)s::bigint[]) AS contact_id
WHERE contacts_has_rules(%(workspace_id)s)
"""


async def note_changed(connection: Connection, workspace_id: int, contact_ids: Collection[int]) -> None:
    """Have the automatic tags of these people looked at, where the workspace has any."""
    if contact_ids:
        given = {"workspace_id": workspace_id, "contact_ids": sorted(contact_ids)}
        await connection.execute(SQL_NOTE_CHANGED, given)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one broadcast's message to a person, as its delivery row says now."""

    contact_id: int
    broadcast_id: int
    number_id: int
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None
    failed_at: datetime | None
    reason: str


# Index: contacts_outcome_pkey. In contact order. Contacts that are gone get no row; what is the same is not written.
SQL_RECORD_OUTCOMES = """
WITH told AS (
    INSERT INTO contacts_outcome AS outcome (contact_id, broadcast_id, workspace_id, number_id, sent_at, delivered_at,
        read_at, replied_at, failed_at, reason)
    SELECT given.contact_id, given.broadcast_id, %(workspace_id)s, given.number_id, given.sent_at, given.delivered_at,
        given.read_at, given.replied_at, given.failed_at, given.reason
    FROM unnest(%(contact_ids)b::bigint[], %(broadcast_ids)b::bigint[], %(number_ids)b::bigint[],
        %(sent_at)b::timestamptz[], %(delivered_at)b::timestamptz[], %(read_at)b::timestamptz[],
        %(replied_at)b::timestamptz[], %(failed_at)b::timestamptz[], %(reasons)b::text[])
        AS given (contact_id, broadcast_id, number_id, sent_at, delivered_at, read_at, replied_at, failed_at, reason)
    WHERE EXISTS (SELECT FROM contacts_contact WHERE id = given.contact_id AND workspace_id = %(workspace_id)s)
    ORDER BY given.contact_id, given.broadcast_id
    ON CONFLICT (contact_id, broadcast_id) DO UPDATE SET
        number_id = excluded.number_id, sent_at = excluded.sent_at, delivered_at = excluded.delivered_at,
        read_at = excluded.read_at, replied_at = excluded.replied_at, failed_at = excluded.failed_at,
        reason = excluded.reason
    WHERE (outcome.sent_at, outcome.delivered_at, outcome.read_at, outcome.replied_at, outcome.failed_at, outcome.reason)
        IS DISTINCT FROM (excluded.sent_at, excluded.delivered_at, excluded.read_at, excluded.replied_at,
            excluded.failed_at, excluded.reason)
    RETURNING outcome.contact_id
), queued AS (
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT %(workspace_id)s, told.contact_id FROM told WHERE contacts_has_rules(%(workspace_id)s))
SELECT count(*) FROM told
"""


async def record_outcomes(connection: Connection, workspace_id: int, outcomes: Iterable[Outcome]) -> int:
    """Write what became of broadcasts' messages; return how many rows were news. One row a person and broadcast."""
    rows = list(outcomes)
    if not rows:
        return 0
    cursor = await connection.execute(
        SQL_RECORD_OUTCOMES,
        {
            "workspace_id": workspace_id,
            "contact_ids": [row.contact_id for row in rows],
            "broadcast_ids": [row.broadcast_id for row in rows],
            "number_ids": [row.number_id for row in rows],
            "sent_at": [row.sent_at for row in rows],
            "delivered_at": [row.delivered_at for row in rows],
            "read_at": [row.read_at for row in rows],
            "replied_at": [row.replied_at for row in rows],
            "failed_at": [row.failed_at for row in rows],
            "reasons": [row.reason for row in rows],
        },
    )
    [(count,)] = await cursor.fetchall()
    return int(count)


# Index: contacts_outcome_pkey, contacts_activity_pkey.
SQL_RECORD_CLICKS = """
WITH given AS (
    SELECT contact_id, broadcast_id, max(at) AS at
    FROM unnest(%(contact_ids)s::bigint[], %(broadcast_ids)s::bigint[], %(at)s::timestamptz[])
        AS given (contact_id, broadcast_id, at) GROUP BY contact_id, broadcast_id
), held AS MATERIALIZED (
    SELECT contact_id FROM contacts_activity WHERE workspace_id = %(workspace_id)s
        AND contact_id = ANY (%(contact_ids)s::bigint[]) ORDER BY contact_id FOR NO KEY UPDATE
), outcomes AS (
    UPDATE contacts_outcome AS outcome SET clicked_at = greatest(outcome.clicked_at, given.at)
    FROM given WHERE outcome.contact_id = given.contact_id AND outcome.broadcast_id = given.broadcast_id
        AND outcome.workspace_id = %(workspace_id)s
), queued AS (
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT DISTINCT %(workspace_id)s::bigint, contact_id FROM given WHERE contacts_has_rules(%(workspace_id)s))
UPDATE contacts_activity AS activity SET last_click_at = greatest(activity.last_click_at, latest.at)
FROM (SELECT contact_id, max(at) AS at FROM given GROUP BY contact_id) AS latest JOIN held USING (contact_id)
WHERE activity.contact_id = latest.contact_id
"""


async def record_clicks(connection: Connection, workspace_id: int, clicks: Sequence[tuple[int, int, datetime]]) -> None:
    """Note clicks on tracked links: contact, broadcast (0: of none), moment."""
    if clicks:
        await connection.execute(
            SQL_RECORD_CLICKS,
            {
                "workspace_id": workspace_id,
                "contact_ids": [contact_id for contact_id, _, _ in clicks],
                "broadcast_ids": [broadcast_id for _, broadcast_id, _ in clicks],
                "at": [at for _, _, at in clicks],
            },
        )
