"""The worker as it really runs: killed in the middle of its work, it loses and doubles nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.conftest import NOON
from tests.webhooks.applying import a_message, a_status, keep, tallies
from tests.webhooks.gateway import until
from tests.webhooks.waiting_statuses import fill_queue, measure_stop
from tests.webhooks.world import World, make_contact, make_message

MESSAGES, REPLIES = 40, 400


def _start(world: World, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "switchboard", "worker"],
            env={**os.environ, "SWITCHBOARD_DATABASE_URL": world.url},
            stdout=output,
            stderr=output,
        )


@pytest.mark.journey
async def test_a_killed_worker_loses_and_doubles_nothing(world: World, tmp_path: Path) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    messages = [make_message(world, contact, NOON) for _ in range(MESSAGES)]
    statuses = [a_status(world, one, status) for one in messages for status in ("sent", "delivered", "read")]
    replies = [
        a_message(world, "STOP" if n % 5 == 0 else "hi", wamid=f"wamid.{n}", phone=f"8190{n % 150:08}")
        for n in range(REPLIES)
    ]
    # Thrice each, as Meta does after a timeout.
    await keep(world, *statuses, *replies, *statuses, *replies, *replies)
    log = tmp_path / "worker.log"
    with psycopg.connect(world.url) as holding:
        # The worker gets as far as the first opt-out of its batch, and no further.
        holding.execute("LOCK TABLE consent_entry IN ACCESS EXCLUSIVE MODE")
        first = _start(world, log)
        try:
            await until(lambda: world.run("SELECT 1 FROM pg_locks WHERE NOT granted"), 40, every=0.05)
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
    assert world.one("SELECT count(*) FROM webhooks_event WHERE is_inbound") == 3 * REPLIES
    second = _start(world, log)
    try:
        await until(lambda: world.one("SELECT count(*) FROM webhooks_event") == 0, 60, every=0.1)
        second.send_signal(signal.SIGTERM)
        await until(lambda: second.poll() is not None, 15, every=0.1)
    finally:
        second.kill()
        second.wait()
    assert second.returncode == 0, log.read_text()[-3000:]
    assert world.one("SELECT count(*) FROM replies_inboundmessage") == REPLIES
    assert world.one("SELECT sum(inbound_count) FROM contacts_activity") == REPLIES
    assert world.one("SELECT count(*) FROM consent_entry") == REPLIES // 5
    assert world.one("SELECT count(*) FROM webhooks_deadletter") == 0
    assert tallies(world) == {(measure, ""): MESSAGES for measure in ("sent", "delivered", "read")}


@pytest.mark.journey
async def test_a_stop_is_effective_within_two_seconds_though_statuses_wait(world: World, tmp_path: Path) -> None:
    fill_queue(world, 20_000)
    took, still_waiting = await measure_stop(world, tmp_path / "worker.log")
    assert still_waiting > 0
    assert took < 2
