"""Texts with variables: {{name}}, {{field:size|unknown}}, {{order_link}}, {{coupon:autumn}}. Pure."""

import re
from collections.abc import Mapping

from switchboard.replies.answering.facts import Person

_PLACE = re.compile(r"\{\{\s*([^{}|]+?)\s*(?:\|([^{}]*))?\}\}")
KNOWN = ("name", "phone", "email", "language", "country", "number", "order_link", "question")
_LONGEST_VALUE = 1000


class MissingError(Exception):
    """A text is about something that there is not: a coupon, an order link. Somebody without a name only has none."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def find_names(text: str) -> list[str]:
    """Return the variables of a text in their order, each once."""
    return list(dict.fromkeys(found.group(1) for found in _PLACE.finditer(text)))


def find_pools(text: str) -> list[str]:
    """Return the pools of coupons that a text takes from."""
    return [name.partition(":")[2].strip() for name in find_names(text) if name.startswith("coupon:")]


def find_unknown(text: str) -> list[str]:
    """Return what stands in double braces and is no variable of ours."""
    return [name for name in find_names(text) if name not in KNOWN and not name.startswith(("field:", "coupon:"))]


def values_of(person: Person, **more: str) -> dict[str, str]:
    """Return the values of a person's variables."""
    own = {
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "language": person.language,
        "country": person.country,
        **{f"field:{key}": str(value) for key, value in person.fields.items()},
    }
    return {**own, **more}


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its variables filled in; a variable is never read as one again.

    :raises MissingError: a coupon or the order link is missing and has no fallback.
    """

    def put(found: re.Match[str]) -> str:
        name, fallback = found.group(1), found.group(2)
        value = values.get(name, "").strip()[:_LONGEST_VALUE]
        if not value and fallback is None and (name == "order_link" or name.startswith("coupon:")):
            raise MissingError(name)
        return value or fallback or ""

    return _PLACE.sub(put, text)
