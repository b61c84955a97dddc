"""A loop that one worker of the installation runs, whichever holds the lock; when it dies, another goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from switchboard.core import clock, database
from switchboard.jobs import store

log = structlog.get_logger(__name__)

Connection = AsyncConnection[Any]
# Does what there is to do and tells whether there is more.
Step = Callable[[Connection, datetime], Awaitable[bool]]

_RETRY_SECONDS = 1.0


async def run_leading(what: str, step: Step, stopping: asyncio.Event, *, seconds: float = 1.0) -> None:
    """Run a step again and again while this process leads; a failure is logged and tried again."""
    while not stopping.is_set():
        try:
            await _run_connected(what, step, stopping, seconds)
        except (psycopg.Error, OSError) as error:
            log.warning("job_loop_waits", loop=what, error=str(error))
        except Exception:
            # The job loop: what is wrong with one round must not end the next.
            log.exception("job_loop_failed", loop=what)
        await pause(stopping, _RETRY_SECONDS)


async def _run_connected(what: str, step: Step, stopping: asyncio.Event, seconds: float) -> None:
    async with await AsyncConnection.connect(database.conninfo_for("stream"), autocommit=True) as connection:
        while not stopping.is_set() and not await store.try_to_lead(connection, what):
            await pause(stopping, seconds)
        while not stopping.is_set():
            # The step begins with a query on this connection: a lost session, and lock, ends the leading.
            if not await step(connection, clock.now()):
                await pause(stopping, seconds)


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until the process is told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
