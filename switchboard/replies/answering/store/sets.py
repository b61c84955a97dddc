"""The published sets of rules."""

from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

# Index: replies_version_once.
SQL_LIST_VERSIONS = "SELECT workspace_id, max(number) FROM replies_version GROUP BY workspace_id"


async def list_versions(connection: Connection) -> dict[int, int]:
    """Return the newest version of each workspace that has published any."""
    cursor = await connection.execute(SQL_LIST_VERSIONS)
    return dict(await cursor.fetchall())


# Index: replies_version_once.
SQL_READ_VERSION = """
SELECT version.content, workspace.time_zone FROM replies_version AS version
JOIN team_workspace AS workspace ON workspace.id = version.workspace_id
WHERE version.workspace_id = %(workspace_id)s AND version.number = %(number)s
"""


async def read_version(connection: Connection, workspace_id: int, number: int) -> tuple[dict[str, Any], str] | None:
    """Return a published set as it is stored, and the workspace's zone."""
    given = {"workspace_id": workspace_id, "number": number}
    row = await (await connection.execute(SQL_READ_VERSION, given)).fetchone()
    return (row[0], row[1]) if row else None
