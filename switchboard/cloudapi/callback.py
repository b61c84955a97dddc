"""The note that we attach to every message and that Meta gives back with each of its statuses."""

import re
from dataclasses import dataclass
from uuid import UUID

_FORM = re.compile(r"([1-9][0-9]{0,18})\.([0-9a-f]{32})\.([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Callback:
    """Which attempt of which message of which workspace."""

    workspace_id: int
    message_id: UUID
    attempt: int


def build_callback_data(workspace_id: int, message_id: UUID, attempt: int) -> str:
    """Return the value of `biz_opaque_callback_data`."""
    return f"{workspace_id}.{message_id.hex}.{attempt}"


def parse_callback_data(text: str | None) -> Callback | None:
    """Return what the note says, or None when it is missing or not one of ours."""
    found = _FORM.fullmatch(text or "")
    if found is None:
        return None
    return Callback(int(found[1]), UUID(hex=found[2]), int(found[3]))
