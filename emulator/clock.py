"""The emulator's own clock: wall time with a shift for timestamps, a steady count for every timer."""

import time


class Clock:
    """Wall time may be shifted freely; timers only move when time passes or is skipped."""

    __slots__ = ("_skipped_seconds", "shift_seconds")

    def __init__(self, shift_seconds: float = 0.0) -> None:
        self.shift_seconds = shift_seconds
        self._skipped_seconds = 0.0

    def now(self) -> float:
        """Return the emulated moment in seconds since 1970."""
        return time.time() + self.shift_seconds  # noqa: TID251 - this is the emulator's one clock

    def elapsed(self) -> float:
        """Return steady seconds; windows, limits, expiries and delays are counted with it."""
        return time.monotonic() + self._skipped_seconds

    def skip(self, seconds: float) -> None:
        """Let time pass at once: timers come due and timestamps move by the same amount."""
        self.shift_seconds += seconds
        self._skipped_seconds += seconds
