"""A million changed webhook bodies: each is read, or is a dead letter; a sample of them goes through the applier."""

import os

import pytest

from bench.mutations import mutate_bodies
from tests import payloads
from tests.conftest import NOON, OwnDatabase
from tests.webhooks.applying import apply_all
from tests.webhooks.test_any_bytes import read_all
from tests.webhooks.world import make_world

pytestmark = pytest.mark.soak
COUNT = int(os.environ.get("SOAK_COUNT", "1000000"))
STORED_SHARE = 100
BATCH = 500


def bodies_of(seed: int, count: int) -> list[bytes]:
    """Return bodies made from every case."""
    return list(mutate_bodies([payloads.body(name) for name in payloads.names()], seed=seed, count=count))


def test_no_changed_body_upsets_the_parser() -> None:
    parts = 0
    for seed in range(0, COUNT, BATCH):
        parts += sum(read_all(body) for body in bodies_of(seed, min(BATCH, COUNT - seed)))
    assert parts > COUNT // 10


async def test_every_changed_body_is_stored_and_leaves_the_queue(database: OwnDatabase) -> None:
    world = make_world(database.url, NOON)
    count = max(BATCH, COUNT // STORED_SHARE)
    for seed in range(0, count, BATCH):
        await apply_all(world, *bodies_of(seed, BATCH))
    assert world.one("SELECT count(*) FROM webhooks_event") == 0
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == count
