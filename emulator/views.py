"""What a message looks like on a phone: an ordered list of parts, kept as one short text each."""

from collections.abc import Iterable
from typing import NamedTuple

PART_END, FIELD_END = "\x1e", "\x1f"
MEDIA_KINDS = frozenset({"image", "video", "audio", "document", "sticker", "gif"})
BRACKETED = frozenset({"button", "list", "offer"})
NAMED = MEDIA_KINDS | {"location", "contacts", "reaction"}
# Parts that only the phone's picture needs, not the words.
UNSPOKEN = frozenset({"quote", "card", "filename"})


class Part(NamedTuple):
    """One piece: its kind, its words (for media what stands for the file), and what a tap on it does."""

    kind: str
    text: str
    data: str = ""


def button(kind: str, text: str, value: str = "") -> Part:
    """Return a button; `kind` says what a tap does: reply, url, phone, copy, flow and so on."""
    return Part("button", text, f"{kind}|{value}")


def encode(parts: Iterable[Part]) -> str:
    return PART_END.join(FIELD_END.join(part) for part in parts)


def decode(encoded: str) -> list[Part]:
    """Return the parts of an encoded view; a separator that somebody typed makes one part more, never an error."""
    parts = []
    for piece in encoded.split(PART_END):
        kind, text, data = (*piece.split(FIELD_END, 2), "", "")[:3]
        parts.append(Part(kind, text, data))
    return parts


def plain(parts: Iterable[Part]) -> str:
    """Return the words of a message, one line per part."""
    lines = (_line(part) for part in parts if part.text and part.kind not in UNSPOKEN)
    return "\n".join(line for line in lines if line)


def _line(part: Part) -> str:
    if part.kind in NAMED:
        return f"[{part.kind} {part.text}]"
    if part.kind in BRACKETED:
        return f"[{part.text}]"
    return f"- {part.text}" if part.kind == "row" else part.text
