"""The emulator is never the bottleneck of a test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the time of another process is read from /proc")
def test_one_core_takes_in_2000_messages_a_second_and_delivers_their_statuses():
    # By the processor's time, so that whatever else runs on the machine does not count.
    command = [sys.executable, "-m", "emulator.speed", "--messages", "2000"]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    assert figures["undelivered"] == 0
    assert figures["settled_per_cpu_second"] >= 2_000
