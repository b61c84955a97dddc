"""`switchboard up` with no settings: everything starts, survives what is killed, and ends together."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from switchboard.cli.embedded import pidfile, server
from tests.cli.owners import wait_until
from tests.conftest import copied_home, open_folder
from tests.outside import environment_with, free_port
from tests.postgres import ROOT

pytestmark = [pytest.mark.journey]
ROLES = ("emulator", "web", "gateway", "sender", "worker")


class Installation:
    """A `switchboard up --emulator` in a folder and on ports of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = {name: free_port() for name in ("web", "gateway", "emulator")}
        settings = {f"SWITCHBOARD_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "switchboard", "up", "--emulator"],
            cwd=ROOT,
            env=environment_with(**settings, SWITCHBOARD_HOME=str(home)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = self._read_greeting()

    def _read_greeting(self) -> str:
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "First user" in line:
                return "".join(lines)
        raise AssertionError(f"it ended instead of starting:\n{''.join(lines)}")

    def run(self, *words: str) -> str:
        """Run a command in this installation and return what it says."""
        emulator = f"http://127.0.0.1:{self.ports['emulator']}/v26.0"
        env = environment_with(SWITCHBOARD_HOME=str(self.home), SWITCHBOARD_CLOUD_API_URL=emulator)
        command = [sys.executable, "-m", "switchboard", *words]
        answer = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def children(self) -> dict[str, int]:
        """Return the processes that `up` has started, by role."""
        found = {}
        for pid in _children_of(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
            for role in ROLES:
                if role in words or str(self.ports.get(role)) in words:
                    found[role] = pid
        return found


class Meta:
    """The emulator, spoken to from outside."""

    def __init__(self, address: str) -> None:
        self.address = address

    def _post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.address}/{path}", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def control(self, name: str, body: dict[str, Any]) -> Any:
        return self._post(f"_emulator/{name}", body)

    def graph(self, path: str, body: dict[str, Any]) -> Any:
        return self._post(f"v26.0/{path}", body, Authorization="Bearer 3001|the-secret")

    def ledger(self) -> str:
        with urllib.request.urlopen(f"{self.address}/_emulator/ledger", timeout=10) as answer:
            return str(answer.read().decode())


def _children_of(parent: int) -> list[int]:
    """Return the direct children of a process, whichever of its threads made them."""
    lists = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for path in lists for pid in path.read_text().split()]


@contextmanager
def running_in(home: Path) -> Iterator[Installation]:
    running = Installation(home)
    yield running
    running.process.send_signal(signal.SIGINT)
    running.process.wait(20)
    assert running.process.stdout is not None
    running.process.stdout.close()


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """One that several tests look at; it lives through all of them."""
    with open_folder() as folder, running_in(folder / "home") as running:
        yield running


@pytest.fixture
def mortal(migrated_home: Path) -> Iterator[Installation]:
    """One that the test ends in its own way."""
    with copied_home(migrated_home) as home, running_in(home) as running:
        yield running


def test_it_starts_everything_and_says_where(installation: Installation) -> None:
    assert set(installation.children()) == set(ROLES)
    assert f"http://127.0.0.1:{installation.ports['web']}" in installation.said
    url = f"http://127.0.0.1:{installation.ports['web']}/accounts/login/"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.status == 200


def test_it_starts_again_whatever_is_killed(installation: Installation) -> None:
    before = installation.children()
    running = server.find_running(installation.home)
    assert running is not None
    database = running.pid
    assert database is not None
    for pid in (*before.values(), database):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: running.pid not in {None, database})
    wait_until(lambda: set(installation.children()) == set(ROLES))
    assert not set(installation.children().values()) & set(before.values())


def test_it_ends_with_everything_it_started(mortal: Installation) -> None:
    children = mortal.children()
    started = time.monotonic()
    mortal.process.send_signal(signal.SIGTERM)
    assert mortal.process.wait(20) == 0
    assert time.monotonic() - started < 8
    assert not [pid for pid in children.values() if pidfile.is_running(pid)]
    assert server.find_running(mortal.home) is None


def test_nothing_outlives_it_when_it_is_killed(mortal: Installation) -> None:
    children = mortal.children()
    running = server.find_running(mortal.home)
    assert running is not None
    mortal.process.kill()
    mortal.process.wait()
    wait_until(lambda: running.pid is None)
    wait_until(lambda: not [pid for pid in children.values() if pidfile.is_running(pid)])


def test_a_second_one_is_told_which_port_is_taken(installation: Installation) -> None:
    settings = {f"SWITCHBOARD_{name.upper()}_PORT": str(port) for name, port in installation.ports.items()}
    answer = subprocess.run(
        [sys.executable, "-m", "switchboard", "up"],
        cwd=ROOT,
        env={**os.environ, **settings, "SWITCHBOARD_HOME": str(installation.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert f"Port {installation.ports['web']}, which web needs, cannot be used" in answer.stderr


def test_commands_use_the_database_that_it_runs(installation: Installation) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "switchboard", "postgres", "--json"],
        cwd=ROOT,
        env=environment_with(SWITCHBOARD_HOME=str(installation.home)),
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(answer.stdout)
    assert facts["running"]
    assert pidfile.is_running(facts["pid"])


def test_a_number_is_connected_from_its_credentials_to_a_delivered_test(installation: Installation) -> None:
    """Everything real but Meta: the command, the gateway behind the webhook, the worker, the sender."""
    meta = Meta(f"http://127.0.0.1:{installation.ports['emulator']}")
    number = {"id": "1001", "display_phone_number": "+1 555-005-1310", "status": "PENDING", "pin": "111111"}
    template = {
        "name": "hello",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi"}],
    }
    account = {"id": "2001", "portfolio_id": "4001", "subscribed": False, "app_ids": ["3001"], "numbers": [number]}
    app = {"app_id": "3001", "secret": "the-secret", "token": "the-token"}
    portfolios = [{"id": "4001"}]
    meta.control("setup", {"apps": [app], "portfolios": portfolios, "accounts": [account | {"templates": [template]}]})
    installation.run("user", "add", "o@example.com", "--workspace", "Olive", "--password", "a-long-password-7")
    given = ["--app-id", "3001", "--account-id", "2001", "--portfolio-id", "4001", "--token", "the-token"]
    steps = ["--app-secret", "the-secret", "--workspace", "1", "--subscribe", "--pin", "111111"]
    said = installation.run("connect", *given, *steps)
    verify_token = re.findall(r"Verify token +(\S+)", said)[0]
    callback = f"http://127.0.0.1:{installation.ports['gateway']}/webhooks/3001"
    hook = {"object": "whatsapp_business_account", "callback_url": callback, "fields": "messages"}
    refused = meta.graph("3001/subscriptions", hook | {"verify_token": "wrong"})
    assert refused["error"]["code"] == 2200
    # The gateway reads new apps every few seconds.
    wait_until(lambda: "success" in meta.graph("3001/subscriptions", hook | {"verify_token": verify_token}))
    meta.control("inbound", {"from": "+819012345678", "phone_number_id": "1001", "text": "hello"})
    said = installation.run("connect", *given, *steps, "--wait", "20", "--test-to", "+819012345678")
    assert "Heard at" in said
    wait_until(lambda: '"template":"hello"' in meta.ledger())
