"""SQL of the event queue, the journal and the dead letters. Every function takes a connection."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class AppRow:
    """A Meta app as it is stored, secrets still encrypted."""

    id: int
    workspace_id: int
    meta_id: str
    secrets: list[bytes | None]
    verify_token: bytes


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A signed body to keep."""

    workspace_id: int
    app_id: int
    is_inbound: bool
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A kept body that a worker has taken."""

    id: int
    workspace_id: int
    app_id: int
    is_inbound: bool
    received_at: datetime
    body: bytes


SQL_LIST_APPS = """
SELECT id, workspace_id, meta_id, ARRAY[secret_encrypted, previous_secret_encrypted] AS secrets,
       verify_token_encrypted AS verify_token
FROM numbers_app
"""


async def list_apps(connection: Connection) -> list[AppRow]:
    """Return every Meta app of the installation; there are few."""
    async with connection.cursor(row_factory=class_row(AppRow)) as cursor:
        await cursor.execute(SQL_LIST_APPS)
        return await cursor.fetchall()


# One statement, so one commit: the rows of a group and the call to the worker. Binary arrays: text ones cost the gateway
# 2 µs a value.
SQL_INSERT_EVENTS = """
WITH kept AS (
    INSERT INTO webhooks_event (workspace_id, app_id, is_inbound, received_at, body)
    SELECT * FROM unnest(%(workspace_ids)b::bigint[], %(app_ids)b::bigint[], %(are_inbound)b::boolean[],
                         %(received_at)b::timestamptz[], %(bodies)b::bytea[])
)
SELECT pg_notify('switchboard_event', '')
"""


async def insert_events(connection: Connection, events: Sequence[NewEvent]) -> None:
    """Keep a group of events and wake the workers."""
    await connection.execute(
        SQL_INSERT_EVENTS,
        {
            "workspace_ids": [event.workspace_id for event in events],
            "app_ids": [event.app_id for event in events],
            "are_inbound": [event.is_inbound for event in events],
            "received_at": [event.received_at for event in events],
            "bodies": [event.body for event in events],
        },
    )


SQL_CHECK = "SELECT 1"


async def check_connection(connection: Connection) -> None:
    """Ask the database for a sign of life.

    :raises psycopg.OperationalError: there is none.
    """
    await connection.execute(SQL_CHECK)


# Index: webhooks_event_order. Bodies come up to a number of bytes, but always one. What people send is applied by one
# worker at a time in each workspace: two would let a later message overtake an earlier one of the same person.
SQL_TAKE_EVENTS = """
WITH candidate AS (
    SELECT id, octet_length(body) AS size FROM webhooks_event
    WHERE is_inbound = %(is_inbound)s
      AND (NOT is_inbound OR pg_try_advisory_xact_lock(hashtextextended('switchboard.inbound', workspace_id)))
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), bounded AS (
    SELECT id, sum(size) OVER (ORDER BY id) - size AS bytes_before FROM candidate
), taken AS (
    DELETE FROM webhooks_event
    WHERE id = ANY (ARRAY(SELECT id FROM bounded WHERE bytes_before < %(bytes)s))
    RETURNING id, workspace_id, app_id, is_inbound, received_at, body
), kept AS (
    INSERT INTO webhooks_journalentry (workspace_id, event_id, app_id, received_at, body)
    SELECT workspace_id, id, app_id, received_at, body FROM taken
)
SELECT id, workspace_id, app_id, is_inbound, received_at, body FROM taken ORDER BY id
"""


async def take_events(connection: Connection, *, is_inbound: bool, limit: int, max_bytes: int) -> list[StoredEvent]:
    """Take the oldest events that no other worker holds, and copy them to the journal."""
    async with connection.cursor(row_factory=class_row(StoredEvent), binary=True) as cursor:
        await cursor.execute(SQL_TAKE_EVENTS, {"is_inbound": is_inbound, "limit": limit, "bytes": max_bytes})
        return await cursor.fetchall()


# Index: webhooks_event_order. Groups of several gateways commit a little out of order, hence the 1,000.
SQL_FIND_OLDEST_INBOUND = """
SELECT min(received_at) FROM (
    SELECT received_at FROM webhooks_event WHERE is_inbound ORDER BY id LIMIT 1000
) AS oldest
"""


async def find_oldest_inbound(connection: Connection) -> datetime | None:
    """Return when the oldest event from people that is not applied was received."""
    cursor = await connection.execute(SQL_FIND_OLDEST_INBOUND)
    row = await cursor.fetchone()
    return row[0] if row else None


# ── whom an event is about ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number of ours, and whose it is."""

    meta_id: str
    id: int
    workspace_id: int
    portfolio_id: int
    app_id: int


