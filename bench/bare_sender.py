"""`python -m bench.bare_sender ADDRESS FILE CONNECTIONS`: the ceiling, aiohttp on uvloop posting bodies, and nothing else.

Reads bodies from a file, one a line; posts them, reads each answer's id, and prints messages per second.
"""

import asyncio
import sys
import time
from pathlib import Path

import aiohttp
import msgspec
import uvloop

_HEADERS = {"Authorization": "Bearer bench", "Content-Type": "application/json"}
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


async def _run(address: str, bodies: list[bytes], connections: int) -> float:
    queue = iter(bodies)
    ids: list[bytes] = []
    connector = aiohttp.TCPConnector(limit=connections, limit_per_host=connections)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def post() -> None:
            for body in queue:
                async with session.post(address, data=body, headers=_HEADERS) as response:
                    ids.append(bytes(_decode(await response.read()).get("messages", b"")))

        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(post())
        seconds = time.perf_counter() - started
    if len(ids) != len(bodies):
        raise RuntimeError("Some messages were not answered.")
    return len(bodies) / seconds


if __name__ == "__main__":
    _bodies = Path(sys.argv[2]).read_bytes().splitlines()
    print(uvloop.run(_run(sys.argv[1], _bodies, int(sys.argv[3]))))  # noqa: T201  the caller reads it
