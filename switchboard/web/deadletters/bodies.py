"""Raw bodies for people's eyes: indented when they are JSON, and harmless whatever they are."""

import json
import unicodedata
from dataclasses import dataclass

MOST_SHOWN = 64 * 1024
# Control characters, invisible ones that turn text round, lone halves of surrogate pairs, private ones.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Shown:
    """A body as a page shows it."""

    text: str
    is_json: bool
    is_cut: bool
    size: int


def show_body(body: bytes) -> Shown:
    """Return a body as text; bytes that are no text are written as \\x.. and what is invisible as \\u...."""
    text, is_json = _read(body)
    return Shown(_make_visible(text[:MOST_SHOWN]), is_json, len(text) > MOST_SHOWN, len(body))


def _read(body: bytes) -> tuple[str, bool]:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False), True
    except (ValueError, RecursionError):
        return body[: 2 * MOST_SHOWN].decode("utf-8", "backslashreplace"), False


def _make_visible(text: str) -> str:
    return "".join(
        sign if sign in _KEPT or unicodedata.category(sign) not in _UNSAFE else f"\\u{ord(sign):04x}" for sign in text
    )
