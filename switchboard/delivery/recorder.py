"""Writes results down in batches, in the order in which they came; keeps them while the database is away."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout

from switchboard.core import clock, live
from switchboard.core.database import Pool
from switchboard.delivery import store
from switchboard.delivery.open_batches import OpenBatches

log = structlog.get_logger(__name__)

# Results that come within a moment share a transaction: a small one costs nearly as much as a large one.
GATHER_SECONDS = 0.05
ENOUGH = 500
LARGEST = 1000
_TOPICS_SECONDS = 0.25
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)

Consequence = Callable[[AsyncConnection[Any]], Awaitable[None]]


class Note(NamedTuple):
    """A result, and what else follows from it: `key` lets the same consequence happen once a batch."""

    result: store.Result
    key: tuple[Any, ...] | None = None
    consequence: Consequence | None = None
    topics: frozenset[str] = frozenset()


class Recorder:
    """One writer of results."""

    def __init__(self, pool: Pool, batches: OpenBatches) -> None:
        self._pool = pool
        self._batches = batches
        self._notes: list[Note] = []
        self._wake = asyncio.Event()
        self._is_enough = asyncio.Event()
        self._topics: dict[int, set[str]] = defaultdict(set)
        self._published_at = 0.0
        self.is_away = False

    def __len__(self) -> int:
        return len(self._notes)

    def add(self, note: Note) -> None:
        """Take a result; how many there can be is bounded by how many messages are claimed."""
        self._notes.append(note)
        self._wake.set()
        if len(self._notes) >= ENOUGH:
            self._is_enough.set()

    def hurry(self) -> None:
        """Write at once what there is: nothing more will come soon."""
        if self._notes:
            self._is_enough.set()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wait()
            await self._try_to_flush()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_TOPICS_SECONDS if self._topics else None):
                await self._wake.wait()
        except TimeoutError:
            return
        try:
            async with asyncio.timeout(GATHER_SECONDS):
                await self._is_enough.wait()
        except TimeoutError:
            return

    async def _try_to_flush(self) -> None:
        try:
            await self.flush(least=ENOUGH)
            self.is_away = False
        except _AWAY as error:
            self.is_away = True
            log.warning("results_wait_for_the_database", results=len(self._notes), error=str(error))
            await asyncio.sleep(0.5)

    async def flush(self, *, least: int = 1) -> None:
        """Write what is there, and go on while at least so many came meanwhile.

        :raises OperationalError: the database is away; everything is kept.
        """
        while self._notes:
            notes = self._notes[:LARGEST]
            try:
                await self._write(notes)
            except _AWAY:
                raise
            except psycopg.Error:
                log.exception("results_are_written_one_by_one", results=len(notes))
                await self._write_singly(notes)
            del self._notes[: len(notes)]
            if len(self._notes) < least:
                break
        self._is_enough.clear()
        if not self._notes:
            self._wake.clear()
        if self._topics:
            await self._publish()

    async def _write_singly(self, notes: Sequence[Note]) -> None:
        for note in notes:
            try:
                await self._write([note])
            except _AWAY:
                raise
            except psycopg.Error:
                # Its batch stays open, its lease runs out, and the message becomes unknown.
                log.exception("result_set_aside", message=str(note.result.message.message_id))

    async def _write(self, notes: Sequence[Note]) -> None:
        results = [note.result for note in notes]
        consequences = {note.key: note.consequence for note in notes if note.consequence is not None}
        settled = self._batches.list_settled_by(results)
        async with self._pool.connection(timeout=5) as connection:
            if consequences:
                async with connection.transaction():
                    for consequence in consequences.values():
                        await consequence(connection)
                    topics = await store.record_results(connection, results, settled_batches=settled, now=clock.now())
            else:
                # It has a transaction of its own, and one inside another costs two round trips more.
                topics = await store.record_results(connection, results, settled_batches=settled, now=clock.now())
        self._batches.settle(results)
        for workspace_id, some in topics.items():
            self._topics[workspace_id] |= some
        for note in notes:
            if note.topics:
                self._topics[note.result.message.workspace_id] |= note.topics

    async def _publish(self) -> None:
        if clock.monotonic() - self._published_at < _TOPICS_SECONDS:
            return
        self._published_at = clock.monotonic()
        topics, self._topics = self._topics, defaultdict(set)
        async with self._pool.connection(timeout=5) as connection:
            for workspace_id, some in topics.items():
                await live.publish(connection, workspace_id, some)
