"""A million changed webhook bodies: each is kept, and is applied or becomes a dead letter; none upsets the parser."""

import asyncio
import os

import pytest

from bench.mutations import mutate_bodies
from switchboard.core import database
from switchboard.webhooks import store, worker
from tests import payloads
from tests.conftest import NOON, OwnDatabase
from tests.webhooks.applying import a_message
from tests.webhooks.test_any_bytes import read_all
from tests.webhooks.world import World, make_world

pytestmark = pytest.mark.soak
COUNT = int(os.environ.get("SOAK_COUNT", "1000000"))
SEED = int(os.environ.get("SOAK_SEED", "0"))
BATCH = 500
# Journal and dead letters of so many are counted and let go, or the disk fills.
KEPT = 50_000


async def test_every_changed_body_is_read_and_stored_and_leaves_the_queue(database: OwnDatabase) -> None:
    world = make_world(database.url, NOON)
    soak = Soak(world)
    await soak.run(COUNT)
    assert soak.stored == soak.sent == COUNT
    assert soak.parts > COUNT // 10


class Soak:
    """Sends changed bodies in batches, with a good message in each that must come through."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent = self.stored = self.parts = self.good = 0

    async def run(self, count: int) -> None:
        """Send so many; the counts of what was stored are taken from the tables."""
        originals = [payloads.body(name) for name in payloads.names()]
        async with database.make_pool("stream", size=2, url=self.world.url) as pool:
            applier = worker.Applier(worker.ApplierConfig(url=self.world.url, now=lambda: NOON), pool, asyncio.Event())
            for start in range(0, count, BATCH):
                bodies = list(mutate_bodies(originals, seed=SEED + start, count=min(BATCH, count - start)))
                self.parts += sum(read_all(body) for body in bodies)
                await self._keep(pool, bodies)
                for is_inbound in (True, False):
                    while await applier.apply_waiting(is_inbound=is_inbound):
                        continue
                if self.sent % KEPT == 0 or self.sent == count:
                    self._take_stock()

    async def _keep(self, pool: database.Pool, bodies: list[bytes]) -> None:
        self.good += 1
        good = a_message(self.world, "hello", wamid=f"wamid.GOOD_{self.good}")
        events = [
            store.NewEvent(self.world.workspace_id, self.world.app_id, b'"messages"' in body, NOON, body)
            for body in (*bodies, good)
        ]
        async with pool.connection() as connection:
            await store.insert_events(connection, events)
        self.sent += len(bodies)

    def _take_stock(self) -> None:
        """Count what the journal has; nothing may be left in the queue, and every good message is there."""
        assert self.world.one("SELECT count(*) FROM webhooks_event") == 0
        goods = "SELECT count(DISTINCT wamid) FROM replies_inboundmessage WHERE starts_with(wamid, 'wamid.GOOD_')"
        assert self.world.one(goods) == self.good
        journal = self.world.one("SELECT count(*) FROM webhooks_journalentry")
        self.stored = journal - self.good + self.stored
        self.world.run("TRUNCATE webhooks_journalentry, webhooks_deadletter, replies_inboundmessage, webhooks_orphan")
        self.good = 0
