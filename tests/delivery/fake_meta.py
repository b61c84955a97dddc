"""A stand-in for POST /{number}/messages that counts what it accepted; how it answers is up to the test."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], web.StreamResponse | None]


def refusal(code: int, status: int = 400, message: str = "refused") -> web.Response:
    """Return an error in Meta's shape."""
    return web.json_response({"error": {"message": message, "code": code, "type": "OAuthException"}}, status=status)


class FakeMeta:
    """Accepts everything unless `answer` returns something else."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.posts: list[tuple[float, str, dict[str, Any]]] = []
        self.answer: Answer = lambda body: None
        self.delay_seconds = 0.0
        self.url = ""

    async def _send(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.posts.append((time.monotonic(), request.match_info["number"], body))
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        answer = self.answer(body)
        if answer is not None:
            return answer
        data = body["biz_opaque_callback_data"]
        self.accepted[data.split(".")[1]] += 1
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": body["to"], "wa_id": body["to"][1:]}],
                "messages": [{"id": f"wamid.{data}", "message_status": "accepted"}],
            }
        )

    def twice(self) -> list[str]:
        """Return the messages that were accepted more than once."""
        return [message for message, count in self.accepted.items() if count > 1]

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["FakeMeta"]:
        """Listen on a port of this machine."""
        application = web.Application()
        application.router.add_post("/v26.0/{number}/messages", self._send)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, found = runner.addresses[0][:2]
        self.url = f"http://{host}:{found}/v26.0"
        try:
            yield self
        finally:
            await runner.cleanup()
