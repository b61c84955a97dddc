"""Paces: how fast a number may send broadcasts and journeys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

# (days, messages): while a number is in use for fewer than so many days, it sends at most so many in 24 hours.
Curve = tuple[tuple[int, int], ...]


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
    # The distance that follows from the messages a second grows at random by up to this share.
    jitter: float = 0.0
    # After so many messages the number rests for so long.
    rest_after: int | None = None
    rest_seconds: float = 0.0


# A fifth of a number's throughput is kept for answers.
PACED_SHARE = 0.8

WARM_UP: Curve = ((3, 50), (7, 100), (14, 250), (21, 500), (30, 1000))
PRESETS = {
    "careful": Pace(per_minute=12, per_hour=200, gap_min_seconds=3.0, gap_max_seconds=5.0),
    "standard": Pace(per_second=20.0),
    "full": Pace(),
}
# A preset's curve; a number's own figures may have another under "warm_up".
CURVES: dict[str, Curve] = {"careful": WARM_UP}
FIGURES = tuple(field.name for field in fields(Pace))
_FIGURES = frozenset(FIGURES)


def pace_of(preset: str, overrides: Mapping[str, Any], throughput: int, age_days: int | None = None) -> Pace:
    """Return a preset's figures with the number's own in their place, within its throughput.

    A number that is `age_days` old keeps to the warm-up curve as well; without its age nothing is known of one.
    """
    pace = replace(PRESETS[preset], **{name: value for name, value in overrides.items() if name in _FIGURES})
    per_day = pace.per_day if age_days is None else _lower(pace.per_day, warm_up_of(preset, overrides, age_days))
    return stricter(pace, Pace(per_second=throughput * PACED_SHARE, per_day=per_day))


def curve_of(preset: str, overrides: Mapping[str, Any]) -> Curve:
    """Return the warm-up curve that holds: the number's own, else its preset's."""
    own: Sequence[Sequence[int]] | None = overrides.get("warm_up")
    return CURVES.get(preset, ()) if own is None else tuple((int(days), int(most)) for days, most in own)


def warm_up_of(preset: str, overrides: Mapping[str, Any], age_days: int) -> int | None:
    """Return how many messages a day a number of this age may send, or None when it is warm."""
    return next((most for days, most in curve_of(preset, overrides) if age_days < days), None)


def stricter(one: Pace, other: Pace) -> Pace:
    """Return the pace that keeps to both."""
    return Pace(
        per_second=_lower(one.per_second, other.per_second),
        per_minute=_lower(one.per_minute, other.per_minute),
        per_hour=_lower(one.per_hour, other.per_hour),
        per_day=_lower(one.per_day, other.per_day),
        gap_min_seconds=max(one.gap_min_seconds, other.gap_min_seconds),
        gap_max_seconds=max(one.gap_max_seconds, other.gap_max_seconds),
        jitter=max(one.jitter, other.jitter),
        rest_after=_lower(one.rest_after, other.rest_after),
        rest_seconds=max(one.rest_seconds, other.rest_seconds),
    )


def _lower(one: Any, other: Any) -> Any:
    return min((value for value in (one, other) if value is not None), default=None)


# Stops that say nothing about what was sent: a token, a registration, a connection. Everything else is either Meta's
# judgement or somebody's decision.
_TECHNICAL = frozenset({0, 3, 10, 33, 102, 104, 190, 131005, 131045, *range(200, 300), *range(133000, 133017)})
# What Meta can restrict of an account: everything, only what the business starts, only answers.
RESTRICTED = "ACCOUNT_RESTRICTION"
RESTRICTED_STARTING = "RESTRICTED_STARTING"
RESTRICTED_ANSWERING = "RESTRICTED_ANSWERING"
ACCOUNT_RESTRICTIONS = (RESTRICTED, RESTRICTED_STARTING, RESTRICTED_ANSWERING)
_RESTRICTIONS = frozenset({"368", "131031", "131048", "131063", "131064", *ACCOUNT_RESTRICTIONS})


def is_technical_stop(state: str, code: str) -> bool:
    """Tell whether a number stands still for a technical reason alone."""
    if is_restriction(state, code):
        return False
    return (code.isdigit() and int(code) in _TECHNICAL) or (not code and state == "disconnected")


def is_restriction(state: str, code: str) -> bool:
    """Tell whether Meta has restricted a number or its account."""
    return state in {"restricted", "banned", "rate_limited"} or code in _RESTRICTIONS


def is_spared(state: str, code: str, *, is_started_by_us: bool) -> bool:
    """Tell whether a message goes on although its number is restricted: a restriction may leave one kind alone."""
    spared = {RESTRICTED_STARTING: not is_started_by_us, RESTRICTED_ANSWERING: is_started_by_us}
    return state in {"connected", "restricted"} and spared.get(code, False)
