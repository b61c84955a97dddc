"""One seam to the network: every call ends with what is certain about it (results.py)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from switchboard.cloudapi import usage
from switchboard.cloudapi.results import Answer, NotWritten, Result, TooLarge, Unknown
from switchboard.cloudapi.usage import Usage, UsageBook
from switchboard.cloudapi.wire import BrokenError, NotConnectedError, Wire

_LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
_SERVER_ERROR = 500
_PIECE_BYTES = 64 * 1024
# Where Meta keeps files. The token goes to no other host.
_FILE_HOSTS = (".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net")


class Transport:
    """Calls below one base address over a bounded number of connections."""

    def __init__(
        self, session: aiohttp.ClientSession, wire: Wire, base_url: str, book: UsageBook | None = None
    ) -> None:
        self._session = session
        self._wire = wire
        self._base_url = base_url.rstrip("/")
        self.book = usage.SHARED if book is None else book

    @property
    def base_url(self) -> str:
        """Return the address that paths are added to."""
        return self._base_url

    async def post(self, path: str, *, token: str, body: bytes) -> Result:
        """Post JSON: the call that sends, over the connections that are made for it."""
        try:
            reply = await self._wire.post(path, token, body)
        except NotConnectedError as error:
            return NotWritten(str(error))
        except BrokenError as error:
            return Unknown(str(error))
        return _weigh(reply.status, reply.body, usage.parse_usage(reply.headers) if reply.headers else ())

    async def post_form(self, path: str, *, token: str, form: aiohttp.FormData) -> Result:
        """Post a multipart form."""
        return await self._call("POST", path, headers={"Authorization": f"Bearer {token}"}, data=form)

    async def get(self, path: str, *, token: str, query: dict[str, str]) -> Result:
        """Read."""
        return await self._call("GET", path, headers={"Authorization": f"Bearer {token}"}, params=query)

    async def post_piece(self, path: str, *, token: str, offset: int, body: bytes) -> Result:
        """Post a piece of a resumable upload: raw bytes from a place on."""
        headers = {"Authorization": f"OAuth {token}", "file_offset": str(offset)}
        return await self._call("POST", path, headers=headers, data=body)

    async def delete(self, path: str, *, token: str, query: dict[str, str], body: bytes | None = None) -> Result:
        """Delete; a few calls name in a body what is to go."""
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return await self._call("DELETE", path, headers=headers, params=query, data=body)

    async def download(self, url: str, *, token: str, most_bytes: int) -> Result | TooLarge:
        """Read a file from one of Meta's addresses, up to a size."""
        if not self._is_trusted(url):
            return NotWritten("the file's address is not one of Meta's")
        headers = {"Authorization": f"Bearer {token}", "Accept": "*/*"}
        try:
            # Followed to other hosts, the token is left behind.
            async with self._session.get(url, headers=headers, max_redirects=3) as response:
                if (response.content_length or 0) > most_bytes:
                    return TooLarge(most_bytes)
                content = bytearray()
                async for piece in response.content.iter_chunked(_PIECE_BYTES):
                    content += piece
                    if len(content) > most_bytes:
                        return TooLarge(most_bytes)
                return Answer(response.status, bytes(content))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            return NotWritten(_name(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(_name(error))

    def _is_trusted(self, url: str) -> bool:
        try:
            asked, own = urlsplit(url), urlsplit(self._base_url)
            is_own = (asked.scheme, asked.hostname, asked.port) == (own.scheme, own.hostname, own.port)
        except ValueError:
            return False
        return is_own or (asked.scheme == "https" and (asked.hostname or "").endswith(_FILE_HOSTS))

    async def _call(self, method: str, path: str, **arguments: Any) -> Result:
        try:
            async with self._session.request(
                method, f"{self._base_url}/{path}", allow_redirects=False, **arguments
            ) as response:
                if (response.content_length or 0) > _LARGEST_ANSWER_BYTES:
                    return Unknown("the answer is larger than any of Meta's")
                return _weigh(response.status, await response.read(), usage.parse_usage(response.headers))
        # Raised before a connection exists, TLS included: nothing was written yet.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            return NotWritten(_name(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(_name(error))


def _weigh(status: int, body: bytes, usages: tuple[Usage, ...]) -> Result:
    """Tell an answer of Meta's from one that something on the way gave in its place."""
    if status >= _SERVER_ERROR and b'"error"' not in body:
        return Unknown(f"HTTP {status} without an error of Meta's")
    return Answer(status, body, usages)


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
        wire = Wire(base_url, connections=connections, timeout_seconds=timeout_seconds, connect_seconds=connect_seconds)
        try:
            yield Transport(session, wire, base_url)
        finally:
            wire.close()
