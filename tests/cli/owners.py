"""Other processes that own an embedded server, and what happens to them."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}
OWNER_PROGRAM = """
import sys, time
from pathlib import Path
from switchboard.cli.embedded import server
running = server.start_embedded(Path(sys.argv[1]), {"shared_buffers": "16MB", "max_connections": "20"})
print(running.pid, flush=True)
time.sleep(120)
"""


def start_owner(home: Path) -> tuple[subprocess.Popen[str], int]:
    """Start another process that owns the server; return it and the server's process number."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER_PROGRAM, str(home)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    return owner, int(owner.stdout.readline())


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen within 20 seconds"
        time.sleep(0.02)
