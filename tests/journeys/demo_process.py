"""A running `switchboard demo`, watched from outside: its processes, its emulator, its last line."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.outside import environment_with

_EMULATOR = re.compile(r"Phones\s+http://127\.0\.0\.1:(\d+)")


@dataclass
class DemoProcess:
    """One run in a home folder of its own."""

    home: Path
    options: tuple[str, ...]
    process: subprocess.Popen[str] = field(init=False)
    told: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start it, and listen to what it tells on standard error."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "switchboard", "demo", "--once", "--json", *self.options],
            env=environment_with(SWITCHBOARD_HOME=str(self.home), COLUMNS="200"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.told.extend(self.process.stderr)

    def wait_for_result(self, seconds: float = 240) -> dict[str, Any]:
        """Return the object it ends with; its exit code stands beside it."""
        out, _ = self.process.communicate(timeout=seconds)
        assert out.strip(), "".join(self.told)[-3000:]
        result: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
        return {**result, "exit_code": self.process.returncode}

    def wait_until_accepted(self, count: int, seconds: float = 120) -> None:
        """Return when the emulator has accepted so many messages."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.count_accepted() >= count:
                return
            assert self.process.poll() is None, "".join(self.told)[-3000:]
            time.sleep(0.05)
        raise AssertionError(f"The emulator did not accept {count} messages.\n" + "".join(self.told)[-3000:])

    def count_accepted(self) -> int:
        """Ask the emulator; 0 while it has not been announced."""
        announced = _EMULATOR.search("".join(self.told))
        if announced is None:
            return 0
        with urllib.request.urlopen(f"http://127.0.0.1:{announced[1]}/_emulator/stats", timeout=5) as answer:
            return int(json.load(answer)["accepted"])

    def emulator_address(self) -> str:
        """Return where the emulator is; nothing while it has not been announced."""
        announced = _EMULATOR.search("".join(self.told))
        return f"http://127.0.0.1:{announced[1]}" if announced else ""

    def find(self, role: str) -> int:
        """Return a role's process, or the database server's."""
        return self._find_database() if role == "postgres" else self._find_role(role)

    def kill(self, role: str) -> int:
        """End a role's process, or the database server, with SIGKILL; return which it was."""
        pid = self.find(role)
        os.kill(pid, signal.SIGKILL)
        return pid

    def _find_database(self) -> int:
        return int((self.home / "pg" / "postmaster.pid").read_text().splitlines()[0])

    def _find_role(self, role: str) -> int:
        """Return the youngest process of a role below ours; Granian's child is the one that serves."""
        found = [pid for pid in _descendants(self.process.pid) if _serves(pid, role)]
        assert found, f"no process of {role}"
        return max(found)

    def stop(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)


def _serves(pid: int, role: str) -> bool:
    words = _command(pid)
    return role in words or any(f"switchboard.{_MODULES.get(role, role)}" in word for word in words)


_MODULES = {"gateway": "webhooks.receiver", "web": "config.asgi"}


def _command(pid: int) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text().split("\0")
    except OSError:
        return []


def _descendants(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family and pid not in family}:
        family |= more
    return family - {root}
