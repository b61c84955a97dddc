"""Starts a real emulator and a gateway on free ports for each test."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from emulator.app import serve
from emulator.world import Config
from tests.emulator.harness import PLAIN_PEOPLE, QUICK, Gateway, Harness, setup_body


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    runner = web.ServerRunner(web.Server(gateway.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    yield gateway
    await runner.cleanup()


@pytest.fixture
async def emulator(gateway: Gateway) -> AsyncIterator[Harness]:
    """An emulator whose people take every message at once and never answer by themselves."""
    stop = asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def started(host: str, port: int) -> None:
        address.set_result(f"http://{host}:{port}")

    # The server's task group must begin and end in one task, so it gets its own.
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(Config(), host="127.0.0.1", port=0, stop=stop, started=started))
        async with aiohttp.ClientSession() as session:
            harness = Harness(await address, session, gateway)
            await harness.control("setup", setup_body(gateway.url))
            knobs = {**PLAIN_PEOPLE, "delays": QUICK, "webhook_linger_ms": 5, "webhook_retry_seconds": 0.02}
            await harness.control("knobs", knobs)
            yield harness
        stop.set()
