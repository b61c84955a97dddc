"""Webhook bodies in Meta's shapes, one file per case; the values are ours."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of all cases."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> Any:
    """Return the object of a case, free to be changed."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def body(name: str, **replacements: str) -> bytes:
    """Return the body of a case with words replaced: `body("status_sent", CALLBACK="1.…")`."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for word, value in replacements.items():
        text = text.replace(word, value)
    return text.encode()
