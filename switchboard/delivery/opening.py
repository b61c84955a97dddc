"""Says in the crash record what may be posted, a little ahead of the posting, for many messages at once."""

import asyncio
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from switchboard.core import clock
from switchboard.core.database import Pool
from switchboard.delivery import store
from switchboard.delivery.crew import Speed
from switchboard.delivery.open_batches import OpenBatches
from switchboard.delivery.store import Claimed

log = structlog.get_logger(__name__)

_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)
# What is posted in a twentieth of a second is opened ahead: as much is in doubt, at most, when this process dies, and at
# full speed the record is written some twenty times a second.
_AHEAD = 20
_LOOK_AGAIN_SECONDS = 0.01
_Waiting = tuple[Claimed, asyncio.Future[bool]]


class Opening:
    """One writer of how far each batch has been opened."""

    def __init__(self, pool: Pool, batches: OpenBatches) -> None:
        self._pool = pool
        self._batches = batches
        self._speed = Speed(clock.monotonic)
        self._ahead, self._ahead_since = 0, float("-inf")
        self._wake = asyncio.Event()
        self._wanted: dict[UUID, int] = {}
        self._waiting: list[_Waiting] = []

    def ahead(self) -> int:
        """Return how many messages may be opened before their turn."""
        return self._ahead_at(clock.monotonic())

    def _ahead_at(self, now: float) -> int:
        if now - self._ahead_since > _LOOK_AGAIN_SECONDS:
            # Asked for every message, while the speed hardly changes from one to the next. The best speed of late: by a
            # mean, a sender that begins again would wait for the database after every few messages.
            self._ahead, self._ahead_since = self._speed.peak_per_second() // _AHEAD, now
        return self._ahead

    def is_open(self, message: Claimed, now: float) -> bool:
        """Tell whether the record says already that this message may have been posted, and ask for those behind it."""
        self._speed.note_one_at(now)
        opened_to = self._batches.opened_to(message.batch_id)
        ahead = self._ahead_at(now)
        if message.position + ahead // 2 >= opened_to:
            wanted = max(self._wanted.get(message.batch_id, 0), message.position + 1 + ahead)
            self._wanted[message.batch_id] = wanted
            self._wake.set()
        return message.position < opened_to

    async def open(self, message: Claimed) -> bool:
        """Wait for the record to say that a message may have been posted; only then may it be."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, future))
        return await future

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            wanted, self._wanted = self._wanted, {}
            waiting, self._waiting = self._waiting, []
            try:
                await self._write(wanted)
            except _AWAY as error:
                log.warning("not_opened", messages=len(waiting), error=str(error))
            finally:
                for message, future in waiting:
                    if not future.done():
                        future.set_result(message.position < self._batches.opened_to(message.batch_id))

    async def _write(self, wanted: dict[UUID, int]) -> None:
        # A batch that is opened whole already only seems to want more.
        sizes = {batch_id: self._batches.size(batch_id) for batch_id in wanted}
        further = {
            batch_id: min(to, sizes[batch_id])
            for batch_id, to in wanted.items()
            if min(to, sizes[batch_id]) > self._batches.opened_to(batch_id)
        }
        if not further:
            return
        async with self._pool.connection(timeout=2) as connection:
            opened = await store.open_further(connection, further)
        for batch_id in opened:
            self._batches.note_opened(batch_id, further[batch_id])
