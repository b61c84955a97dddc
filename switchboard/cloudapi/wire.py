"""Posting over kept HTTP/1.1 connections: what sending needs of a client, and nothing more.

A connection carries one request at a time and is kept only after one complete answer with nothing behind it.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

import aiohappyeyeballs
import httptools

_LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
# Idle connections are given up before Meta closes them: a close that crosses a request makes it unknown.
_IDLE_SECONDS = 10.0
_EYEBALLS_SECONDS = 0.25
_MOST_HEADS = 10_000
_INFORMATION = 200
_VISIBLE = re.compile(r"[!-~]+")
_KEPT_HEADERS = {b"x-business-use-case-usage": "X-Business-Use-Case-Usage", b"x-app-usage": "X-App-Usage"}
_LENGTH_HEADERS = (b"content-length", b"transfer-encoding")
_HEADER_LENGTHS = frozenset(map(len, (*_KEPT_HEADERS, *_LENGTH_HEADERS)))
_NO_HEADERS: Mapping[str, str] = {}


class NotConnectedError(Exception):
    """There was no connection, so nothing was written."""


class BrokenError(Exception):
    """The request may have been written, and no complete answer came."""


class Reply:
    """One complete answer."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = headers


class _Connection(asyncio.Protocol):
    """One connection, and the parser's callbacks for the answer that is awaited on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._size = 0
        self._headers: dict[str, str] | None = None
        self._has_length = self._has_head = False
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether another request may be written."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Drop the connection without waiting for anything."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def ask(self, request: bytes, seconds: float) -> Reply:
        """Write a request and return its answer.

        :raises NotConnectedError: the connection ended before anything was written.
        :raises BrokenError: no complete answer came.
        """
        if self._transport is None:
            raise NotConnectedError("the connection ended at once")
        waiting: asyncio.Future[Reply] = self._loop.create_future()
        self._waiting = waiting
        timer = self._loop.call_later(seconds, self._fail, "no answer in time")
        try:
            self._transport.write(request)
            return await waiting
        finally:
            timer.cancel()
            if self._waiting is not None:
                self._waiting = None
                self.close()

    def _fail(self, why: str) -> None:
        waiting, self._waiting = self._waiting, None
        self.close()
        if waiting is not None and not waiting.done():
            waiting.set_exception(BrokenError(why))

    # ── the event loop's calls ───────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's; uvloop's is no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            # Nobody asked. What comes next could be taken for the answer to another request.
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(f"an answer that is not HTTP: {error}")

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and exc is None and self._has_head and not self._has_length:
            # An answer of no stated length ends with its connection.
            self._finish()
        self._fail(f"the connection ended: {exc}" if exc else "the connection ended without an answer")

    # ── the parser's calls ───────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        if self._waiting is None:
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) not in _HEADER_LENGTHS:
            return
        lower = name.lower()
        if lower in _KEPT_HEADERS:
            self._headers = self._headers or {}
            self._headers[_KEPT_HEADERS[lower]] = value.decode("latin-1")
        elif lower in _LENGTH_HEADERS:
            self._has_length = True

    def on_headers_complete(self) -> None:
        self._has_head = self._parser.get_status_code() >= _INFORMATION

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)
        self._size += len(body)
        if self._size > _LARGEST_ANSWER_BYTES:
            self._fail("the answer is larger than any of Meta's")

    def on_message_complete(self) -> None:
        if self._has_head:
            is_kept = self._parser.should_keep_alive()
            self._finish()
            if not is_kept:
                self.close()
        else:
            self._forget()

    def _finish(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            waiting.set_result(Reply(self._parser.get_status_code(), body, self._headers or _NO_HEADERS))
        self._forget()

    def _forget(self) -> None:
        self._parts, self._size, self._headers = [], 0, None
        self._has_length = self._has_head = False


class Wire:
    """A bounded number of connections to one address; the one that was used last is used next."""

    def __init__(self, base_url: str, *, connections: int, timeout_seconds: float, connect_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._connect_seconds = connect_seconds
        self._places = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []
        self._heads: dict[tuple[str, str], bytes] = {}
        self._tls: ssl.SSLContext | None = None

    async def post(self, path: str, token: str, body: bytes) -> Reply:
        """Post JSON.

        :raises NotConnectedError: nothing was written.
        :raises BrokenError: nobody can tell what became of it.
        """
        head = self._heads.get((path, token)) or self._build_head(path, token)
        request = b"%b%d\r\n\r\n%b" % (head, len(body), body)
        async with self._places:
            connection = self._find_idle() or await self._connect()
            reply = await connection.ask(request, self._timeout_seconds)
            if connection.is_open:
                connection.idle_since = self._loop.time()
                self._idle.append(connection)
            return reply

    def close(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _find_idle(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                if self._loop.time() - connection.idle_since < _IDLE_SECONDS:
                    return connection
                # Those below it have been idle for even longer.
                connection.close()
        return None

    def _build_head(self, path: str, token: str) -> bytes:
        try:
            parts = urlsplit(self._base_url)
        except ValueError as error:
            raise NotConnectedError(str(error)) from error
        target = f"{parts.path}/{path}"
        if not parts.hostname or not _VISIBLE.fullmatch(f"{parts.netloc}{target}") or not _VISIBLE.fullmatch(token):
            raise NotConnectedError("the address or the token has characters that no request can carry")
        head = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nUser-Agent: Switchboard\r\n"
            f"Accept: application/json\r\nAccept-Encoding: identity\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )
        if len(self._heads) >= _MOST_HEADS:
            self._heads.clear()
        self._heads[path, token] = encoded = head.encode("ascii")
        return encoded

    async def _connect(self) -> _Connection:
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await self._open()
        except TimeoutError as error:
            raise NotConnectedError("no connection in time") from error
        except (OSError, ValueError) as error:
            raise NotConnectedError(f"{type(error).__name__}: {error}") from error

    async def _open(self) -> _Connection:
        parts = urlsplit(self._base_url)
        is_tls = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if is_tls else 80)
        if is_tls and self._tls is None:
            self._tls = ssl.create_default_context()
        found = await self._loop.getaddrinfo(host, port, type=1)
        # Several addresses are tried side by side: one that leads nowhere must not keep the others from being used.
        socket = await aiohappyeyeballs.start_connection(
            found, happy_eyeballs_delay=_EYEBALLS_SECONDS, interleave=1, loop=self._loop
        )
        try:
            _, connection = await self._loop.create_connection(
                lambda: _Connection(self._loop),
                sock=socket,
                ssl=self._tls if is_tls else None,
                server_hostname=host if is_tls else None,
            )
        except BaseException:
            socket.close()
            raise
        return connection
