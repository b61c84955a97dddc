"""What became of broadcasts' messages, copied to where segments look for it: a set at a time, seconds after the news."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.contacts import facts_store
from switchboard.contacts.facts_store import Outcome

Connection = AsyncConnection[Any]

# Rows of news taken at once; a row is a batch of statuses, a thousand messages at most.
_PIECE = 5

# Index: the primary keys of messages and deliveries. A person may have several messages of one broadcast, when somebody
# retried it: the last one counts.
SQL_READ_OUTCOMES = """
SELECT DISTINCT ON (message.contact_id, message.origin_id) message.contact_id, message.origin_id, message.number_id,
    coalesce(delivery.sent_at, delivery.accepted_at), delivery.delivered_at, delivery.read_at, delivery.replied_at,
    CASE WHEN delivery.state = 40 THEN coalesce(delivery.failed_at, delivery.accepted_at) END,
    CASE WHEN delivery.state = 40 THEN coalesce(delivery.reason, '') ELSE '' END
FROM delivery_message AS message
JOIN delivery_delivery AS delivery ON delivery.message_id = message.id AND delivery.workspace_id = message.workspace_id
WHERE message.workspace_id = %(workspace_id)s AND message.id = ANY (%(message_ids)b::uuid[])
    AND message.origin_kind = 'broadcast'
ORDER BY message.contact_id, message.origin_id, message.id DESC
"""


async def read_outcomes(connection: Connection, workspace_id: int, message_ids: Collection[UUID]) -> list[Outcome]:
    """Return what became of those of these messages that are a broadcast's."""
    given = {"workspace_id": workspace_id, "message_ids": sorted(message_ids)}
    cursor = await connection.execute(SQL_READ_OUTCOMES, given)
    return [Outcome(*row) for row in await cursor.fetchall()]


# Who was sent an answer or a journey's step: when they read it, it is theirs alone. Index: the primary key of messages.
SQL_FIND_OTHERS = """
SELECT DISTINCT contact_id FROM delivery_message
WHERE workspace_id = %(workspace_id)s AND id = ANY (%(message_ids)b::uuid[]) AND origin_kind <> 'broadcast'
"""


async def find_others(connection: Connection, workspace_id: int, message_ids: Collection[UUID]) -> set[int]:
    """Return whose messages these are, as far as they are no broadcast's."""
    given = {"workspace_id": workspace_id, "message_ids": sorted(message_ids)}
    cursor = await connection.execute(SQL_FIND_OTHERS, given)
    return {contact_id for (contact_id,) in await cursor.fetchall()}


async def copy_outcomes(connection: Connection, workspace_id: int) -> int:
    """Copy the outcome of the next messages that have moved; return how many messages that were."""
    async with connection.transaction():
        message_ids = await facts_store.take_news(connection, workspace_id, limit=_PIECE)
        if message_ids:
            outcomes = await read_outcomes(connection, workspace_id, message_ids)
            await facts_store.record_outcomes(connection, workspace_id, outcomes)
            others = await find_others(connection, workspace_id, message_ids)
            await facts_store.note_changed(connection, workspace_id, others)
    return len(message_ids)


async def step(connection: Connection, now: datetime) -> bool:
    """Copy the next outcomes of every workspace; tell whether there may be more."""
    del now
    copied = [
        await copy_outcomes(connection, workspace_id)
        for workspace_id in await facts_store.list_news_workspaces(connection)
    ]
    return any(copied)
