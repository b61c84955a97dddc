"""The only place that reads a clock.

Time is the database's time: `set_database_offset` is fed with the measured difference, and
`SWITCHBOARD_CLOCK_SHIFT_SECONDS` moves the product's day for demos and tests.
"""

import time
from datetime import UTC, datetime, timedelta

from switchboard.core import env


class _Shift:
    """What is added to the machine's time, in seconds."""

    def __init__(self) -> None:
        self.setting: float = env.read_number("SWITCHBOARD_CLOCK_SHIFT_SECONDS", 0.0)
        self.database: float = 0.0


_shift = _Shift()


def now() -> datetime:
    """Return the product's current moment, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=_shift.setting + _shift.database)  # noqa: TID251  the one place


def monotonic() -> float:
    """Return seconds on a clock that never jumps and goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def shift_seconds() -> float:
    """Return how far the product's day is moved from the real one, in seconds."""
    return _shift.setting


def set_shift(seconds: float) -> None:
    """Move the product's day by so many seconds from the real one."""
    _shift.setting = seconds


def database_offset() -> float:
    """Return the last measured difference between database and machine, in seconds."""
    return _shift.database


def set_database_offset(seconds: float) -> None:
    """Note that the database's clock is so many seconds ahead of this machine's."""
    _shift.database = seconds
