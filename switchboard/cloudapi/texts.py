"""What an incoming message says in words, and what its button carries, whatever its kind."""

from typing import Any

Json = dict[str, Any]

_LONGEST_TEXT = 65_536


def find_text(kind: str, raw: Json) -> str:
    """Return the words of a message: body, caption, button, list title, place, names."""
    content = raw.get(kind)
    if kind == "contacts":
        return _join(_object(_object(person).get("name")).get("formatted_name") for person in _list(content))
    content = _object(content)
    if kind == "interactive":
        return _reply_text(content)
    if kind == "edit":
        message = _object(content.get("message"))
        return find_text(_text(message.get("type")), message) if message.get("type") != "edit" else ""
    keys = {"text": ("body",), "button": ("text",), "system": ("body",), "reaction": ("emoji",), "order": ("text",)}
    if kind == "location":
        return _join((content.get("name"), content.get("address")))
    return next((words for key in keys.get(kind, ("caption",)) if (words := _text(content.get(key)))), "")


def find_payload(kind: str, raw: Json) -> str:
    """Return what a pressed button or a chosen row carries for the program, or an empty text."""
    content = _object(raw.get(kind))
    if kind == "button":
        return _text(content.get("payload"))
    if kind == "interactive":
        chosen = _object(content.get("button_reply")) or _object(content.get("list_reply"))
        return _text(chosen.get("id"))
    return ""


def _reply_text(content: Json) -> str:
    chosen = _object(content.get(_text(content.get("type"))))
    return next((words for key in ("title", "body", "response") if (words := _text(chosen.get(key)))), "")


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _join(parts: Any) -> str:
    return ", ".join(words for part in parts if (words := _text(part)))
