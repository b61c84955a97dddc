"""A template send: the checks Meta makes at once, and the parts the person will see."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from emulator.checks import list_objects
from emulator.content import read_place
from emulator.errors import GraphError
from emulator.templates import Button, Parts, Template, TemplateShelf, Text
from emulator.views import Part, button, plain

BODY_LONGEST = 1024
CARD_BODY_LONGEST = 160
HEADER_LONGEST = 60
CODE_LONGEST = 15
MEDIA_HEADERS = {"IMAGE", "VIDEO", "DOCUMENT", "GIF"}
TEXT_KINDS = {"text", "currency", "date_time"}
UNSENDABLE = {"PAUSED": 132015, "DISABLED": 132016}
SUB_TYPES = {"OTP": "URL", "VOICE_CALL": "VOICE_CALL"}
# How a tap on a template's button shows on the phone.
TAPS = {"QUICK_REPLY": "quick_reply", "URL": "url", "PHONE_NUMBER": "phone", "COPY_CODE": "copy", "OTP": "copy"}
Component = dict[str, Any]
MediaSource = Callable[[str, dict[str, Any]], str]
BAD_SPACE = re.compile(r"[\n\t]| {5}")


class Rendered(NamedTuple):
    """What arrives on the phone, and the quick replies the person may tap as (text, payload)."""

    parts: list[Part]
    quick_replies: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return plain(self.parts)


class Sorted(NamedTuple):
    """A send's components by their place."""

    header: list[Component]
    body: list[Component]
    buttons: dict[int, Component]
    offer: list[Component]
    cards: list[Component]


def find_sendable(shelf: TemplateShelf, message: dict[str, Any]) -> Template:
    """Return the approved template that a send names.

    :raises GraphError: it does not exist in that language, or is not approved, paused or disabled.
    """
    language = message.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    name = message.get("name")
    if not isinstance(name, str) or not isinstance(code, str):
        raise GraphError(131008, "template name and language code are required")
    template = shelf.by_key.get((name, code.replace("-", "_")))
    if template is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {code}")
    if template.status != "APPROVED" and not template.stays_usable:
        reason = f"template {name} in {code} has status {template.status}"
        raise GraphError(UNSENDABLE.get(template.status, 132001), reason)
    return template


def render_template(template: Template, message: dict[str, Any], media_source: MediaSource) -> Rendered:
    """Check a send's components against the template and return what the person sees.

    :raises GraphError: counts, kinds or lengths do not fit.
    """
    sent = _sort_components(template.parts, list_objects(message, "components"))
    parts, quick_replies = _render_parts(template, template.parts, sent, media_source, longest=BODY_LONGEST)
    _check_codes(template, sent)
    for index, card in enumerate(_cards_in_order(template.parts, sent.cards)):
        shape = template.parts.cards[index]
        sent_card = _sort_components(shape, list_objects(card, "components"))
        shown, replies = _render_parts(template, shape, sent_card, media_source, longest=CARD_BODY_LONGEST)
        parts += [Part("card", str(index)), *shown]
        quick_replies += replies
    return Rendered(parts, tuple(quick_replies))


def _render_parts(
    template: Template, shape: Parts, sent: Sorted, media_source: MediaSource, *, longest: int
) -> tuple[list[Part], list[tuple[str, str]]]:
    parts = _render_header(template, shape, sent.header, media_source)
    if shape.offer or sent.offer:
        parts.append(_offer(shape, sent.offer))
    text = _fill(template, shape.body, sent.body, "body")
    if len(text) > longest:
        raise GraphError(132005, f"body: {len(text)} characters, at most {longest}")
    parts.append(Part("body", text))
    if shape.footer:
        parts.append(Part("footer", shape.footer))
    quick_replies = []
    for index, each in enumerate(shape.buttons):
        value = _check_button(index, each, sent.buttons.get(index))
        parts.append(_show_button(each, value))
        if each.kind == "QUICK_REPLY":
            quick_replies.append((each.text, value or each.text))
    return parts, quick_replies


