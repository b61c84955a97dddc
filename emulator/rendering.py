"""A template send: the checks Meta makes at once, and the text the person will see."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from emulator.errors import GraphError
from emulator.templates import Button, Parts, Template, TemplateShelf, Text

BODY_LONGEST = 1024
HEADER_LONGEST = 60
MEDIA_HEADERS = {"IMAGE", "VIDEO", "DOCUMENT", "GIF"}
TEXT_KINDS = {"text", "currency", "date_time"}
UNSENDABLE = {"PAUSED": 132015, "DISABLED": 132016}
Component = dict[str, Any]
MediaSource = Callable[[dict[str, Any]], str]
BAD_SPACE = re.compile(r"[\n\t]| {5}")


class Rendered(NamedTuple):
    """What arrives on the phone, and the quick replies the person may tap as (text, payload)."""

    text: str
    quick_replies: tuple[tuple[str, str], ...] = ()


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
    if template.status != "APPROVED":
        reason = f"template {name} in {code} has status {template.status}"
        raise GraphError(UNSENDABLE.get(template.status, 132001), reason)
    return template


def render_template(template: Template, message: dict[str, Any], media_source: MediaSource) -> Rendered:
    """Check a send's components against the template and return what the person sees.

    :raises GraphError: counts, kinds or lengths do not fit.
    """
    header, body, buttons = _sort_components(template.parts, list_objects(message, "components"))
    lines = [_render_header(template, header, media_source)]
    text = _fill(template, template.parts.body, body, "body")
    if len(text) > BODY_LONGEST:
        raise GraphError(132005, f"body: {len(text)} characters, at most {BODY_LONGEST}")
    lines += [text, template.parts.footer]
    quick_replies = []
    for index, button in enumerate(template.parts.buttons):
        value = _check_button(index, button, buttons.get(index))
        lines.append(f"[{button.text}]")
        if button.kind == "QUICK_REPLY":
            quick_replies.append((button.text, value or button.text))
    return Rendered("\n".join(line for line in lines if line), tuple(quick_replies))


def list_objects(container: dict[str, Any], key: str) -> list[Component]:
    """Return a list of objects under a key, empty when absent.

    :raises GraphError: it is something else.
    """
    value = container.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise GraphError(100, f"{key} must be a list of objects")
    return value


def _sort_components(
    parts: Parts, components: list[Component]
) -> tuple[list[Component], list[Component], dict[int, Component]]:
    header: list[Component] = []
    body: list[Component] = []
    buttons: dict[int, Component] = {}
    for component in components:
        kind = str(component.get("type", "")).lower()
        if kind == "header":
            header = list_objects(component, "parameters")
        elif kind == "body":
            body = list_objects(component, "parameters")
        elif kind == "button":
            buttons[_button_index(component, parts)] = component
        elif kind == "carousel" and len(list_objects(component, "cards")) != parts.card_count:
            raise GraphError(132012, f"carousel: expected {parts.card_count} cards")
        elif kind not in {"carousel", "limited_time_offer", "tap_target_configuration", "footer"}:
            raise GraphError(100, f"Unexpected component type {kind!r}")
    return header, body, buttons


def _button_index(component: Component, parts: Parts) -> int:
    index = str(component.get("index", ""))
    if not index.isdecimal() or int(index) >= len(parts.buttons):
        raise GraphError(132018, f"buttons: there is no button at index {index or '(missing)'}")
    return int(index)


def _render_header(template: Template, parameters: list[Component], media_source: MediaSource) -> str:
    kind = template.parts.header_format
    if kind in MEDIA_HEADERS or kind == "LOCATION":
        received = str(parameters[0].get("type", "unknown")).upper() if parameters else "UNKNOWN"
        if len(parameters) != 1 or received != kind:
            raise GraphError(132012, f"header: Format mismatch, expected {kind}, received {received}")
        return _media_line(kind, parameters[0].get(kind.lower()), media_source)
    text = _fill(template, template.parts.header, parameters, "header")
    if len(text) > HEADER_LONGEST:
        raise GraphError(132005, f"header: {len(text)} characters, at most {HEADER_LONGEST}")
    return text


def _media_line(kind: str, media: object, media_source: MediaSource) -> str:
    if not isinstance(media, dict):
        raise GraphError(131008, f"header: {kind.lower()} object is missing")
    if kind == "LOCATION":
        return f"[location {media.get('latitude')},{media.get('longitude')}]"
    return f"[{kind.lower()} {media_source(media)}]"


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


def _check_button(index: int, button: Button, component: Component | None) -> str:
    """Return the button's parameter value, "" when it has none and needs none."""
    parameters = list_objects(component or {}, "parameters")
    if not parameters:
        if button.has_variable:
            raise GraphError(131008, f"buttons: Button at index {index} of type {button.kind} requires a parameter")
        return ""
    kind = str(parameters[0].get("type", ""))
    value = parameters[0].get(kind)
    if button.kind == "QUICK_REPLY" and kind not in {"payload", "text"}:
        raise GraphError(132012, f"buttons: Button at index {index} expects a payload")
    if button.kind == "URL" and not button.has_variable:
        raise GraphError(132018, f"buttons: Button at index {index} takes no parameter")
    return value if isinstance(value, str) else ""
