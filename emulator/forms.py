"""What a new or edited template must look like before Meta takes it in for review."""

import re
from collections import Counter
from typing import Any

from emulator.checks import list_objects
from emulator.errors import GraphError

Form = dict[str, Any]
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
NAME = re.compile(r"[a-z0-9_]{1,512}")
NAMED_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")
ADJACENT = re.compile(r"\}\}\s*\{\{")
CATEGORIES = {"MARKETING", "UTILITY", "AUTHENTICATION"}
COMPONENTS = {"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"}
HEADER_FORMATS = {"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION", "PRODUCT"}
SAMPLED = {"IMAGE", "VIDEO", "DOCUMENT", "GIF"}
BUTTON_MOST = {
    "QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1, "SPM": 1,
    "OTP": 1, "VOICE_CALL": 1, "APP": 1, "CALL_PERMISSION_REQUEST": 1, "REQUEST_CONTACT_INFO": 1,
}  # fmt: skip
TTL_SECONDS = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
# Meta's subcodes, by what is wrong.
SYNTAX, TOO_LONG, HEADER, BODY, FOOTER, RATIO, EDGE = 2388039, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299
# Fewer words than this for each variable, and nobody can judge what a template will say.
WORDS_PER_VARIABLE = 2


def refuse(details: str, subcode: int = 0) -> GraphError:
    return GraphError(100, details, subcode=subcode)


def check_form(form: Form) -> None:
    """Check a whole new template.

    :raises GraphError: something is missing or breaks a rule; the subcode says what kind of thing.
    """
    if not NAME.fullmatch(str(form.get("name", ""))):
        raise refuse("name must be 1 to 512 characters of a-z, 0-9 and _")
    if not form.get("language") or str(form.get("category", "")).upper() not in CATEGORIES:
        raise refuse("language and category (MARKETING, UTILITY or AUTHENTICATION) are required")
    check_content(form)


def check_content(form: Form) -> None:
    """Check components, variables and time to live of a new or edited template.

    :raises GraphError: something is missing or breaks a rule.
    """
    category = str(form.get("category", "")).upper()
    is_named = str(form.get("parameter_format", "")).upper() == "NAMED"
    components = list_objects(form, "components")
    by_kind = {str(component.get("type", "")).upper(): component for component in components}
    if len(by_kind) != len(components) or not set(by_kind) <= COMPONENTS:
        raise refuse(f"components must be different ones of {', '.join(sorted(COMPONENTS))}")
    _check_ttl(category, form.get("message_send_ttl_seconds"))
    if category == "AUTHENTICATION":
        _check_authentication(by_kind)
        return
    has_offer = "LIMITED_TIME_OFFER" in by_kind
    _check_body(by_kind.get("BODY"), is_named=is_named, longest=600 if has_offer else 1024)
    if "HEADER" in by_kind:
        _check_header(by_kind["HEADER"], is_named=is_named)
    if "FOOTER" in by_kind:
        _check_footer(by_kind["FOOTER"])
    _check_buttons(list_objects(by_kind.get("BUTTONS", {}), "buttons"))
    if has_offer:
        _check_offer(by_kind, category)
    if "CAROUSEL" in by_kind:
        _check_cards(list_objects(by_kind["CAROUSEL"], "cards"))


def _check_ttl(category: str, seconds: object) -> None:
    if seconds is None or (seconds == -1 and category != "MARKETING"):
        return
    least, most = TTL_SECONDS.get(category, (30, 2_592_000))
    if not isinstance(seconds, int) or not least <= seconds <= most:
        raise refuse(f"message_send_ttl_seconds must be {least} to {most} for {category}")


def _text(component: Form, key: str, longest: int, subcode: int) -> str:
    text = component.get(key)
    if not isinstance(text, str) or not text.strip():
        raise refuse(f"{component.get('type')}: text is required", subcode)
    if len(text) > longest:
        raise refuse(f"{component.get('type')}: {len(text)} characters, at most {longest}", TOO_LONG)
    return text


