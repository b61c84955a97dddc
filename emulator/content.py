"""Free-form messages: the checks Meta makes at once per kind, and the parts the phone shows."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from emulator import interactive
from emulator.checks import Piece, list_objects, require_object, take_text
from emulator.errors import GraphError
from emulator.views import MEDIA_KINDS, Part

CAPTION_LONGEST = 1024
TEXT_LONGEST = 4096
CONTACTS_MOST = 257
NAME_FIELDS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
BIRTHDAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MediaSource = Callable[[str, dict[str, Any]], str]


class Context(NamedTuple):
    """What a check needs to know besides the piece itself."""

    media_source: MediaSource
    phone: str


def render_content(kind: str, piece: object, context: Context) -> list[Part]:
    """Check one free-form message and return it as the person sees it.

    :raises GraphError: the kind is unknown, or the piece is missing or breaks a limit.
    """
    if kind == "contacts":
        return _contacts(piece)
    if kind == "pin":
        raise GraphError(131009, "pin is for groups only")
    if kind not in RENDERERS and kind not in SENDABLE_MEDIA and kind != "interactive":
        raise GraphError(131051, f"Message type {kind} is not supported")
    if not isinstance(piece, dict):
        raise GraphError(131008, f"The parameter {kind} is required")
    if kind in SENDABLE_MEDIA:
        return _media(kind, piece, context.media_source)
    if kind == "interactive":
        return interactive.render(piece, context.media_source, phone=context.phone)
    return RENDERERS[kind](piece)


def _media(kind: str, piece: Piece, media_source: MediaSource) -> list[Part]:
    if "caption" in piece and kind in {"audio", "sticker"}:
        raise GraphError(100, message=f"(#100) Unexpected key 'caption' on param '{kind}'.")
    caption = take_text(piece, "caption", kind, longest=CAPTION_LONGEST, required=False)
    name = take_text(piece, "filename", kind, longest=240, required=False) if kind == "document" else ""
    if kind == "audio" and piece.get("voice"):
        name = "voice"
    parts = [Part(kind, media_source(kind, piece), name)]
    return [*parts, Part("caption", caption)] if caption else parts


def _text(piece: Piece) -> list[Part]:
    body = piece.get("body")
    if not isinstance(body, str) or not body.strip():
        raise GraphError(100, message="(#100) The parameter text['body'] is required.")
    if len(body) > TEXT_LONGEST:
        raise GraphError(100, message=f"(#100) Param text['body'] must be at most {TEXT_LONGEST} characters long.")
    if not isinstance(piece.get("preview_url", False), bool):
        raise GraphError(100, message="(#100) Param text['preview_url'] must be a boolean.")
    return [Part("body", body)]


def read_place(piece: Piece, place: str = "location") -> tuple[float, float]:
    """Return latitude and longitude, given as numbers or as text.

    :raises GraphError: one is missing or not on this earth.
    """
    try:
        latitude, longitude = float(piece["latitude"]), float(piece["longitude"])
    except (KeyError, TypeError, ValueError) as error:
        raise GraphError(131009, f"{place} needs latitude and longitude") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise GraphError(131009, f"{place}: latitude is -90 to 90, longitude -180 to 180")
    return latitude, longitude


def _location(piece: Piece) -> list[Part]:
    latitude, longitude = read_place(piece)
    name = take_text(piece, "name", "location", longest=1000, required=False)
    address = take_text(piece, "address", "location", longest=1000, required=False)
    return [Part("location", f"{latitude},{longitude} {name}".strip(), address)]


def _reaction(piece: Piece) -> list[Part]:
    target = take_text(piece, "message_id", "reaction", longest=512)
    emoji = take_text(piece, "emoji", "reaction", longest=32, required=False)
    if emoji.isascii() and emoji:
        raise GraphError(131009, "reaction.emoji must be one emoji")
    return [Part("reaction", emoji or "-", target)]


def _contacts(piece: object) -> list[Part]:
    if not isinstance(piece, list) or not piece or len(piece) > CONTACTS_MOST:
        raise GraphError(131008, f"contacts must be a list of 1 to {CONTACTS_MOST} contacts")
    names = [_contact_name(contact) for contact in piece]
    return [Part("contacts", str(len(names)), ", ".join(names[:5]))]


def _contact_name(contact: object) -> str:
    name = require_object(contact, "name", "contacts[].name")
    formatted = take_text(name, "formatted_name", "contacts[].name", longest=1000)
    if not any(name.get(field) for field in NAME_FIELDS):
        raise GraphError(131008, "contacts[].name needs formatted_name and at least one more part of the name")
    assert isinstance(contact, dict)  # noqa: S101 - require_object has looked already
    for phone in list_objects(contact, "phones"):
        take_text(phone, "phone", "contacts[].phones[]", longest=64, required=False)
    birthday = take_text(contact, "birthday", "contacts[]", longest=64, required=False)
    if birthday and not BIRTHDAY.fullmatch(birthday):
        raise GraphError(131009, "contacts[].birthday must be YYYY-MM-DD")
    return formatted


SENDABLE_MEDIA = MEDIA_KINDS - {"gif"}
RENDERERS: dict[str, Callable[[Piece], list[Part]]] = {"text": _text, "location": _location, "reaction": _reaction}
