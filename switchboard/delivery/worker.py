"""The sender: claims what is due, posts it at its moment, records what came of it. Starts all its tasks here."""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout

from switchboard.cloudapi.transport import open_transport
from switchboard.core import clock, database, ending, heartbeat, live
from switchboard.core.database import Pool
from switchboard.core.roles import RoleWatch
from switchboard.delivery import store
from switchboard.delivery.breaker import Breaker
from switchboard.delivery.credentials import Credentials
from switchboard.delivery.crew import Crew
from switchboard.delivery.open_batches import OpenBatches
from switchboard.delivery.opening import Opening
from switchboard.delivery.posting import Poster, Switches
from switchboard.delivery.recorder import Recorder
from switchboard.delivery.schedule import Planned, Schedule
from switchboard.delivery.types import State

log = structlog.get_logger(__name__)

_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)
_POLL_SECONDS = 0.25
# While there is work a claim takes together what came due in this time.
_FULL_SECONDS = 0.02
_SWITCH_SECONDS = 0.25
_RENEW_SECONDS = 2.0
_CLEAN_SECONDS = 2.0
_ROLES_SECONDS = 5.0
_CLOCK_SECONDS = 10.0
_LARGEST_JUMP_SECONDS = 0.25
_FINISH_SECONDS = 3.0
_SET_ASIDE_SECONDS = 5.0
# No more is claimed than is posted within a second, so that little is in doubt if this process dies.
_LEAST_WAITING = 400
_MOST_WAITING = 4000
_REFILL_SHARE = 0.8
# A claim keeps its numbers from other senders, and the loop from posting, for as long as it takes.
_MOST_AT_ONCE = 2000
_NAMES = {state: state.name.lower() for state in State}


@dataclass(frozen=True, slots=True)
class SenderConfig:
    """What a sender needs to know."""

    database_url: str
    cloud_api_url: str
    # Requests to Meta at the same time.
    concurrency: int = 128
    timeout_seconds: float = 20.0
    pool_size: int = 4
    # Each call carries the proof that the token was not stolen.
    proves_calls: bool = False
    sender_id: uuid.UUID = field(default_factory=uuid.uuid4)


async def run_sender(config: SenderConfig, stopping: asyncio.Event) -> dict[str, int]:
    """Send until `stopping` is set, then finish what is in flight; return counts."""
    pool = database.make_pool("stream", size=config.pool_size, url=config.database_url, checks=False)
    # The pool waits longer after every attempt that fails; given up soon, the next request tries at once.
    pool.reconnect_timeout = 3.0
    await pool.open()
    try:
        async with open_transport(
            config.cloud_api_url, connections=config.concurrency, timeout_seconds=config.timeout_seconds
        ) as transport:
            batches = OpenBatches()
            parts = Switches(), Breaker(clock.monotonic), Schedule()
            credentials = Credentials(pool, proves_calls=config.proves_calls)
            poster = Poster(transport, credentials, batches, Opening(pool, batches), *parts)
            sender = Sender(config, pool, poster, Recorder(pool, batches))
            await sender.run(stopping)
            return dict(sender.counts)
    finally:
        await pool.close()


