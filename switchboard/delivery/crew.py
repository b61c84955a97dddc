"""Those who post: so many at once, each taking the next message that is due as soon as it has an answer."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from switchboard.delivery.schedule import Planned, Schedule

log = structlog.get_logger(__name__)

_TENTHS_KEPT = 20
# A beginning is judged by what it has shown so far, but by no less time than this.
_LEAST_SECONDS = 0.02
_PAUSES_KEPT = 100
Post = Callable[[Planned], Awaitable[None]]


class Speed:
    """How many messages were posted in the last second, counted in tenths, and when there were none to post."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._tenths: deque[list[int]] = deque(maxlen=_TENTHS_KEPT)
        self._pauses: deque[tuple[float, float]] = deque(maxlen=_PAUSES_KEPT)
        self._idle_since: float | None = None

    def note_one(self) -> None:
        """Note that one was posted now."""
        self.note_one_at(self._monotonic())

    def note_one_at(self, moment: float) -> None:
        """Note that one was posted at this moment."""
        tenth = int(moment * 10)
        if self._tenths and self._tenths[-1][0] == tenth:
            self._tenths[-1][1] += 1
        else:
            self._tenths.append([tenth, 1])

    def note_pause(self) -> None:
        """Note that nothing is under way from now on."""
        self._idle_since = self._monotonic()

    def note_work(self) -> None:
        """Note that something is under way again."""
        if self._idle_since is not None:
            self._pauses.append((self._idle_since, self._monotonic()))
            self._idle_since = None

    def per_second(self) -> int:
        """Return how many there were in the last second, or would have been with no pause and no beginning in it."""
        moment = self._monotonic()
        now = int(moment * 10)
        recent = [one for one in self._tenths if one[0] > now - 10]
        if not recent:
            return 0
        has_begun = recent[0] is self._tenths[0]
        since = (recent[0][0] if has_begun else now - 9) / 10
        seconds = moment - since - self._paused_seconds(since, moment)
        return int(sum(count for _, count in recent) / max(_LEAST_SECONDS, seconds))

    def _paused_seconds(self, since: float, moment: float) -> float:
        pauses = [*self._pauses, (self._idle_since, moment)] if self._idle_since is not None else self._pauses
        return sum(end - max(begin, since) for begin, end in pauses if end > since)

    def peak_per_second(self) -> int:
        """Return how many there would be in a second like the best tenth of the last two."""
        since = int(self._monotonic() * 10) - _TENTHS_KEPT
        return 10 * max((count for tenth, count in self._tenths if tenth > since), default=0)


class Crew:
    """A fixed number of tasks, because making one for each message costs a tenth of the whole way."""

    def __init__(self, schedule: Schedule, post: Post, *, size: int, monotonic: Callable[[], float]) -> None:
        self._schedule = schedule
        self._post = post
        self._size = size
        self._monotonic = monotonic
        self._idle: deque[asyncio.Future[None]] = deque()
        self._is_planned = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()
        self.speed = Speed(monotonic)
        self.speed.note_pause()
        self.in_flight = 0

    def start(self, group: asyncio.TaskGroup) -> None:
        """Let everybody wait for messages."""
        self._tasks = [group.create_task(self._work()) for _ in range(self._size)]
        self._tasks.append(group.create_task(self._wake()))

    def note_planned(self) -> None:
        """Look at the schedule again: something was put in."""
        self._is_planned.set()

    async def finish(self, seconds: float) -> None:
        """Wait a while for the answers that are still out, then end everybody; the schedule must be empty."""
        try:
            async with asyncio.timeout(seconds):
                await self._is_quiet.wait()
        except TimeoutError:
            log.info("answers_still_out", messages=self.in_flight)
        for task in self._tasks:
            task.cancel()

    async def _work(self) -> None:
        while True:
            planned = self._schedule.pop_due(self._monotonic())
            if planned is None:
                await self._rest()
                continue
            self._wake_one()
            if not self.in_flight:
                self._is_quiet.clear()
                self.speed.note_work()
            self.in_flight += 1
            try:
                await self._post(planned)
                self.speed.note_one()
            finally:
                self.in_flight -= 1
                if not self.in_flight:
                    self._is_quiet.set()
                    self.speed.note_pause()

    async def _rest(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle.append(future)
        self._is_planned.set()
        await future

    async def _wake(self) -> None:
        """Wake somebody when a message is due; whoever takes one wakes the next."""
        while True:
            self._is_planned.clear()
            self._wake_one()
            next_at = self._schedule.next_at() if self._idle else None
            try:
                async with asyncio.timeout(None if next_at is None else max(0.001, next_at - self._monotonic())):
                    await self._is_planned.wait()
            except TimeoutError:
                continue

    def _wake_one(self) -> None:
        if not self._idle:
            return
        next_at = self._schedule.next_at()
        if next_at is None or next_at > self._monotonic():
            return
        while self._idle:
            future = self._idle.popleft()
            if not future.done():
                future.set_result(None)
                return
