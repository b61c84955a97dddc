"""Timerless group commit: the next group is whatever arrived while the last one was being committed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from switchboard.core.errors import Unavailable
from switchboard.webhooks import store

log = structlog.get_logger(__name__)

_MOST_WAITING_BYTES = 64 * 1024 * 1024
_LARGEST_GROUP_BYTES = 16 * 1024 * 1024
_LARGEST_GROUP = 2000
_CONNECT_SECONDS = 3
_COMMIT_SECONDS = 5
_RETRY_SECONDS = 0.5
_IDLE_SECONDS = 2


class NotKeptError(Unavailable):
    """The database does not take the event; send it again."""


@dataclass(slots=True)
class _Waiting:
    event: store.NewEvent
    kept: asyncio.Future[None]


class GroupCommit:
    """Keeps events; `append` returns when the event's group is committed."""

    def __init__(self, conninfo: str, note_group: Callable[[int], None] | None = None) -> None:
        self._conninfo = conninfo
        self._note_group = note_group
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self.is_up = False

    async def append(self, event: store.NewEvent) -> None:
        """Keep an event and return after its commit.

        :raises NotKeptError: the database is away or too slow; nothing may be answered but 503.
        """
        size = len(event.body)
        if not self.is_up or self._waiting_bytes + size > _MOST_WAITING_BYTES:
            raise NotKeptError
        waiting = _Waiting(event, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._waiting_bytes += size
        self._arrived.set()
        await waiting.kept

    async def run(self) -> None:
        """Commit groups until cancelled; whatever fails fails its own group and nothing else."""
        try:
            while True:
                try:
                    await self._run_connected()
                except (psycopg.Error, TimeoutError, OSError) as error:
                    self._fail_all(error)
                except Exception as error:
                    # Whatever it is, a gateway that no longer keeps anything must not look alive.
                    log.exception("flusher_failed")
                    self._fail_all(error)
                await asyncio.sleep(_RETRY_SECONDS)
        finally:
            self._fail_all(None)

    async def _run_connected(self) -> None:
        async with asyncio.timeout(_CONNECT_SECONDS):
            connection = await AsyncConnection.connect(self._conninfo, autocommit=True)
        try:
            if not self.is_up:
                log.info("events_are_kept")
            self.is_up = True
            while True:
                if await self._has_arrived():
                    await self._commit(connection, self._take_group())
                else:
                    await store.check_connection(connection)
        finally:
            # A connection in the middle of something cannot end politely, and need not.
            with suppress(TimeoutError, psycopg.Error, OSError):
                async with asyncio.timeout(1):
                    await connection.close()

    async def _has_arrived(self) -> bool:
        """Wait for an event, but not so long that a lost connection stays unnoticed."""
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def _take_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        for waiting in self._waiting[:_LARGEST_GROUP]:
            if group and size + len(waiting.event.body) > _LARGEST_GROUP_BYTES:
                break
            group.append(waiting)
            size += len(waiting.event.body)
        del self._waiting[: len(group)]
        self._waiting_bytes -= size
        if not self._waiting:
            self._arrived.clear()
        return group

    async def _commit(self, connection: AsyncConnection[Any], group: list[_Waiting]) -> None:
        try:
            async with asyncio.timeout(_COMMIT_SECONDS):
                await store.insert_events(connection, [waiting.event for waiting in group])
        except BaseException as error:
            _settle(group, NotKeptError())
            if not isinstance(error, Exception) or connection.closed or isinstance(error, TimeoutError):
                raise
            # The connection is fine and the statement was refused: the next group may fare better.
            log.error("events_not_kept", count=len(group), error=str(error))  # noqa: TRY400  no news in the traceback
        else:
            _settle(group, None)
            if self._note_group is not None:
                self._note_group(len(group))

    def _fail_all(self, error: BaseException | None) -> None:
        if error is not None and self.is_up:
            log.error("database_away", error=str(error) or type(error).__name__)
        self.is_up = False
        failed, self._waiting, self._waiting_bytes = self._waiting, [], 0
        self._arrived.clear()
        _settle(failed, NotKeptError())


def _settle(group: list[_Waiting], error: NotKeptError | None) -> None:
    for waiting in group:
        if waiting.kept.done():  # Its caller hung up.
            continue
        if error is None:
            waiting.kept.set_result(None)
        else:
            waiting.kept.set_exception(error)
