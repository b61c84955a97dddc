"""The numbers, lanes and people of one claim, with what each has spent so far."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from switchboard.delivery import rules
from switchboard.delivery.rules import pace, person
from switchboard.delivery.store import take
from switchboard.delivery.types import Priority
from switchboard.numbers import rules as number_rules
from switchboard.numbers.rules import Pace

# A number is looked at again at least this often: it grows older, and its day moves on.
_LOOK_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class Number:
    """A locked number: what its pace allows, and what answers have of its throughput."""

    row: Any
    pace: Pace
    paced: rules.Meter
    answers: rules.Meter

    def spent(self, now: float) -> take.Spent:
        """Return what is to be stored."""
        state = self.paced.state()
        next_at = min(self.paced.earliest(), max(now + _LOOK_AGAIN_SECONDS, self.row.slow_until))
        answered = self.answers.state()
        return take.Spent(
            self.row.id,
            next_at,
            state.next_at,
            pace.pack_moments(state.log),
            pace.pack_moments(answered.log),
            pace.pack_counts(state.minutes),
            state.quarters,
            state.streak,
            self.row.made_for,
        )


@dataclass(slots=True)
class Lane:
    """An active lane with something due. `own` is a pace of its own, stricter than its number's."""

    row: Any
    number: Number
    own: rules.Meter | None
    waiting: int = 0
    is_changed: bool = False
    # Whether it holds answers, which no pace concerns.
    is_answer: bool = field(init=False)
    # What a message of it must keep to.
    meters: list[rules.Meter] = field(init=False)
    # The distance of its messages that follows from how many a second there may be.
    spacing: float = field(init=False)

    def __post_init__(self) -> None:
        self.is_answer = self.row.priority <= Priority.ANSWER
        paced = self.number.answers if self.is_answer else self.number.paced
        self.meters = [paced] if self.own is None or self.is_answer else [paced, self.own]
        self.spacing = max((1.0 / meter.pace.per_second for meter in self.meters if meter.pace.per_second), default=1.0)

    @property
    def lateness(self) -> float:
        """How long after its moment a message may still leave."""
        if self.is_answer:
            return pace.LATENESS_SECONDS
        return min(pace.lateness_of(meter.pace) for meter in self.meters)

    @property
    def gap(self) -> float:
        """The least distance between two messages of its number."""
        return 0.0 if self.is_answer else self.number.pace.gap_min_seconds

    @property
    def spread_limit(self) -> int:
        """Up to how many of its rows must be counted, so that an hour's allowance can be spread; 0: none."""
        if self.is_answer:
            return 0
        limits = [meter.pace.per_hour for meter in self.meters if meter.pace.per_hour]
        return min(limits) + 1 if limits else 0

    def spent(self) -> take.SpentOfLane:
        """Return what is to be stored of its own pace."""
        assert self.own is not None  # noqa: S101  only lanes with one are asked
        state = self.own.state()
        return take.SpentOfLane(
            self.row.id,
            # Whatever limit binds: until then nobody needs to look at it.
            self.own.earliest(),
            pace.pack_moments(state.log),
            pace.pack_counts(state.minutes),
            state.quarters,
            state.streak,
            self.row.pace,
        )


@dataclass(slots=True)
class Somebody:
    """A person in this claim: the version of the log that was read, and the log as it grows."""

    contact_id: int
    version: int
    touches: list[person.Touch] = field(default_factory=list)
    is_changed: bool = False


def mere_rate(pace: Pace) -> float | None:
    """Return how many a second, of a pace that keeps to nothing else."""
    limits = (pace.per_minute, pace.per_hour, pace.per_day, pace.gap_min_seconds, pace.gap_max_seconds, pace.rest_after)
    return None if any(limits) else pace.per_second


def make_number(row: Any, now: float, on: date) -> Number:
    """Return a number as it stands."""
    allowed = number_rules.pace_of(row.pace, row.pace_overrides, row.throughput, (on - row.in_use_since).days)
    gap_until = row.gap_until if row.was_made_for == row.made_for else 0.0
    quarters = {int(start): count for start, count in row.quarters.items()}
    state = rules.PaceState(
        max(gap_until, row.slow_until),
        pace.unpack_moments(row.log),
        pace.unpack_counts(row.minutes),
        quarters,
        row.streak,
    )
    answers = Pace(per_second=max(1.0, row.throughput - (allowed.per_second or 0)))
    return Number(
        row,
        allowed,
        rules.Meter(allowed, state, now),
        rules.Meter(answers, rules.PaceState(0.0, pace.unpack_moments(row.answer_log)), now),
    )


def make_lane(row: Any, number: Number, now: float) -> Lane:
    """Return a lane as it stands; one whose pace is no stricter than its number's has none of its own."""
    if not row.pace or row.priority <= Priority.ANSWER:
        return Lane(row, number, None)
    wanted = number_rules.pace_of(row.pace, {}, number.row.throughput)
    if number_rules.stricter(number.pace, wanted) == number.pace:
        return Lane(row, number, None)
    if row.log is None:
        return Lane(row, number, rules.Meter(wanted, rules.PaceState(), now))
    next_at = row.next_at if row.was_made_for == row.pace else 0.0
    quarters = {int(start): count for start, count in row.quarters.items()}
    state = rules.PaceState(
        next_at, pace.unpack_moments(row.log), pace.unpack_counts(row.minutes), quarters, row.streak
    )
    return Lane(row, number, rules.Meter(wanted, state, now))
