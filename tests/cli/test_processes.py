"""The supervisor: what should run runs, and ends when it should."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from switchboard.cli import processes
from switchboard.cli.embedded import pidfile, server
from switchboard.cli.processes import PortTakenError, RoleFailedError, Supervisor
from tests.cli.owners import kill, wait_until
from tests.outside import free_port

SLEEPS = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(120)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(120)",
]
FAILS = [sys.executable, "-c", "import sys; sys.exit('SWITCHBOARD_COLOUR is mauve. Set it to red.')"]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, time; print(subprocess.Popen(['sleep', '120']).pid, flush=True); time.sleep(120)",
]
OWNER_PROGRAM = """
import sys, time
from pathlib import Path
from rich.console import Console
from switchboard.cli.processes import Supervisor
supervisor = Supervisor(Path(sys.argv[1]), Console(quiet=True))
supervisor.add("child", [sys.executable, "-c", "import time; time.sleep(120)"])
supervisor.start()
print(supervisor.pids()["child"], flush=True)
time.sleep(120)
"""
STREAMING_APP = """
import asyncio
async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"data: x\\n\\n", "more_body": True})
        await asyncio.sleep(0.1)
"""


@pytest.fixture
def said() -> StringIO:
    """What the supervisor told the person at the terminal."""
    return StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, said: StringIO) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, Console(file=said, width=500))
    yield made
    made.stop()


def kill_and_wait_for_another(supervisor: Supervisor, role: str) -> None:
    killed = supervisor.pids()[role]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: supervisor.pids().get(role) not in {None, killed})


def has_logged(home: Path, role: str, words: str) -> Callable[[], bool]:
    return lambda: words in (home / "log" / f"{role}.log").read_text()


def test_it_starts_what_was_added_and_ends_it(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add("sleeper", SLEEPS)
    supervisor.start()
    pid = supervisor.pids()["sleeper"]
    wait_until(has_logged(tmp_path, "sleeper", "ready"))
    supervisor.stop()
    assert supervisor.pids() == {}
    assert not pidfile.is_running(pid)


def test_it_hands_the_environment_on(supervisor: Supervisor, tmp_path: Path) -> None:
    show = "import os, time; print(os.environ['COLOUR'], flush=True); time.sleep(120)"
    supervisor.add("shower", [sys.executable, "-c", show], {"COLOUR": "green"})
    supervisor.start()
    wait_until(has_logged(tmp_path, "shower", "green"))


def test_it_starts_again_what_was_killed_and_says_so_once(supervisor: Supervisor, said: StringIO) -> None:
    supervisor.add("sleeper", SLEEPS)
    supervisor.start()
    for _ in range(2):
        kill_and_wait_for_another(supervisor, "sleeper")
    assert said.getvalue().count("sleeper ended (killed by signal 9) and is started again") == 1


def test_it_waits_longer_after_every_failure(supervisor: Supervisor, tmp_path: Path) -> None:
    count = "import time; print('again', flush=True); time.sleep(0.3)"
    supervisor.add("failing", [sys.executable, "-c", count])
    supervisor.start()
    time.sleep(3)
    assert (tmp_path / "log" / "failing.log").read_text().count("again") <= 3


def test_it_ends_by_force_what_does_not_listen(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_STOP_SECONDS", 0.5)
    supervisor.add("stubborn", STUBBORN)
    supervisor.start()
    pid = supervisor.pids()["stubborn"]
    wait_until(has_logged(tmp_path, "stubborn", "ready"))
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 4
    assert not pidfile.is_running(pid)


def test_it_ends_grandchildren_too(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add("parent", PARENT)
    supervisor.start()
    log = tmp_path / "log" / "parent.log"
    wait_until(lambda: log.read_text().strip().isdigit())
    grandchild = int(log.read_text())
    supervisor.stop()
    wait_until(lambda: not pidfile.is_running(grandchild))


def test_its_children_end_when_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER_PROGRAM, str(tmp_path)]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    assert pidfile.is_running(child)
    kill(owner)
    wait_until(lambda: not pidfile.is_running(child))


def test_it_starts_nothing_when_a_port_is_taken(supervisor: Supervisor) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        supervisor.add("first", SLEEPS)
        supervisor.add("web", SLEEPS, port=port)
        with pytest.raises(PortTakenError, match=rf"Port {port}, which web needs.*SWITCHBOARD_WEB_PORT"):
            supervisor.start()
    assert supervisor.pids() == {}


def test_it_repeats_the_last_words_of_a_role_that_cannot_start(supervisor: Supervisor) -> None:
    supervisor.add("sleeper", SLEEPS)
    supervisor.add("painter", FAILS, port=free_port())
    with pytest.raises(RoleFailedError, match=r"painter did not start: SWITCHBOARD_COLOUR is mauve. Set it to red."):
        supervisor.start()
    assert supervisor.pids() == {}


def test_it_returns_when_a_role_accepts_connections(supervisor: Supervisor) -> None:
    port = free_port()
    serve = f"import time, http.server as h; time.sleep(1); h.test(h.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
    supervisor.add("server", [sys.executable, "-c", serve], port=port)
    supervisor.start()
    socket.create_connection(("127.0.0.1", port)).close()


def test_it_ends_a_web_server_with_an_open_stream_in_time(supervisor: Supervisor, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "streaming.py").write_text(STREAMING_APP)
    serve = (
        "from switchboard.cli import serving; "
        f"serving.serve('streaming:application', interface='asginl', host='127.0.0.1', port={port})"
    )
    supervisor.add("web", [sys.executable, "-c", serve], {"PYTHONPATH": f"{tmp_path}{os.pathsep}."}, port=port)
    supervisor.start()
    pid = supervisor.pids()["web"]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stream.recv(12) == b"HTTP/1.1 200"
        started = time.monotonic()
        supervisor.stop()
        assert time.monotonic() - started < 6
    assert not pidfile.is_running(pid)


def test_it_starts_a_killed_database_again(
    home: Path, start: Callable[[], server.EmbeddedServer], said: StringIO
) -> None:
    running = start()
    supervisor = Supervisor(home, Console(file=said, width=500), running)
    supervisor.add("sleeper", SLEEPS)
    supervisor.start()
    before = running.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: running.pid not in {None, before})
    wait_until(lambda: "PostgreSQL ended and was started again." in said.getvalue())
    supervisor.stop()
