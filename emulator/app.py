"""The server: one handler for Graph and control calls, and the world behind it."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web

from emulator import graph, wire
from emulator.control import routes as control
from emulator.control.route import PREFIX
from emulator.world import Config, World

BODY_LARGEST = 128 * 1024 * 1024
KEEPALIVE_SECONDS = 75.0
STOP_SECONDS = 1.0
logger = logging.getLogger(__name__)


class Emulator:
    """Holds the current world; a reset puts a new one in its place."""

    def __init__(self, config: Config, session: aiohttp.ClientSession, group: asyncio.TaskGroup, base_url: str) -> None:
        self._session = session
        self._group = group
        self._base_url = base_url
        self.world = World(config)
        self.world.open(session, group, base_url)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer any request; what no part foresaw becomes Meta's own kind of 500."""
        try:
            if request.path.startswith(PREFIX):
                return await self._control(request)
            return await graph.handle(self.world, request)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            error = {"message": "An unknown error has occurred.", "type": "OAuthException", "code": 1}
            return wire.answer({"error": error}, status=500)

    async def _control(self, request: web.BaseRequest) -> web.StreamResponse:
        response = await control.handle(self.world, request)
        if self.world.successor is not None:
            self.world.close()
            self.world = self.world.successor
            self.world.open(self._session, self._group, self._base_url)
        return response


def _base_url(host: str, port: int) -> str:
    """Return an address that works from this machine, also when the server listens on all of them."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared with, not listened on
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _make_request(
    message: Any, payload: Any, protocol: Any, writer: Any, task: "asyncio.Task[None]"
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=BODY_LARGEST)


async def serve(
    config: Config, *, host: str, port: int, stop: asyncio.Event, started: Callable[[str, int], None]
) -> None:
    """Serve until the event is set; `started` is told the address, with the port that was really taken.

    :raises OSError: the address cannot be listened on.
    """
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Webhook concurrency is bounded per destination; the pool itself needs no second limit.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        emulator = Emulator(config, session, group, _base_url(host, listener.getsockname()[1]))
        server = web.Server(
            emulator.handle, request_factory=_make_request, access_log=None, keepalive_timeout=KEEPALIVE_SECONDS
        )
        runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        try:
            await web.SockSite(runner, listener, backlog=1024).start()
            started(host, listener.getsockname()[1])
            await stop.wait()
        finally:
            emulator.world.close()
            await runner.cleanup()
