"""While the database is away the gateway refuses what Meta sends; afterwards an incident says so, and for how long."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from switchboard.core import clock, incidents
from switchboard.core.database import Pool

log = structlog.get_logger(__name__)

KIND = "events_refused"
_LOOK_EVERY_SECONDS = 0.5
_CONNECTION_SECONDS = 2.0


async def tell_outages(pool: Pool, is_up: Callable[[], bool], count_refused: Callable[[], int]) -> None:
    """Note each time in which something could not be kept, until cancelled.

    It cannot be noted before the database is back; Meta sends again for seven days what was refused meanwhile.
    """
    fine_at, known = clock.now(), count_refused()
    while True:
        refused = count_refused()
        if is_up():
            if refused > known:
                await _tell(pool, fine_at, refused - known)
            fine_at, known = clock.now(), refused
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _tell(pool: Pool, began_at: datetime, refused: int) -> None:
    """Write an incident that is over: it began when the database went."""
    incident = incidents.Incident(None, KIND, detail={"refused": refused})
    while True:
        try:
            async with pool.connection(timeout=_CONNECTION_SECONDS) as connection, connection.transaction():
                await incidents.raise_incident(connection, incident, began_at)
                await incidents.end_incident(connection, incident, clock.now())
        except (psycopg.OperationalError, PoolTimeout, OSError) as error:
            log.warning("outage_not_told", error=str(error))
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        except psycopg.Error:
            # A gateway goes on receiving, whatever becomes of what it has to say.
            log.exception("outage_not_told")
            return
        else:
            return
