"""How the two HTTP roles are served: by Granian, which takes this process's place."""

import os
import sys
from typing import NoReturn

# An open event stream keeps a worker from ending; after this it is ended.
_KILL_SECONDS = "3"


def serve(target: str, *, interface: str, host: str, port: int, options: tuple[str, ...] = ()) -> NoReturn:
    """Become a Granian that serves one ASGI application."""
    arguments = [
        *("--interface", interface),
        *("--host", host),
        *("--port", str(port)),
        *("--workers", "1"),  # State lives in PostgreSQL: more processes are more roles, on any machine.
        *("--loop", "uvloop"),
        *("--workers-kill-timeout", _KILL_SECONDS),
        "--respawn-failed-workers",
        "--no-ws",
        *("--log-level", "warning"),
        *options,
    ]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments, target])
