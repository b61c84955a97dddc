"""Whoever waits for a connection of the pool can be cancelled at any moment."""

import asyncio

import pytest

from switchboard.core import database
from tests.conftest import OwnDatabase
from tests.webhooks.gateway import until

# More steps of the event loop than it takes to hand a connection over.
_MOST_STEPS = 30


@pytest.mark.parametrize("checks", [True, False])
async def test_whoever_is_cancelled_while_a_connection_comes_ends(database: OwnDatabase, checks: bool) -> None:
    async with _pool(database, checks=checks) as pool:
        for steps in range(_MOST_STEPS):
            async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:  # It would go on for ever.
                async with pool.connection():
                    waiting = tasks.create_task(_ask_for_ever(pool))
                    await until(lambda: pool.get_stats().get("requests_waiting"))
                for _ in range(steps):
                    await asyncio.sleep(0)
                waiting.cancel()
        assert await _ask(pool) == 1  # No connection was lost on the way.


async def test_a_limit_of_time_is_kept_while_a_connection_comes(database: OwnDatabase) -> None:
    async with _pool(database) as pool, pool.connection():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), pool.connection():
                pass


async def test_whoever_cleans_up_after_a_cancellation_still_gets_a_connection(database: OwnDatabase) -> None:
    cleaned: list[int] = []

    async def clean_up_at_the_end() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(await _ask(pool))

    async with _pool(database) as pool, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(clean_up_at_the_end())
        await asyncio.sleep(0)
        task.cancel()
    assert cleaned == [1]


async def _ask_for_ever(pool: database.Pool) -> None:
    while True:
        await _ask(pool)
        await asyncio.sleep(60)


async def _ask(pool: database.Pool) -> int:
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT 1")).fetchone()
    assert row
    return int(row[0])


def _pool(own: OwnDatabase, *, checks: bool = True) -> database.Pool:
    return database.make_pool("stream", size=1, url=own.url, checks=checks)
