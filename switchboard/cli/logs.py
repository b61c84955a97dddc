"""Log files of the processes that we start."""

from pathlib import Path
from typing import IO

_LARGEST_BYTES = 20 * 1024 * 1024


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; a large one is put aside as `<name>.1` first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size > _LARGEST_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    log = path.open("ab")
    log.seek(0, 2)
    return log
