"""The sender as a whole: real database, a stand-in for Meta, and everything that may go wrong between them."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.core import clock
from switchboard.delivery.types import State
from switchboard.delivery.worker import SenderConfig, run_sender
from tests.conftest import NOON, OwnDatabase
from tests.delivery.fake_meta import FakeMeta
from tests.delivery.world import World, enqueue, make_world


@pytest.fixture
def world(database: OwnDatabase) -> World:
    clock.set_shift((NOON - clock.now()).total_seconds())
    return make_world(database.url, NOON, numbers=3, pace="full")


def send(
    world: World, meta: FakeMeta, until: Callable[[], bool], *, seconds: float = 15, **config: Any
) -> dict[str, int]:
    """Run a sender until something is true, or the time is over."""

    async def run() -> dict[str, int]:
        stopping = asyncio.Event()
        async with meta.serve(), asyncio.TaskGroup() as group:
            sending = group.create_task(
                run_sender(SenderConfig(world.url, config.pop("cloud_api_url", meta.url), **config), stopping)
            )
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and not await asyncio.to_thread(until):  # noqa: ASYNC110  it is in the database
                await asyncio.sleep(0.05)
            stopping.set()
            return await sending

    return asyncio.run(run())


def test_it_sends_everything_once(world: World) -> None:
    enqueue(world, 300, NOON)
    meta = FakeMeta()
    send(world, meta, lambda: world.states().get(State.ACCEPTED) == 300)
    assert len(meta.accepted) == 300
    assert not meta.twice()
    assert world.states() == {State.ACCEPTED: 300}
    assert world.tallied("sent") == {"": 300}
    assert world.one("SELECT count(*) FROM delivery_sendbatch") == 0
