"""The yardstick: pywa on FastAPI, storing one row for each status before it answers."""
# pywa and FastAPI are installed only where somebody measures.
# mypy: ignore-errors

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pywa_async import WhatsApp, types

from bench import shop
from switchboard.core import database

_pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
    database.conninfo_for("owner"), min_size=4, max_size=16, open=False, kwargs={"autocommit": True}
)


@asynccontextmanager
async def _live(_application: FastAPI) -> AsyncIterator[None]:
    await _pool.open()
    yield
    await _pool.close()


application = FastAPI(lifespan=_live)


@application.get("/healthz")
async def healthz() -> str:
    """Say that it runs."""
    return "ok"


_whatsapp = WhatsApp(
    phone_id=shop.NUMBER_META_ID,
    token="bench",  # noqa: S106  nobody is called
    server=application,
    webhook_endpoint=f"/webhooks/{shop.APP_META_ID}",
    verify_token="bench",  # noqa: S106  as above
    app_secret=shop.SECRET,
    validate_updates=True,
    skip_duplicate_updates=False,
)


@_whatsapp.on_message_status
async def keep(_: WhatsApp, status: types.MessageStatus) -> None:
    """Store the status."""
    async with _pool.connection() as connection:
        given = [status.id, str(status.status), status.timestamp]
        await connection.execute("INSERT INTO bench_status (wamid, status, at) VALUES (%s, %s, %s)", given)
