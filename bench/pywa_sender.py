"""`python -m bench.pywa_sender ADDRESS FILE TASKS`: pywa's asynchronous client, and one row updated for each message."""
# pywa is installed only where somebody measures.
# mypy: ignore-errors

import asyncio
import json
import sys
import time
from pathlib import Path

import httpx
import uvloop
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pywa_async import WhatsApp

from switchboard.core import database

_UPDATE = "UPDATE bench_message SET state = 1, wamid = %s, sent_at = now() WHERE id = %s"


async def _run(address: str, lines: list[bytes], tasks: int) -> float:
    rows = iter([json.loads(line) for line in lines])
    pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
        database.conninfo_for("owner"), min_size=4, max_size=tasks, open=False, kwargs={"autocommit": True}
    )
    limits = httpx.Limits(max_connections=tasks, max_keepalive_connections=tasks)
    async with pool, httpx.AsyncClient(timeout=30, limits=limits) as session:
        whatsapp = WhatsApp(phone_id="880101", token="bench", session=session, server=None)  # noqa: S106  nobody is called
        session.base_url = httpx.URL(f"{address}/v26.0/")

        async def send() -> None:
            for row in rows:
                answer = await whatsapp.api.send_message(
                    sender=row["number"],
                    to=row["to"],
                    recipient=None,
                    recipient_type="individual",
                    typ="template",
                    msg=row["template"],
                    biz_opaque_callback_data=row["id"],
                )
                async with pool.connection() as connection:
                    await connection.execute(_UPDATE, [answer["messages"][0]["id"], row["id"]])

        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(send())
        return len(lines) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(uvloop.run(_run(sys.argv[1], Path(sys.argv[2]).read_bytes().splitlines(), int(sys.argv[3]))))  # noqa: T201
