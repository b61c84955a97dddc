"""Free-form messages: the checks Meta makes at once per kind, and a line of text for the thread."""

from collections.abc import Callable
from typing import Any

from emulator.errors import GraphError
from emulator.rendering import MediaSource, list_objects

Piece = dict[str, Any]
CAPTION_LONGEST = 1024
TEXT_LONGEST = 4096
MEDIA_KINDS = {"image", "video", "audio", "document", "sticker"}
BUTTON_LONGEST, BUTTONS_MOST, ROWS_MOST = 20, 3, 10


def render_content(kind: str, piece: object, media_source: MediaSource) -> str:
    """Check one free-form message and return it as the person sees it.

    :raises GraphError: the kind is unknown, or the piece is missing or breaks a limit.
    """
    if kind == "contacts":
        if not isinstance(piece, list) or not piece:
            raise GraphError(131008, "contacts must be a list with at least one contact")
        return f"[contacts {len(piece)}]"
    if kind not in MEDIA_KINDS and kind not in RENDERERS:
        raise GraphError(131051, f"Message type {kind} is not supported")
    if not isinstance(piece, dict):
        raise GraphError(131008, f"The parameter {kind} is required")
    if kind in MEDIA_KINDS:
        caption = _limited(piece, "caption", CAPTION_LONGEST, kind)
        return f"[{kind} {media_source(piece)}]" + (f"\n{caption}" if caption else "")
    return RENDERERS[kind](piece)


def _limited(piece: object, key: str, longest: int, place: str, *, required: bool = False) -> str:
    value = piece.get(key, "") if isinstance(piece, dict) else None
    if not isinstance(value, str) or (required and not value):
        raise GraphError(100, message=f"(#100) The parameter {place}['{key}'] is required.")
    if len(value) > longest:
        raise GraphError(100, message=f"(#100) Param {place}['{key}'] must be at most {longest} characters long.")
    return value


def _text(piece: Piece) -> str:
    return _limited(piece, "body", TEXT_LONGEST, "text", required=True)


def _location(piece: Piece) -> str:
    try:
        latitude, longitude = float(piece["latitude"]), float(piece["longitude"])
    except (KeyError, TypeError, ValueError) as error:
        raise GraphError(131009, "location needs latitude and longitude") from error
    return f"[location {latitude},{longitude} {piece.get('name', '')}]"


def _reaction(piece: Piece) -> str:
    _limited(piece, "message_id", 512, "reaction", required=True)
    return f"[reaction {piece.get('emoji', '')}]"


def _interactive(piece: Piece) -> str:
    kind, action = piece.get("type"), piece.get("action")
    if not isinstance(action, dict):
        raise GraphError(131008, "interactive.action is required")
    lines = [_part(piece, "header", 60), _part(piece, "body", TEXT_LONGEST if kind == "list" else 1024)]
    lines.append(_part(piece, "footer", 60))
    if kind == "button":
        lines += _reply_buttons(action)
    elif kind == "list":
        lines += _list_rows(action)
    elif kind == "cta_url":
        parameters = action.get("parameters")
        if not isinstance(parameters, dict) or not parameters.get("url"):
            raise GraphError(131008, "interactive.action.parameters.url is required")
        lines.append(f"[{_limited(parameters, 'display_text', BUTTON_LONGEST, 'parameters', required=True)}]")
    else:
        lines.append(f"[{kind}]")
    return "\n".join(line for line in lines if line)


def _part(piece: Piece, name: str, longest: int) -> str:
    part = piece.get(name)
    return _limited(part, "text", longest, name) if isinstance(part, dict) else ""


def _reply_buttons(action: Piece) -> list[str]:
    buttons = list_objects(action, "buttons")
    titles = [_limited(b.get("reply"), "title", BUTTON_LONGEST, "reply", required=True) for b in buttons]
    if not 1 <= len(titles) <= BUTTONS_MOST or len(set(titles)) != len(titles):
        raise GraphError(131009, "1 to 3 reply buttons with different titles are allowed")
    return [f"[{title}]" for title in titles]


def _list_rows(action: Piece) -> list[str]:
    rows = [row for section in list_objects(action, "sections") for row in list_objects(section, "rows")]
    if not 1 <= len(rows) <= ROWS_MOST:
        raise GraphError(131009, "A list has 1 to 10 rows in total")
    button = _limited(action, "button", BUTTON_LONGEST, "action", required=True)
    return [f"[{button}]", *(f"- {_limited(row, 'title', 24, 'row', required=True)}" for row in rows)]


RENDERERS: dict[str, Callable[[Piece], str]] = {
    "text": _text,
    "location": _location,
    "reaction": _reaction,
    "interactive": _interactive,
}
