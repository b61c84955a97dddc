"""The sender's own connections, on the event loop that senders run on."""

import asyncio

import uvloop

from switchboard.cloudapi.wire import Wire

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def _answer_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for _time in range(2):
        await reader.readuntil(b"{}")
        writer.write(_ANSWER)
    writer.close()


async def _post_twice() -> list[int]:
    server = await asyncio.start_server(_answer_twice, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        wire = Wire(address, connections=1, timeout_seconds=5, connect_seconds=5)
        found = [(await wire.post("/v26.0/1/messages", "token", b"{}")).status for _time in range(2)]
        wire.close()
    return found


def test_it_posts_on_the_loop_that_senders_run_on() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(_post_twice()) == [200, 200]
