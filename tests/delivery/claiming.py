"""One claim, record or status at a time, over a connection of the stream role."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import psycopg

from switchboard.delivery import store
from switchboard.delivery.types import State, StatusUpdate
from tests.conftest import NOON, OwnDatabase
from tests.delivery.world import World

Result = TypeVar("Result")
SENDER = uuid.UUID(int=1)


def in_stream(world: World, work: Callable[[psycopg.AsyncConnection[Any]], Awaitable[Result]]) -> Result:
    """Run asynchronous store code."""

    async def run() -> Result:
        conninfo = OwnDatabase(world.url).conninfo("stream")
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            return await work(connection)

    return asyncio.run(run())


def claim(world: World, now: datetime = NOON, most: int = 100, at_once: int | None = None) -> store.Claim:
    """Claim for the world's workspace."""
    return in_stream(
        world,
        lambda connection: store.claim(
            connection,
            workspace_id=world.workspace_id,
            sender_id=SENDER,
            now=now,
            most=most,
            draw=lambda low, high: (low + high) / 2,
            at_once=at_once,
        ),
    )


def record(world: World, claimed: store.Claim, state: State, now: datetime = NOON, **more: Any) -> None:
    """Record the same end for every message of a claim."""
    results = [
        store.Result(
            message, state, now, wamid=f"wamid.{message.message_id}" if state == State.ACCEPTED else None, **more
        )
        for message in claimed.messages
    ]
    in_stream(
        world,
        lambda connection: store.record_results(connection, results, settled_batches=[claimed.batch_id], now=now),
    )


def tell(
    world: World,
    message_id: uuid.UUID,
    *states: State,
    attempt: int = 1,
    code: int | None = None,
    now: datetime = NOON,
) -> None:
    """Apply statuses of one message in one batch."""
    updates = [
        StatusUpdate(world.workspace_id, message_id, attempt, state, now, f"wamid.{message_id}", code, "because")
        for state in states
    ]

    async def apply(connection: psycopg.AsyncConnection[Any]) -> None:
        async with connection.transaction():
            await store.record_statuses(connection, updates, now)

    in_stream(world, apply)
