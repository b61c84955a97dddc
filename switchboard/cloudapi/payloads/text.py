"""Contents without a file: words, a place, a reaction."""

from typing import Any, ClassVar

import msgspec

from switchboard.cloudapi import limits

LONGEST_TEXT = 4096
_LONGEST_EMOJI = 32


class Text(msgspec.Struct, frozen=True):
    """Words, and whether the first address in them is shown with a preview."""

    kind: ClassVar[str] = "text"
    body: str
    preview_url: bool = False

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the text is missing or too long.
        """
        return {"body": limits.check_text("text.body", self.body, LONGEST_TEXT), "preview_url": self.preview_url}


class Location(msgspec.Struct, frozen=True):
    """A place on the map."""

    kind: ClassVar[str] = "location"
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the place is not on the map.
        """
        limits.check_range("location.latitude", self.latitude, -90, 90)
        limits.check_range("location.longitude", self.longitude, -180, 180)
        words = {"name": self.name, "address": self.address}
        for name, word in words.items():
            limits.check_text(f"location.{name}", word, 1000, is_required=False)
        place = {"latitude": self.latitude, "longitude": self.longitude}
        return place | {name: word for name, word in words.items() if word}


class Reaction(msgspec.Struct, frozen=True):
    """An emoji under somebody's message; an empty one takes it away."""

    kind: ClassVar[str] = "reaction"
    message_id: str
    emoji: str

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: no message is named, or the emoji is a text.
        """
        limits.check_text("reaction.message_id", self.message_id, 255)
        limits.check_text("reaction.emoji", self.emoji, _LONGEST_EMOJI, is_required=False)
        return {"message_id": self.message_id, "emoji": self.emoji}


def build_text(text: str, *, preview_url: bool = False, reply_to: str | None = None) -> dict[str, Any]:
    """Return the body of a free-form text, quoting the message `reply_to` when it is given."""
    body: dict[str, Any] = {"type": "text", "text": {"body": text, "preview_url": preview_url}}
    if reply_to:
        body["context"] = {"message_id": reply_to}
    return body
