"""The whole product through its real processes, judged by the emulator's ledger beside ours."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import copied_home, open_folder
from tests.journeys.demo_process import DemoProcess

pytestmark = [pytest.mark.journey]


@contextmanager
def running(home: Path, *options: str) -> Iterator[DemoProcess]:
    demo = DemoProcess(home, options)
    demo.start()
    try:
        yield demo
    finally:
        demo.stop()


@pytest.fixture
def run_demo(migrated_home) -> Iterator[Callable[..., DemoProcess]]:
    with ExitStack() as stack:
        home = stack.enter_context(copied_home(migrated_home))
        yield lambda *options: stack.enter_context(running(home, *options))


def assert_every_promise_held(result) -> None:
    gone = sum(result["failed"].values()) + sum(result["skipped"].values())
    assert result["planned"] == result["waiting"] + result["sent"] + gone
    assert (result["duplicates"], result["lost"], result["sent_after_opt_out"]) == (0, 0, 0)
    assert result["exit_code"] == 0


def test_a_broadcast_goes_from_file_to_read_receipt():
    with (
        open_folder() as folder,
        running(folder / "home", "--recipients", "600", "--numbers", "6", "--pace", "full") as demo,
    ):
        result = demo.wait_for_result()
    assert_every_promise_held(result)
    assert result["planned"] == 600
    assert result["read"] > 200
    assert result["replies"] > 20
    assert result["failed"]["131026"] > 0
    assert result["skipped"]["consent"] > 0
    assert sum(hold["count"] for hold in result["held"]) == result["waiting"] - result["unknown"] > 0


def test_killed_processes_lose_nothing_and_send_nothing_twice(run_demo):
    demo = run_demo("--recipients", "1800", "--numbers", "6", "--pace", "standard")
    for accepted, role in ((250, "sender"), (500, "worker"), (750, "gateway"), (1000, "postgres")):
        demo.wait_until_accepted(accepted)
        demo.kill(role)
    result = demo.wait_for_result()
    assert_every_promise_held(result)
    assert result["planned"] == 1800
    assert result["sent"] > 1350


@pytest.mark.soak
@pytest.mark.parametrize("role", ["sender", "worker", "gateway", "postgres"])
def test_each_process_may_be_killed_by_itself(run_demo, role):
    demo = run_demo("--recipients", "1200", "--numbers", "6", "--pace", "standard")
    demo.wait_until_accepted(250)
    demo.kill(role)
    result = demo.wait_for_result()
    assert_every_promise_held(result)
    assert result["planned"] == 1200
    assert result["sent"] > 900


def test_the_careful_pace_is_kept_and_its_end_is_told(run_demo):
    demo = run_demo("--recipients", "30", "--numbers", "3", "--pace", "careful", "--seed", "3")
    result = demo.wait_for_result()
    assert_every_promise_held(result)
    assert result["seconds"] > 20, "about 9 messages a number, 3 to 5 seconds apart"
    assert 5 < result["busiest_minute"] <= 12
    assert "finishes about" in "".join(demo.told)
