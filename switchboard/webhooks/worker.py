"""The applier: takes stored events, people's before Meta's statuses, and applies each exactly once.

A batch is one transaction: the events leave the queue with everything that follows from them, or not at all.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout

from switchboard.core import clock, database, database_time, ending, heartbeat
from switchboard.delivery import store as delivery_store
from switchboard.webhooks import dispatch, store, unnoted

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 0.5
_CONNECTION_SECONDS = 5.0
# A batch that fails is tried again in parts of this fraction, down to single events.
_NARROWING = 8
# The fault is ours or the machine's, not the event's: wait, and try the same batch again.
_NOT_THE_EVENTS_FAULT = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InsufficientPrivilege,
    PoolTimeout,
    OSError,
    TimeoutError,
)


@dataclass(frozen=True)
class ApplierConfig:
    """How the applier works; the figures suit one process beside a local database."""

    # Empty: the database of SWITCHBOARD_DATABASE_URL.
    url: str | None = None
    now: Callable[[], datetime] = clock.now
    batch_events: int = 500
    batch_bytes: int = 2 * 1024 * 1024
    # Two, so that one batch is read and decided while the database writes the other.
    status_lanes: int = 2
    # For so long statuses wait for what people wrote, and no longer: there may be no end to it.
    patience_seconds: float = 0.5
    poll_seconds: float = 0.25
    watermark_seconds: float = 0.2
    orphans_seconds: float = 2.0
    role: str = "worker"


class _FailedBatchError(Exception):
    """A batch could not be applied, and one of its events is to blame."""

    def __init__(self, batch: list[store.StoredEvent]) -> None:
        super().__init__()
        self.batch = batch


class Applier:
    """The applier of one process. People's events have a lane of their own, so that no STOP waits."""

    def __init__(self, config: ApplierConfig, pool: database.Pool, stopping: asyncio.Event) -> None:
        self._config = config
        self._pool = pool
        self._stopping = stopping
        self._limits = {True: config.batch_events, False: config.batch_events}
        self._failed_alone: int | None = None
        self._woken = {True: asyncio.Event(), False: asyncio.Event()}
        # Set while nothing from people is being applied.
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Apply until told to stop; then finish the batch at hand."""
        async with asyncio.TaskGroup() as around:
            helpers = [
                around.create_task(self._listen()),
                around.create_task(self._keep_watermark()),
                around.create_task(self._keep_returning_orphans()),
                around.create_task(database_time.follow_database(self._pool)),
                around.create_task(heartbeat.run_heartbeat(self._pool, self._config.role, lambda: dict(self.counts))),
            ]
            async with asyncio.TaskGroup() as lanes:
                lanes.create_task(self._run_lane(is_inbound=True))
                for _ in range(self._config.status_lanes):
                    lanes.create_task(self._run_lane(is_inbound=False))
            await ending.end_tasks(helpers)

    # ── lanes ────────────────────────────────────────────────────────────────────────────────────

    async def _run_lane(self, *, is_inbound: bool) -> None:
        woken = self._woken[is_inbound]
        while not self._stopping.is_set():
            woken.clear()
            try:
                is_drained = await self._take_turn(is_inbound=is_inbound) == 0
            except _NOT_THE_EVENTS_FAULT as error:
                log.warning("applier_waits", error=str(error) or type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            except Exception:
                # The worker's loop: a mistake of ours in one lane must not stop the other.
                log.exception("applier_failed")
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            if is_drained:
                await _wait(woken, self._config.poll_seconds)

    async def _take_turn(self, *, is_inbound: bool) -> int:
        """Apply one batch; statuses let people go first, so that a STOP has processor and database to itself."""
        if not is_inbound:
            await _wait(self._is_quiet, self._config.patience_seconds)
            return await self.apply_waiting(is_inbound=False)
        self._is_quiet.clear()
        try:
            return await self.apply_waiting(is_inbound=True)
        finally:
            self._is_quiet.set()

    async def apply_waiting(self, *, is_inbound: bool) -> int:
        """Apply one batch and return how many events left the queue.

        :raises psycopg.OperationalError: the database is away; nothing has been applied.
        """
        try:
            taken = await self._apply_batch(is_inbound=is_inbound)
        except _FailedBatchError as failed:
            taken = await self._isolate(failed, is_inbound=is_inbound)
        else:
            self._limits[is_inbound] = min(self._limits[is_inbound] * _NARROWING, self._config.batch_events)
        if taken and is_inbound:
            await self.write_watermark()
        return taken

    async def _apply_batch(self, *, is_inbound: bool) -> int:
        limit, max_bytes = self._limits[is_inbound], self._config.batch_bytes
        async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection, connection.transaction():
            batch = await store.take_events(connection, is_inbound=is_inbound, limit=limit, max_bytes=max_bytes)
            if not batch:
                return 0
            try:
                counts = await dispatch.apply_events(connection, batch, self._config.now())
            except _NOT_THE_EVENTS_FAULT:
                raise
            except Exception as error:
                raise _FailedBatchError(batch) from error
        self.counts.update(counts)
        log.debug("events_applied", **counts)
        return len(batch)

    async def _isolate(self, failed: _FailedBatchError, *, is_inbound: bool) -> int:
        """Find the event that spoils its batch in ever smaller batches; alone, it is set aside."""
        error = f"{type(failed.__cause__).__name__}: {failed.__cause__}"
        if len(failed.batch) > 1:
            log.warning("batch_failed", events=len(failed.batch), error=error)
            self._limits[is_inbound] = max(1, len(failed.batch) // _NARROWING)
            return await self.apply_waiting(is_inbound=is_inbound)
        (event,) = failed.batch
        if self._failed_alone != event.id:
            # Another worker may have been in the way, with the same person say: once more before it is set aside.
            self._failed_alone = event.id
            return await self.apply_waiting(is_inbound=is_inbound)
        log.error("event_set_aside", event_id=event.id, error=error, exc_info=failed.__cause__)
        async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            await store.bury_event(connection, event.id, error, self._config.now())
        self.counts["dead_letters"] += 1
        return 1

    # ── around the lanes ─────────────────────────────────────────────────────────────────────────

    async def write_watermark(self) -> None:
        """Say up to when every event from people has been applied; the claim relies on it."""
        # The clock first: an event that comes in between is not covered.
        now = self._config.now()
        async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            oldest = await store.find_oldest_inbound(connection)
            await delivery_store.set_watermark(connection, min(oldest, now) if oldest else now)

    async def _keep_watermark(self) -> None:
        while True:
            try:
                await self.write_watermark()
            except _NOT_THE_EVENTS_FAULT as error:
                log.warning("watermark_not_written", error=str(error) or type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
            await asyncio.sleep(self._config.watermark_seconds)

    async def return_orphans(self) -> int:
        """Queue statuses again that came before the answer to their message; return how many."""
        async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            return await store.return_orphans(connection, self._config.now() - unnoted.KEPT)

    async def _keep_returning_orphans(self) -> None:
        while True:
            await asyncio.sleep(self._config.orphans_seconds)
            try:
                self.counts["statuses_returned"] += await self.return_orphans()
            except _NOT_THE_EVENTS_FAULT as error:
                log.warning("orphans_not_returned", error=str(error) or type(error).__name__)

    async def _listen(self) -> None:
        """Wake the lanes as soon as a gateway has kept something; polling covers what is missed."""
        while True:
            try:
                conninfo = database.conninfo_for("stream", self._config.url)
                async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
                    await connection.execute("LISTEN switchboard_event")
                    async for _ in connection.notifies():
                        for woken in self._woken.values():
                            woken.set()
            except (psycopg.Error, OSError) as error:
                log.warning("not_listening", error=str(error))
            await asyncio.sleep(_RETRY_SECONDS)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def run_applier(config: ApplierConfig, stopping: asyncio.Event) -> None:
    """Apply stored events until `stopping` is set."""
    pool = database.make_pool("stream", size=4 + config.status_lanes, url=config.url)
    await pool.open(wait=False)
    try:
        await Applier(config, pool, stopping).run()
    finally:
        await pool.close()
