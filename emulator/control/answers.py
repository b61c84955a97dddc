"""What every control call needs: reading a body, answering, refusing in one sentence."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from aiohttp import web

ROWS_PER_WRITE = 1000


class ControlError(Exception):
    """A control call that cannot be done, in one sentence."""


def answer(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


async def read_object(request: web.BaseRequest) -> dict[str, Any]:
    """Return the JSON object of the body, {} when empty.

    :raises msgspec.DecodeError: it is not an object (a ValueError, so it is answered as one).
    """
    return msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])


async def stream(request: web.BaseRequest, lines: Iterator[bytes], content_type: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": content_type})
    await response.prepare(request)
    while rows := list(islice(lines, ROWS_PER_WRITE)):
        await response.write(b"\n".join(rows) + b"\n")
    await response.write_eof()
    return response
