"""What a claim takes, holds and skips."""

import asyncio
import uuid
from typing import Any

import psycopg
import pytest

from switchboard.delivery import store
from switchboard.delivery.types import State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.world import enqueue, make_world

SENDER = uuid.UUID(int=1)


def claim(world: Any, now: Any = NOON, most: int = 100) -> store.Claim:
    return asyncio.run(_claim(world, now, most))


async def _claim(world: Any, now: Any, most: int) -> store.Claim:
    conninfo = OwnDatabase(world.url).conninfo("stream")
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await store.claim(
            connection,
            workspace_id=world.workspace_id,
            sender_id=SENDER,
            now=now,
            most=most,
            draw=lambda low, high: (low + high) / 2,
        )


@pytest.fixture
def world(database: OwnDatabase) -> Any:
    return make_world(database.url, NOON)


def test_it_takes_what_is_due(world: Any) -> None:
    enqueue(world, 5, NOON)
    claimed = claim(world)
    assert len(claimed.messages) == 5
    assert world.waiting() == 0
    assert world.states() == {State.IN_FLIGHT: 5}
    assert world.one("SELECT cardinality(message_ids) FROM delivery_sendbatch") == 5
