"""SQL of what people did lately, for the worker. Every function takes a connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A contact wrote so many messages, the last one at `at`."""

    workspace_id: int
    contact_id: int
    at: datetime
    count: int


# Index: contacts_activity_pkey. In contact order, so that two workers wait for each other and never deadlock.
SQL_RECORD_SEEN = """
INSERT INTO contacts_activity AS activity (contact_id, workspace_id, last_seen_at, inbound_count)
SELECT contact_id, workspace_id, seen_at, inbound_count
FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(seen_at)s::timestamptz[], %(counts)s::int[])
     AS seen(workspace_id, contact_id, seen_at, inbound_count)
ORDER BY contact_id
ON CONFLICT (contact_id) DO UPDATE SET
    last_seen_at = greatest(activity.last_seen_at, excluded.last_seen_at),
    inbound_count = activity.inbound_count + excluded.inbound_count
"""


async def record_seen(connection: Connection, rows: Iterable[Seen]) -> None:
    """Note that contacts wrote; one row a contact."""
    seen = list(rows)
    if not seen:
        return
    await connection.execute(
        SQL_RECORD_SEEN,
        {
            "workspace_ids": [row.workspace_id for row in seen],
            "contact_ids": [row.contact_id for row in seen],
            "seen_at": [row.at for row in seen],
            "counts": [row.count for row in seen],
        },
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """What a contact received lately, as far as this batch knows; one row a contact."""

    workspace_id: int
    contact_id: int
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None


# Index: contacts_contact_pkey, contacts_activity_pkey. Contacts that are gone get no row. Binary arrays cost the worker
# half of what text ones do. In contact order, as above.
SQL_RECORD_REACHED = """
INSERT INTO contacts_activity AS activity
    (contact_id, workspace_id, last_sent_at, last_delivered_at, last_read_at, inbound_count)
SELECT reached.contact_id, reached.workspace_id, reached.sent_at, reached.delivered_at, reached.read_at, 0
FROM unnest(%(workspace_ids)b::bigint[], %(contact_ids)b::bigint[], %(sent_at)b::timestamptz[],
            %(delivered_at)b::timestamptz[], %(read_at)b::timestamptz[])
     AS reached(workspace_id, contact_id, sent_at, delivered_at, read_at)
WHERE EXISTS (
    SELECT FROM contacts_contact AS contact
    WHERE contact.id = reached.contact_id AND contact.workspace_id = reached.workspace_id)
ORDER BY reached.contact_id
ON CONFLICT (contact_id) DO UPDATE SET
    last_sent_at = greatest(activity.last_sent_at, excluded.last_sent_at),
    last_delivered_at = greatest(activity.last_delivered_at, excluded.last_delivered_at),
    last_read_at = greatest(activity.last_read_at, excluded.last_read_at)
"""


async def record_reached(connection: Connection, rows: Iterable[Reached]) -> None:
    """Note what contacts received and read lately."""
    reached = list(rows)
    if not reached:
        return
    await connection.execute(
        SQL_RECORD_REACHED,
        {
            "workspace_ids": [row.workspace_id for row in reached],
            "contact_ids": [row.contact_id for row in reached],
            "sent_at": [row.sent_at for row in reached],
            "delivered_at": [row.delivered_at for row in reached],
            "read_at": [row.read_at for row in reached],
        },
    )
