"""What is wrong, from when until when: a code, what it is about, and figures; sentences are the web's.

One incident of a kind and subject is open at a time, so raising it again and again is harmless. `workspace_id` None
means the whole installation. The synchronous verbs are in `core.actions`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.core import live

Connection = AsyncConnection[Any]
TOPICS = ("overview", "incidents")


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong with a subject: ("number_stopped", "number", "7")."""

    workspace_id: int | None
    kind: str
    subject_kind: str = ""
    subject_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def columns(self, now: datetime) -> dict[str, Any]:
        """Return the parameters of the statements below."""
        return {
            "workspace_id": self.workspace_id,
            "kind": self.kind,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "detail": Jsonb(dict(self.detail)),
            "now": now,
        }


# One that is open with the same figures is left alone without a lock: several senders say the same thing at once.
# Index: core_incident_open.
SQL_RAISE_INCIDENT = """
INSERT INTO core_incident AS incident (workspace_id, kind, subject_kind, subject_id, detail, started_at)
SELECT %(workspace_id)s::bigint, %(kind)s::text, %(subject_kind)s::text, %(subject_id)s::text, %(detail)s::jsonb, %(now)s::timestamptz
WHERE NOT EXISTS (
    SELECT FROM core_incident same
    WHERE same.workspace_id IS NOT DISTINCT FROM %(workspace_id)s::bigint AND same.kind = %(kind)s::text
      AND same.subject_kind = %(subject_kind)s::text AND same.subject_id = %(subject_id)s::text
      AND same.ended_at IS NULL AND same.detail = %(detail)s::jsonb)
ON CONFLICT (workspace_id, kind, subject_kind, subject_id) WHERE ended_at IS NULL
DO UPDATE SET detail = excluded.detail
RETURNING started_at
"""


async def raise_incident(connection: Connection, incident: Incident, now: datetime) -> bool:
    """Open an incident, or bring the figures of the open one up to date; tell whether anything changed."""
    cursor = await connection.execute(SQL_RAISE_INCIDENT, incident.columns(now))
    has_changed = await cursor.fetchone() is not None
    if has_changed:
        await live.publish(connection, incident.workspace_id or 0, TOPICS)
    return has_changed


# Index: core_incident_open.
SQL_END_INCIDENT = """
UPDATE core_incident SET ended_at = %(now)s::timestamptz
WHERE workspace_id IS NOT DISTINCT FROM %(workspace_id)s::bigint AND kind = %(kind)s::text
  AND subject_kind = %(subject_kind)s::text AND subject_id = %(subject_id)s::text AND ended_at IS NULL
RETURNING id
"""


async def end_incident(connection: Connection, incident: Incident, now: datetime) -> bool:
    """Close an incident whose cause has gone (its detail does not matter); tell whether there was one."""
    cursor = await connection.execute(SQL_END_INCIDENT, incident.columns(now))
    has_ended = await cursor.fetchone() is not None
    if has_ended:
        await live.publish(connection, incident.workspace_id or 0, TOPICS)
    return has_ended


# Open ones are few. Index: core_incident_open.
SQL_LIST_OPEN_OF_KIND = """
SELECT workspace_id, kind, subject_kind, subject_id FROM core_incident
WHERE ended_at IS NULL AND kind = %(kind)s::text
"""


async def keep_incidents(connection: Connection, kind: str, present: Iterable[Incident], now: datetime) -> None:
    """Open those of this kind that are present, over all workspaces, and close the ones that are not any more."""
    cursor = await connection.execute(SQL_LIST_OPEN_OF_KIND, {"kind": kind})
    gone = {_key(Incident(*row)): Incident(*row) for row in await cursor.fetchall()}
    for incident in present:
        gone.pop(_key(incident), None)
        await raise_incident(connection, incident, now)
    for incident in gone.values():
        await end_incident(connection, incident, now)


def _key(incident: Incident) -> tuple[int | None, str, str]:
    return incident.workspace_id, incident.subject_kind, incident.subject_id


SQL_FORGET_INCIDENTS = "DELETE FROM core_incident WHERE ended_at < %(before)s"


async def forget_incidents(connection: Connection, before: datetime) -> int:
    """Delete what was over before a moment; return how many."""
    return (await connection.execute(SQL_FORGET_INCIDENTS, {"before": before})).rowcount
