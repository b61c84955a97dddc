"""When a number may send: every limit is a true sliding window over the moments already given away."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from switchboard.numbers.rules import Pace

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
QUARTER = 900
# A message leaves at its moment or up to this much later, never before (older gates are not trusted). Windows are
# wider by it, so that a late message and the next ones on time still keep the limit.
LATENESS_SECONDS = 2.0
# Where a gap is kept on purpose no gap is planned shorter than the least one and this leeway, and a message may be only
# so late as leaves a part of it for the way: whichever sender has the next message, and however much faster that one
# gets there, they reach Meta with the whole gap between them.
MOST_GAP_LEEWAY_SECONDS = 0.5
LEAST_GAP_LEEWAY_SECONDS = 0.05
WAY_SECONDS = 0.02
DELIBERATE_GAP_SECONDS = 1.0
# Enough past moments for the strictest preset to judge a number that was on a looser one until now.
LEAST_KEPT = 200

# Given low and high, returns a number between them.
Draw = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class PaceState:
    """What a number, or a lane with a pace of its own, has spent. Moments are seconds since 1970."""

    # Not before this moment: the gap after the last message, or a rest.
    next_at: float = 0.0
    # The latest moments given away, oldest first; as many as the strictest limit needs.
    log: tuple[float, ...] = ()
    # Messages by minute for an hour, and by quarter of an hour for a day.
    minutes: dict[int, int] = field(default_factory=dict)
    quarters: dict[int, int] = field(default_factory=dict)
    # How many since the last rest.
    streak: int = 0


def lateness_of(pace: Pace) -> float:
    """Return how long after its moment a message of this pace may still leave."""
    if pace.gap_min_seconds < DELIBERATE_GAP_SECONDS:
        return LATENESS_SECONDS
    return _gap_leeway(pace) - WAY_SECONDS


def _gap_leeway(pace: Pace) -> float:
    wanted = (pace.gap_max_seconds - pace.gap_min_seconds) / 4
    return min(MOST_GAP_LEEWAY_SECONDS, max(LEAST_GAP_LEEWAY_SECONDS, wanted))


def least_gap(pace: Pace) -> float:
    """Return the shortest gap that is planned."""
    gap = pace.gap_min_seconds
    return gap + _gap_leeway(pace) if gap >= DELIBERATE_GAP_SECONDS else gap


def kept_moments(pace: Pace) -> int:
    """Return how many past moments this pace must remember."""
    limits = (pace.per_second, pace.per_minute, pace.per_hour)
    return max(LEAST_KEPT, *(int(limit) + 1 for limit in limits if limit), 1)


def _free_at(counts: dict[int, int], step: int, window: float, limit: int, moment: float) -> float:
    """Return the first moment at which counts by steps have room; a step counts until it is wholly past."""
    used = sorted((start, count) for start, count in counts.items() if start + step + window > moment)
    over = sum(count for _, count in used) - limit + 1
    for start, count in used:
        if over <= 0:
            break
        over -= count
        moment = start + step + window
    return moment


class Meter:
    """One pace and what is spent of it, while moments are given away."""

    __slots__ = ("_least_gap", "_log", "_minutes", "_now", "_quarters", "_streak", "next_at", "pace")

    def __init__(self, pace: Pace, state: PaceState, now: float) -> None:
        self.pace = pace
        self._now = now
        self.next_at = state.next_at
        self._least_gap = least_gap(pace)
        self._log = list(state.log)
        self._minutes = {start: n for start, n in state.minutes.items() if start + MINUTE + HOUR > now - MINUTE}
        self._quarters = {start: n for start, n in state.quarters.items() if start + QUARTER + DAY > now}
        # Whoever was idle for as long as a rest has rested.
        has_rested = bool(pace.rest_after) and bool(state.log) and now - state.log[-1] >= pace.rest_seconds
        self._streak = 0 if has_rested else state.streak

    def copy(self) -> "Meter":
        """Return one that can be tried out."""
        return Meter(self.pace, self.state(), self._now)

    def earliest(self) -> float:
        """Return the first moment, from now on, at which one more message keeps every limit."""
        pace, log = self.pace, self._log
        moment = max(self._now, self.next_at)
        if pace.per_second and pace.per_second >= 1 and len(log) >= pace.per_second:
            moment = max(moment, log[-int(pace.per_second)] + 1.0)
        if pace.gap_min_seconds and log:
            moment = max(moment, log[-1] + self._least_gap)
        if pace.per_minute:
            moment = self._keep(pace.per_minute, MINUTE + LATENESS_SECONDS, moment)
        if pace.per_hour:
            moment = self._keep(pace.per_hour, HOUR + LATENESS_SECONDS, moment)
        if pace.per_day:
            moment = _free_at(self._quarters, QUARTER, DAY, pace.per_day, moment)
        return moment

    def _keep(self, limit: int, window: float, moment: float) -> float:
        if len(self._log) >= limit:
            return max(moment, self._log[-limit] + window)
        # A looser pace, until just now, remembered fewer moments than this one needs.
        return _free_at(self._minutes, int(MINUTE), window, limit, moment)

    def spend(self, moment: float, *, waiting: int, draw: Draw) -> None:
        """Give a moment away; `waiting` more decide whether the rest of the hour's allowance is spread."""
        self._log.append(moment)
        for counts, step in ((self._minutes, int(MINUTE)), (self._quarters, QUARTER)):
            start = int(moment // step) * step
            counts[start] = counts.get(start, 0) + 1
        self._streak += 1
        gap = self._gap(moment, waiting, draw)
        if self.pace.rest_after and self._streak >= self.pace.rest_after:
            gap, self._streak = max(gap, self.pace.rest_seconds), 0
        self.next_at = moment + gap

    def _gap(self, moment: float, waiting: int, draw: Draw) -> float:
        pace = self.pace
        gap = 0.0
        if pace.gap_max_seconds or pace.gap_min_seconds:
            gap = max(self._least_gap, draw(pace.gap_min_seconds, max(pace.gap_min_seconds, pace.gap_max_seconds)))
        if pace.per_second:
            gap = max(gap, 1.0 / pace.per_second * (draw(1.0, 1.0 + pace.jitter) if pace.jitter else 1.0))
        if pace.per_hour:
            recent = [past for past in self._log[-pace.per_hour :] if past > moment - HOUR]
            left = pace.per_hour - len(recent)
            if 0 < left < waiting:
                # More waits than this hour allows: spread what it allows over what is left of it.
                gap = max(gap, (recent[0] + HOUR - moment) / left * draw(0.9, 1.1))
        return gap

    def state(self) -> PaceState:
        """Return what is to be stored."""
        kept = self._log[-kept_moments(self.pace) :]
        since = self._now - HOUR - LATENESS_SECONDS
        if kept and kept[0] <= since:
            kept = [past for past in kept if past > since]
        return PaceState(self.next_at, tuple(kept), self._minutes, self._quarters, self._streak)

    def count_used(self, window: float) -> int:
        """Return how many moments lie within the last so many seconds, as far as they are remembered."""
        since = self._now - window
        if window > HOUR:
            return sum(count for start, count in self._quarters.items() if start + QUARTER > since)
        known = sum(1 for moment in self._log if moment > since)
        return max(known, sum(n for start, n in self._minutes.items() if start + MINUTE > since) if known else 0)


def earliest_of(meters: Sequence[Meter]) -> float:
    """Return the first moment that suits all of them: a number's own pace, and a lane's."""
    return max(meter.earliest() for meter in meters)


def plan_slots(
    pace: Pace, state: PaceState, now: float, *, wanted: int, waiting: int, draw: Draw, horizon: float = 1.0
) -> tuple[list[float], PaceState]:
    """Return up to `wanted` moments within the horizon at which messages may leave, and the state afterwards.

    `waiting` is how many wait in all; it decides whether an hour's allowance is spread.
    """
    meter = Meter(pace, state, now)
    slots: list[float] = []
    while len(slots) < wanted:
        moment = meter.earliest()
        if moment > now + horizon:
            break
        slots.append(moment)
        meter.spend(moment, waiting=waiting - len(slots), draw=draw)
    return slots, meter.state()


def pack_moments(moments: Sequence[float]) -> bytes:
    """Return moments as they are stored: a claim reads and writes hundreds of them for each number."""
    return array("d", moments).tobytes()


def unpack_moments(stored: bytes) -> tuple[float, ...]:
    """Return stored moments."""
    moments = array("d")
    moments.frombytes(stored)
    return tuple(moments)


def pack_counts(counts: Mapping[int, int]) -> bytes:
    """Return counts by step as they are stored."""
    return array("q", [part for pair in counts.items() for part in pair]).tobytes()


def unpack_counts(stored: bytes) -> dict[int, int]:
    """Return stored counts by step."""
    flat = array("q")
    flat.frombytes(stored)
    return dict(zip(flat[::2], flat[1::2], strict=True))
