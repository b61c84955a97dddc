"""A step as Meta takes it: texts in the person's language, variables filled in, limits kept. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from switchboard.cloudapi import limits, payloads
from switchboard.replies.answering.languages import pick
from switchboard.replies.types import Step, StepKind

# Fills the variables of one text.
Fill = Callable[[str], str]
_LONGEST = {StepKind.TEXT: 4096, StepKind.BUTTONS: 1024, StepKind.LIST: 4096}


def build_body(step: Step, language: str, fill: Fill, *, media_id: str = "") -> dict[str, Any]:
    """Return the JSON object of type and content.

    :raises PayloadError: a limit of Meta's is broken.
    :raises MissingError: a coupon or the order link is missing.
    """
    content = _BUILDERS[step.kind](step.content, lambda words: fill(pick(words, language)), media_id)
    return {"type": content.kind, content.kind: content.build()}


def add_announcement(body: dict[str, Any], announcement: str) -> dict[str, Any] | None:
    """Return a body that says first that it is automatic, or None when its words have no room for that."""
    if body["type"] == "text":
        text = f"{announcement}\n{body['text']['body']}"
        return None if len(text) > _LONGEST[StepKind.TEXT] else {**body, "text": {**body["text"], "body": text}}
    if body["type"] == "interactive":
        piece = body["interactive"]
        text = f"{announcement}\n{piece['body']['text']}"
        longest = _LONGEST[StepKind.LIST if piece["type"] == "list" else StepKind.BUTTONS]
        return None if len(text) > longest else {**body, "interactive": {**piece, "body": {"text": text}}}
    return None


def build_text(text: str) -> dict[str, Any]:
    """Return the body of a text; one that is too long is cut, rather than that nothing is said."""
    return {"type": "text", "text": payloads.Text(text[: _LONGEST[StepKind.TEXT]]).build()}


def _text(content: Mapping[str, Any], words: Fill, media_id: str) -> Any:
    return payloads.Text(words(content.get("text", "")), preview_url=bool(content.get("preview_url")))


def _buttons(content: Mapping[str, Any], words: Fill, media_id: str) -> Any:
    return payloads.Buttons(
        body=words(content.get("text", "")),
        footer=words(content.get("footer", "")),
        header=words(content.get("header", "")) or None,
        buttons=tuple(payloads.Reply(str(one["id"]), words(one["title"])) for one in content.get("buttons", ())),
    )


def _list(content: Mapping[str, Any], words: Fill, media_id: str) -> Any:
    sections = tuple(
        payloads.Section(
            title=words(section.get("title", "")),
            rows=tuple(
                payloads.Row(str(row["id"]), words(row["title"]), words(row.get("description", "")))
                for row in section.get("rows", ())
            ),
        )
        for section in content.get("sections", ())
    )
    return payloads.List(
        body=words(content.get("text", "")),
        button=words(content.get("button", "")),
        footer=words(content.get("footer", "")),
        header=words(content.get("header", "")),
        sections=sections,
    )


def _file(kind: type[payloads.Image] | type[payloads.Video]) -> Callable[[Mapping[str, Any], Fill, str], Any]:
    def build(content: Mapping[str, Any], words: Fill, media_id: str) -> Any:
        link = "" if media_id else str(content.get("link", ""))
        return kind(id=media_id, link=link, caption=words(content.get("caption", "")))

    return build


def _document(content: Mapping[str, Any], words: Fill, media_id: str) -> Any:
    return payloads.Document(
        id=media_id,
        link="" if media_id else str(content.get("link", "")),
        caption=words(content.get("caption", "")),
        filename=str(content.get("filename", "")),
    )


def _location(content: Mapping[str, Any], words: Fill, media_id: str) -> Any:
    try:
        latitude, longitude = float(content["latitude"]), float(content["longitude"])
    except (KeyError, TypeError, ValueError) as error:
        raise limits.PayloadError(limits.EMPTY, field="location.latitude") from error
    return payloads.Location(latitude, longitude, words(content.get("name", "")), words(content.get("address", "")))


_BUILDERS: dict[StepKind, Callable[[Mapping[str, Any], Any, str], Any]] = {
    StepKind.TEXT: _text,
    StepKind.BUTTONS: _buttons,
    StepKind.LIST: _list,
    StepKind.IMAGE: _file(payloads.Image),
    StepKind.VIDEO: _file(payloads.Video),
    StepKind.DOCUMENT: _document,
    StepKind.LOCATION: _location,
}
