"""The product's clock follows the database's, whatever the machine's says."""

import asyncio

import pytest

from switchboard.core import clock, database, database_time
from tests.conftest import OwnDatabase
from tests.webhooks.gateway import until


@pytest.mark.parametrize("shift", [0.0, 3600.0])
async def test_on_one_machine_there_is_no_offset(database: OwnDatabase, shift: float) -> None:
    clock.set_shift(shift)
    clock.set_database_offset(7.0)
    async with _pool(database) as pool, pool.connection() as connection:
        assert abs(await database_time.measure_offset(connection)) < 1


async def test_a_wrong_clock_is_put_right(database: OwnDatabase) -> None:
    clock.set_database_offset(30.0)
    async with _pool(database) as pool, asyncio.TaskGroup() as tasks:
        following = tasks.create_task(database_time.follow_database(pool))
        await until(lambda: abs(clock.database_offset()) < 1)
        following.cancel()
    assert "clock_timestamp()" in database_time.SQL_CLOCK


def _pool(own: OwnDatabase) -> database.Pool:
    return database.make_pool("stream", size=1, url=own.url)