def _variables(text: str, *, is_named: bool) -> list[str]:
    """Return the variables of a text, checked for their form and order."""
    variables = VARIABLE.findall(text)
    if text.count("{{") != len(variables):
        raise refuse("A variable is written {{1}} or {{lower_case}}", SYNTAX)
    if is_named and not all(NAMED_VARIABLE.fullmatch(name) for name in variables):
        raise refuse("Named variables are lower-case letters, digits and _", SYNTAX)
    if not is_named and list(dict.fromkeys(variables)) != [str(n + 1) for n in range(len(set(variables)))]:
        raise refuse("Variables must count {{1}}, {{2}}, … in order", SYNTAX)
    return list(dict.fromkeys(variables))


def _check_body(component: Form | None, *, is_named: bool, longest: int) -> None:
    if component is None:
        raise refuse("A BODY component with text is required", 2388043)
    text = _text(component, "text", longest, BODY)
    variables = _variables(text, is_named=is_named)
    stripped = text.strip()
    if variables and (stripped.startswith("{{") or stripped.endswith("}}")):
        raise refuse("Variables can't be at the start or end of the template", EDGE)
    if ADJACENT.search(text):
        raise refuse("Two variables must not stand side by side", SYNTAX)
    letters = len(VARIABLE.sub("", text).split()) + len(re.findall(r"[^\x00-\x7f]", text)) // 2
    if letters < WORDS_PER_VARIABLE * len(variables):
        raise refuse("This template has too many variables for its length", RATIO)
    if variables and not component.get("example"):
        raise refuse("BODY: variables need an example", BODY)


def _check_header(component: Form, *, is_named: bool) -> None:
    form = str(component.get("format", "")).upper()
    if form not in HEADER_FORMATS:
        raise refuse(f"HEADER: format {form or '(missing)'} is not known", HEADER)
    if form == "TEXT":
        variables = _variables(_text(component, "text", 60, HEADER), is_named=is_named)
        if len(variables) > 1 or (variables and not component.get("example")):
            raise refuse("HEADER: one variable at most, with an example", HEADER)
    if form in SAMPLED:
        example = component.get("example")
        handles = example.get("header_handle") if isinstance(example, dict) else None
        if not isinstance(handles, list) or not handles:
            raise refuse(f"HEADER: {form} needs example.header_handle", HEADER)


def _check_footer(component: Form) -> None:
    if "{{" in _text(component, "text", 60, FOOTER):
        raise refuse("FOOTER: variables are not allowed", FOOTER)


def _check_buttons(buttons: list[Form], *, most: int = 10) -> None:
    kinds = [str(button.get("type", "")).upper() for button in buttons]
    if len(buttons) > most:
        raise refuse(f"BUTTONS: {len(buttons)} given, at most {most}")
    for kind, count in Counter(kinds).items():
        if count > BUTTON_MOST.get(kind, 0):
            raise refuse(f"BUTTONS: {count} of type {kind}, at most {BUTTON_MOST.get(kind, 0)}")
    places = [place for place, kind in enumerate(kinds) if kind == "QUICK_REPLY"]
    if places and places[-1] - places[0] >= len(places):
        raise refuse("BUTTONS: quick replies must stand together")
    for kind, button in zip(kinds, buttons, strict=True):
        _check_button(kind, button)


