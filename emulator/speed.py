"""How many messages a second one core takes in and tells the statuses of: `python -m emulator.speed`."""

import argparse
import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

CONNECTIONS = 64
NUMBER, TOKEN = "1001", "token"
PHRASE = {"body": "Your order has left our shop."}
TEMPLATE = {"name": "left", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Gone."}]}
PEOPLE = {"not_on_whatsapp": 0, "blocked": 0, "ecosystem_failures": 0, "reads": 1, "receipts_off": 0, "replies": 0}
LIMITS = {"pair_limit": False, "throughput_limit": False, "portfolio_limit": False}
DELAYS = {"sent": [0.05, 0.1], "delivered": [0.1, 0.3], "read": [0.1, 0.3], "reply": [1, 2]}
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Sink(asyncio.Protocol):
    """A gateway that does nothing but answer 200."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            del self._buffer[:whole]
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def _control(address: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/_emulator/{path}", data)  # noqa: S310  our own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def _cpu_seconds(pid: int) -> float:
    """Return the time a process has spent on processors."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _request(index: int) -> bytes:
    template = {"name": "left", "language": {"code": "en"}}
    message = {"messaging_product": "whatsapp", "to": f"+8190{index:08d}", "type": "template", "template": template}
    body = json.dumps({**message, "biz_opaque_callback_data": f"1.{index}.1"}).encode()
    head = f"POST /v26.0/{NUMBER}/messages HTTP/1.1\r\nHost: emulator\r\nAuthorization: Bearer {TOKEN}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _send(host: str, port: int, places: "itertools.count[int]", many: int) -> None:
    """Post one message after the other over one connection."""
    reader, writer = await asyncio.open_connection(host, port)
    while (index := next(places)) < many:
        writer.write(_request(index))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"The emulator refused a message: {head.splitlines()[0].decode()}")
        found = LENGTH.search(head)
        await reader.readexactly(int(found[1]) if found else 0)
    writer.close()


async def _measure(address: str, pid: int, many: int) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    sink = await loop.create_server(Sink, "127.0.0.1", 0)
    callback = f"http://127.0.0.1:{sink.sockets[0].getsockname()[1]}/"
    number = {"id": NUMBER, "display_phone_number": "+81 50-3100-1000"}
    app = {"app_id": "3001", "secret": "secret", "token": TOKEN, "callback_url": callback}
    account = {"id": "2001", "portfolio_id": "4001", "numbers": [number], "templates": [TEMPLATE]}
    body = {"apps": [app], "portfolios": [{"id": "4001"}], "accounts": [account]}
    await asyncio.to_thread(_control, address, "setup", body)
    await asyncio.to_thread(_control, address, "knobs", {**PEOPLE, **LIMITS, "delays": DELAYS})
    host, _, port = address.removeprefix("http://").partition(":")
    places = itertools.count()
    cpu, start = _cpu_seconds(pid), time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_send(host, int(port), places, many))
    accepted = time.monotonic() - start
    left = await asyncio.to_thread(_control, address, "stats")
    while left["pending_status_events"] or left["pending_webhooks"]:
        await asyncio.sleep(0.05)
        left = await asyncio.to_thread(_control, address, "stats")
    settled, cpu = time.monotonic() - start, _cpu_seconds(pid) - cpu
    sink.close()
    return {
        "messages": many,
        "accepted_per_second": round(many / accepted),
        "settled_per_second": round(many / settled),
        "settled_per_cpu_second": round(many / cpu),
        "webhook_posts": left["webhook_posts"],
        "undelivered": left["undelivered_webhooks"],
    }


def measure(many: int) -> dict[str, float]:
    """Start an emulator of its own and return its figures: accepted, and with all statuses delivered."""
    command = [sys.executable, "-m", "emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  our own command
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            found = re.search(r"http://[\d.:]+", process.stdout.readline())
            if found is None:
                raise RuntimeError("The emulator did not say where it listens.")
            return asyncio.run(_measure(found[0], process.pid, many))
        finally:
            process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    print(json.dumps(measure(parser.parse_args().messages)))  # noqa: T201  the figures are what it is for