# Index: numbers_number_meta_id_…, numbers_account_pkey.
SQL_FIND_NUMBERS = """
SELECT number.meta_id, number.id, number.workspace_id, account.portfolio_id, account.app_id
FROM numbers_number AS number JOIN numbers_account AS account ON account.id = number.account_id
WHERE number.meta_id = ANY (%(meta_ids)s)
"""


async def find_numbers(connection: Connection, meta_ids: Collection[str]) -> dict[str, NumberRow]:
    """Return our numbers among Meta's ids; read each time, because an event must not meet an old picture."""
    if not meta_ids:
        return {}
    async with connection.cursor(row_factory=class_row(NumberRow)) as cursor:
        await cursor.execute(SQL_FIND_NUMBERS, {"meta_ids": sorted(meta_ids)})
        return {row.meta_id: row for row in await cursor.fetchall()}


# ── statuses without our note ────────────────────────────────────────────────────────────────────

# Index: each month's delivery_delivery_by_wamid; 0.05 ms a status, and only where our note is missing.
SQL_FIND_BY_WAMID = """
SELECT given.workspace_id, given.wamid, delivery.message_id, delivery.attempt
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[]) AS given (workspace_id, wamid)
JOIN delivery_delivery AS delivery ON hashtextextended(delivery.wamid, 0) = hashtextextended(given.wamid, 0)
     AND delivery.wamid = given.wamid AND delivery.workspace_id = given.workspace_id
"""


async def find_by_wamid(
    connection: Connection, keys: Collection[tuple[int, str]]
) -> dict[tuple[int, str], tuple[UUID, int]]:
    """Return message and attempt of those (workspace, wamid) that are ours."""
    ordered = sorted(keys)
    given = {"workspace_ids": [workspace_id for workspace_id, _ in ordered], "wamids": [wamid for _, wamid in ordered]}
    cursor = await connection.execute(SQL_FIND_BY_WAMID, given)
    return {
        (workspace_id, wamid): (message_id, attempt)
        for workspace_id, wamid, message_id, attempt in await cursor.fetchall()
    }


@dataclass(frozen=True, slots=True)
class NewOrphan:
    """A status whose message nobody knows yet."""

    workspace_id: int
    app_id: int
    received_at: datetime
    wamid: str
    body: bytes


SQL_INSERT_ORPHANS = """
INSERT INTO webhooks_orphan (workspace_id, app_id, received_at, wamid, body)
SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(app_ids)s::bigint[], %(received_at)s::timestamptz[],
                     %(wamids)s::text[], %(bodies)b::bytea[])
"""


async def insert_orphans(connection: Connection, orphans: Sequence[NewOrphan]) -> None:
    """Keep statuses until their message is known, for some minutes."""
    if not orphans:
        return
    await connection.execute(
        SQL_INSERT_ORPHANS,
        {
            "workspace_ids": [orphan.workspace_id for orphan in orphans],
            "app_ids": [orphan.app_id for orphan in orphans],
            "received_at": [orphan.received_at for orphan in orphans],
            "wamids": [orphan.wamid for orphan in orphans],
            "bodies": [orphan.body for orphan in orphans],
        },
    )


