"""Contents that are answered by a tap; they are for the 24 hours after somebody wrote."""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from switchboard.cloudapi import limits
from switchboard.cloudapi.payloads.media import Document, Image, Video

LONGEST_HEADER = 60
LONGEST_BODY = 1024
LONGEST_FOOTER = 60
MOST_BUTTONS = 3
LONGEST_BUTTON = 20
LONGEST_BUTTON_ID = 256
LONGEST_LIST_BODY = 4096
MOST_SECTIONS = 10
MOST_ROWS = 10
LONGEST_ROW_ID = 200
LONGEST_ROW_TITLE = 24
LONGEST_DESCRIPTION = 72

# A text, or a picture, film or document above the body.
Header = str | Image | Video | Document


def _build_header(header: Header) -> dict[str, Any]:
    if isinstance(header, str):
        return {"type": "text", "text": limits.check_text("interactive.header.text", header, LONGEST_HEADER)}
    return {"type": header.kind, header.kind: header.build()}


def _build_interactive(
    form: str,
    action: dict[str, Any],
    *,
    body: str,
    footer: str = "",
    header: Header | None = None,
    longest: int = LONGEST_BODY,
) -> dict[str, Any]:
    piece: dict[str, Any] = {"type": form}
    if header:
        piece["header"] = _build_header(header)
    piece["body"] = {"text": limits.check_text("interactive.body.text", body, longest)}
    if footer:
        piece["footer"] = {"text": limits.check_text("interactive.footer.text", footer, LONGEST_FOOTER)}
    return piece | {"action": action}


class Reply(msgspec.Struct, frozen=True):
    """A button: what it says, and what comes back when it is pressed."""

    id: str
    title: str


class Buttons(msgspec.Struct, frozen=True, kw_only=True):
    """A text with one to three buttons."""

    kind: ClassVar[str] = "interactive"
    body: str
    buttons: tuple[Reply, ...]
    header: Header | None = None
    footer: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        limits.check_count("interactive.action.buttons", self.buttons, MOST_BUTTONS)
        action = {"buttons": [{"type": "reply", "reply": reply} for reply in self._replies()]}
        return _build_interactive("button", action, body=self.body, footer=self.footer, header=self.header)

    def _replies(self) -> list[dict[str, str]]:
        for index, button in enumerate(self.buttons):
            field = f"interactive.action.buttons.{index}"
            limits.check_text(f"{field}.title", button.title, LONGEST_BUTTON)
            limits.check_text(f"{field}.id", button.id, LONGEST_BUTTON_ID)
        limits.check_unique("interactive.action.buttons.title", [button.title for button in self.buttons])
        limits.check_unique("interactive.action.buttons.id", [button.id for button in self.buttons])
        return [{"id": button.id, "title": button.title} for button in self.buttons]


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a list."""

    id: str
    title: str
    description: str = ""


class Section(msgspec.Struct, frozen=True):
    """Lines under a heading; the heading may be missing when there is only one section."""

    rows: tuple[Row, ...]
    title: str = ""


class List(msgspec.Struct, frozen=True, kw_only=True):
    """A text with a button that opens a list of up to ten lines."""

    kind: ClassVar[str] = "interactive"
    body: str
    button: str
    sections: tuple[Section, ...]
    header: str = ""
    footer: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        button = limits.check_text("interactive.action.button", self.button, LONGEST_BUTTON)
        limits.check_count("interactive.action.sections", self.sections, MOST_SECTIONS)
        rows = [row for section in self.sections for row in section.rows]
        limits.check_count("interactive.action.sections.rows", rows, MOST_ROWS)
        limits.check_unique("interactive.action.sections.rows.id", [row.id for row in rows])
        action = {"button": button, "sections": list(self._sections())}
        return _build_interactive(
            "list", action, body=self.body, footer=self.footer, header=self.header or None, longest=LONGEST_LIST_BODY
        )

    def _sections(self) -> Iterator[dict[str, Any]]:
        for index, section in enumerate(self.sections):
            field = f"interactive.action.sections.{index}"
            is_required = len(self.sections) > 1
            title = limits.check_text(f"{field}.title", section.title, LONGEST_ROW_TITLE, is_required=is_required)
            limits.check_count(f"{field}.rows", section.rows, MOST_ROWS)
            for place, row in enumerate(section.rows):
                _check_row(f"{field}.rows.{place}", row)
            yield ({"title": title} if title else {}) | {"rows": [msgspec.to_builtins(row) for row in section.rows]}


def _check_row(field: str, row: Row) -> None:
    limits.check_text(f"{field}.id", row.id, LONGEST_ROW_ID)
    limits.check_text(f"{field}.title", row.title, LONGEST_ROW_TITLE)
    limits.check_text(f"{field}.description", row.description, LONGEST_DESCRIPTION, is_required=False)


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A text with one button that opens a web address."""

    kind: ClassVar[str] = "interactive"
    body: str
    button: str
    url: str
    header: Header | None = None
    footer: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        parameters = {
            "display_text": limits.check_text(
                "interactive.action.parameters.display_text", self.button, LONGEST_BUTTON
            ),
            "url": limits.check_address("interactive.action.parameters.url", self.url),
        }
        action = {"name": "cta_url", "parameters": parameters}
        return _build_interactive("cta_url", action, body=self.body, footer=self.footer, header=self.header)


class LocationRequest(msgspec.Struct, frozen=True):
    """A text with a button that sends one's place."""

    kind: ClassVar[str] = "interactive"
    body: str

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the text is missing or too long.
        """
        return _build_interactive("location_request_message", {"name": "send_location"}, body=self.body)


class ContactRequest(msgspec.Struct, frozen=True):
    """A text with a button that shows one's phone number: the way to the phone of somebody who hides it."""

    kind: ClassVar[str] = "interactive"
    body: str

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the text is missing or too long.
        """
        return _build_interactive("request_contact_info", {"name": "request_contact_info"}, body=self.body)
