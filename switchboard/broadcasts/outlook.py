"""How a broadcast will go: half-hours played through at the numbers' paces, before anything is sent. Pure.

Not exact: people are taken to be spread over numbers by weight and over zones alike, and a pace to be used evenly.
That is why it gives a range: the early end has the numbers to itself, the late end shares them and loses a fifth.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from switchboard.delivery.rules import quiet_hours
from switchboard.numbers.rules import Curve, Pace

STEP = timedelta(minutes=30)
HORIZON = timedelta(days=21)
_DAY = timedelta(days=1)
_LOST_WHEN_LATE = 0.8
_MOST_CLUSTERS = 40
# A group of people this small is done: what is left of it is rounding.
_NOBODY = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A number at work: its limits, its part of the people, what it has sent in the last day, what waits ahead."""

    number_id: int
    pace: Pace
    people: float
    portfolio_id: int = 0
    sent_of_day: int = 0
    ahead: int = 0
    # Its warm-up curve, and how many days it has been in use when the play begins.
    curve: Curve = ()
    age_days: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """People that a portfolio may still reach in any 24 hours, and how many of them it has reached lately."""

    limit: int
    used: int


@dataclass(frozen=True, slots=True)
class Play:
    """What a play of the hours shows. `finish_at` is empty when three weeks are not enough."""

    start_at: datetime
    finish_at: datetime | None
    # What keeps it from being faster, for most of the time: a limit's name and its figure.
    limit: str
    figure: float
    hours: Mapping[datetime, float] = field(default_factory=dict)
    by_number: Mapping[int, float] = field(default_factory=dict)
    busiest: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The early and the late end of a broadcast, and what it will look like in between."""

    early: Play
    late: Play


def look_ahead(
    lines: Sequence[Line],
    zones: Mapping[str, float],
    start_at: datetime,
    *,
    night: quiet_hours.Night = quiet_hours.USUAL_NIGHT,
    budgets: Mapping[int, Budget] | None = None,
    apart: timedelta = timedelta(0),
) -> Outlook:
    """Return the range in which a broadcast ends.

    :param zones: people by their comma list of zones; every number's people are spread over them alike.
    :param apart: how long after each other identical messages leave, over all numbers; zero where they differ.
    """
    limits = budgets or {}
    alone = [replace(line, ahead=0) for line in lines]
    early = _play(alone, zones, start_at, night, limits, apart, share=1.0)
    late = _play(lines, zones, start_at, night, limits, apart, share=_LOST_WHEN_LATE)
    return Outlook(early, late)


@dataclass
class _Stretch:
    """A piece of the play: which zones are awake in it, and how much of it turns of identical messages take."""

    at: datetime
    seconds: float
    usable: float
    is_open: Mapping[str, bool]
    # Above one, everybody sends that much less.
    turns: float = 0.0

    def count_ready(self, left: Mapping[str, float]) -> float:
        """Return how many of these people may be written to now."""
        return sum(count for names, count in left.items() if self.is_open[names])


@dataclass
class _Cluster:
    """Numbers that are alike, played as one."""

    pace: Pace
    portfolio_id: int
    curve: Curve
    # The day it was put to use.
    born_at: datetime
    number_ids: list[int] = field(default_factory=list)
    people: float = 0.0
    ahead: float = 0.0
    # What waited of others when the play began.
    expected: float = 0.0
    expiring: float = 0.0
    sent: deque[tuple[datetime, float]] = field(default_factory=deque)
    total: float = 0.0

    def capacity(self, at: datetime, seconds: float) -> tuple[float, str, float]:
        """Return how many messages a stretch of time holds, and the limit that decides it."""
        count = len(self.number_ids)
        pace = self.pace
        held = [
            (limit * count * seconds / window, name, float(limit))
            for name, window in (("per_second", 1.0), ("per_minute", 60.0), ("per_hour", 3600.0))
            if (limit := getattr(pace, name)) and (window == 1.0 or self._wants_more_than(limit))
        ]
        if gap := (pace.gap_min_seconds + pace.gap_max_seconds) / 2:
            held.append((count * seconds / gap, "gap", pace.gap_min_seconds))
        if pace.rest_after and pace.rest_seconds and held:
            work = pace.rest_after / (min(held)[0] / count / seconds)
            held.append((count * seconds * pace.rest_after / (work + pace.rest_seconds), "rest", pace.rest_seconds))
        if (per_day := self._per_day(at)) is not None:
            while self.sent and self.sent[0][0] <= at - _DAY:
                self.sent.popleft()
            left = per_day * count - sum(amount for _, amount in self.sent) - self.expiring
            held.append((max(0.0, left), "per_day", float(per_day)))
        return min(held) if held else (float("inf"), "", 0.0)

    def _wants_more_than(self, limit: int) -> bool:
        """Tell whether a limit can bind at all: what fits into it once is not spread."""
        return self.people + self.expected > limit * len(self.number_ids)

    def _per_day(self, at: datetime) -> int | None:
        """Return the limit of a moving day: the number's own, or what the warm-up still allows at its age then."""
        limits = [self.pace.per_day] if self.pace.per_day else []
        age = (at - self.born_at).days if self.curve else 0
        limits += [most for days, most in self.curve if age < days][:1]
        return min(limits, default=None)

    def forget(self, part: float, of_day: float) -> None:
        """Let go of what was sent before the play began: it leaves the moving day evenly."""
        self.expiring = max(0.0, self.expiring - of_day * part)


