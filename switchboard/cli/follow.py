"""One coloured log out of many: what the roles write, as they write it."""

import threading
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

_COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "red")
_LOOK_SECONDS = 0.2


class Follower:
    """Prints every new line of some log files, each behind its role's name."""

    def __init__(self, paths: Mapping[str, Path], console: Console) -> None:
        self.console = console
        self._paths = dict(paths)
        self._positions = {name: path.stat().st_size if path.is_file() else 0 for name, path in paths.items()}
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to print."""
        self._thread.start()

    def stop(self) -> None:
        """Print what is left, and end."""
        self._is_stopping.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._is_stopping.wait(_LOOK_SECONDS):
            self._print_new()
        self._print_new()

    def _print_new(self) -> None:
        for number, (name, path) in enumerate(self._paths.items()):
            for line in self._read_new(name, path):
                prefix = Text(f"{name:>8} │ ", style=_COLOURS[number % len(_COLOURS)])
                self.console.print(prefix + Text(line), soft_wrap=True)

    def _read_new(self, name: str, path: Path) -> list[str]:
        """Return whole new lines; half a line waits for its end."""
        if not path.is_file():
            return []
        if path.stat().st_size < self._positions[name]:
            self._positions[name] = 0  # The log was put aside and begun afresh.
        with path.open("rb") as log:
            log.seek(self._positions[name])
            content = log.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._positions[name] += len(whole)
        return whole.decode(errors="replace").splitlines()
