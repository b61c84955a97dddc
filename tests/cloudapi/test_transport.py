"""What is certain about a request after it ended badly."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from switchboard.cloudapi.results import Answer, NotWritten, Result, Unknown
from switchboard.cloudapi.transport import open_transport

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


async def post_to(url: str, seconds: float = 30.0, connect_seconds: float = 30.0) -> Result:
    async with open_transport(url, timeout_seconds=seconds, connect_seconds=connect_seconds) as transport:
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
            assert isinstance(await post_to(url, connect_seconds=0.3), NotWritten)
        finally:
            for filler in fillers:
                filler.close()


async def test_a_hanging_tls_handshake_was_not_written():
    async with serve(lambda reader, writer: asyncio.sleep(2)) as url:
        assert isinstance(await post_to(url.replace("http:", "https:"), connect_seconds=0.3), NotWritten)


async def test_a_server_that_speaks_no_tls_was_not_written():
    async with serve(saying(b"what?")) as url:
        assert isinstance(await post_to(url.replace("http:", "https:"), connect_seconds=0.3), NotWritten)


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
        assert isinstance(await post_to(url, 0.6 if handler is hang else 30.0), Unknown)


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


async def test_an_answer_in_pieces_is_put_together():
    pieces = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'
    async with serve(saying(pieces)) as url:
        assert await post_to(url) == Answer(200, b'{"a":1}')


async def test_an_answer_of_no_stated_length_ends_with_its_connection():
    async with serve(saying(b'HTTP/1.1 200 OK\r\n\r\n{"a":1}')) as url:
        assert await post_to(url) == Answer(200, b'{"a":1}')


async def test_what_comes_before_the_answer_is_not_the_answer():
    async with serve(saying(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + http("200 OK", b"{}"))) as url:
        assert await post_to(url) == Answer(200, b"{}")


@pytest.mark.parametrize("waits", [0.0, 0.02], ids=["at once", "later"])
async def test_an_answer_that_nobody_asked_for_is_never_taken_for_another_requests(waits):
    asked = 0

    async def answer_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while True:
            await read_request(reader)
            asked += 1
            writer.write(http("200 OK", b"%d" % asked))
            await asyncio.sleep(waits)
            writer.write(http("200 OK", b"stray"))

    async with serve(answer_twice) as url, open_transport(url) as transport:
        for number in (b"1", b"2", b"3"):
            assert await transport.post("1/messages", token="t", body=b"{}") == Answer(200, number)
            await asyncio.sleep(0.05)


async def test_a_request_whose_sender_was_stopped_leaves_no_answer_behind():
    asked, has_arrived, may_answer = 0, asyncio.Event(), asyncio.Event()

    async def late_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while True:
            await read_request(reader)
            asked += 1
            mine = asked
            if mine == 1:
                has_arrived.set()
                await may_answer.wait()
            writer.write(http("200 OK", b"%d" % mine))

    async with serve(late_once) as url, open_transport(url, connections=1) as transport:
        stopped = asyncio.ensure_future(transport.post("1/messages", token="t", body=b"{}"))
        await has_arrived.wait()
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped
        may_answer.set()
        assert await transport.post("1/messages", token="t", body=b"{}") == Answer(200, b"2")


@pytest.mark.parametrize("token", ["a\r\nX: y", "a b", "\u3042", ""])
async def test_a_token_that_no_header_can_carry_was_not_written(token):
    async with serve(saying(http("200 OK", b"{}"))) as url, open_transport(url) as transport:
        assert isinstance(await transport.post("1/messages", token=token, body=b"{}"), NotWritten)


async def test_connections_are_used_again_and_bounded():
    connections = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            await read_request(reader)
            await asyncio.sleep(0.01)
            writer.write(http("200 OK", b"{}"))

    async with serve(count) as url, open_transport(url, connections=3) as transport, asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(transport.post("1/messages", token="t", body=b"{}"))
    assert connections == 3


@pytest.mark.parametrize(
    ("handler", "result"),
    [
        (saying(http("200 OK", b"{}")), Answer),
        (reset_before_reading, Unknown),
        (close_after_reading, Unknown),
        (saying(http("200 OK", b"{", length=500)), Unknown),
    ],
    ids=["answer", "reset", "closed", "half a body"],
)
def test_the_loop_that_senders_run_on_makes_no_difference(handler, result):
    async def post() -> Result:
        async with serve(handler) as url:
            return await post_to(url)

    assert isinstance(uvloop.run(post()), result)
