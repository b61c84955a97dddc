"""From Meta's JSON to the structs. Tolerant: every part may be missing, and no content raises."""

from collections.abc import Callable

import msgspec

from switchboard.cloudapi.contents.context import parse_problems
from switchboard.cloudapi.contents.types import (
    ButtonReply,
    CallPermission,
    Card,
    CardPhone,
    Cards,
    Content,
    Edited,
    File,
    FormReply,
    ListReply,
    Order,
    OrderItem,
    Other,
    Place,
    Pressed,
    Reaction,
    Revoked,
    System,
    Unsupported,
    Words,
)
from switchboard.cloudapi.values import Json, as_figure, as_flag, as_moment, as_object, as_text, list_objects

_DEEPEST_EDIT = 3


def parse_content(kind: str, raw: Json) -> Content:
    """Return what a message of this kind holds."""
    return _parse(kind, raw, 0)


def _parse(kind: str, raw: Json, depth: int) -> Content:
    content = as_object(raw.get(kind))
    if kind in {"image", "video", "audio", "document", "sticker"}:
        return _parse_file(content)
    if kind == "interactive":
        return _parse_interactive(content)
    if kind == "edit" and depth < _DEEPEST_EDIT:
        message = as_object(content.get("message"))
        form = as_text(message.get("type"))
        return Edited(as_text(content.get("original_message_id")), form, _parse(form, message, depth + 1))
    parser = _PARSERS.get(kind)
    return parser(content, raw) if parser else Other(kind, raw.get(kind))


def _parse_words(content: Json, _raw: Json) -> Content:
    return Words(as_text(content.get("body")))


def _parse_file(content: Json) -> Content:
    return File(
        id=as_text(content.get("id")),
        mime=as_text(content.get("mime_type")),
        sha256=as_text(content.get("sha256")),
        url=as_text(content.get("url")),
        caption=as_text(content.get("caption")),
        filename=as_text(content.get("filename")),
        is_voice=as_flag(content.get("voice")),
        is_animated=as_flag(content.get("animated")),
    )


def _parse_place(content: Json, _raw: Json) -> Content:
    words = {name: as_text(content.get(name)) for name in ("name", "address", "url")}
    return Place(as_figure(content.get("latitude")), as_figure(content.get("longitude")), **words)


def _parse_cards(_content: Json, raw: Json) -> Content:
    return Cards(tuple(_parse_card(card) for card in list_objects(raw.get("contacts"))), as_text(raw.get("origin")))


def _parse_card(card: Json) -> Card:
    return Card(
        name=as_text(as_object(card.get("name")).get("formatted_name")),
        phones=tuple(
            CardPhone(as_text(phone.get("phone")), as_text(phone.get("wa_id")), as_text(phone.get("type")))
            for phone in list_objects(card.get("phones"))
        ),
        emails=tuple(as_text(email.get("email")) for email in list_objects(card.get("emails"))),
        organisation=as_text(as_object(card.get("org")).get("company")),
        birthday=as_text(card.get("birthday")),
        vcard=as_text(card.get("vcard")),
    )


def _parse_pressed(content: Json, _raw: Json) -> Content:
    return Pressed(as_text(content.get("text")), as_text(content.get("payload")))


def _parse_interactive(content: Json) -> Content:
    form = as_text(content.get("type"))
    chosen = as_object(content.get(form))
    identity, title = as_text(chosen.get("id")), as_text(chosen.get("title"))
    if form == "button_reply":
        return ButtonReply(identity, title)
    if form == "list_reply":
        return ListReply(identity, title, as_text(chosen.get("description")))
    if form == "nfm_reply":
        return _parse_form(chosen)
    if form == "call_permission_reply":
        return CallPermission(
            is_accepted=as_text(chosen.get("response")) == "accept",
            is_permanent=as_flag(chosen.get("is_permanent")),
            expires_at=as_moment(chosen.get("expiration_timestamp")),
            source=as_text(chosen.get("response_source")),
        )
    return Other(f"interactive.{form}", content)


def _parse_form(chosen: Json) -> Content:
    text = as_text(chosen.get("response_json"))
    try:
        answers = msgspec.json.decode(text) if text else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        answers = text
    token = as_text(as_object(answers).get("flow_token"))
    return FormReply(as_text(chosen.get("name")), as_text(chosen.get("body")), answers, token)


def _parse_reaction(content: Json, _raw: Json) -> Content:
    return Reaction(as_text(content.get("message_id")), as_text(content.get("emoji")))


def _parse_order(content: Json, _raw: Json) -> Content:
    items = tuple(
        OrderItem(
            as_text(item.get("product_retailer_id")),
            as_figure(item.get("quantity")),
            as_figure(item.get("item_price")),
            as_text(item.get("currency")),
        )
        for item in list_objects(content.get("product_items"))
    )
    return Order(as_text(content.get("catalog_id")), as_text(content.get("text")), items)


# What older versions, and libraries, call the same things.
_SYSTEM_NAMES = {
    "customer_changed_number": "user_changed_number",
    "customer_identity_changed": "user_identity_changed",
}


def _parse_system(content: Json, raw: Json) -> Content:
    what = as_text(content.get("type"))
    ids = ("user_id", "previous_user_id", "parent_user_id", "previous_parent_user_id")
    return System(
        what=_SYSTEM_NAMES.get(what, what),
        body=as_text(content.get("body")),
        new_wa_id=as_text(content.get("wa_id")) or as_text(content.get("new_wa_id")),
        identity_hash=as_text(as_object(raw.get("identity")).get("hash")) or as_text(content.get("identity")),
        **{name: as_text(content.get(name)) for name in ids},
    )


def _parse_unsupported(content: Json, raw: Json) -> Content:
    return Unsupported(as_text(content.get("type")), parse_problems(raw.get("errors")))


def _parse_revoked(content: Json, _raw: Json) -> Content:
    return Revoked(as_text(content.get("original_message_id")))


_PARSERS: dict[str, Callable[[Json, Json], Content]] = {
    "text": _parse_words,
    "location": _parse_place,
    "contacts": _parse_cards,
    "button": _parse_pressed,
    "reaction": _parse_reaction,
    "order": _parse_order,
    "system": _parse_system,
    "unsupported": _parse_unsupported,
    "revoke": _parse_revoked,
}


def list_files(raw: Json) -> list[File]:
    """Return the files that a message carries, also inside an edit, ready to be fetched."""
    content = parse_content(as_text(raw.get("type")), raw)
    while isinstance(content, Edited):
        content = content.content
    return [content] if isinstance(content, File) and content.id else []