def _sort_components(shape: Parts, components: list[Component]) -> Sorted:
    sent = Sorted([], [], {}, [], [])
    for component in components:
        kind = str(component.get("type", "")).lower()
        if kind == "header":
            sent.header.extend(list_objects(component, "parameters"))
        elif kind == "body":
            sent.body.extend(list_objects(component, "parameters"))
        elif kind == "button":
            sent.buttons[_button_index(component, shape)] = component
        elif kind == "carousel":
            sent.cards.extend(list_objects(component, "cards"))
        elif kind == "limited_time_offer":
            sent.offer.extend(list_objects(component, "parameters"))
        elif kind not in {"tap_target_configuration", "footer"}:
            raise GraphError(100, f"Unexpected component type {kind!r}")
    return sent


def _cards_in_order(shape: Parts, cards: list[Component]) -> list[Component]:
    """Return the cards of a send by their index.

    :raises GraphError: there are not exactly as many as the template has.
    """
    if len(cards) != len(shape.cards):
        raise GraphError(132012, f"carousel: expected {len(shape.cards)} cards, received {len(cards)}")
    ordered = sorted(cards, key=lambda card: str(card.get("card_index")))
    if len(cards) <= 10 and [str(card.get("card_index")) for card in ordered] != [str(n) for n in range(len(cards))]:
        raise GraphError(132012, "carousel: card_index must count from 0 without gaps")
    return ordered


def _button_index(component: Component, shape: Parts) -> int:
    index = str(component.get("index", ""))
    if not index.isdecimal() or int(index) >= len(shape.buttons):
        raise GraphError(132018, f"buttons: there is no button at index {index or '(missing)'}")
    wanted = shape.buttons[int(index)].kind
    given = str(component.get("sub_type", wanted)).upper()
    if given != SUB_TYPES.get(wanted, wanted):
        raise GraphError(132018, f"buttons: the button at index {index} is a {wanted}, not a {given}")
    return int(index)


def _render_header(
    template: Template, shape: Parts, parameters: list[Component], media_source: MediaSource
) -> list[Part]:
    kind = shape.header_format
    if kind in MEDIA_HEADERS or kind in {"LOCATION", "PRODUCT"}:
        received = str(parameters[0].get("type", "unknown")).upper() if parameters else "UNKNOWN"
        if len(parameters) != 1 or received != kind:
            raise GraphError(132012, f"header: Format mismatch, expected {kind}, received {received}")
        return [_media_part(kind, parameters[0].get(kind.lower()), media_source)]
    text = _fill(template, shape.header, parameters, "header")
    if len(text) > HEADER_LONGEST:
        raise GraphError(132005, f"header: {len(text)} characters, at most {HEADER_LONGEST}")
    return [Part("header", text)] if text else []


def _media_part(kind: str, media: object, media_source: MediaSource) -> Part:
    if not isinstance(media, dict):
        raise GraphError(131008, f"header: {kind.lower()} object is missing")
    if kind == "LOCATION":
        latitude, longitude = read_place(media, "header location")
        return Part("location", f"{latitude},{longitude}", str(media.get("name", "")))
    if kind == "PRODUCT":
        return Part("product", str(media.get("product_retailer_id", "")))
    return Part(kind.lower(), media_source(kind.lower(), media), str(media.get("filename", "")))


def _offer(shape: Parts, parameters: list[Component]) -> Part:
    """Check when a limited-time offer ends: milliseconds since 1970, only where the template counts down."""
    if not shape.offer:
        raise GraphError(132012, "limited_time_offer: the template has none")
    if not shape.has_expiration and not parameters:
        return Part("offer", shape.offer)
    offer = parameters[0].get("limited_time_offer") if parameters else None
    ends_at = offer.get("expiration_time_ms") if isinstance(offer, dict) else None
    if not isinstance(ends_at, int):
        raise GraphError(131008, "limited_time_offer: expiration_time_ms is required")
    if ends_at < 10**12:
        raise GraphError(131009, "limited_time_offer: expiration_time_ms must be in milliseconds")
    return Part("offer", shape.offer, str(ends_at))


