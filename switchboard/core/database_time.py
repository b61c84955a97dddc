"""Every process goes by the database's clock, so that moments written on one machine compare with another's."""

import asyncio
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout

from switchboard.core import clock
from switchboard.core.database import Pool

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 10.0

SQL_CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float8"


async def measure_offset(connection: AsyncConnection[Any]) -> float:
    """Return how many seconds the database's clock is ahead of this machine's, half the way there assumed."""
    before = _machine_seconds()
    row = await (await connection.execute(SQL_CLOCK)).fetchone()
    middle = (before + _machine_seconds()) / 2
    return float(row[0]) - middle if row else 0.0


def _machine_seconds() -> float:
    return clock.now().timestamp() - clock.shift_seconds() - clock.database_offset()


async def follow_database(pool: Pool) -> None:
    """Set the product's clock by the database's every 10 seconds, until cancelled."""
    while True:
        try:
            async with pool.connection(timeout=INTERVAL_SECONDS) as connection:
                clock.set_database_offset(await measure_offset(connection))
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("database_time_not_read", error=str(error))
        await asyncio.sleep(INTERVAL_SECONDS)
