"""Small checks of one field each, refused the way Meta refuses them."""

from typing import Any

from emulator.errors import GraphError

Piece = dict[str, Any]


def require_object(container: object, key: str, place: str) -> Piece:
    """Return the object under a key.

    :raises GraphError: it is missing or something else.
    """
    value = container.get(key) if isinstance(container, dict) else None
    if not isinstance(value, dict):
        raise GraphError(131008, f"{place} is required")
    return value


def list_objects(container: Piece, key: str) -> list[Piece]:
    """Return a list of objects under a key, empty when absent.

    :raises GraphError: it is something else.
    """
    value = container.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise GraphError(100, f"{key} must be a list of objects")
    return value


def take_text(piece: object, key: str, place: str, *, longest: int, required: bool = True) -> str:
    """Return a text of limited length, "" when it is absent and need not be there.

    :raises GraphError: it is missing, no text, or too long.
    """
    if not isinstance(piece, dict):
        raise GraphError(100, message=f"(#100) {place} must be an object.")
    value = piece.get(key)
    if value is None or value == "":
        if required:
            raise GraphError(131008, f"{place}.{key} is required")
        return ""
    if not isinstance(value, str):
        raise GraphError(100, message=f"(#100) Param {place}['{key}'] must be a string.")
    if len(value) > longest:
        raise GraphError(131009, f"{place}.{key}: {len(value)} characters, at most {longest}")
    return value


def require_count(items: list[Piece], place: str, *, least: int, most: int) -> None:
    """Check how many there are.

    :raises GraphError: too few or too many.
    """
    if not least <= len(items) <= most:
        allowed = f"{least} to {most}" if least != most else str(least)
        raise GraphError(131009, f"{place}: {len(items)} given, {allowed} allowed")


def require_unique(values: list[str], place: str) -> None:
    if len(set(values)) != len(values):
        raise GraphError(131009, f"{place} must be different from each other")