def _fill(template: Template, text: Text, parameters: list[Component], place: str) -> str:
    """Fill a text's variables from the parameters, in order or by name."""
    expected = len(dict.fromkeys(text.variables))
    if len(parameters) != expected:
        details = f"{place}: number of localizable_params ({len(parameters)}) does not match the expected number of params ({expected})"
        raise GraphError(132000, details)
    if not expected:
        return text.pieces[0]
    values: dict[str, str] = {}
    for position, parameter in enumerate(parameters, start=1):
        name = str(parameter.get("parameter_name", "")) if template.is_named else str(position)
        values[name] = _parameter_text(parameter, place)
    if missing := [variable for variable in text.variables if variable not in values]:
        raise GraphError(100, f"{place}: Parameter name is missing or unknown, expected {missing[0]}")
    return text.fill(values)


def _parameter_text(parameter: Component, place: str) -> str:
    kind = str(parameter.get("type", "")).lower()
    if kind not in TEXT_KINDS:
        raise GraphError(132012, f"{place}: Format mismatch, expected TEXT, received {kind.upper() or 'UNKNOWN'}")
    value = parameter.get("text")
    if kind != "text":
        typed = parameter.get(kind)
        value = typed.get("fallback_value") if isinstance(typed, dict) else None
    if not isinstance(value, str) or not value:
        raise GraphError(131008, f"{place}: Parameter of type {kind} is missing its value")
    if BAD_SPACE.search(value):
        raise GraphError(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return value


def _check_button(index: int, shape: Button, component: Component | None) -> str:
    """Return the button's parameter value, "" when it has none and needs none."""
    parameters = list_objects(component or {}, "parameters")
    if not parameters:
        if shape.has_variable:
            raise GraphError(131008, f"buttons: Button at index {index} of type {shape.kind} requires a parameter")
        return ""
    kind = str(parameters[0].get("type", ""))
    value = parameters[0].get(kind)
    if shape.kind == "QUICK_REPLY" and kind not in {"payload", "text"}:
        raise GraphError(132012, f"buttons: Button at index {index} expects a payload")
    if shape.kind == "URL" and not shape.has_variable:
        raise GraphError(132018, f"buttons: Button at index {index} takes no parameter")
    if shape.kind in {"URL", "OTP"} and (kind != "text" or not isinstance(value, str) or not value):
        raise GraphError(131008, f"buttons: Button at index {index} needs the end of its address as text")
    if shape.kind == "COPY_CODE":
        return _coupon_code(index, kind, value)
    if shape.kind == "MPM" and not (isinstance(value, dict) and list_objects(value, "sections")):
        raise GraphError(131008, f"buttons: Button at index {index} needs an action with sections")
    return value if isinstance(value, str) else ""


def _coupon_code(index: int, kind: str, value: object) -> str:
    if kind != "coupon_code" or not isinstance(value, str) or not value:
        raise GraphError(132012, f"buttons: Button at index {index} expects a coupon_code")
    if len(value) > CODE_LONGEST or not value.isalnum():
        raise GraphError(132018, f"buttons: a coupon code is 1 to {CODE_LONGEST} letters and digits")
    return value


def _check_codes(template: Template, sent: Sorted) -> None:
    """Check that an authentication message carries one code of at most 15 characters, in body and button alike."""
    if template.category != "AUTHENTICATION" or not sent.body:
        return
    codes = {str(sent.body[0].get("text", ""))}
    for component in sent.buttons.values():
        codes |= {str(parameter.get("text", "")) for parameter in list_objects(component, "parameters")}
    if len(codes) > 1:
        raise GraphError(132018, "The code in the body and the code in the button must be the same")
    if len(codes.pop()) > CODE_LONGEST:
        raise GraphError(132005, f"A code has at most {CODE_LONGEST} characters")


def _show_button(shape: Button, value: str) -> Part:
    kind = TAPS.get(shape.kind, shape.kind.lower())
    target = shape.target
    if target.variables:
        return button(kind, shape.text, target.fill(dict.fromkeys(target.variables, value)))
    return button(kind, shape.text, value or target.pieces[0] or (shape.text if kind == "quick_reply" else ""))
