"""One NOTIFY that tells open pages what has changed."""

import json
from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection

CHANNEL = "switchboard_live"
SQL_NOTIFY = "SELECT pg_notify('switchboard_live', %(payload)s)"


def render_payload(workspace_id: int, topics: Iterable[str]) -> str:
    """Return the notice that `parse_payload` reads, cut to what one NOTIFY carries (8,000 bytes)."""
    return json.dumps({"workspace": workspace_id, "topics": sorted(set(topics))[:200]})


def parse_payload(payload: str) -> tuple[int, list[str]]:
    """Return the workspace and the topics of a notice."""
    notice = json.loads(payload)
    return int(notice["workspace"]), [str(topic) for topic in notice["topics"]]


async def publish(connection: AsyncConnection[Any], workspace_id: int, topics: Iterable[str]) -> None:
    """Tell open pages, when the connection's transaction commits, that these topics changed."""
    await connection.execute(SQL_NOTIFY, {"payload": render_payload(workspace_id, topics)})