def _cluster(lines: Iterable[Line], start_at: datetime) -> list[_Cluster]:
    """Put numbers together that have one pace and one portfolio and have spent about as much of their day."""
    found: dict[tuple[object, ...], _Cluster] = {}
    ordered = list(lines)
    coarse = max(1, len(ordered) // _MOST_CLUSTERS)
    for line in ordered:
        spent = round(10 * line.sent_of_day / line.pace.per_day) if line.pace.per_day else 0
        weight = 0 if coarse == 1 else round(line.people / max(1.0, ordered[0].people))
        age = line.age_days if line.curve else 0
        key = (line.pace, line.portfolio_id, line.curve, age, spent, weight if coarse > 1 else line.number_id)
        born_at = start_at - timedelta(days=age)
        cluster = found.setdefault(key, _Cluster(line.pace, line.portfolio_id, line.curve, born_at))
        cluster.number_ids.append(line.number_id)
        cluster.people += line.people
        cluster.ahead += line.ahead
        cluster.expected += line.ahead
        cluster.expiring += line.sent_of_day
    return list(found.values())


def _play(
    lines: Sequence[Line],
    zones: Mapping[str, float],
    start_at: datetime,
    night: quiet_hours.Night,
    budgets: Mapping[int, Budget],
    apart: timedelta,
    *,
    share: float,
) -> Play:
    if sum(line.people for line in lines) < _NOBODY:
        return Play(start_at, start_at, "", 0.0)
    game = _Game(lines, zones, start_at, night, budgets, apart, share)
    at, finish_at = start_at, None
    while at < start_at + HORIZON and finish_at is None:
        end = _next_step(at)
        part = game.advance(at, (end - at).total_seconds())
        if game.is_over():
            finish_at = at + (end - at) * part
        at = end
    return game.tell(start_at, finish_at)


class _Game:
    """The state of one play: who is left, what was sent when, what it was that took the time."""

    def __init__(
        self,
        lines: Sequence[Line],
        zones: Mapping[str, float],
        start_at: datetime,
        night: quiet_hours.Night,
        budgets: Mapping[int, Budget],
        apart: timedelta,
        share: float,
    ) -> None:
        self.clusters = _cluster(lines, start_at)
        self.of_day = [cluster.expiring for cluster in self.clusters]
        everybody = sum(zones.values()) or 1.0
        self.left = [
            {names: cluster.people * count / everybody for names, count in (zones or {"": 1.0}).items()}
            for cluster in self.clusters
        ]
        self.night = night
        self.budgets = budgets
        self.apart = apart.total_seconds()
        self.share = share
        self.hours: dict[datetime, float] = defaultdict(float)
        self.by_hour: dict[int, float] = {}
        self.busiest: dict[int, float] = defaultdict(float)
        self.reasons: dict[tuple[str, float], float] = defaultdict(float)
        self.reached: dict[int, deque[tuple[datetime, float]]] = defaultdict(deque)

    def is_over(self) -> bool:
        """Tell whether everybody has been written to."""
        return sum(sum(group.values()) for group in self.left) < _NOBODY

    def advance(self, at: datetime, seconds: float) -> float:
        """Send what a stretch of time allows; return which part of it that took."""
        is_open = {names: quiet_hours.opens_at(names or "UTC", at, self.night) <= at for names in self.left[0]}
        stretch = _Stretch(at, seconds, seconds * self.share, is_open)
        others = [_yield_to_others(cluster, at, stretch.usable) for cluster in self.clusters]
        rooms = [
            cluster.capacity(at, stretch.usable)[0] - other
            for cluster, other in zip(self.clusters, others, strict=True)
        ]
        wanted = [min(room, stretch.count_ready(left)) for room, left in zip(rooms, self.left, strict=True)]
        amounts = _keep_within(self.clusters, wanted, self.budgets, self.reached, at, self.share)
        stretch.turns = sum(amounts) * self.apart / stretch.usable
        scale = min(1.0, 1.0 / stretch.turns) if stretch.turns else 1.0
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour not in self.hours:
            self.by_hour = {}
        longest = 0.0
        for i, cluster in enumerate(self.clusters):
            amount = amounts[i] * scale
            beside = min(others[i], amount)
            longest = max(longest, self._explain(stretch, i, amount=amount, beside=beside, wanted=wanted[i]))
            _take(self.left[i], stretch, amount)
            self._note(cluster, self.of_day[i], at, seconds, amount)
            self.hours[hour] += amount
        return longest

    def _explain(self, stretch: _Stretch, index: int, *, amount: float, beside: float, wanted: float) -> float:
        """Count the time against what kept a cluster from sending more; return which part of it the sending took."""
        cluster, left = self.clusters[index], self.left[index]
        capacity, name, figure = cluster.capacity(stretch.at, stretch.usable)
        budget = self.budgets.get(cluster.portfolio_id)
        ready, turns = stretch.count_ready(left), stretch.turns
        is_full = ready > amount + _NOBODY or not capacity
        part = 1.0 if is_full else (amount + beside) / capacity
        if budget and amount < wanted / max(1.0, turns) * 0.999:
            name, figure = "budget", float(budget.limit)
        elif turns > 1 or turns > part:
            name, figure, part = "same_content", self.apart, max(part, turns)
        if ready <= _NOBODY and sum(left.values()) - ready > ready:
            name, figure, part = "quiet_hours", 0.0, 1.0
        part = min(1.0, part)
        self.reasons[name, figure] += stretch.seconds * part
        return part if ready > _NOBODY else 0.0

    def _note(self, cluster: _Cluster, of_day: float, at: datetime, seconds: float, amount: float) -> None:
        cluster.sent.append((at, amount))
        cluster.forget(seconds / _DAY.total_seconds(), of_day)
        cluster.total += amount
        self.reached[cluster.portfolio_id].append((at, amount))
        each = amount / len(cluster.number_ids)
        for number_id in cluster.number_ids:
            self.by_hour[number_id] = self.by_hour.get(number_id, 0.0) + each
            self.busiest[number_id] = max(self.busiest[number_id], self.by_hour[number_id])

    def tell(self, start_at: datetime, finish_at: datetime | None) -> Play:
        """Return what the play has shown."""
        limit, figure = max(self.reasons, key=lambda key: self.reasons[key], default=("", 0.0))
        by_number = {
            number_id: cluster.total / len(cluster.number_ids)
            for cluster in self.clusters
            for number_id in cluster.number_ids
        }
        return Play(start_at, finish_at, limit, figure, dict(self.hours), by_number, dict(self.busiest))


def _next_step(at: datetime) -> datetime:
    """Return the next half-hour, where nights begin and end."""
    minute = 30 if at.minute < 30 else 60
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minute)


