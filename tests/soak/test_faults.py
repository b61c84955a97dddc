"""100,000 messages while processes die and freeze, answers and statuses are lost, and clocks step: nothing is doubled."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.demo_process import DemoProcess
from tests.journeys.trouble import Trouble, count_destroyed, read_stats, wait_for_emulator

pytestmark = pytest.mark.soak
RECIPIENTS = int(os.environ.get("SOAK_RECIPIENTS", "100000"))
NUMBERS = int(os.environ.get("SOAK_NUMBERS", "50"))
SEED = int(os.environ.get("SOAK_SEED", "0"))
EVERY_SECONDS = float(os.environ.get("SOAK_EVERY_SECONDS", "6"))
SECONDS = float(os.environ.get("SOAK_SECONDS", "3600"))


def test_nothing_is_doubled_and_nothing_is_lost(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    demo = DemoProcess(
        tmp_path / "home", ("--recipients", str(RECIPIENTS), "--numbers", str(NUMBERS), "--pace", "standard")
    )
    demo.start()
    try:
        run_through_trouble(demo, tmp_path)
    finally:
        demo.stop()


def run_through_trouble(demo: DemoProcess, folder: Path) -> None:
    wait_for_emulator(demo)
    with Trouble(demo, folder, seed=SEED, every_seconds=EVERY_SECONDS) as trouble:
        stats: dict[str, Any] = {}
        deadline = time.monotonic() + SECONDS
        while demo.process.poll() is None and time.monotonic() < deadline:
            try:
                stats = read_stats(demo)
            except OSError:
                break
            if stats["accepted"] >= 0.8 * RECIPIENTS:
                trouble.end()
                break
            time.sleep(1)
        result = demo.wait_for_result(SECONDS)
    told = f"from outside: {dict(trouble.counts)}\nby Meta: {stats.get('faults')}\nresult: {result}\n"
    sys.stderr.write(f"\nFaults injected\n{told}")
    gone = sum(result["failed"].values()) + sum(result["skipped"].values())
    assert result["planned"] == result["waiting"] + result["sent"] + gone
    assert result["duplicates"] == 0
    assert result["lost"] == 0
    assert result["unknown"] + result["failed"].get("unconfirmed", 0) <= count_destroyed(stats, trouble)
    assert result["sent_after_opt_out"] == 0
