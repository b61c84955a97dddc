"""`python -m bench.slow_sink PORT SECONDS SHARE`: a Cloud API that answers late and refuses a share of the messages."""

import asyncio
import random
import sys
import uuid
from typing import Any

import uvloop

_REFUSED = (
    b'{"error":{"message":"(#131026) Message undeliverable","type":"OAuthException","code":131026,'
    b'"error_data":{"messaging_product":"whatsapp","details":"Unable to deliver."},"fbtrace_id":"bench"}}'
)


class _Connection(asyncio.Protocol):
    """Reads requests with a Content-Length, and answers each after a while."""

    def __init__(self, seconds: float, share: float) -> None:
        self._seconds = seconds
        self._share = share
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            start = head.find(b"content-length:")
            length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            asyncio.get_running_loop().call_later(self._seconds, self._answer)

    def _answer(self) -> None:
        if self._transport.is_closing():
            return
        if random.random() < self._share:  # noqa: S311  a benchmark
            status, body = b"400 Bad Request", _REFUSED
        else:
            wamid = uuid.uuid4().hex.encode()
            status = b"200 OK"
            body = b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.' + wamid + b'"}]}'
        head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def _serve(port: int, seconds: float, share: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(seconds, share), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
