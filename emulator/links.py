"""Files that a send names by their address: fetched like Meta does, but from this machine only."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp

from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.media import LARGEST_DOCUMENT, check_file, suits

KEPT_SECONDS = 600.0
TIMEOUT_SECONDS = 10.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Fetched(NamedTuple):
    """What an address gave; an empty type means that it gave nothing usable."""

    expires_at: float
    content: bytes
    mime_type: str


def is_near(link: str) -> bool:
    """Say whether an address is on this machine; no other is ever asked."""
    try:
        return urlsplit(link).hostname in LOOPBACK
    except ValueError:
        return False


class Links:
    """Keeps what an address gave for ten minutes, however often it is named."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Fetched] = {}
        self._session: aiohttp.ClientSession | None = None
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def pending_count(self) -> int:
        return len(self._tasks)

    def open(self, session: aiohttp.ClientSession, group: asyncio.TaskGroup) -> None:
        self._session, self._group = session, group

    def close(self) -> None:
        self._group = None
        for task in self._tasks:
            task.cancel()

    def check(self, link: str, form: str, done: Callable[[int], None]) -> None:
        """Fetch a file and say with which code the message fails, 0 for none."""
        if self._group is None:
            return
        task = self._group.create_task(self._check(link, form, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def find(self, link: str) -> Fetched | None:
        kept = self._kept.get(link)
        return kept if kept and kept.expires_at > self._clock.elapsed() else None

    async def _check(self, link: str, form: str, done: Callable[[int], None]) -> None:
        # One lock per address: a broadcast names the same one a thousand times at once.
        async with self._locks.setdefault(link, asyncio.Lock()):
            fetched = self.find(link)
            if fetched is None:
                fetched = self._kept[link] = await self._fetch(link)
        self._locks.pop(link, None)
        done(0 if fetched.mime_type and suits(fetched.mime_type, form) else 131053)

    async def _fetch(self, link: str) -> Fetched:
        expires_at = self._clock.elapsed() + KEPT_SECONDS
        assert self._session is not None  # noqa: S101 - opened before anything is accepted
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with self._session.get(link, timeout=timeout, allow_redirects=False) as response:
                content = await response.content.read(LARGEST_DOCUMENT + 1)
                if response.status != 200:
                    return Fetched(expires_at, b"", "")
                return Fetched(expires_at, content, check_file(content, response.content_type))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, GraphError):
            return Fetched(expires_at, b"", "")
