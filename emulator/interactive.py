"""Interactive messages: each kind's limits, and its parts as the phone shows them."""

from collections.abc import Callable
from typing import Any

from emulator.checks import Piece, list_objects, require_count, require_object, require_unique, take_text
from emulator.errors import GraphError
from emulator.views import Part, button

BODY_LONGEST, LIST_BODY_LONGEST, CARD_BODY_LONGEST = 1024, 4096, 160
BUTTON_LONGEST, BUTTONS_MOST, ROWS_MOST, CARDS_MOST = 20, 3, 10, 10
HEADER_MEDIA = ("image", "video", "document")
TEXT_HEADER_ONLY = {"list", "product_list"}
NO_HEADER = {"product", "location_request_message", "request_contact_info", "carousel", "call_permission_request"}
BODY_OPTIONAL = {"product"}
VOICE_CALL_MINUTES_MOST = 43_200
MediaSource = Callable[[str, dict[str, Any]], str]


def render(piece: Piece, media_source: MediaSource, *, phone: str) -> list[Part]:
    """Check one interactive message and return its parts.

    :raises GraphError: its kind is unknown, a part is missing, or a limit is broken.
    """
    kind = piece.get("type")
    if not isinstance(kind, str) or not kind:
        raise GraphError(131008, "interactive.type is required")
    if kind not in ACTIONS:
        raise GraphError(131009, f"interactive.type {kind} is not one of {', '.join(sorted(ACTIONS))}")
    if kind == "address_message" and not phone.startswith("91"):
        raise GraphError(131009, "address_message is for recipients in India only")
    action = require_object(piece, "action", "interactive.action")
    shown = _carousel(action, media_source) if kind == "carousel" else ACTIONS[kind](action)
    parts = _header(kind, piece.get("header"), media_source) if piece.get("header") is not None else []
    longest = LIST_BODY_LONGEST if kind == "list" else BODY_LONGEST
    parts += _words(piece, "body", longest, required=kind not in BODY_OPTIONAL)
    if piece.get("footer") is not None and kind == "carousel":
        raise GraphError(131009, "A carousel has no footer")
    return parts + _words(piece, "footer", 60, required=False) + shown


def _words(piece: Piece, name: str, longest: int, *, required: bool) -> list[Part]:
    part = piece.get(name)
    if part is None and not required:
        return []
    if part is None:
        raise GraphError(131008, f"interactive.{name}.text is required")
    return [Part(name, take_text(part, "text", f"interactive.{name}", longest=longest))]


def _header(kind: str, header: object, media_source: MediaSource) -> list[Part]:
    if kind in NO_HEADER:
        raise GraphError(131009, f"interactive {kind} has no header")
    if not isinstance(header, dict):
        raise GraphError(100, message="(#100) interactive.header must be an object.")
    form = header.get("type")
    if form == "text":
        return [Part("header", take_text(header, "text", "interactive.header", longest=60))]
    if form not in HEADER_MEDIA or kind in TEXT_HEADER_ONLY:
        raise GraphError(131009, f"interactive.header.type {form} is not allowed for {kind}")
    media = require_object(header, form, f"interactive.header.{form}")
    return [Part(form, media_source(form, media), str(media.get("filename", "")))]


def _reply_buttons(action: Piece, *, most: int = BUTTONS_MOST) -> list[Part]:
    buttons = list_objects(action, "buttons")
    require_count(buttons, "interactive.action.buttons", least=1, most=most)
    parts = []
    for each in buttons:
        reply = each.get("reply") if each.get("type", "reply") == "reply" else each.get("quick_reply")
        title = take_text(reply, "title", "reply", longest=BUTTON_LONGEST)
        parts.append(button("reply", title, take_text(reply, "id", "reply", longest=256)))
    require_unique([part.text for part in parts], "Button titles")
    require_unique([part.data for part in parts], "Button ids")
    return parts


def _list(action: Piece) -> list[Part]:
    parts = [Part("list", take_text(action, "button", "interactive.action", longest=BUTTON_LONGEST))]
    sections = list_objects(action, "sections")
    require_count(sections, "interactive.action.sections", least=1, most=10)
    ids: list[str] = []
    for section in sections:
        title = take_text(section, "title", "section", longest=24, required=len(sections) > 1)
        parts.append(Part("section", title))
        for row in list_objects(section, "rows"):
            ids.append(take_text(row, "id", "row", longest=200))
            description = take_text(row, "description", "row", longest=72, required=False)
            parts.append(Part("row", take_text(row, "title", "row", longest=24), f"{ids[-1]}|{description}"))
    if not 1 <= len(ids) <= ROWS_MOST:
        raise GraphError(131009, f"A list has 1 to {ROWS_MOST} rows in total, this one has {len(ids)}")
    require_unique(ids, "Row ids")
    return parts


def _parameters(action: Piece, name: str) -> Piece:
    _named(action, name)
    return require_object(action, "parameters", "interactive.action.parameters")


def _named(action: Piece, name: str) -> None:
    if action.get("name") != name:
        raise GraphError(131009, f"interactive.action.name must be {name}")


def _cta_url(action: Piece) -> list[Part]:
    parameters = _parameters(action, "cta_url")
    url = take_text(parameters, "url", "parameters", longest=2000)
    if not url.startswith(("http://", "https://")):
        raise GraphError(131009, "parameters.url must begin with http:// or https://")
    return [button("url", take_text(parameters, "display_text", "parameters", longest=BUTTON_LONGEST), url)]


