"""What is due when: one heap and one timer for everything that happens later."""

import asyncio
import heapq
import logging
from collections.abc import Callable

from emulator.clock import Clock

TICK_SECONDS = 0.01
# For what is due in hours or days: only a skip of the clock makes anybody wait for it.
CALENDAR_TICK_SECONDS = 0.05
CALL = -1
logger = logging.getLogger(__name__)


class Agenda:
    """Events are (due, kind, index) tuples; 100,000 of them cost about 10 MB and no timers."""

    def __init__(self, clock: Clock, *, tick_seconds: float = TICK_SECONDS) -> None:
        self._clock = clock
        self._tick_seconds = tick_seconds
        self.on_event: Callable[[int, int], None] = _ignore
        self._heap: list[tuple[float, int, int]] = []
        self._calls: dict[int, Callable[[], None]] = {}
        self._next_call = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, delay_seconds: float, kind: int, index: int) -> None:
        heapq.heappush(self._heap, (self._clock.elapsed() + delay_seconds, kind, index))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._tick_seconds, self._tick)

    def call(self, delay_seconds: float, action: Callable[[], None]) -> None:
        """Run a rare action later."""
        self._next_call += 1
        self._calls[self._next_call] = action
        self.add(delay_seconds, CALL, self._next_call)

    def clear(self) -> None:
        self._heap.clear()
        self._calls.clear()

    def close(self) -> None:
        self.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = None
        self.run_due()
        if self._heap and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._tick_seconds, self._tick)

    def run_due(self) -> None:
        """Let everything happen whose time has come."""
        now = self._clock.elapsed()
        while self._heap and self._heap[0][0] <= now:
            _, kind, index = heapq.heappop(self._heap)
            try:
                self._run(kind, index)
            except Exception:  # one broken event must not stop all later ones
                logger.exception("event %s of %s failed", kind, index)

    def _run(self, kind: int, index: int) -> None:
        if kind == CALL:
            self._calls.pop(index)()
        else:
            self.on_event(kind, index)


def _ignore(kind: int, index: int) -> None:
    """Stand in until the statuses take over the events."""
