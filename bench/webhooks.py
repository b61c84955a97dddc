"""`bench webhooks`: signed webhooks kept per second, beside the same server keeping nothing, and pywa on FastAPI."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench import shop
from bench.apply import build_status
from bench.figures import Rounds, describe_machine, drop_missing
from bench.place import opened_database, opened_place
from switchboard.webhooks import signature

CONNECTIONS = (64, 256)
_REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "bench.txt"
# A slow yardstick under 256 connections on a busy machine keeps each waiting for longer than wrk's own two seconds:
# late is slow, not wrong.
_TIMEOUT = "30s"
_TOLERATED = 0.01
_LUA = """
wrk.method = "POST"
wrk.body = [==[{body}]==]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Hub-Signature-256"] = "{signature}"
{delay}
function done(summary, latency, requests)
    local bad = summary.errors
    io.write(string.format("RESULT %d %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99),
        bad.status, bad.connect, bad.read + bad.write, bad.timeout))
end
"""


def run(*, rounds: int, seconds: int) -> dict[str, Any]:
    """Measure every server in turn in every round."""
    left_out = _find_missing()
    figures = Rounds()
    with opened_place(), opened_database("webhooks") as url, psycopg.connect(url, autocommit=True) as connection:
        shop.ensure_shop(connection)
        connection.execute("CREATE TABLE IF NOT EXISTS bench_status (wamid text, status text, at timestamptz)")
        machine = describe_machine(connection.info.server_version)
        for _ in range(rounds):
            for connections in CONNECTIONS:
                for name in _SERVERS:
                    if name not in left_out:
                        connection.execute("TRUNCATE webhooks_event, bench_status")
                        _measure(name, connections, seconds, figures)
    half = "p99_ms_64"
    result: dict[str, Any] = {
        "name": "webhooks",
        "per_second": round(figures.median("gateway_64")),
        "p99_ms": figures.median(half),
        "ratios": drop_missing(
            {
                "ceiling": figures.ratio("gateway_64", "memory_64"),
                "ceiling_256": figures.ratio("gateway_256", "memory_256"),
                "pywa": figures.ratio("gateway_64", "pywa_64"),
                "pywa_256": figures.ratio("gateway_256", "pywa_256"),
            }
        ),
        "rounds": figures.raw,
        "machine": machine,
    }
    return result | ({"left_out": left_out} if left_out else {})


# ── servers ──────────────────────────────────────────────────────────────────────────────────────


def _granian(target: str, port: int) -> list[str]:
    options = ["--interface", "asgi", "--workers", "1", "--loop", "uvloop", "--no-ws", "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, "--host", "127.0.0.1", "--port", str(port), target]


def _uvicorn(target: str, port: int) -> list[str]:
    options = ["--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    return [sys.executable, "-m", "uvicorn", *options, "--log-level", "warning", target]


_SERVERS = {
    "memory": (_granian, "bench.memory_gateway:application"),
    "gateway": (_granian, "switchboard.webhooks.receiver:application"),
    "pywa": (_uvicorn, "bench.pywa_gateway:application"),
}


@dataclass(frozen=True, slots=True)
class _Server:
    """One that runs: its name, the address to post to, and the file that it complains into."""

    name: str
    address: str
    complaints: Path

    def said(self) -> str:
        """Return the end of what it complained about."""
        text = self.complaints.read_text(errors="replace").strip()
        return f" It said: {text[-800:]}" if text else " It said nothing."


@contextmanager
def _running(name: str) -> Iterator[_Server]:
    """Run a server until its address answers as a healthy one does, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    build, target = _SERVERS[name]
    with tempfile.NamedTemporaryFile(prefix=f"{name}-", suffix=".log") as log:
        process = subprocess.Popen(build(target, port), stdout=log, stderr=log)  # noqa: S603  our own command
        server = _Server(name, f"http://127.0.0.1:{port}/webhooks/{shop.APP_META_ID}", Path(log.name))
        try:
            _wait(server, f"http://127.0.0.1:{port}/healthz", process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(server: _Server, address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server “{server.name}” does not answer at {address}.{server.said()}")


# ── load ─────────────────────────────────────────────────────────────────────────────────────────


def _measure(name: str, connections: int, seconds: int, figures: Rounds) -> None:
    with _running(name) as server:
        _load(server, connections, 1, is_warm_up=True)
        per_second, _ = _load(server, connections, seconds)
        figures.add(f"{name}_{connections}", per_second)
        if name == "gateway":
            pause = round(1000 * connections / (per_second / 2))
            half, p99 = _load(server, connections, seconds, pause_ms=pause)
            figures.add(f"p99_ms_{connections}", p99)
            figures.add(f"half_load_{connections}", half)


def _load(
    server: _Server, connections: int, seconds: int, *, pause_ms: int = 0, is_warm_up: bool = False
) -> tuple[float, float]:
    """Return requests per second and the 99th percentile in milliseconds.

    :raises RuntimeError: more than single requests failed, other than while the server warms up.
    """
    body = build_status(1, uuid.UUID(int=7 << 76 | 2 << 62), "delivered", datetime.now(UTC))  # noqa: TID251  a benchmark
    # Around the pause, so that connections do not march in step.
    delay = f"function delay() return math.random({pause_ms // 2}, {pause_ms + pause_ms // 2}) end" if pause_ms else ""
    signed = signature.sign(shop.SECRET.encode(), body).decode()
    script = _LUA.replace("{body}", body.decode()).replace("{signature}", signed).replace("{delay}", delay)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", _TIMEOUT]
        answer = subprocess.run(  # noqa: S603  wrk, found on PATH
            [*command, "-s", file.name, server.address], capture_output=True, text=True, check=False
        )
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", answer.stdout)
    if found is None:
        raise RuntimeError(f"wrk against “{server.name}” said: {answer.stdout[-500:]}{answer.stderr[-500:]}")
    requests, microseconds, p99, *bad = (int(part) for part in found.groups())
    if not is_warm_up and (sum(bad) > requests * _TOLERATED or not requests):
        kinds = dict(zip(("refused", "not connected", "broken off", "too late"), bad, strict=True))
        what = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count) or "nothing answered"
        raise RuntimeError(
            f"The server “{server.name}” at {connections} connections: {what} of {requests} requests.{server.said()}"
        )
    return requests / microseconds * 1e6, p99 / 1000


# ── what is needed ───────────────────────────────────────────────────────────────────────────────


def _find_missing() -> dict[str, str]:
    """Install what may be installed; return which yardsticks cannot run, and why.

    :raises RuntimeError: there is no wrk, without which nothing can be measured.
    """
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "wrk"], check=False, stdout=subprocess.DEVNULL)  # noqa: S607
    if shutil.which("wrk") is None:
        raise RuntimeError(
            "wrk is not installed, and nothing can be measured without it. Install it: apt-get install wrk"
        )
    if all(importlib.util.find_spec(name) for name in ("pywa", "fastapi", "uvicorn")):
        return {}
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    command = [*install, "--require-hashes", "-r", str(_REQUIREMENTS)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  the locked packages
    importlib.invalidate_caches()
    return {} if answer.returncode == 0 else {"pywa": f"cannot be installed: {answer.stderr.strip()[-300:]}"}
