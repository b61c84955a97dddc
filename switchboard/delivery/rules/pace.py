"""When a number may send: every limit is a true sliding window over the moments already given away."""

from collections.abc import Callable
from dataclasses import dataclass, field

from switchboard.numbers.rules import Pace

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
QUARTER = 900
# A message may leave this much after its moment, never before; windows are wider by it, so that
# a late message and the next ones on time still keep the limit.
LATENESS_SECONDS = 1.0
# Two messages may take different times to reach Meta: where a gap is kept on purpose, it must hold there too.
TRAVEL_SECONDS = 0.1
# Enough past moments for the strictest preset to judge a number that was on a looser one until now.
LEAST_KEPT = 200

# Given low and high, returns a number between them.
Draw = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class PaceState:
    """What a number has spent. Moments are seconds since 1970."""

    next_at: float = 0.0
    # The latest moments given away, oldest first; as many as the strictest limit needs.
    log: tuple[float, ...] = ()
    # Messages by quarter of an hour, for the limit of a day.
    quarters: dict[int, int] = field(default_factory=dict)


def _earliest(log: list[float], limit: int, window: float) -> float:
    """Return the first moment at which one more message keeps `limit` within every `window`."""
    return log[-limit] + window if len(log) >= limit else 0.0


def _earliest_of_day(quarters: dict[int, int], limit: int, moment: float) -> float:
    """Return the first moment at which the day's limit has room; a quarter counts until it is wholly past."""
    used = sorted((start, count) for start, count in quarters.items() if start + QUARTER + DAY > moment)
    over = sum(count for _, count in used) - limit + 1
    for start, count in used:
        if over <= 0:
            break
        over -= count
        moment = start + QUARTER + DAY
    return moment


def _gap(pace: Pace, log: list[float], moment: float, waiting: int, draw: Draw) -> float:
    """Return how long to wait after the message that leaves at `moment`."""
    gap = draw(pace.gap_min_seconds, max(pace.gap_min_seconds, pace.gap_max_seconds))
    if gap:
        gap += TRAVEL_SECONDS
    if pace.per_second:
        gap = max(gap, 1.0 / pace.per_second)
    if pace.per_hour:
        recent = [past for past in log[-pace.per_hour :] if past > moment - HOUR]
        left = pace.per_hour - len(recent)
        if 0 < left < waiting:
            # More waits than this hour allows: spread what it allows over what is left of it.
            even = (recent[0] + HOUR - moment) / left if recent else HOUR / pace.per_hour
            gap = max(gap, even * draw(0.9, 1.1))
    return gap


def kept_moments(pace: Pace) -> int:
    """Return how many past moments this pace must remember."""
    limits = (pace.per_second, pace.per_minute, pace.per_hour)
    return max(LEAST_KEPT, *(int(limit) + 1 for limit in limits if limit), 1)


def plan_slots(
    pace: Pace, state: PaceState, now: float, *, wanted: int, waiting: int, draw: Draw, horizon: float = 1.0
) -> tuple[list[float], PaceState]:
    """Return up to `wanted` moments within the horizon at which messages may leave, and the state afterwards.

    `waiting` is how many wait in all; it decides whether an hour's allowance is spread.
    """
    log = list(state.log)
    quarters = {start: count for start, count in state.quarters.items() if start + QUARTER + DAY > now}
    next_at = state.next_at
    slots: list[float] = []
    while True:
        moment = _next_moment(pace, log, quarters, max(now, next_at))
        if len(slots) >= wanted or moment > now + horizon:
            break
        slots.append(moment)
        log.append(moment)
        quarter = int(moment // QUARTER) * QUARTER
        quarters[quarter] = quarters.get(quarter, 0) + 1
        next_at = moment + _gap(pace, log, moment, waiting - len(slots), draw)
    kept = tuple(past for past in log[-kept_moments(pace) :] if past > now - HOUR - LATENESS_SECONDS)
    return slots, PaceState(moment, kept, quarters)


def _next_moment(pace: Pace, log: list[float], quarters: dict[int, int], earliest: float) -> float:
    """Return the first moment from `earliest` on that keeps every limit."""
    moment = earliest
    if pace.per_second and pace.per_second >= 1:
        moment = max(moment, _earliest(log, int(pace.per_second), 1.0))
    if pace.per_minute:
        moment = max(moment, _earliest(log, pace.per_minute, MINUTE + LATENESS_SECONDS))
    if pace.per_hour:
        moment = max(moment, _earliest(log, pace.per_hour, HOUR + LATENESS_SECONDS))
    if pace.per_day:
        moment = _earliest_of_day(quarters, pace.per_day, moment)
    return moment
