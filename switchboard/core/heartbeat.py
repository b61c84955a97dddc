"""Every process says every few seconds that it lives; the console and `doctor` read it."""

import asyncio
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from switchboard.core import clock
from switchboard.core.database import Pool

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 5.0

SQL_BEAT = """
INSERT INTO core_heartbeat (process_id, role, host, started_at, seen_at, details)
VALUES (%(process_id)s, %(role)s, %(host)s, %(started_at)s, %(seen_at)s, %(details)s)
ON CONFLICT (process_id) DO UPDATE SET seen_at = excluded.seen_at, details = excluded.details
"""

SQL_LEAVE = "DELETE FROM core_heartbeat WHERE process_id = %(process_id)s"


@dataclass(frozen=True)
class Heart:
    """One process in one role."""

    role: str
    process_id: uuid.UUID = field(default_factory=uuid.uuid4)
    started_at: datetime = field(default_factory=clock.now)

    async def beat(self, pool: Pool, details: dict[str, Any]) -> None:
        """Say once that the process lives."""
        row = {
            "process_id": self.process_id,
            "role": self.role,
            "host": socket.gethostname(),
            "started_at": self.started_at,
            "seen_at": clock.now(),
            "details": Jsonb({"pid": os.getpid(), **details}),
        }
        async with pool.connection(timeout=INTERVAL_SECONDS) as connection:
            await connection.execute(SQL_BEAT, row)

    async def leave(self, pool: Pool) -> None:
        """Take the process off the list: it ends on purpose."""
        async with pool.connection(timeout=1) as connection:
            await connection.execute(SQL_LEAVE, {"process_id": self.process_id})


async def run_heartbeat(pool: Pool, role: str, details: Callable[[], dict[str, Any]] = dict) -> None:
    """Say every 5 seconds, until cancelled, that this process lives; an absent database is only logged."""
    heart = Heart(role)
    try:
        while True:
            try:
                await heart.beat(pool, details())
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("heartbeat_failed", role=role, error=str(error))
            await asyncio.sleep(INTERVAL_SECONDS)
    except asyncio.CancelledError:
        try:
            await heart.leave(pool)
        except (psycopg.Error, PoolTimeout) as error:
            log.info("heartbeat_left_behind", role=role, error=str(error))
        raise
