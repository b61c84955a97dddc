"""What is certain about a request after it ended badly."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from switchboard.cloudapi.transport import Answer, NotWritten, Result, Unknown, open_transport

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[str]:
    """Answer connections with a handler, and give the address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def post_to(url: str, seconds: float = 0.6) -> Result:
    async with open_transport(url, timeout_seconds=seconds, connect_seconds=0.3) as transport:
        return await transport.post("1/messages", token="t", body=b"{}")


async def read_request(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"\r\n\r\n{}")


def saying(answer: bytes) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    return handle


def http(status: str, body: bytes, length: int | None = None) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), length or len(body), body)


async def reset_before_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    await asyncio.sleep(2)


async def close_after_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)


async def test_an_answer_is_an_answer():
    async with serve(saying(http("200 OK", b'{"a":1}'))) as url:
        assert await post_to(url) == Answer(200, b'{"a":1}')


async def test_a_refusal_of_metas_is_an_answer():
    async with serve(saying(http("500 Oops", b'{"error":{"code":131000}}'))) as url:
        assert isinstance(await post_to(url), Answer)


async def test_a_refused_connection_was_not_written():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert isinstance(await post_to(f"http://127.0.0.1:{port}"), NotWritten)


async def test_a_black_hole_was_not_written():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        # The queue of connections is full, so the next one gets no answer at all.
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        try:
            assert isinstance(await post_to(url), NotWritten)
        finally:
            for filler in fillers:
                filler.close()


async def test_a_hanging_tls_handshake_was_not_written():
    async with serve(lambda reader, writer: asyncio.sleep(2)) as url:
        assert isinstance(await post_to(url.replace("http:", "https:")), NotWritten)


async def test_a_server_that_speaks_no_tls_was_not_written():
    async with serve(saying(b"what?")) as url:
        assert isinstance(await post_to(url.replace("http:", "https:")), NotWritten)


@pytest.mark.parametrize(
    "handler",
    [
        reset_before_reading,
        close_after_reading,
        hang,
        saying(b"garbage\r\n\r\n"),
        saying(http("200 OK", b'{"messages"', length=500)),
        saying(http("502 Bad Gateway", b"<html>")),
        saying(http("503 Service Unavailable", b"")),
    ],
    ids=["reset", "closed", "hang", "garbage", "half a body", "bare 502", "bare 503"],
)
async def test_what_may_have_been_done_is_unknown(handler):
    async with serve(handler) as url:
        assert isinstance(await post_to(url), Unknown)


async def test_a_connection_that_was_closed_while_idle_is_not_reused_blindly():
    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(http("200 OK", b"{}"))
        await writer.drain()

    async with serve(one_answer) as url, open_transport(url) as transport:
        for _ in range(3):
            assert isinstance(await transport.post("1/messages", token="t", body=b"{}"), Answer)
            await asyncio.sleep(0.05)


async def test_an_address_that_is_none_was_not_written():
    assert isinstance(await post_to("http://"), NotWritten)
