"""Faults from outside, one after another: processes killed or frozen, a second sender, a clock that steps, a bad network."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from tests.journeys.demo_process import DemoProcess

ROLES = ("sender", "worker", "gateway", "postgres")
# Longer than the lease of a batch (10 s) and what a sender thinks is left of it.
FROZEN_SECONDS = 14.0
FAULTS = {
    "drop_before_accept": 0.01,
    "drop_after_accept": 0.01,
    "error_500_after_accept": 0.005,
    "error_500": 0.005,
    "error_503_body": 0.005,
    "error_429": 0.005,
}
KNOBS: dict[str, Any] = {
    "faults": FAULTS,
    "duplicate_webhooks": 0.05,
    "reorder": 0.05,
    "lost_statuses": 0.02,
    "status_before_response": 0.02,
    "slow_seconds": 2.0,
}
# What a sender has opened in its crash record and not posted yet; a twentieth of a second of what it sends.
OPENED_AT_DEATH = 60
_FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


class Trouble:
    """Makes trouble for a demo until it is told to stop, and counts what it did."""

    def __init__(self, demo: DemoProcess, folder: Path, *, seed: int, every_seconds: float) -> None:
        self._demo = demo
        self._folder = folder
        self._dice = random.Random(seed)
        self._every = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._second: subprocess.Popen[bytes] | None = None
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> "Trouble":
        _control(self._demo, "knobs", KNOBS)
        self._start_second_sender()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(30)
        if self._second is not None:
            self._second.kill()
            self._second.wait()

    def end(self) -> None:
        """Make no more trouble with processes; the second sender goes on."""
        self._stopping.set()
        self._thread.join(30)
        _control(self._demo, "knobs", {"faults": {}})

    def _run(self) -> None:
        while not self._stopping.wait(self._dice.uniform(0.6, 1.4) * self._every):
            try:
                self._make_some()
            except (AssertionError, OSError):
                # The process is just being started again.
                self.counts["nobody there"] += 1

    def _make_some(self) -> None:
        if self._second is not None and self._second.poll() is not None:
            self._start_second_sender()
        what = self._dice.choice(("kill", "kill", "freeze", "clock", "second"))
        role = self._dice.choice(ROLES)
        if what == "clock":
            self._step_clock()
        elif what == "second" and self._second is not None:
            self._second.kill()
            self.counts["second sender killed"] += 1
        elif what == "freeze" and role != "postgres":
            self._freeze(role)
        else:
            self._demo.kill(role)
            self.counts[f"{role} killed"] += 1

    def _freeze(self, role: str) -> None:
        pid = self._demo.find(role)
        os.kill(pid, signal.SIGSTOP)
        self.counts[f"{role} frozen"] += 1
        self._stopping.wait(FROZEN_SECONDS)
        os.kill(pid, signal.SIGCONT)

    def _start_second_sender(self) -> None:
        environ = Path(f"/proc/{self._demo.find('sender')}/environ").read_bytes().split(b"\0")
        env = dict(part.decode().split("=", 1) for part in environ if b"=" in part)
        if _FAKETIME.exists():
            self._clock_file().write_text("+0")
            env |= {"LD_PRELOAD": str(_FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self._clock_file())}
            env |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}
        command = [sys.executable, "-m", "switchboard", "sender"]
        with (self._folder / "second_sender.log").open("ab") as log:
            self._second = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def _clock_file(self) -> Path:
        return self._folder / "clock"

    def _step_clock(self) -> None:
        """Move the second sender's clock by some seconds, as a time service does on a bad day."""
        if _FAKETIME.exists():
            self._clock_file().write_text(f"{self._dice.choice((-5, -2, 2, 5)):+d}")
            self.counts["clock stepped"] += 1


def _control(demo: DemoProcess, path: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        f"{demo.emulator_address()}/_emulator/{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):
        return


def read_stats(demo: DemoProcess) -> dict[str, Any]:
    """Return the emulator's counts, faults among them."""
    with urllib.request.urlopen(f"{demo.emulator_address()}/_emulator/stats", timeout=10) as answer:
        stats: dict[str, Any] = json.load(answer)
        return stats


def count_destroyed(stats: dict[str, Any], trouble: Trouble) -> int:
    """Return of how many messages nobody can ever tell: their answer never came, or their sender died before it.

    What it had posted is told of later by its statuses, and what it had not opened waits again.
    """
    faults = stats.get("faults") or {}
    unanswered = ("drop_before_accept", "drop_after_accept", "error_500", "error_500_after_accept")
    deaths = sum(count for what, count in trouble.counts.items() if "sender" in what or "postgres" in what)
    return sum(int(faults.get(name, 0)) for name in unanswered) + OPENED_AT_DEATH * deaths


def wait_for_emulator(demo: DemoProcess, seconds: float = 600) -> None:
    """Return when the demo has told where its emulator is."""
    deadline = time.monotonic() + seconds
    while not demo.emulator_address():
        assert demo.process.poll() is None, "".join(demo.told)[-2000:]
        assert time.monotonic() < deadline, "The demo does not start."
        time.sleep(0.1)
