"""`switchboard connect` against a running emulator, one step after the other."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import OwnDatabase

HELLO = {
    "name": "hello_world",
    "language": "en_US",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Welcome and congratulations!"}],
}
NUMBER = {"id": "1001", "display_phone_number": "+1 555-005-1310", "status": "PENDING", "pin": "111111"}
GIVEN = ["--workspace", "1", "--app-id", "3001", "--account-id", "2001", "--portfolio-id", "4001"]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def emulator() -> Iterator[str]:
    """An emulator with one number that is not registered."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--delays", "fast"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found is not None
        account: dict[str, Any] = {"id": "2001", "portfolio_id": "4001", "subscribed": False}
        account |= {"app_ids": ["3001"], "numbers": [NUMBER], "templates": [HELLO]}
        app = {"app_id": "3001", "secret": "the-secret", "token": "the-token"}
        body = {"apps": [app], "portfolios": [{"id": "4001"}], "accounts": [account]}
        urllib.request.urlopen(f"{found[0]}/_emulator/setup", json.dumps(body).encode(), timeout=5).close()
        yield found[0]
        process.terminate()


@pytest.fixture
def run(database: OwnDatabase, tmp_path: Any, emulator: str) -> Run:
    """Run the program as it is typed, in an installation with one workspace."""

    def switchboard(*words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "SWITCHBOARD_DATABASE_URL": database.url, "SWITCHBOARD_HOME": str(tmp_path)}
        env |= {"SWITCHBOARD_CLOUD_API_URL": f"{emulator}/v26.0"}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "-m", "switchboard", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    zone = ["--time-zone", "Asia/Tokyo", "--password", "a-long-password-7"]
    switchboard("user", "add", "olive@example.com", "--workspace", "Olive", *zone)
    return switchboard


def test_it_takes_an_engineer_through_every_step(run: Run) -> None:
    credentials = ["--token", "the-token", "--app-secret", "the-secret"]
    answer = run("connect", *GIVEN, *credentials, "--subscribe", "--pin", "111111", "--test-to", "+819012345678")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("✓") == 10
    assert "✗" not in answer.stdout
    assert "1 numbers, 1 templates" in answer.stdout
    assert "/webhooks/3001" in answer.stdout
    assert "is in the queue of +1 555-005-1310" in answer.stdout


def test_a_second_time_keeps_the_verify_token(run: Run) -> None:
    credentials = ["--token", "the-token", "--app-secret", "the-secret"]
    first, second = (run("connect", *GIVEN, *credentials).stdout for _ in range(2))
    tokens = {re.findall(r"Verify token +(\S+)", said)[0] for said in (first, second)}
    assert len(tokens) == 1


def test_what_is_wrong_stands_beside_its_step(run: Run) -> None:
    answer = run("connect", *GIVEN, "--token", "the-token", "--app-secret", "wrong", "--pin", "222222")
    assert "✗ The app secret fits the token: The app secret is not the one" in answer.stdout
    assert "is registered: The number's PIN is wrong." in answer.stdout
    assert "✓ Permission whatsapp_business_messaging" in answer.stdout


def test_a_pin_that_is_none_ends_it_before_anything_is_kept(run: Run) -> None:
    answer = run("connect", *GIVEN, "--token", "the-token", "--app-secret", "the-secret", "--pin", "12")
    assert answer.returncode == 2
    assert "PIN" in answer.stderr
