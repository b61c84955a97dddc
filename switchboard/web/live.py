"""Live updates: one LISTEN connection a process, one bounded memory a browser, server-sent events.

A client is told which topics changed, never what they are now: its page fetches that itself. So what is
kept for a slow client is a set of topics, and nothing is lost when a topic is named twice.
"""

import asyncio
import json
from collections.abc import AsyncGenerator

import structlog
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from switchboard.core import live as core_live
from switchboard.web.rights import ConsoleRequest

log = structlog.get_logger(__name__)

_MOST_TOPICS = 200
_HEARTBEAT_SECONDS = 15.0
# A stream ends by itself, so that who has signed out or changed workspace does not listen for ever.
_LONGEST_SECONDS = 1800.0


class Client:
    """One browser's stream: the topics it has not been told yet."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.is_lost = False
        self._topics: set[str] = set()
        self._changed = asyncio.Event()

    def tell(self, topics: list[str]) -> None:
        """Note what changed; a client too slow to read forgets the most, and hears of the overview."""
        self._topics.update(topics)
        if len(self._topics) > _MOST_TOPICS:
            self._topics = {"overview"}
        self._changed.set()

    def lose(self) -> None:
        """End the stream; the browser comes back by itself."""
        self.is_lost = True
        self._changed.set()

    async def wait(self, seconds: float) -> list[str]:
        """Return what changed since the last call, at the latest after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return []
        topics, self._topics = sorted(self._topics), set()
        self._changed.clear()
        return topics


class Hub:
    """The clients of this process, and the one connection that hears for all of them."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self, workspace_id: int) -> Client:
        """Let a client hear; the first one starts the connection."""
        client = Client(workspace_id)
        self.clients.add(client)
        if self._task is None or self._task.done():
            # No TaskGroup can hold it: it outlives the request that starts it and ends with the last client.
            self._task = asyncio.get_running_loop().create_task(self._run())
        return client

    def leave(self, client: Client) -> None:
        """Forget a client; the last one ends the connection."""
        self.clients.discard(client)
        if not self.clients and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        try:
            async for workspace_id, topics in core_live.listen():
                for client in self.clients:
                    if workspace_id in {0, client.workspace_id}:
                        client.tell(topics)
        except core_live.LinkLostError as error:
            log.warning("live_link_lost", clients=len(self.clients), error=str(error.__cause__))
        for client in self.clients:
            client.lose()


hub = Hub()


async def stream_topics(workspace_id: int) -> AsyncGenerator[str]:
    """Give the events of one browser until it goes, the link breaks, or half an hour has passed."""
    client = hub.join(workspace_id)
    ends_at = asyncio.get_running_loop().time() + _LONGEST_SECONDS
    try:
        yield "retry: 1000\n\n"
        while not client.is_lost and asyncio.get_running_loop().time() < ends_at:
            topics = await client.wait(_HEARTBEAT_SECONDS)
            yield f"event: topics\ndata: {json.dumps(topics)}\n\n" if topics else ": still here\n\n"
    finally:
        hub.leave(client)


async def live(request: ConsoleRequest) -> HttpResponseBase:
    """Stream the topics that change in this workspace."""
    if request.method != "GET":
        return HttpResponse(status=405)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = stream_topics(request.member.workspace_id)
    return StreamingHttpResponse(stream, content_type="text/event-stream", headers=headers)