class Sender:
    """The loops of one sender process and what they share."""

    def __init__(self, config: SenderConfig, pool: Pool, poster: Poster, recorder: Recorder) -> None:
        self._config = config
        self._pool = pool
        self._poster = poster
        self._recorder = recorder
        self._batches = poster.batches
        self._schedule = poster.schedule
        self._is_due = asyncio.Event()
        self._crew = Crew(self._schedule, self._post, size=config.concurrency, monotonic=clock.monotonic)
        self._is_clock_steady = self._is_fresh = False
        self._set_aside: dict[int, float] = {}
        self._roles = RoleWatch()
        self.counts: Counter[str] = Counter()

    async def run(self, stopping: asyncio.Event) -> None:
        """Run every loop until `stopping` is set."""
        async with asyncio.TaskGroup() as group:
            loops = [
                group.create_task(heartbeat.run_heartbeat(self._pool, "sender", self._details)),
                group.create_task(self._keep("clock", _CLOCK_SECONDS, self._measure_clock)),
                group.create_task(self._keep("switches", _SWITCH_SECONDS, self._read_switches)),
                group.create_task(self._keep("leases", _RENEW_SECONDS, self._renew_leases)),
                group.create_task(self._keep("clean_up", _CLEAN_SECONDS, self._clean_up)),
                group.create_task(self._keep("roles", _ROLES_SECONDS, self._watch_roles)),
                group.create_task(self._listen()),
            ]
            recording = group.create_task(self._recorder.run())
            loops.append(group.create_task(self._poster.opening.run()))
            self._crew.start(group)
            claiming = group.create_task(self._claim_until(stopping))
            await stopping.wait()
            self._is_due.set()
            await claiming
            await self._finish()
            await ending.end_tasks([recording, *loops])
        await self._flush_the_rest()

    def _details(self) -> dict[str, object]:
        details: dict[str, object] = {**self.counts, "scheduled": len(self._schedule), "to_record": len(self._recorder)}
        if self._poster.breaker.is_testing:
            details["cloud_api_away"] = self._poster.breaker.last_reason
        return details

    # ── claiming ─────────────────────────────────────────────────────────────────────────────────

    async def _claim_until(self, stopping: asyncio.Event) -> None:
        pause = 0.0
        while not stopping.is_set():
            try:
                pause = await self._claim_or_not(pause)
            except _AWAY as error:
                log.warning("database_away", error=str(error))
                pause = min(5.0, max(0.5, 2 * pause))
            if pause:
                await self._wait_for_work(stopping, pause)

    async def _claim_or_not(self, pause: float) -> float:
        """Claim if that may be; return how long to wait before the next time."""
        if not self._may_claim():
            return _FULL_SECONDS
        budget = self._budget()
        claimed, is_due = await self._claim_round()
        if claimed >= budget:
            # Not what is due set the end: what is left need not gather.
            return 0.0
        if claimed or not is_due:
            return _FULL_SECONDS if claimed else _POLL_SECONDS
        # Another sender has the numbers, for as long as its claim takes.
        return min(_POLL_SECONDS, 2 * max(pause, _FULL_SECONDS / 2))

    async def _wait_for_work(self, stopping: asyncio.Event, seconds: float) -> None:
        if stopping.is_set():
            return
        self._is_due.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._is_due.wait()
        except TimeoutError:
            return

    def _may_claim(self) -> bool:
        return (
            self._is_clock_steady
            and not self._poster.breaker.is_open
            and not self._recorder.is_away
            and self._budget() > 0
        )

    def _budget(self) -> int:
        """Return how many more messages may be claimed: what was posted in the last second, less what waits.

        A claim takes its time, and meanwhile what waits is posted: the next one begins long before nothing is left.
        """
        if self._poster.breaker.is_testing:
            return 0 if self._crew.in_flight or len(self._schedule) else 1
        wanted = min(_MOST_WAITING, max(_LEAST_WAITING, self._crew.speed.per_second()))
        waiting = len(self._schedule) + self._crew.in_flight
        return min(_MOST_AT_ONCE, wanted - waiting) if waiting < wanted * _REFILL_SHARE else 0

    async def _claim_round(self) -> tuple[int, bool]:
        """Claim once for every workspace with something due, in turns; return how many rows were dealt with.

        And whether anything was due.
        """
        now = clock.now()
        async with self._pool.connection(timeout=2) as connection:
            workspaces = await store.list_due_workspaces(connection, now, is_fresh=self._is_fresh)
            random.shuffle(workspaces)
            claimed = 0
            for position, workspace_id in enumerate(workspaces):
                budget = self._budget()
                if budget <= 0:
                    break
                most = max(1, budget // (len(workspaces) - position))
                claimed += await self._try_to_claim_for(connection, workspace_id, most)
        return claimed, bool(workspaces)

    async def _try_to_claim_for(self, connection: AsyncConnection, workspace_id: int, most: int) -> int:
        """Claim for one workspace; a row that cannot be understood must not stop the others."""
        if self._set_aside.get(workspace_id, 0.0) > clock.monotonic():
            return 0
        try:
            return await self._claim_for(connection, workspace_id, most)
        except _AWAY:
            raise
        except Exception:
            log.exception("claim_failed", workspace=workspace_id)
            self._set_aside[workspace_id] = clock.monotonic() + _SET_ASIDE_SECONDS
            return 0

    async def _claim_for(self, connection: AsyncConnection, workspace_id: int, most: int) -> int:
        asked_at, now = clock.monotonic(), clock.now()
        claim = await store.claim(
            connection,
            workspace_id=workspace_id,
            sender_id=self._config.sender_id,
            now=now,
            most=most,
            draw=random.uniform,
            at_once=1 + self._poster.opening.ahead(),
        )
        self.counts.update(claimed=len(claim.messages), held=claim.held, skipped=claim.skipped)
        if claim.messages:
            self._batches.add(claim, asked_at)
            start = asked_at - now.timestamp()
            for message in claim.messages:
                self._schedule.add(Planned(message, start + message.leave_at, asked_at))
            self._crew.note_planned()
        if claim.topics:
            await live.publish(connection, workspace_id, claim.topics)
        return len(claim.messages) + claim.held + claim.skipped

    # ── posting ──────────────────────────────────────────────────────────────────────────────────

    async def _post(self, planned: Planned) -> None:
        message = planned.message
        try:
            note = await self._poster.post(planned)
        except asyncio.CancelledError:
            self._recorder.add(self._poster.doubt(message, "the sender was stopped"))
            raise
        except _AWAY:
            # The token could not be read: nothing was posted.
            note = self._poster.release(message)
        except Exception:
            # A mistake of ours must not end the sender; whether Meta has the message is open.
            log.exception("post_failed", message=str(message.message_id))
            note = self._poster.doubt(message, "an error in the sender")
        self.counts[_NAMES[note.result.state]] += 1
        self._recorder.add(note)
        if self._crew.in_flight == 1 and not len(self._schedule):
            # It was the last of what there is.
            self._recorder.hurry()

    async def _finish(self) -> None:
        """Release what was not posted, wait for the answers that are still out, record everything."""
        for planned in self._schedule.drain():
            self._recorder.add(self._poster.release(planned.message))
        await self._crew.finish(_FINISH_SECONDS)

    async def _flush_the_rest(self) -> None:
        try:
            async with asyncio.timeout(1.5):
                await self._recorder.flush()
        except (*_AWAY, TimeoutError) as error:
            # Their batches' leases run out, and the messages become unknown.
            log.warning("results_lost", results=len(self._recorder), error=str(error))

    # ── around them ──────────────────────────────────────────────────────────────────────────────

    async def _keep(self, name: str, seconds: float, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        """Do a small piece of work again and again; a database that is away only delays it."""
        while True:
            try:
                async with self._pool.connection(timeout=2) as connection:
                    await work(connection)
            except _AWAY as error:
                log.info("small_work_waits", work=name, error=str(error))
                await asyncio.sleep(min(seconds, 0.5))
                continue
            await asyncio.sleep(seconds)

    async def _measure_clock(self, connection: AsyncConnection) -> None:
        before = clock.now()
        database_seconds = await store.read_database_time(connection)
        middle = before + (clock.now() - before) / 2
        offset = _offset(database_seconds, middle)
        is_first = not self._is_clock_steady
        jump = abs(offset - clock.database_offset())
        clock.set_database_offset(offset)
        self._is_clock_steady = is_first or jump <= _LARGEST_JUMP_SECONDS
        if not self._is_clock_steady:
            log.warning("clock_jumped", seconds=round(jump, 3))

    async def _read_switches(self, connection: AsyncConnection) -> None:
        asked_at = clock.monotonic()
        switches = self._poster.switches
        switches.stopped, switches.read_at = await store.list_stopped(connection), asked_at
        # Only tells which workspaces to look at: each claim reads it again.
        self._is_fresh = await store.is_watermark_fresh(connection, clock.now())

    async def _renew_leases(self, connection: AsyncConnection) -> None:
        batch_ids = self._batches.ids()
        if batch_ids:
            asked_at = clock.monotonic()
            self._batches.renew(await store.renew(connection, batch_ids, clock.now()), asked_at)

    async def _clean_up(self, connection: AsyncConnection) -> None:
        """Doubt what dead senders had in flight, end doubts whose clock has run out, and hear of higher levels."""
        now = clock.now()
        for found in (await store.expire_batches(connection, now), await store.settle_unknown(connection, now)):
            for workspace_id, topics in found.items():
                await live.publish(connection, workspace_id, topics)
        await store.look_again(connection, now)

    async def _watch_roles(self, connection: AsyncConnection) -> None:
        """Tell when the worker is gone, which would otherwise tell of everybody else."""
        await self._roles.look(connection, clock.now())

    async def _listen(self) -> None:
        """Wake the claim when somebody put work in; without it, it looks four times a second."""
        conninfo = database.conninfo_for("stream", self._config.database_url)
        while True:
            try:
                async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
                    await connection.execute("LISTEN switchboard_due")
                    async for _ in connection.notifies():
                        self._is_due.set()
            except _AWAY as error:
                log.info("not_listening", error=str(error))
            await asyncio.sleep(1.0)


def _offset(database_seconds: float, middle: datetime) -> float:
    """Return how far the database's clock is ahead of this machine's."""
    machine = middle.timestamp() - clock.shift_seconds() - clock.database_offset()
    return database_seconds - machine
