"""The gateway without a network: its ASGI application, called as a server would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from switchboard.webhooks import receiver, signature
from tests.webhooks.world import SECRET


class Gateway:
    """A running receiver, and the ways to call it."""

    def __init__(self, application: receiver.Receiver) -> None:
        self.application = application

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        query: str = "",
        parts: int = 1,
    ) -> tuple[int, str]:
        """Make one request, its body in so many parts, and return status and text."""
        size = max(1, -(-len(body) // parts))
        chunks = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        messages = [{"type": "http.request", "body": chunk, "more_body": chunk is not chunks[-1]} for chunk in chunks]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(key.lower().encode(), value.encode()) for key, value in (headers or {}).items()],
        }
        await self.application(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()

    async def post(
        self, app_meta_id: str, body: bytes, *, secret: str = SECRET, given: str | None = None, parts: int = 1
    ) -> int:
        """Post a signed body and return the status."""
        header = given if given is not None else signature.sign(secret.encode(), body).decode()
        status, _ = await self.call(
            "POST", f"/webhooks/{app_meta_id}", body, headers={"X-Hub-Signature-256": header}, parts=parts
        )
        return status


async def until(condition: Any, seconds: float = 10, *, every: float = 0.01) -> None:
    """Wait until a condition, synchronous or not, holds."""
    async with asyncio.timeout(seconds):
        while True:
            held = condition()
            if asyncio.iscoroutine(held):
                held = await held
            if held:
                return
            await asyncio.sleep(every)


@asynccontextmanager
async def running_gateway(*, wait: bool = True) -> AsyncIterator[Gateway]:
    """Run a receiver for a while, through the server's own protocol of starting and stopping."""
    application = receiver.Receiver()
    orders: asyncio.Queue[Any] = asyncio.Queue()
    answers: asyncio.Queue[Any] = asyncio.Queue()
    orders.put_nowait({"type": "lifespan.startup"})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(application({"type": "lifespan"}, orders.get, answers.put))
        assert (await answers.get())["type"] == "lifespan.startup.complete"
        gateway = Gateway(application)
        if wait:
            await until(lambda: application.is_up())
        try:
            yield gateway
        finally:
            orders.put_nowait({"type": "lifespan.shutdown"})
            assert (await answers.get())["type"] == "lifespan.shutdown.complete"
