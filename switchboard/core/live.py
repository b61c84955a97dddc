"""One NOTIFY that tells open pages what has changed."""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import psycopg
from psycopg import AsyncConnection

from switchboard.core import env
from switchboard.core.database import conninfo_for
from switchboard.core.errors import Unavailable

CHANNEL = "switchboard_live"
SQL_LISTEN = "LISTEN switchboard_live"
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


class LinkLostError(Unavailable):
    """The database no longer tells what changes; the next attempt may succeed."""


async def listen() -> AsyncIterator[tuple[int, list[str]]]:
    """Give every notice from now on. Needs a connection of its own, which a pooler between must not share.

    :raises LinkLostError: the connection could not be made, or broke.
    """
    url = env.read_text("SWITCHBOARD_DATABASE_DIRECT_URL") or None
    try:
        async with await AsyncConnection.connect(conninfo_for("app", url), autocommit=True) as connection:
            await connection.execute(SQL_LISTEN)
            async for notice in connection.notifies():
                yield parse_payload(notice.payload)
    except psycopg.Error as error:
        raise LinkLostError from error
