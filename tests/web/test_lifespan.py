"""The web process says that it lives, as every role does."""

import asyncio
from typing import Any

import psycopg

from switchboard.web.lifespan import WithHeartbeat
from tests.conftest import OwnDatabase


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """An application that only says that it was asked."""
    await send({"type": scope["type"]})


async def count_beats(database: OwnDatabase) -> int:
    async with await psycopg.AsyncConnection.connect(database.conninfo("owner")) as connection:
        rows = await connection.execute("SELECT count(*) FROM core_heartbeat WHERE role = 'web'")
        return int((await rows.fetchone() or (0,))[0])


async def test_it_beats_from_start_to_end(database: OwnDatabase) -> None:
    received: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    sent: list[str] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(WithHeartbeat(answer)({"type": "lifespan"}, received.get, send))
        await received.put({"type": "lifespan.startup"})
        for _ in range(200):
            if sent and await count_beats(database):
                break
            await asyncio.sleep(0.02)
        assert await count_beats(database) == 1
        await received.put({"type": "lifespan.shutdown"})
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert await count_beats(database) == 0


async def test_requests_go_through(database: OwnDatabase) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await WithHeartbeat(answer)({"type": "http"}, asyncio.Queue().get, send)
    assert sent == [{"type": "http"}]
