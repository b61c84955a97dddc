"""Paces: how fast a number may send broadcasts and journeys."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Pace:
    """A number's limits; None means no limit of that kind."""

    per_second: float | None = None
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    # The gap between two messages is drawn at random between these.
    gap_min_seconds: float = 0.0
    gap_max_seconds: float = 0.0


# A fifth of a number's throughput is kept for answers.
PACED_SHARE = 0.8

PRESETS = {
    "careful": Pace(per_minute=12, per_hour=200, gap_min_seconds=3.0, gap_max_seconds=5.0),
    "standard": Pace(per_second=20.0),
    "full": Pace(),
}


def pace_of(preset: str, overrides: Mapping[str, Any], throughput: int) -> Pace:
    """Return a preset's figures with the number's own in their place, within its throughput."""
    known = {field.name for field in fields(Pace)}
    pace = replace(PRESETS[preset], **{name: value for name, value in overrides.items() if name in known})
    return stricter(pace, Pace(per_second=throughput * PACED_SHARE))


def stricter(one: Pace, other: Pace) -> Pace:
    """Return the pace that keeps to both."""
    return Pace(
        per_second=_lower(one.per_second, other.per_second),
        per_minute=_lower(one.per_minute, other.per_minute),
        per_hour=_lower(one.per_hour, other.per_hour),
        per_day=_lower(one.per_day, other.per_day),
        gap_min_seconds=max(one.gap_min_seconds, other.gap_min_seconds),
        gap_max_seconds=max(one.gap_max_seconds, other.gap_max_seconds),
    )


def _lower(one: Any, other: Any) -> Any:
    return min((value for value in (one, other) if value is not None), default=None)
