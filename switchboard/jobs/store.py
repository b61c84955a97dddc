"""SQL of the job loops: what there is to do, over all workspaces, and who does it. Every function takes a connection."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

Connection = AsyncConnection[Any]

JOURNAL_KEPT = timedelta(days=30)
LETTERS_KEPT = timedelta(days=90)
_SILENT_FOR = timedelta(days=1)

SQL_LIST_WORKSPACES = "SELECT id FROM team_workspace ORDER BY id"


async def list_workspaces(connection: Connection) -> list[int]:
    """Return every workspace."""
    cursor = await connection.execute(SQL_LIST_WORKSPACES)
    return [workspace_id for (workspace_id,) in await cursor.fetchall()]


CANCELLED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Work:
    """A broadcast that needs a next step."""

    workspace_id: int
    broadcast_id: int
    state: str
    finished_at: datetime | None
    give_up_at: datetime | None = None


# Broadcasts are few. One that was cancelled or failed is looked at for a week: what was in flight may come back into the outbox.
SQL_LIST_WORK = """
SELECT workspace_id, id AS broadcast_id, state, finished_at, give_up_at FROM broadcasts_broadcast
WHERE state IN ('preparing', 'sending') OR (state = 'scheduled' AND scheduled_at <= %(now)s)
   OR (state IN ('cancelled', 'failed') AND finished_at > %(not_before)s)
ORDER BY id
"""


async def list_work(connection: Connection, now: datetime) -> list[Work]:
    """Return every broadcast of every workspace that may have something to do."""
    async with connection.cursor(row_factory=class_row(Work)) as cursor:
        await cursor.execute(SQL_LIST_WORK, {"now": now, "not_before": now - CANCELLED_FOR})
        return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Watched:
    """A broadcast that the watch looks at."""

    workspace_id: int
    broadcast_id: int
    state: str
    scheduled_at: datetime | None
    started_at: datetime | None
    # When somebody last let it go on after it had paused itself.
    resumed_at: datetime | None
    # Whether its counts did not add up when they were last checked.
    is_doubted: bool


# Broadcasts that run, and incidents that are open, are few.
SQL_LIST_WATCHED = """
SELECT broadcast.workspace_id, broadcast.id AS broadcast_id, broadcast.state, broadcast.scheduled_at,
    broadcast.started_at, paused.ended_at AS resumed_at, doubted.id IS NOT NULL AS is_doubted
FROM broadcasts_broadcast broadcast
LEFT JOIN core_incident doubted ON doubted.workspace_id = broadcast.workspace_id
    AND doubted.kind = 'ledger_difference' AND doubted.subject_kind = 'broadcast'
    AND doubted.subject_id = broadcast.id::text AND doubted.ended_at IS NULL
LEFT JOIN LATERAL (
    SELECT max(incident.ended_at) AS ended_at FROM core_incident incident
    WHERE incident.workspace_id = broadcast.workspace_id AND incident.kind = 'broadcast_paused'
      AND incident.subject_kind = 'broadcast' AND incident.subject_id = broadcast.id::text) AS paused ON true
WHERE broadcast.state IN ('scheduled', 'preparing', 'sending') OR doubted.id IS NOT NULL
ORDER BY broadcast.id
"""


async def list_watched(connection: Connection) -> list[Watched]:
    """Return every broadcast that should move, or whose counts did not add up."""
    async with connection.cursor(row_factory=class_row(Watched)) as cursor:
        await cursor.execute(SQL_LIST_WATCHED)
        return await cursor.fetchall()


# As above.
SQL_LIST_SETTLED_INCIDENTS = """
SELECT incident.workspace_id, incident.kind, incident.subject_kind, incident.subject_id FROM core_incident incident
LEFT JOIN broadcasts_broadcast broadcast
    ON broadcast.id = incident.subject_id::bigint AND broadcast.workspace_id = incident.workspace_id
WHERE incident.ended_at IS NULL AND incident.subject_kind = 'broadcast'
  AND (broadcast.id IS NULL
    OR (incident.kind IN ('broadcast_paused', 'category_changed') AND broadcast.state <> 'paused')
    OR (incident.kind = 'broadcast_failing' AND broadcast.state <> 'sending'))
"""


async def list_settled_incidents(connection: Connection) -> list[tuple[int, str, str, str]]:
    """Return the open incidents of broadcasts that have gone on, or ended, meanwhile."""
    cursor = await connection.execute(SQL_LIST_SETTLED_INCIDENTS)
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


# Broadcasts of the last days are few.
SQL_LIST_RESENDING = """
SELECT broadcast.workspace_id, broadcast.id, broadcast.resends_failed FROM broadcasts_broadcast broadcast
LEFT JOIN delivery_limits limits ON limits.workspace_id = broadcast.workspace_id
WHERE broadcast.state IN ('sending', 'completed') AND broadcast.started_at > %(since)s
  AND (broadcast.resends_failed OR (limits.resends_utility AND EXISTS (
      SELECT FROM templates_template template
      WHERE template.workspace_id = broadcast.workspace_id AND template.name = broadcast.template_name
        AND template.category = 'utility')))