def _yield_to_others(cluster: _Cluster, at: datetime, seconds: float) -> float:
    """Return how many messages of others a stretch of time holds; while they wait, up to half of it is theirs."""
    capacity, _, _ = cluster.capacity(at, seconds)
    other = min(cluster.ahead, capacity / 2)
    cluster.ahead -= other
    return other


def _keep_within(
    clusters: Sequence[_Cluster],
    amounts: list[float],
    budgets: Mapping[int, Budget],
    reached: Mapping[int, deque[tuple[datetime, float]]],
    at: datetime,
    share: float,
) -> list[float]:
    """Shrink what a portfolio's numbers send to what its people of the day allow."""
    kept = list(amounts)
    for portfolio_id, budget in budgets.items():
        own = [i for i, cluster in enumerate(clusters) if cluster.portfolio_id == portfolio_id]
        wanted = sum(amounts[i] for i in own)
        recent = reached.get(portfolio_id, deque())
        while recent and recent[0][0] <= at - _DAY:
            recent.popleft()
        room = budget.limit * share - budget.used - sum(amount for _, amount in recent)
        if wanted > (room := max(0.0, room)):
            for i in own:
                kept[i] = amounts[i] * room / wanted
    return kept


def _take(left: dict[str, float], stretch: _Stretch, amount: float) -> None:
    ready = stretch.count_ready(left)
    if ready <= 0:
        return
    part = min(1.0, amount / ready)
    for names in left:
        if stretch.is_open[names]:
            left[names] -= left[names] * part
