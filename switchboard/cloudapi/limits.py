"""Meta's limits, checked here before a byte is sent: the error names the field, what was measured and what is possible."""

from collections.abc import Sequence
from typing import Any

from switchboard.core.errors import Invalid

TOO_LONG = "The field %(field)s has %(measured)s characters; at most %(limit)s are possible. Shorten it."
EMPTY = "The field %(field)s is empty. Fill it in."
TOO_MANY = "The list %(field)s has %(measured)s entries; at most %(limit)s are possible. Take some out."
TOO_FEW = "The list %(field)s has %(measured)s entries; at least %(limit)s are needed. Add some."
REPEATED = "The list %(field)s has “%(measured)s” twice. Make each entry different."
OUT_OF_RANGE = "The field %(field)s is %(measured)s; possible is %(limit)s. Correct it."
NOT_ONE_OF = "The field %(field)s is “%(measured)s”; possible is one of %(limit)s. Choose one of them."
NO_ADDRESS = "The field %(field)s is “%(measured)s”. Give an address that begins with http:// or https://."
NO_CODE = "The field %(field)s is “%(measured)s”. Use only the characters %(limit)s."
NO_FILE = "The field %(field)s needs either the id of an uploaded file or a link to one, and not both."
NOT_ONE_LINE = "The field %(field)s has a line break, a tab or more than four spaces in a row. Write it as one line."
MIXED_NAMES = "The list %(field)s has values with names and values without. Name all of them or none."
TOO_LARGE = "The file %(field)s has %(measured)s bytes; at most %(limit)s are possible. Make it smaller."
WRONG_TYPE = "The file %(field)s is %(measured)s. Choose one of these types: %(limit)s."
WRONG_SHAPE = "The file %(field)s has %(measured)s; it needs %(limit)s. Save it again that way."

# Pages translate the sentence and put the values in: it is the msgid.
SENTENCES = (
    TOO_LONG, EMPTY, TOO_MANY, TOO_FEW, REPEATED, OUT_OF_RANGE, NOT_ONE_OF, NO_ADDRESS, NO_CODE, NO_FILE, NOT_ONE_LINE,
    MIXED_NAMES, TOO_LARGE, WRONG_TYPE, WRONG_SHAPE,
)  # fmt: skip

_LONGEST_SHOWN = 80
_MOST_SPACES = 4
LONGEST_ADDRESS = 2000


class PayloadError(Invalid):
    """A part of the message breaks one of Meta's limits."""

    def __init__(self, sentence: str, *, field: str, measured: object = "", limit: object = "") -> None:
        self.sentence = sentence
        self.measured = str(measured)[:_LONGEST_SHOWN]
        self.limit = str(limit)
        super().__init__(sentence % self.values(field), field=field)

    def values(self, field: str = "") -> dict[str, str]:
        """Return what stands in the sentence, for its translation."""
        return {"field": field or self.field or "", "measured": self.measured, "limit": self.limit}


def check_text(field: str, value: str, most: int, *, is_required: bool = True) -> str:
    """Return a text that is neither missing nor too long.

    :raises PayloadError: it is.
    """
    if is_required and not value.strip():
        raise PayloadError(EMPTY, field=field)
    if len(value) > most:
        raise PayloadError(TOO_LONG, field=field, measured=f"{len(value):,}", limit=f"{most:,}")
    return value


def check_line(field: str, value: str, most: int) -> str:
    """Return a template's value: Meta refuses line breaks, tabs and runs of spaces in it.

    :raises PayloadError: it is no such value.
    """
    check_text(field, value, most)
    if "\n" in value or "\r" in value or "\t" in value or " " * (_MOST_SPACES + 1) in value:
        raise PayloadError(NOT_ONE_LINE, field=field)
    return value


def check_count(field: str, entries: Sequence[Any], most: int, *, least: int = 1) -> None:
    """Refuse a list with too many or too few entries.

    :raises PayloadError: it has.
    """
    if len(entries) > most:
        raise PayloadError(TOO_MANY, field=field, measured=f"{len(entries):,}", limit=f"{most:,}")
    if len(entries) < least:
        raise PayloadError(TOO_FEW, field=field, measured=len(entries), limit=least)


def check_unique(field: str, entries: Sequence[str]) -> None:
    """Refuse a list that says the same twice.

    :raises PayloadError: it does.
    """
    seen: set[str] = set()
    for entry in entries:
        if entry in seen:
            raise PayloadError(REPEATED, field=field, measured=entry)
        seen.add(entry)


def check_range(field: str, value: float, least: float, most: float) -> None:
    """Refuse a figure outside its range; what is no figure lies outside every range.

    :raises PayloadError: it does.
    """
    if not least <= value <= most:
        raise PayloadError(OUT_OF_RANGE, field=field, measured=value, limit=f"{least:,} – {most:,}")


def check_choice(field: str, value: str, choices: Sequence[str]) -> str:
    """Return one of the words that Meta knows here.

    :raises PayloadError: it is another one.
    """
    if value not in choices:
        raise PayloadError(NOT_ONE_OF, field=field, measured=value, limit=", ".join(choices))
    return value


def check_address(field: str, value: str, most: int = LONGEST_ADDRESS) -> str:
    """Return a web address.

    :raises PayloadError: it is none, or too long.
    """
    check_text(field, value, most)
    if not value.startswith(("https://", "http://")):
        raise PayloadError(NO_ADDRESS, field=field, measured=value)
    return value


def check_characters(field: str, value: str, most: int, allowed: str, *, shown: str) -> str:
    """Return a code made only of the allowed characters.

    :raises PayloadError: it has others, is missing or too long.
    """
    check_text(field, value, most)
    if set(value) - set(allowed):
        raise PayloadError(NO_CODE, field=field, measured=value, limit=shown)
    return value
