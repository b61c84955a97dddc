"""Connections: who connects in which database role, and the pool of the asynchronous processes.

One login owns the tables. A process picks what it may see when it connects:
`app` sees one workspace at a time (row-level security), `stream` sees all and names its workspace
in every statement, `owner` changes the schema.
"""

import asyncio
from typing import Any, Literal

from psycopg import AsyncConnection, conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from switchboard.core import env

Role = Literal["owner", "app", "stream"]
Connection = AsyncConnection[TupleRow]

ROLE_OPTIONS: dict[Role, str] = {
    "owner": "",
    "app": "-c role=switchboard_app",
    "stream": "-c role=switchboard_stream",
}


def database_url() -> str:
    """Return the address of the database, or an empty text when none is set."""
    return env.read_text("SWITCHBOARD_DATABASE_URL")


def connection_parameters(role: Role, url: str | None = None) -> dict[str, Any]:
    """Return psycopg's connection parameters for a database role.

    :raises SettingError: SWITCHBOARD_DATABASE_URL cannot be understood.
    """
    try:
        parameters: dict[str, Any] = dict(conninfo.conninfo_to_dict(url if url is not None else database_url()))
    except Exception as error:
        message = (
            "SWITCHBOARD_DATABASE_URL cannot be understood. Write it as postgresql://user:password@host:5432/name."
        )
        raise env.SettingError(message) from error
    options = f"{parameters.get('options') or ''} {ROLE_OPTIONS[role]}".strip()
    if options:
        parameters["options"] = options
    parameters.setdefault("connect_timeout", 5)
    parameters.setdefault("application_name", f"switchboard-{role}")
    return parameters


def conninfo_for(role: Role, url: str | None = None) -> str:
    """Return a connection string for a database role."""
    return conninfo.make_conninfo("", **connection_parameters(role, url))


class Pool(AsyncConnectionPool[Connection]):
    """A pool whose callers can be cancelled for certain.

    Before Python 3.12 `asyncio.wait_for`, on which the pool waits, loses a cancellation that comes at the moment when
    its result does (https://github.com/python/cpython/issues/86296): whoever waited would go on for ever.
    """

    async def getconn(self, timeout: float | None = None) -> Connection:  # noqa: ASYNC109  the pool's own signature
        """Return a connection, as `AsyncConnectionPool.getconn` does."""
        cancellations = _count_cancellations()
        try:
            connection = await super().getconn(timeout)
        except Exception:
            if _count_cancellations() > cancellations:
                raise asyncio.CancelledError from None
            raise
        if _count_cancellations() > cancellations:
            await self.putconn(connection)
            raise asyncio.CancelledError
        return connection


def make_pool(role: Role, *, size: int, url: str | None = None, checks: bool = True) -> Pool:
    """Return a closed pool of at most `size` autocommit connections; open it with `async with`.

    Without `checks` a connection is handed out unasked, which saves a round trip; whoever gets a broken one tries again.
    """
    return Pool(
        conninfo_for(role, url),
        min_size=min(2, size),
        max_size=size,
        open=False,
        timeout=10,
        check=Pool.check_connection if checks else None,
        kwargs={"autocommit": True},
    )


def _count_cancellations() -> int:
    """Return how often the running task was cancelled and has not taken it back."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0
