"""What our processes write down: log files of those that we start, and the shape of each one's own lines."""

import logging
import sys
from pathlib import Path
from typing import IO

import structlog

from switchboard.core import env

_LARGEST_BYTES = 20 * 1024 * 1024


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; a large one is put aside as `<name>.1` first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size > _LARGEST_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    log = path.open("ab")
    log.seek(0, 2)
    return log


def set_up_logging() -> None:
    """Write one line per event to standard output, from `info` on, or from `debug` on with SWITCHBOARD_DEBUG."""
    level = logging.DEBUG if env.read_flag("SWITCHBOARD_DEBUG", default=False) else logging.INFO
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(asctime)s [%(levelname)s] %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
