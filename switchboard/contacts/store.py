"""SQL of what people did lately, for the worker. Every function takes a connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A contact wrote so many messages, the last one at `at`, with which so many sessions began."""

    workspace_id: int
    contact_id: int
    at: datetime
    count: int
    sessions: int = 0
    # The last of them that answers a message of ours.
    replied_at: datetime | None = None


# Index: contacts_activity_pkey, contacts_day_pkey. In contact order, so that two workers wait for each other and never
# deadlock. Days are UTC. What comes very late stands in the counts of 7, 30 and 90 days until the next night.
SQL_RECORD_SEEN = """
WITH seen AS (
    SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(seen_at)s::timestamptz[],
        %(counts)s::int[], %(sessions)s::int[], %(replied_at)s::timestamptz[])
        AS seen (workspace_id, contact_id, seen_at, messages, sessions, replied_at)
), days AS (
    INSERT INTO contacts_day AS bucket (contact_id, day, workspace_id, sessions, messages, events)
    SELECT contact_id, (seen_at AT TIME ZONE 'UTC')::date, workspace_id, sessions, messages, 0
    FROM seen ORDER BY contact_id
    ON CONFLICT (contact_id, day) DO UPDATE SET
        sessions = bucket.sessions + excluded.sessions, messages = bucket.messages + excluded.messages
), queued AS (
    INSERT INTO contacts_changed (workspace_id, contact_id)
    SELECT seen.workspace_id, seen.contact_id
    FROM (SELECT workspace_id FROM seen GROUP BY workspace_id) AS place
    JOIN seen ON seen.workspace_id = place.workspace_id
    WHERE contacts_has_rules(place.workspace_id))
INSERT INTO contacts_activity AS activity (contact_id, workspace_id, last_seen_at, last_reply_at, inbound_count,
    session_count, sessions_7, sessions_30, sessions_90, messages_7, messages_30, messages_90)
SELECT contact_id, workspace_id, seen_at, replied_at, messages, sessions, sessions, sessions, sessions,
    messages, messages, messages
FROM seen ORDER BY contact_id
ON CONFLICT (contact_id) DO UPDATE SET
    last_seen_at = greatest(activity.last_seen_at, excluded.last_seen_at),
    last_reply_at = greatest(activity.last_reply_at, excluded.last_reply_at),
    inbound_count = activity.inbound_count + excluded.inbound_count,
    session_count = activity.session_count + excluded.session_count,
    sessions_7 = activity.sessions_7 + excluded.sessions_7,
    sessions_30 = activity.sessions_30 + excluded.sessions_30,
    sessions_90 = activity.sessions_90 + excluded.sessions_90,
    messages_7 = activity.messages_7 + excluded.messages_7,
    messages_30 = activity.messages_30 + excluded.messages_30,
    messages_90 = activity.messages_90 + excluded.messages_90
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
            "sessions": [row.sessions for row in seen],
            "replied_at": [row.replied_at for row in seen],
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
