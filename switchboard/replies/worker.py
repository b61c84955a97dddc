"""The answering of a worker: messages are decided on, timers are done, rules are swapped. Starts all its tasks here."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout

from switchboard.cloudapi.transport import open_transport
from switchboard.conversations import store as threads
from switchboard.core import clock, database, ending
from switchboard.core.database import Pool
from switchboard.delivery.credentials import Credentials
from switchboard.replies.answering import calls, rounds, saying, spoken
from switchboard.replies.answering import store as effects_store
from switchboard.replies.answering.deciding import Draw
from switchboard.replies.answering.shelf import Shelf

log = structlog.get_logger(__name__)

# The fault is the machine's or ours, not one message's: wait, and try the same again.
_AWAY = (
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
_RETRY_SECONDS = 0.5
_CONNECTION_SECONDS = 5.0
_CALLS_AT_ONCE = 32
_CALL_SECONDS = 8.0
_FORGET_SECONDS = 600.0
_FORGOTTEN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class AnsweringConfig:
    """How a worker answers; the figures suit one process beside a local database."""

    cloud_api_url: str
    # Whether calls carry a proof made with the app's secret.
    proves_calls: bool = False
    # Empty: the database of SWITCHBOARD_DATABASE_URL.
    url: str | None = None
    now: Callable[[], datetime] = clock.now
    draw: Draw = random.uniform
    batch: int = 100
    # A timer is done at most so long after it is due: a poll, and a round.
    timer_seconds: float = 0.1
    poll_seconds: float = 0.25
    rules_seconds: float = 0.5


class Answerer:
    """The loops of one worker."""

    def __init__(self, config: AnsweringConfig, pool: Pool, caller: calls.Caller, stopping: asyncio.Event) -> None:
        self._config = config
        self._pool = pool
        self._caller = caller
        self._stopping = stopping
        self._lanes = spoken.Lanes()
        # How many are taken at once; after a failure one, so that what cannot be done is found and set aside.
        self._limits = {"decide": config.batch, "say": config.batch}
        self._woken = asyncio.Event()
        self._changed = asyncio.Event()
        self.shelf = Shelf(pool)
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Answer until told to stop; then finish the round at hand."""
        async with asyncio.TaskGroup() as around:
            helpers = [
                around.create_task(self._listen()),
                around.create_task(self._keep("forget", _FORGET_SECONDS, self._forget)),
            ]
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._loop("rules", self.refresh, self._changed, self._config.rules_seconds))
                loops.create_task(self._loop("decide", self.decide, self._woken, self._config.poll_seconds))
                loops.create_task(self._loop("say", self.say, asyncio.Event(), self._config.timer_seconds))
                loops.create_task(self._loop("call", self.call, asyncio.Event(), self._config.timer_seconds))
            await ending.end_tasks(helpers)

    async def refresh(self) -> bool:
        """Take in rules that were published."""
        await self.shelf.refresh()
        return False

    async def decide(self) -> bool:
        """Decide on messages that wait; tell whether there may be more."""
        config = self._config

        async def work(connection: AsyncConnection, limit: int) -> Counter[str] | None:
            return await rounds.decide_waiting(connection, self.shelf, config.now(), config.draw, limit)

        return await self._do("decide", work, effects_store.set_effect_aside)

    async def say(self) -> bool:
        """Do what timers ask for; tell whether there may be more."""
        config = self._config

        async def work(connection: AsyncConnection, limit: int) -> Counter[str] | None:
            return await saying.say_due(connection, self.shelf, self._lanes, config.now(), limit)

        async def set_aside(connection: AsyncConnection) -> int | None:
            return await threads.set_timer_aside(connection, config.now())

        return await self._do("say", work, set_aside)

    async def _do(
        self,
        name: str,
        work: Callable[[AsyncConnection, int], Awaitable[Counter[str] | None]],
        set_aside: Callable[[AsyncConnection], Awaitable[object]],
    ) -> bool:
        """Do a round. One that fails is done one by one, and what fails alone is set aside: the others go on."""
        limit = self._limits[name]
        try:
            async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
                done = await work(connection, limit)
        except _AWAY:
            raise
        except Exception:
            # The worker's loop: one message of somebody's must not keep everybody else waiting.
            log.exception("answering_failed", loop=name, at_once=limit)
            if limit == 1:
                async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
                    log.warning("answering_set_aside", loop=name, what=str(await set_aside(connection)))
            self._limits[name] = 1
            return True
        if limit < self._config.batch and done is not None:
            self._limits[name] = min(self._config.batch, limit * 4)
        self.counts.update(done or {})
        return done is not None

    async def call(self) -> bool:
        """Make the calls to Meta that are due."""
        async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            timers = await threads.lease_calls(connection, self._config.now(), _CALLS_AT_ONCE)
            if not timers:
                return False
            await self._caller.make(connection, timers)
            await threads.finish_calls(connection, [timer.id for timer in timers])
        self.counts["calls"] += len(timers)
        return True

    async def _forget(self) -> None:
        async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            await threads.forget_timers(connection, self._config.now() - _FORGOTTEN_AFTER)

    async def _loop(self, name: str, work: Callable[[], Awaitable[bool]], woken: asyncio.Event, seconds: float) -> None:
        while not self._stopping.is_set():
            woken.clear()
            try:
                if await work():
                    continue
            except _AWAY as error:
                log.warning("answering_waits", loop=name, error=str(error) or type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            except Exception:
                # The worker's loop: what is wrong with one round must not end the others.
                log.exception("answering_failed", loop=name)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            await _wait(woken, seconds)

    async def _keep(self, name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except _AWAY as error:
                log.info("small_work_waits", work=name, error=str(error))
            await asyncio.sleep(seconds)

    async def _listen(self) -> None:
        """Wake the loops as soon as there is a message or a new set; polling covers what is missed."""
        while True:
            try:
                conninfo = database.conninfo_for("stream", self._config.url)
                async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
                    await connection.execute("LISTEN switchboard_answers")
                    await connection.execute("LISTEN switchboard_rules")
                    async for notice in connection.notifies():
                        (self._woken if notice.channel == "switchboard_answers" else self._changed).set()
            except _AWAY as error:
                log.warning("not_listening", error=str(error))
            await asyncio.sleep(_RETRY_SECONDS)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def run_answering(config: AnsweringConfig, stopping: asyncio.Event) -> None:
    """Answer people automatically until `stopping` is set."""
    pool = database.make_pool("stream", size=5, url=config.url)
    await pool.open(wait=False)
    try:
        async with open_transport(
            config.cloud_api_url, connections=_CALLS_AT_ONCE, timeout_seconds=_CALL_SECONDS
        ) as transport:
            caller = calls.Caller(transport, Credentials(pool, proves_calls=config.proves_calls))
            await Answerer(config, pool, caller, stopping).run()
    finally:
        await pool.close()
