"""The life of the web process: it says every few seconds that it runs, as every role does."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from switchboard.core import database, ending, env, heartbeat

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
# Servers and Django differ in the exact types of the three arguments.
Application = Callable[..., Awaitable[None]]


class WithHeartbeat:
    """An ASGI application that answers requests as another one does, and lives with the server."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or start and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            pool = database.make_pool("app", size=1)
        except env.SettingError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await pool.open(wait=False)
        try:
            async with asyncio.TaskGroup() as tasks:
                beat = tasks.create_task(heartbeat.run_heartbeat(pool, "web"))
                await send({"type": "lifespan.startup.complete"})
                await receive()
                await ending.end_tasks([beat])
        finally:
            await pool.close()
        await send({"type": "lifespan.shutdown.complete"})
