"""The examples of Meta's own OpenAPI file pass through our types; the file is not part of this repository."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from switchboard.cloudapi import client, contents, events, notices, payloads
from switchboard.cloudapi.client import caller, numbers, profile
from switchboard.cloudapi.results import Answer
from tests.emulator import meta_openapi

pytestmark = pytest.mark.skipif(
    not meta_openapi.FILE.is_file(), reason="Meta's OpenAPI file is not beside the repository"
)
LINK = "https://example.com/file"


def webhook_examples() -> Iterator[Any]:
    if meta_openapi.FILE.is_file():
        for name, example in meta_openapi.list_request_examples("/whatsapp/webhooks").items():
            yield pytest.param(example, id=name)


@pytest.mark.parametrize("example", list(webhook_examples()))
def test_webhooks_have_types(example: Any) -> None:
    items = list(events.parse_events(json.dumps(example).encode()))
    assert items
    for item in items:
        assert not isinstance(item, events.Unreadable)
        if isinstance(item, events.Incoming):
            assert not isinstance(item.content, contents.Other)
            assert item.sender.wa_id
        elif isinstance(item, events.AccountEvent):
            # Groups are the only fields of the file that have no type here.
            assert not isinstance(item.notice, notices.OtherNotice) or item.change.field.startswith("group_")


# ── requests: rebuilt by our builders, they are the same ─────────────────────────────────────────

FILES: dict[str, type[Any]] = {
    "image": payloads.Image,
    "video": payloads.Video,
    "audio": payloads.Audio,
    "document": payloads.Document,
    "sticker": payloads.Sticker,
}


def rebuild_contacts(piece: Any) -> payloads.Content:
    return payloads.Contacts(tuple(rebuild_card(card) for card in piece))


def rebuild_card(card: dict[str, Any]) -> payloads.Card:
    return payloads.Card(
        **card["name"],
        birthday=card.get("birthday", ""),
        phones=msgspec.convert(card.get("phones", []), tuple[payloads.Phone, ...]),
        emails=msgspec.convert(card.get("emails", []), tuple[payloads.Email, ...]),
        urls=msgspec.convert(card.get("urls", []), tuple[payloads.Website, ...]),
        addresses=msgspec.convert(card.get("addresses", []), tuple[payloads.Address, ...]),
        organisation=msgspec.convert(card["org"], payloads.Organisation) if "org" in card else None,
    )


def rebuild_interactive(piece: Any) -> payloads.Content:
    words = {"body": piece["body"]["text"], "footer": piece.get("footer", {}).get("text", "")}
    header = piece.get("header", {}).get("text", "")
    if piece["type"] == "button":
        replies = tuple(payloads.Reply(**button["reply"]) for button in piece["action"]["buttons"])
        return payloads.Buttons(**words, header=header or None, buttons=replies)
    sections = msgspec.convert(piece["action"]["sections"], tuple[payloads.Section, ...])
    return payloads.List(**words, header=header, button=piece["action"]["button"], sections=sections)


REBUILD: dict[str, Callable[[Any], payloads.Content]] = {
    "text": lambda piece: payloads.Text(**piece),
    "location": lambda piece: payloads.Location(**piece),
    "reaction": lambda piece: payloads.Reaction(piece["message_id"], piece["emoji"]),
    "contacts": rebuild_contacts,
    "interactive": rebuild_interactive,
}


def request_examples() -> Iterator[Any]:
    """Give the examples of kinds that we build; their placeholders are not all as short as Meta's limits."""
    if not meta_openapi.FILE.is_file():
        return
    for name, example in meta_openapi.list_request_examples("/{Version}/{Phone-Number-ID}/messages").items():
        kind = example.get("type", "text" if "text" in example else "")
        is_interactive = kind == "interactive" and example["interactive"]["type"] not in {"button", "list"}
        if kind in {*REBUILD, *FILES} and not is_interactive:
            yield pytest.param(kind, tidy(example[kind]), id=name)


def tidy(value: Any) -> Any:
    """Put something usable in the place of `<PLACEHOLDERS>`."""
    if isinstance(value, dict):
        return {key: LINK if key == "link" else tidy(part) for key, part in value.items()}
    if isinstance(value, list):
        return [tidy(part) for part in value]
    return f"p{hash(value) % 10**6}" if isinstance(value, str) and value.startswith("<") else value


@pytest.mark.parametrize(("kind", "piece"), list(request_examples()))
def test_requests_are_rebuilt_by_our_builders(kind: str, piece: Any) -> None:
    content = FILES[kind](**piece) if kind in FILES else REBUILD[kind](piece)
    assert content.build() == piece


# ── answers ──────────────────────────────────────────────────────────────────────────────────────

SHAPES: list[tuple[str, str, type[Any]]] = [
    ("GET", "/{Phone-Number-ID}", numbers.NumberInfo),
    ("GET", "/{Phone-Number-ID}/whatsapp_business_profile", profile._Profiles),
    ("POST", "/{Phone-Number-ID}/register", caller.Done),
    ("POST", "/{Phone-Number-ID}/deregister", caller.Done),
    ("POST", "/{Phone-Number-ID}/request_code", caller.Done),
    ("POST", "/{Phone-Number-ID}/verify_code", caller.Done),
    ("GET", "/{Media-ID}", client.MediaNode),
    ("DELETE", "/{Media-ID}", caller.Done),
    ("GET", "/{WABA-ID}/phone_numbers", caller._Page),
    ("GET", "/{WABA-ID}/subscribed_apps", caller._Page),
    ("POST", "/{WABA-ID}/subscribed_apps", caller.Done),
    ("GET", "/{WABA-ID}/message_templates", caller._Page),
    ("DELETE", "/{WABA-ID}/message_templates", caller.Done),
    ("GET", "/{TEMPLATE_ID}", client.TemplateInfo),
    ("POST", "/{TEMPLATE_ID}", caller.Done),
]


def answer_examples() -> Iterator[Any]:
    if meta_openapi.FILE.is_file():
        for method, path, shape in SHAPES:
            for place, example in enumerate(meta_openapi.list_response_examples(method, path)):
                yield pytest.param(example, shape, id=f"{method} {path} {place}")


@pytest.mark.parametrize(("example", "shape"), list(answer_examples()))
def test_answers_have_our_types(example: Any, shape: type[Any]) -> None:
    found = caller.parse_answer(Answer(200, json.dumps(example).encode()), shape)
    assert isinstance(found, shape), found


def test_there_are_examples_of_every_sort() -> None:
    assert len(list(webhook_examples())) >= 16
    assert len(list(request_examples())) >= 30
    assert len(list(answer_examples())) >= 12
