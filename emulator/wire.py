"""JSON as Meta writes it, and answers in that form."""

import json
from typing import Any

from aiohttp import web

_ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_ENCODE_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode(value: object) -> str:
    """Return JSON with non-ASCII and slashes escaped as Meta does: consumers must hash the raw bytes."""
    # A slash occurs in JSON only inside strings, so replacing it in the text is safe.
    return _ENCODE(value).replace("/", "\\/")


def encode_plain(value: object) -> str:
    """Return JSON with nothing escaped that need not be."""
    return _ENCODE_PLAIN(value)


def answer(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=encode(value).encode(), status=status, content_type="application/json", charset="utf-8")


def pick_fields(row: dict[str, Any], requested: str | None, default: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields Graph would: those asked for, or the default ones; always the id."""
    names = [name.strip() for name in requested.split(",")] if requested else list(default)
    return {name: row[name] for name in [*names, "id"] if row.get(name) is not None}
