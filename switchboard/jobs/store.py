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


# Imports are few; one that was cut off is still "running".
SQL_LIST_IMPORTS = "SELECT workspace_id, id FROM contacts_import WHERE state = 'running' ORDER BY started_at, id"


async def list_imports(connection: Connection) -> list[tuple[int, int]]:
    """Return (workspace, import) of every import that has been started and is not finished."""
    cursor = await connection.execute(SQL_LIST_IMPORTS)
    return [(workspace_id, import_id) for workspace_id, import_id in await cursor.fetchall()]


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
