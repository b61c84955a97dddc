"""Values of Meta's JSON, read tolerantly: what is missing or of another type becomes an empty value."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

_LATEST_SECONDS = 253_402_300_799  # The end of year 9999: beyond it is no date.
_LONGEST_CODE = 10
_LONGEST_FIGURE = 30
_MILLISECONDS_FROM = 10**12  # Meta documents seconds; some bodies carry milliseconds.


def as_object(value: Any) -> Json:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return the value if it is a list, a single object as a list of one, else an empty one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def as_text(value: Any) -> str:
    """Return a text or a number as text, else an empty one."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def as_moment(value: Any) -> datetime | None:
    """Return the moment of a Unix timestamp in seconds or milliseconds, number or text."""
    try:
        seconds = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0.0
        seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST_SECONDS else None
    except (ValueError, OverflowError, OSError):
        return None


def as_code(value: Any) -> int | None:
    """Return an error code given as number or text."""
    text = as_text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_CODE else None


def as_figure(value: Any) -> float | None:
    """Return a finite figure given as number or text."""
    is_readable = isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _LONGEST_FIGURE)
    try:
        figure = float(value) if is_readable and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return figure if figure is not None and abs(figure) < float("inf") else None


def as_flag(value: Any) -> bool:
    """Return a yes or no given as one, or as the word."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def list_objects(value: Any) -> Iterator[Json]:
    """Give the objects of a list, and pass over everything else in it."""
    return (part for part in as_list(value) if isinstance(part, dict))
