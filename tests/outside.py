"""What a test needs to start the product as a person would: a port, and an environment without our own settings."""

import os
import socket


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment_with(**settings: str) -> dict[str, str]:
    """Return the environment for a process that gets these settings and none of the test run's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SWITCHBOARD_", "DJANGO_"))}
    return {**kept, **settings}
