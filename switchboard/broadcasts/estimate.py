"""Before a broadcast starts: how many of its audience may be written to, and how long it will take."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from switchboard.broadcasts import audience, rules
from switchboard.consent.models import Standing
from switchboard.numbers import rules as number_rules
from switchboard.numbers.models import Number
from switchboard.numbers.rules import Pace

_WINDOWS = (("per_second", 1.0), ("per_minute", 60.0), ("per_hour", 3600.0), ("per_day", 86400.0))


@dataclass(frozen=True, slots=True)
class Reach:
    """An audience by what the ledger of consent says of it."""

    people: int
    may: int
    opted_out: int
    no_basis: int


def count_reach(workspace_id: int, question: Mapping[str, Any], category: str) -> Reach:
    """Count an audience: who may be sent a template of this category, and who may not and why."""
    standing = Standing.objects.filter(contact_id=OuterRef("pk"))
    people = audience.find_people(workspace_id, question).annotate(
        marketing=Subquery(standing.values("marketing_basis")[:1]),
        utility=Subquery(standing.values("utility_basis")[:1]),
        out_at=Subquery(standing.values("opted_out_at")[:1]),
    )
    is_out = Q(out_at__isnull=False)
    has_basis = Q(marketing__gt="") if category == "marketing" else Q(marketing__gt="") | Q(utility__gt="")
    counts = people.aggregate(
        people=Count("pk"), may=Count("pk", filter=has_basis & ~is_out), opted_out=Count("pk", filter=is_out)
    )
    return Reach(**counts, no_basis=counts["people"] - counts["may"] - counts["opted_out"])


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long the numbers need at their paces, and which limit decides it."""

    duration: timedelta
    limit: str
    figure: float
    numbers: int


def estimate_duration(workspace_id: int, number_ids: list[int], pace: str, people: int) -> Estimate | None:
    """Return how long a broadcast will take without what its people's quiet hours hold; None without numbers."""
    numbers = Number.objects.filter(workspace_id=workspace_id, pk__in=number_ids)
    paces = {number.pk: _pace_of(number, pace) for number in numbers}
    wheel = rules.build_wheel({key: _slowest(one, people)[0] for key, one in paces.items()})
    if not wheel:
        return None
    turns = Counter(wheel)
    slowest = max(_time(paces[key], people * turns[key] / len(wheel)) for key in turns)
    seconds, limit, figure = slowest
    return Estimate(timedelta(seconds=seconds), limit, figure, len(paces))


def _pace_of(number: Number, pace_name: str) -> Pace:
    own = number_rules.pace_of(number.pace, number.pace_overrides, number.throughput)
    return number_rules.stricter(own, number_rules.pace_of(pace_name, {}, number.throughput))


def _time(pace: Pace, share: float) -> tuple[float, str, float]:
    """Return the seconds that a number needs for its share of the people, and the limit that decides it."""
    speed, limit, figure = _slowest(pace, share)
    return share / speed, limit, figure


def _slowest(pace: Pace, share: float) -> tuple[float, str, float]:
    """Return messages per second for a share of the people; a limit that the share does not reach is none."""
    limits = []
    for name, window in _WINDOWS:
        limit = getattr(pace, name)
        if limit and (share > limit or name == "per_second"):
            limits.append((limit / window, name, float(limit)))
    if gap := (pace.gap_min_seconds + pace.gap_max_seconds) / 2:
        limits.append((1 / gap, "gap", pace.gap_min_seconds))
    return min(limits)
