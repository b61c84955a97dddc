"""A process says that it lives, and takes itself off the list when it ends."""

import asyncio

import psycopg

from switchboard.core import database, heartbeat
from tests.conftest import OwnDatabase
from tests.webhooks.gateway import until


async def test_it_beats_and_leaves(database: OwnDatabase) -> None:
    async with _pool(database) as pool, asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(heartbeat.run_heartbeat(pool, "sender", lambda: {"sent": 3}))
        await until(lambda: _rows(database))
        rows = _rows(database)
        beating.cancel()
    assert [(role, details["sent"]) for role, details in rows] == [("sender", 3)]
    assert _rows(database) == []


async def test_each_beat_moves_the_same_row(database: OwnDatabase) -> None:
    heart = heartbeat.Heart("sender")
    async with _pool(database) as pool:
        await heart.beat(pool, {"sent": 1})
        await heart.beat(pool, {"sent": 2})
    assert [details["sent"] for _, details in _rows(database)] == [2]


def test_its_statements_use_the_key(database: OwnDatabase) -> None:
    with psycopg.connect(database.url, options="-c enable_seqscan=off") as connection:
        row = {"process_id": heartbeat.Heart("sender").process_id}
        plan = connection.execute(f"EXPLAIN {heartbeat.SQL_LEAVE}", row).fetchall()
    assert "core_heartbeat_pkey" in str(plan)
    assert "ON CONFLICT (process_id)" in heartbeat.SQL_BEAT


def _pool(own: OwnDatabase) -> database.Pool:
    return database.make_pool("stream", size=1, url=own.url)


def _rows(own: OwnDatabase) -> list[tuple[str, dict[str, int]]]:
    with psycopg.connect(own.url) as connection:
        return connection.execute("SELECT role, details FROM core_heartbeat").fetchall()
