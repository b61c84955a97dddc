"""Stops posting while the Cloud API cannot be reached, and tries again with growing patience."""

from collections.abc import Callable

_FAILURES = 5
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0


class Breaker:
    """Counts failures in a row. While it is open nothing is claimed; afterwards single messages test the way."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._pause = _FIRST_PAUSE_SECONDS
        self._open_until = 0.0
        self.last_reason = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing may be posted at this moment."""
        return self.is_open_at(self._monotonic())

    def is_open_at(self, now: float) -> bool:
        """Tell whether nothing may be posted at a moment of the same clock."""
        return now < self._open_until

    @property
    def is_testing(self) -> bool:
        """Whether the last that is known is that the way was closed."""
        return self._failures >= _FAILURES

    @property
    def seconds_left(self) -> float:
        """How long it stays open."""
        return max(0.0, self._open_until - self._monotonic())

    def note_success(self) -> None:
        """Note that the Cloud API answered."""
        self._failures = 0
        self._pause = _FIRST_PAUSE_SECONDS
        self._open_until = 0.0
        self.last_reason = ""

    def note_failure(self, reason: str) -> None:
        """Note that it did not; several in a row open the breaker."""
        self._failures += 1
        self.last_reason = reason
        if self._failures >= _FAILURES and not self.is_open:
            self._open_until = self._monotonic() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