def _flow(action: Piece) -> list[Part]:
    parameters = _parameters(action, "flow")
    if bool(parameters.get("flow_id")) == bool(parameters.get("flow_name")):
        raise GraphError(131009, "Give exactly one of flow_id and flow_name")
    if str(parameters.get("flow_message_version", "")) != "3":
        raise GraphError(131009, "parameters.flow_message_version must be 3")
    payload = parameters.get("flow_action_payload")
    if isinstance(payload, dict) and "data" in payload and not (isinstance(payload["data"], dict) and payload["data"]):
        raise GraphError(131009, "flow_action_payload.data must be an object with at least one entry")
    token = take_text(parameters, "flow_token", "parameters", longest=1000, required=False) or "unused"
    return [button("flow", take_text(parameters, "flow_cta", "parameters", longest=30), token)]


def _product(action: Piece) -> list[Part]:
    catalog = take_text(action, "catalog_id", "interactive.action", longest=256)
    item = take_text(action, "product_retailer_id", "interactive.action", longest=256)
    return [Part("product", item, catalog), button("product", "View", item)]


def _product_list(action: Piece) -> list[Part]:
    take_text(action, "catalog_id", "interactive.action", longest=256)
    sections = list_objects(action, "sections")
    require_count(sections, "interactive.action.sections", least=1, most=10)
    items = []
    for section in sections:
        take_text(section, "title", "section", longest=24, required=len(sections) > 1)
        items += [
            take_text(i, "product_retailer_id", "item", longest=256) for i in list_objects(section, "product_items")
        ]
    if not 1 <= len(items) <= 30:
        raise GraphError(131009, f"A product list has 1 to 30 products, this one has {len(items)}")
    return [button("product", "View items", items[0])]


def _catalog(action: Piece) -> list[Part]:
    _named(action, "catalog_message")
    return [button("catalog", "View catalog")]


def _address(action: Piece) -> list[Part]:
    if _parameters(action, "address_message").get("country") != "IN":
        raise GraphError(131009, "parameters.country must be IN")
    return [button("address", "Provide address")]


def _voice_call(action: Piece) -> list[Part]:
    _named(action, "voice_call")
    parameters = action.get("parameters") or {}
    minutes = parameters.get("ttl_minutes", 10_080) if isinstance(parameters, dict) else 0
    if not isinstance(minutes, int) or not 1 <= minutes <= VOICE_CALL_MINUTES_MOST:
        raise GraphError(131009, f"parameters.ttl_minutes must be 1 to {VOICE_CALL_MINUTES_MOST}")
    take_text(parameters, "payload", "parameters", longest=512, required=False)
    text = take_text(parameters, "display_text", "parameters", longest=BUTTON_LONGEST, required=False)
    return [button("call", text or "Call now")]


def _order(action: Piece) -> list[Part]:
    if action.get("name") not in ("review_and_pay", "review_order"):
        raise GraphError(131009, "interactive.action.name must be review_and_pay or review_order")
    parameters = require_object(action, "parameters", "interactive.action.parameters")
    return [button("order", "Review order", take_text(parameters, "reference_id", "parameters", longest=35))]


def _carousel(action: Piece, media_source: MediaSource) -> list[Part]:
    cards = list_objects(action, "cards")
    require_count(cards, "interactive.action.cards", least=2, most=CARDS_MOST)
    if [card.get("card_index") for card in cards] != list(range(len(cards))):
        raise GraphError(131009, "card_index must count from 0 without gaps")
    shapes = set()
    parts: list[Part] = []
    for card in cards:
        shown = _card(card, media_source)
        shapes.add(tuple((part.kind, part.data.partition("|")[0] if part.kind == "button" else "") for part in shown))
        parts += [Part("card", str(card["card_index"])), *shown]
    if len(shapes) > 1:
        raise GraphError(131009, "All cards must have the same kind of header and the same set of buttons")
    return parts


def _card(card: Piece, media_source: MediaSource) -> list[Part]:
    action = require_object(card, "action", "card.action")
    if card.get("type") == "product":
        return [Part("product", _product(action)[0].text), button("product", "View")]
    header = require_object(card, "header", "card.header")
    form = header.get("type")
    if form not in ("image", "video"):
        raise GraphError(131009, "card.header.type must be image or video")
    parts = [Part(form, media_source(form, require_object(header, form, f"card.header.{form}")))]
    if card.get("body") is not None:
        text = take_text(card["body"], "text", "card.body", longest=CARD_BODY_LONGEST)
        if text.count("\n") > 2:
            raise GraphError(131009, "card.body.text has at most 2 line breaks")
        parts.append(Part("body", text))
    return parts + (_cta_url(action) if action.get("name") == "cta_url" else _reply_buttons(action))


def _just(name: str, kind: str, text: str) -> Callable[[Piece], list[Part]]:
    """Return the check of an action that is nothing but its name."""

    def check(action: Piece) -> list[Part]:
        _named(action, name)
        return [button(kind, text)]

    return check


ACTIONS: dict[str, Callable[[Piece], list[Part]]] = {
    "button": _reply_buttons,
    "list": _list,
    "cta_url": _cta_url,
    "location_request_message": _just("send_location", "location", "Send location"),
    "request_contact_info": _just("request_contact_info", "contact", "Share contact info"),
    "flow": _flow,
    "product": _product,
    "product_list": _product_list,
    "catalog_message": _catalog,
    "carousel": lambda action: [],
    "address_message": _address,
    "call_permission_request": _just("call_permission_request", "permission", "Allow calls"),
    "voice_call": _voice_call,
    "order_details": _order,
    "order_status": _order,
}
