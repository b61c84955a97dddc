"""The demo's hand on the emulator: its control API over plain HTTP."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from switchboard.core.errors import Unavailable


class EmulatorSilentError(Unavailable):
    """The emulator does not answer. Look into its log, then start the demo again."""


class EmulatorControl:
    """Calls `/_emulator/…` of one emulator on this machine."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/_emulator"

    def wait_until_ready(self, seconds: float = 20) -> None:
        """Return as soon as it answers.

        :raises EmulatorSilentError: it never does.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.get("stats")
            except EmulatorSilentError:
                time.sleep(0.05)
            else:
                return
        raise EmulatorSilentError

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON object at a path."""
        with self._open(path) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a JSON object and return the answer."""
        with self._open(path, json.dumps(body).encode()) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def read_lines(self, path: str) -> Iterator[str]:
        """Yield the lines of a streamed answer."""
        with self._open(path) as answer:
            for line in answer:
                text = line.decode().strip()
                if text:
                    yield text

    def _open(self, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  the root above is http on loopback
            f"{self._root}/{path}", data=body, headers={"Content-Type": "application/json"}
        )
        try:
            return urllib.request.urlopen(request, timeout=30)  # noqa: S310
        except urllib.error.HTTPError as error:
            detail = error.read().decode(errors="replace")[:500]
            raise EmulatorSilentError(f"The emulator refused {path}: {detail}") from error
        except OSError as error:
            raise EmulatorSilentError from error
