"""Which roles nobody fills: looked at by workers and senders alike, so that each tells of the other."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from switchboard.core import incidents
from switchboard.core.incidents import Incident

WATCHED = ("gateway", "sender", "worker")
# Four beats missed, or for as long since this watch first looked.
SILENT_FOR = timedelta(seconds=20)
AWAY = "cloud_api_away"

# A row a process; few.
SQL_ROLES = """
SELECT role, max(seen_at), max(details->>'cloud_api_away'), bool_and(details ? 'cloud_api_away')
FROM core_heartbeat WHERE role = ANY(%(roles)s) GROUP BY role
"""


@dataclass(slots=True)
class RoleWatch:
    """Remembers since when a role has been missing altogether."""

    _missing_since: dict[str, datetime] = field(default_factory=dict)

    async def look(self, connection: AsyncConnection[Any], now: datetime) -> set[str]:
        """Raise and end the incidents of roles, and of Meta being away; return the silent roles."""
        cursor = await connection.execute(SQL_ROLES, {"roles": list(WATCHED)})
        found = {role: (seen_at, said, is_away) for role, seen_at, said, is_away in await cursor.fetchall()}
        silent = {}
        for role in WATCHED:
            seen_at = found[role][0] if role in found else self._missing_since.setdefault(role, now)
            if role in found:
                self._missing_since.pop(role, None)
            if now - seen_at > SILENT_FOR:
                silent[role] = Incident(None, "role_silent", "role", role, {"seen_at": seen_at.isoformat()})
        await incidents.keep_incidents(connection, "role_silent", silent.values(), now)
        _, said, is_away = found.get("sender", (None, None, False))
        away = [Incident(None, AWAY, detail={"said": said})] if is_away and "sender" not in silent else []
        await incidents.keep_incidents(connection, AWAY, away, now)
        return set(silent)
