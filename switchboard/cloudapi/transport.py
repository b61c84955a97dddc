"""One seam to the network: what is certain about a request after it ended.

`NotWritten` promises that Meta never had the request; `Unknown` that nobody can tell.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

_LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The request never left this machine: it may be repeated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may have been carried out: a repetition could do it twice."""

    reason: str


Result = Answer | NotWritten | Unknown


class Transport:
    """Calls below one base address over a bounded number of connections."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")

    async def post(self, path: str, *, token: str, body: bytes) -> Result:
        """Post JSON."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self._call("POST", path, headers=headers, data=body)

    async def post_form(self, path: str, *, token: str, form: aiohttp.FormData) -> Result:
        """Post a multipart form."""
        return await self._call("POST", path, headers={"Authorization": f"Bearer {token}"}, data=form)

    async def get(self, path: str, *, token: str, query: dict[str, str]) -> Result:
        """Read."""
        return await self._call("GET", path, headers={"Authorization": f"Bearer {token}"}, params=query)

    async def _call(self, method: str, path: str, **arguments: Any) -> Result:
        try:
            async with self._session.request(
                method, f"{self._base_url}/{path}", allow_redirects=False, **arguments
            ) as response:
                if (response.content_length or 0) > _LARGEST_ANSWER_BYTES:
                    return Unknown("the answer is larger than any of Meta's")
                return _weigh(response.status, await response.read())
        # Raised before a connection exists, TLS included: nothing was written yet.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            return NotWritten(_name(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(_name(error))


def _weigh(status: int, body: bytes) -> Result:
    """Tell an answer of Meta's from one that something on the way gave in its place."""
    if status >= _SERVER_ERROR and b'"error"' not in body:
        return Unknown(f"HTTP {status} without an error of Meta's")
    return Answer(status, body)


def _name(error: Exception) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@asynccontextmanager
async def open_transport(
    base_url: str, *, connections: int = 128, timeout_seconds: float = 30.0, connect_seconds: float = 5.0
) -> AsyncIterator[Transport]:
    """Give a transport and close its connections afterwards."""
    # Idle connections are given up before Meta closes them: a close that crosses a request makes it unknown.
    connector = aiohttp.TCPConnector(limit=connections, limit_per_host=connections, keepalive_timeout=10)
    timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=connect_seconds)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "Switchboard", "Accept": "application/json"},
    ) as session:
        yield Transport(session, base_url)
