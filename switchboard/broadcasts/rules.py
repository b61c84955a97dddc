"""Who is sent what, through which number: pure decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle
from typing import Any

from switchboard.contacts.fields import render_value
from switchboard.templates.types import Shape

NAME = "name"
FIXED = "fixed"
FIELD_PREFIX = "field:"
_PLAIN_SOURCES = (NAME, "email", "phone", "language", "country")
# Of the person's last order, and the link by which they leave.
ORDER_SOURCES = ("order:number", "order:total", "order:currency", "order:items", "order:at")
LEAVE_LINK = "leave_link"
_MOST_TURNS = 20
_WORD = 2**64
_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio (Knuth, volume 3, 6.4).


@dataclass(frozen=True, slots=True)
class Person:
    """What the expansion knows of a contact."""

    id: int
    name: str
    phone: str
    email: str
    language: str
    country: str
    zones: str
    fields: Mapping[str, Any]
    # Business-scoped user ids by portfolio: the only way to people who hide their phone.
    user_ids: Mapping[int, str] = field(default_factory=dict)
    # What stands beside the contact, by source: the last order, the link to leave.
    extra: Mapping[str, str] = field(default_factory=dict)


def is_source(source: str) -> bool:
    """Tell whether a variable can be filled from this source."""
    return (
        source in _PLAIN_SOURCES
        or source in ORDER_SOURCES
        or source in {FIXED, LEAVE_LINK}
        or (source.startswith(FIELD_PREFIX) and len(source) > len(FIELD_PREFIX))
    )


def find_unfilled(shape: Shape, variables: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the keys of the template's variables that have neither a source nor a fixed text."""
    return [variable.key for variable in shape.variables if not _is_filled(variables.get(variable.key) or {})]


def _is_filled(filling: Mapping[str, Any]) -> bool:
    source = str(filling.get("source", ""))
    return bool(str(filling.get("value", "")).strip()) if source == FIXED else is_source(source)


def fill_values(
    shape: Shape, variables: Mapping[str, Mapping[str, Any]], person: Person, language: str
) -> dict[str, str]:
    """Return the value of each variable for one person, the fallback where the source is empty.

    A filling is {"source", "value"?, "fallback"?, "fallbacks"?: {template language: text}}.
    """
    values = {}
    for variable in shape.variables:
        filling = variables.get(variable.key) or {}
        values[variable.key] = _read_source(filling, person) or _fallback(filling, language)
    return values


def _read_source(filling: Mapping[str, Any], person: Person) -> str:
    source = str(filling.get("source", ""))
    if source == FIXED:
        return str(filling.get("value", "")).strip()
    if source.startswith(FIELD_PREFIX):
        return render_value(person.fields.get(source.removeprefix(FIELD_PREFIX))).strip()
    if source in ORDER_SOURCES or source == LEAVE_LINK:
        return str(person.extra.get(source, ""))
    return str(getattr(person, source, "") or "").strip() if source in _PLAIN_SOURCES else ""


def _fallback(filling: Mapping[str, Any], language: str) -> str:
    by_language = filling.get("fallbacks") or {}
    return str(by_language.get(language) or filling.get("fallback", "") or "").strip()


class Choice(StrEnum):
    """Why a person is written to by this number and no other."""

    # The number they last wrote to.
    STICKY = "sticky"
    # Shared out by speed, quality, what is left of the day, and age.
    WEIGHED = "weighed"
    # No other number of the broadcast can reach them in their language.
    ONLY = "only"


# How much of its share a number gets by Meta's rating: enough of a red one's work is left to see it recover.
_BY_QUALITY = {"green": 1.0, "unknown": 0.8, "yellow": 0.5, "red": 0.1}
_GROWN_UP_DAYS = 30
_LEAST_BY_AGE = 0.25
_LEAST_BY_DAY = 0.05


@dataclass(frozen=True, slots=True)
class Sender:
    """What the choice of a number looks at.

    `rate` is in messages per second; `left` the share of its day that it has not spent, 0 to 1.
    """

    rate: float
    quality: str = "green"
    days_in_use: int = _GROWN_UP_DAYS
    left: float = 1.0
    may_send: bool = True


def weigh_senders(senders: Mapping[int, Sender]) -> dict[int, float]:
    """Return how much of the work each number gets: its rate, less for poor quality, a spent day and youth.

    Numbers that may not send get nothing while another may; if none may, all share what then waits for them.
    """
    able = {key: one for key, one in senders.items() if one.may_send} or senders
    return {
        key: one.rate
        * _BY_QUALITY.get(one.quality, _BY_QUALITY["unknown"])
        * max(_LEAST_BY_AGE, min(1.0, one.days_in_use / _GROWN_UP_DAYS))
        * max(_LEAST_BY_DAY, one.left)
        for key, one in able.items()
    }


def build_wheel(rates: Mapping[int, float]) -> tuple[int, ...]:
    """Return number ids in turns, the faster ones more often, evenly mixed.

    A person's place on the wheel follows from their id alone, so a batch expanded again chooses the same number.

    :param rates: messages per second by number id; all positive.
    """
    if not rates:
        return ()
    slowest = min(rates.values())
    turns = {number: min(_MOST_TURNS, max(1, round(rate / slowest))) for number, rate in sorted(rates.items())}
    wheel: list[int] = []
    for number in cycle(tuple(turns)):
        if turns[number] > 0:
            turns[number] -= 1
            wheel.append(number)
        elif not any(turns.values()):
            break
    return tuple(wheel)


def pick_number(wheel: Sequence[int], contact_id: int) -> int:
    """Return the number that writes to this person.

    Spread by Fibonacci hashing: people in a row take numbers evenly, and so do audiences of only even ids.
    """
    return wheel[(contact_id * _GOLDEN % _WORD) * len(wheel) // _WORD]