# Index: delivery_delivery_by_wamid. The table holds the last minutes only.
SQL_RETURN_ORPHANS = """
WITH known AS (
    SELECT orphan.id FROM webhooks_orphan AS orphan
    JOIN delivery_delivery AS delivery ON hashtextextended(delivery.wamid, 0) = hashtextextended(orphan.wamid, 0)
         AND delivery.wamid = orphan.wamid AND delivery.workspace_id = orphan.workspace_id
), gone AS (
    DELETE FROM webhooks_orphan WHERE id = ANY (ARRAY(SELECT id FROM known)) OR received_at < %(before)s
    RETURNING workspace_id, app_id, received_at, body
), returned AS (
    INSERT INTO webhooks_event (workspace_id, app_id, is_inbound, received_at, body)
    SELECT workspace_id, app_id, false, received_at, body FROM gone WHERE received_at >= %(before)s
    RETURNING id
)
SELECT count(*), pg_notify('switchboard_event', '') FROM returned
"""


async def return_orphans(connection: Connection, before: datetime) -> int:
    """Queue the statuses again whose message is known by now, and let go of those older than `before`."""
    cursor = await connection.execute(SQL_RETURN_ORPHANS, {"before": before})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


# ── dead letters ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NewDeadLetter:
    """An event, or the part of one, that could not be applied, and why."""

    workspace_id: int
    app_id: int
    received_at: datetime
    body: bytes
    reason: str


SQL_INSERT_DEAD_LETTERS = """
INSERT INTO webhooks_deadletter (workspace_id, app_id, received_at, body, reason, created_at)
SELECT workspace_id, app_id, received_at, body, reason, %(now)s
FROM unnest(%(workspace_ids)s::bigint[], %(app_ids)s::bigint[], %(received_at)s::timestamptz[],
            %(bodies)b::bytea[], %(reasons)s::text[]) AS letter(workspace_id, app_id, received_at, body, reason)
"""


async def insert_dead_letters(connection: Connection, letters: Sequence[NewDeadLetter], now: datetime) -> None:
    """Set aside what could not be applied."""
    if not letters:
        return
    await connection.execute(
        SQL_INSERT_DEAD_LETTERS,
        {
            "now": now,
            "workspace_ids": [letter.workspace_id for letter in letters],
            "app_ids": [letter.app_id for letter in letters],
            "received_at": [letter.received_at for letter in letters],
            "bodies": [letter.body for letter in letters],
            "reasons": [letter.reason.replace("\x00", "")[:2000] for letter in letters],
        },
    )


# Index: webhooks_event_pkey. The journal keeps its copy, as of every event.
SQL_BURY_EVENT = """
WITH taken AS (
    DELETE FROM webhooks_event WHERE id = %(id)s
    RETURNING id, workspace_id, app_id, received_at, body
), kept AS (
    INSERT INTO webhooks_journalentry (workspace_id, event_id, app_id, received_at, body)
    SELECT workspace_id, id, app_id, received_at, body FROM taken
)
INSERT INTO webhooks_deadletter (workspace_id, app_id, received_at, body, reason, created_at)
SELECT workspace_id, app_id, received_at, body, %(reason)s, %(now)s FROM taken
"""


async def bury_event(connection: Connection, event_id: int, reason: str, now: datetime) -> bool:
    """Move an event that fails out of the way of those behind it; false when it is gone already."""
    parameters = {"id": event_id, "reason": reason.replace("\x00", "")[:2000], "now": now}
    cursor = await connection.execute(SQL_BURY_EVENT, parameters)
    return cursor.rowcount == 1


# Index: webhooks_deadletter_pkey. A letter is replayed once; its effects are unique anyway. It does not count as
# waiting inbound: an old letter must not hold back broadcasts.
SQL_REPLAY = """
WITH letter AS (
    UPDATE webhooks_deadletter SET replayed_at = %(now)s
    WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s) AND replayed_at IS NULL
    RETURNING workspace_id, app_id, received_at, body
), kept AS (
    INSERT INTO webhooks_event (workspace_id, app_id, is_inbound, received_at, body)
    SELECT workspace_id, app_id, false, received_at, body FROM letter
    RETURNING id
)
SELECT count(*), pg_notify('switchboard_event', '') FROM kept
"""


async def replay_dead_letters(connection: Connection, workspace_id: int, ids: Sequence[int], now: datetime) -> int:
    """Put dead letters back into the queue and return how many; those replayed before stay where they are."""
    cursor = await connection.execute(SQL_REPLAY, {"workspace_id": workspace_id, "ids": list(ids), "now": now})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
