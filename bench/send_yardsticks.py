"""What a team would build without the product: Celery with Redis, or pywa, each updating one row a message."""

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg

from bench import sinks

_REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "bench.txt"
_MODULES = ("celery", "redis", "pywa", "httpx")
# The fastest of 1, 2, 4, 8 and 16 on two CPUs.
PYWA_TASKS = 4
CELERY_WORKERS = 4


def make_table(connection: psycopg.Connection, message_ids: Sequence[UUID]) -> None:
    """Make the one table that such a program would have, with these messages in it."""
    connection.execute("DROP TABLE IF EXISTS bench_message")
    connection.execute(
        "CREATE TABLE bench_message (id uuid PRIMARY KEY, state smallint NOT NULL, wamid text, sent_at timestamptz)"
    )
    connection.execute("INSERT INTO bench_message (id, state) SELECT unnest(%s::uuid[]), 0", [list(message_ids)])
    connection.execute("VACUUM (ANALYZE) bench_message")


def measure_pywa(address: str, rows: Path) -> float:
    """Return messages a second of pywa's asynchronous client."""
    return _print_of("bench.pywa_sender", address, str(rows), str(PYWA_TASKS))


def measure_celery(address: str, rows: Path) -> float:
    """Return messages a second of Celery's workers."""
    with _running_redis() as broker, _running_workers(broker, address):
        return _print_of("bench.celery_sender", str(rows), more={"BENCH_BROKER": broker, "BENCH_ADDRESS": address})


def _print_of(module: str, *arguments: str, more: dict[str, str] | None = None) -> float:
    command = [sys.executable, "-m", module, *arguments]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | (more or {}))  # noqa: S603
    if answer.returncode:
        raise RuntimeError(f"{module}: {answer.stderr.strip()[-500:]}")
    return float(answer.stdout)


@contextmanager
def _running_redis() -> Iterator[str]:
    port = sinks.free_port()
    with tempfile.TemporaryDirectory(prefix="switchboard-redis-") as folder:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        command = [shutil.which("redis-server") or "redis-server", *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  found on PATH
        try:
            sinks.wait_for(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _running_workers(broker: str, address: str) -> Iterator[None]:
    options = ["--loglevel", "error", "-P", "prefork", "-c", str(CELERY_WORKERS), "-Q", "nothing"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-A", "bench.celery_sender", "worker", *options, *quiet]
    more = {"BENCH_BROKER": broker, "BENCH_ADDRESS": address, "C_FORCE_ROOT": "1"}
    process = subprocess.Popen(  # noqa: S603  Celery from our own environment
        command, env=os.environ | more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_workers(broker, address)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_workers(broker: str, address: str) -> None:
    command = [sys.executable, "-m", "celery", "-A", "bench.celery_sender", "inspect", "ping", "-t", "2"]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        more = {"BENCH_BROKER": broker, "BENCH_ADDRESS": address}
        if subprocess.run(command, check=False, capture_output=True, env=os.environ | more).returncode == 0:  # noqa: S603
            return
    raise RuntimeError("Celery's workers do not start.")


def find_missing() -> dict[str, str]:
    """Install what may be installed; return which yardsticks cannot run, and why."""
    left_out: dict[str, str] = {}
    if shutil.which("redis-server") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "redis-server"], check=False, stdout=subprocess.DEVNULL)  # noqa: S607
    if shutil.which("redis-server") is None:
        left_out["celery"] = "redis-server is not installed: apt-get install redis-server"
    if not all(importlib.util.find_spec(name) for name in _MODULES):
        install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
        command = [*install, "--require-hashes", "-r", str(_REQUIREMENTS)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  the locked packages
        importlib.invalidate_caches()
        if answer.returncode:
            why = f"cannot be installed: {answer.stderr.strip()[-300:]}"
            left_out |= {"celery": why, "pywa": why}
    return left_out