def _check_button(kind: str, button: Form) -> None:
    text = button.get("text", "")
    if kind in {"QUICK_REPLY", "URL", "PHONE_NUMBER"} and (not isinstance(text, str) or not 1 <= len(text) <= 25):
        raise refuse(f"BUTTONS: the text of a {kind} button has 1 to 25 characters")
    if kind == "URL":
        url = str(button.get("url", ""))
        variables = VARIABLE.findall(url)
        if not url.startswith(("http://", "https://")) or len(url) > 2000:
            raise refuse("BUTTONS: url must begin with http:// or https:// and have at most 2000 characters")
        if variables and (len(variables) > 1 or not url.endswith("}}") or not button.get("example")):
            raise refuse("BUTTONS: url takes one variable, at its end, with an example")
    if kind == "PHONE_NUMBER" and not 1 <= len(str(button.get("phone_number", ""))) <= 20:
        raise refuse("BUTTONS: phone_number has 1 to 20 characters")
    if kind == "COPY_CODE":
        example = button.get("example")
        code = example[0] if isinstance(example, list) and example else example
        if not isinstance(code, str) or not 1 <= len(code) <= 15:
            raise refuse("BUTTONS: COPY_CODE needs an example of 1 to 15 characters")


def _check_offer(by_kind: dict[str, Form], category: str) -> None:
    offer = by_kind["LIMITED_TIME_OFFER"].get("limited_time_offer")
    if category != "MARKETING" or "FOOTER" in by_kind:
        raise refuse("A limited-time offer belongs to MARKETING and has no footer")
    if not isinstance(offer, dict) or not 1 <= len(str(offer.get("text", ""))) <= 16:
        raise refuse("LIMITED_TIME_OFFER: text has 1 to 16 characters")
    if str(by_kind.get("HEADER", {}).get("format", "")).upper() not in {"IMAGE", "VIDEO"}:
        raise refuse("A limited-time offer needs an IMAGE or VIDEO header", HEADER)
    kinds = [str(button.get("type", "")).upper() for button in list_objects(by_kind.get("BUTTONS", {}), "buttons")]
    if "COPY_CODE" in kinds[1:] or "URL" not in kinds:
        raise refuse("A limited-time offer needs a URL button; COPY_CODE comes before it")


def _check_cards(cards: list[Form]) -> None:
    if not 2 <= len(cards) <= 10:
        raise refuse(f"CAROUSEL: {len(cards)} cards, 2 to 10 allowed")
    if len({_card_shape(card) for card in cards}) != 1:
        raise refuse("CAROUSEL: all cards must have the same components and buttons")


def _card_shape(card: Form) -> tuple[object, ...]:
    shape: list[object] = []
    for component in list_objects(card, "components"):
        kind = str(component.get("type", "")).upper()
        buttons = list_objects(component, "buttons")
        if kind == "HEADER" and str(component.get("format", "")).upper() not in {"IMAGE", "VIDEO", "PRODUCT"}:
            raise refuse("CAROUSEL: a card's header is IMAGE, VIDEO or PRODUCT", HEADER)
        if kind == "BODY":
            _text(component, "text", 160, BODY)
        _check_buttons(buttons, most=2)
        kinds = tuple(str(button.get("type", "")).upper() for button in buttons)
        shape.append((kind, str(component.get("format", "")).upper(), kinds))
    return tuple(shape)


def _check_authentication(by_kind: dict[str, Form]) -> None:
    buttons = list_objects(by_kind.get("BUTTONS", {}), "buttons")
    if [str(button.get("type", "")).upper() for button in buttons] != ["OTP"]:
        raise refuse("An AUTHENTICATION template has exactly one OTP button")
    if str(buttons[0].get("otp_type", "")).upper() not in {"COPY_CODE", "ONE_TAP", "ZERO_TAP"}:
        raise refuse("otp_type must be copy_code, one_tap or zero_tap")
    if set(by_kind) - {"BODY", "FOOTER", "BUTTONS"} or by_kind.get("BODY", {}).get("text"):
        raise refuse("The words of an AUTHENTICATION template are Meta's own; it has no header")
    minutes = by_kind.get("FOOTER", {}).get("code_expiration_minutes", 1)
    if not isinstance(minutes, int) or not 1 <= minutes <= 90:
        raise refuse("code_expiration_minutes must be 1 to 90")