ORDER BY broadcast.id
"""


async def list_resending(connection: Connection, since: datetime) -> list[tuple[int, int, bool]]:
    """Return broadcasts that may send again by themselves, and whether they may what Meta reported failed."""
    cursor = await connection.execute(SQL_LIST_RESENDING, {"since": since})
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


SQL_WATERMARK = "SELECT applied_through FROM delivery_inboundwatermark WHERE id = 1"


async def find_watermark(connection: Connection) -> datetime | None:
    """Return until when incoming events have been applied; None before a worker has ever run."""
    row = await (await connection.execute(SQL_WATERMARK)).fetchone()
    return row[0] if row else None


# Imports are few; one that was cut off is still "running".
SQL_LIST_IMPORTS = """
SELECT workspace_id, id, state FROM contacts_import WHERE state IN ('running', 'undoing') ORDER BY started_at, id
"""


async def list_imports(connection: Connection) -> list[tuple[int, int, str]]:
    """Return (workspace, import, state) of every import that is running or being undone."""
    cursor = await connection.execute(SQL_LIST_IMPORTS)
    return [(workspace_id, import_id, state) for workspace_id, import_id, state in await cursor.fetchall()]


# Index: contacts_edit_unfinished.
SQL_LIST_EDITS = """
SELECT workspace_id, id, state FROM contacts_edit WHERE state IN ('waiting', 'running', 'undoing') ORDER BY id
"""


async def list_edits(connection: Connection) -> list[tuple[int, int, str]]:
    """Return (workspace, edit, state) of every change of many people that is under way or being undone."""
    cursor = await connection.execute(SQL_LIST_EDITS)
    return [(workspace_id, edit_id, state) for workspace_id, edit_id, state in await cursor.fetchall()]


# Exports and files of orders are few.
SQL_LIST_FILES = """
SELECT 'export' AS kind, workspace_id, id FROM contacts_export WHERE state = 'waiting'
UNION ALL SELECT 'deeds', workspace_id, id FROM conversions_deeds WHERE state = 'running'
ORDER BY kind, id
"""


async def list_files(connection: Connection) -> list[tuple[str, int, int]]:
    """Return (kind, workspace, id) of every export that waits and every file of orders or events that was started."""
    cursor = await connection.execute(SQL_LIST_FILES)
    return [(kind, workspace_id, file_id) for kind, workspace_id, file_id in await cursor.fetchall()]


# Held by the session: it ends with the process, however that ends.
SQL_TRY_TO_LEAD = "SELECT pg_try_advisory_lock(hashtextextended(%(what)s, 0))"


async def try_to_lead(connection: Connection, what: str) -> bool:
    """Tell whether this connection is now the only one that does something."""
    cursor = await connection.execute(SQL_TRY_TO_LEAD, {"what": f"switchboard.jobs.{what}"})
    row = await cursor.fetchone()
    return bool(row and row[0])


# ── housekeeping ─────────────────────────────────────────────────────────────────────────────────

SQL_ENSURE_MONTHS = """
SELECT switchboard_ensure_months('replies_inboundmessage', %(month)s::date, 5, true)
     + switchboard_ensure_months('replies_decision', %(month)s::date, 5, true)
     + switchboard_ensure_months('webhooks_journalentry', %(month)s::date, 5, false)
"""


async def ensure_months(connection: Connection, now: datetime) -> int:
    """See to it that incoming messages and the journal have their months; return how many were made."""
    last_month = now.date().replace(day=1) - timedelta(days=1)
    cursor = await connection.execute(SQL_ENSURE_MONTHS, {"month": last_month.replace(day=1)})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


SQL_DROP_JOURNAL = "SELECT webhooks_drop_journal(%(before)s::date)"


async def drop_journal(connection: Connection, now: datetime) -> int:
    """Drop the months of the journal that end more than 30 days ago; return how many."""
    cursor = await connection.execute(SQL_DROP_JOURNAL, {"before": (now - JOURNAL_KEPT).date()})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


# Dead letters are few, or an incident that somebody looks at; once a day.
SQL_FORGET_LETTERS = "DELETE FROM webhooks_deadletter WHERE created_at < %(before)s"


async def forget_dead_letters(connection: Connection, now: datetime) -> int:
    """Delete dead letters of three months ago; return how many."""
    return (await connection.execute(SQL_FORGET_LETTERS, {"before": now - LETTERS_KEPT})).rowcount


SQL_FORGET_HEARTBEATS = "DELETE FROM core_heartbeat WHERE seen_at < %(before)s"


async def forget_heartbeats(connection: Connection, now: datetime) -> int:
    """Delete what processes left that were killed a day ago; return how many."""
    return (await connection.execute(SQL_FORGET_HEARTBEATS, {"before": now - _SILENT_FOR})).rowcount
