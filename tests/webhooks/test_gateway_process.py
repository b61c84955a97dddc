"""The gateway as it really runs: a process under Granian, reached over HTTP."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from switchboard.webhooks import signature
from tests.webhooks.applying import a_message
from tests.webhooks.gateway import until
from tests.webhooks.world import SECRET, VERIFY_TOKEN, World


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(world: World, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "switchboard", "gateway", "--port", str(port)],
        env={**os.environ, "SWITCHBOARD_DATABASE_URL": world.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@asynccontextmanager
async def _gateway_process(world: World) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    port = _free_port()
    process = _start(world, port)
    address = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:

            async def answers() -> bool:
                try:
                    async with session.get(f"{address}/healthz") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await until(answers, 20)
        yield process, address
    finally:
        process.kill()
        process.wait()


@pytest.mark.journey
async def test_the_real_gateway_verifies_keeps_and_ends_politely(world: World) -> None:
    async with _gateway_process(world) as (process, address), aiohttp.ClientSession() as session:
        url = f"{address}/webhooks/{world.app_meta_id}"
        query = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": VERIFY_TOKEN}
        async with session.get(url, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "42")

        async def post(number: int, secret: bytes) -> int:
            body = a_message(world, "hello", wamid=f"wamid.{number}")
            headers = {"X-Hub-Signature-256": signature.sign(secret, body).decode()}
            async with session.post(url, data=body, headers=headers) as answer:
                return answer.status

        async with asyncio.TaskGroup() as tasks:
            posts = [tasks.create_task(post(number, SECRET.encode())) for number in range(40)]
        assert {one.result() for one in posts} == {200}
        assert await post(99, b"guess") == 401
        assert world.one("SELECT count(*) FROM webhooks_event WHERE is_inbound") == 40
        process.send_signal(signal.SIGTERM)
        await until(lambda: process.poll() is not None, 10)
    assert world.run("SELECT role FROM core_heartbeat") == []
