"""Templates taken apart, filled in and shown: pure functions over Meta's components (CLOUD-API 2.4, 2.6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from switchboard.cloudapi import payloads
from switchboard.templates.errors import BodyTooLongError, VariableMissingError
from switchboard.templates.types import Button, Preview, Shape, Variable

_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_SPACES = re.compile(r"\s+")
_LONGEST_BODY = 1024
_LONGEST_HEADER = 60


def parse_shape(components: Sequence[Mapping[str, Any]], parameter_format: str = "positional") -> Shape:
    """Take a template apart; components that Meta may add later are passed over."""
    parts = {str(component.get("type", "")).upper(): component for component in components}
    header, body, footer = parts.get("HEADER", {}), parts.get("BODY", {}), parts.get("FOOTER", {})
    buttons = tuple(_parse_button(button) for button in parts.get("BUTTONS", {}).get("buttons", ()))
    kind = str(header.get("format", "")).lower()
    header_text = str(header.get("text", "")) if kind == "text" else ""
    variables = [
        *_find_variables("header", header_text, _examples(header, "header_text")),
        *_find_variables("body", str(body.get("text", "")), _examples(body, "body_text")),
        *(
            Variable(f"button:{index}", "button", str(index))
            for index, button in enumerate(buttons)
            if _takes_value(button)
        ),
    ]
    return Shape(
        header=kind,
        header_text=header_text,
        body=str(body.get("text", "")),
        footer=str(footer.get("text", "")),
        buttons=buttons,
        variables=tuple(variables),
        is_named=parameter_format.lower() == "named",
    )


def _parse_button(button: Mapping[str, Any]) -> Button:
    return Button(str(button.get("type", "")).lower(), str(button.get("text", "")), str(button.get("url", "")))


def _takes_value(button: Button) -> bool:
    return (button.kind == "url" and bool(_PLACE.search(button.url))) or button.kind == "copy_code"


def _find_variables(part: str, text: str, examples: Mapping[str, str]) -> Iterator[Variable]:
    for name in dict.fromkeys(_PLACE.findall(text)):
        yield Variable(f"{part}:{name}", part, name, examples.get(name, ""))


def _examples(component: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the sample value of each place, from positional or named examples."""
    example = component.get("example") or {}
    named = example.get(f"{key}_named_params")
    if named:
        return {str(one.get("param_name", "")): str(one.get("example", "")) for one in named}
    values = example.get(key) or []
    if values and isinstance(values[0], list):
        values = values[0]
    return {str(index): str(value) for index, value in enumerate(values, start=1)}


def tidy_value(value: str) -> str:
    """Return a value as Meta takes it: one line, single spaces (it refuses line breaks, tabs and runs of spaces)."""
    return _SPACES.sub(" ", value).strip()


def build_components(
    shape: Shape, values: Mapping[str, str], *, media_id: str = "", file_name: str | None = None
) -> list[dict[str, Any]]:
    """Return the components of a template message.

    :raises VariableMissingError: a variable has no value.
    :raises BodyTooLongError: the filled-in body or header is longer than WhatsApp allows.
    """
    tidy = {key: tidy_value(value) for key, value in values.items()}
    missing = [variable.key for variable in shape.variables if not tidy.get(variable.key)]
    if shape.needs_media and not media_id:
        missing.append(f"header {shape.header}")
    if missing:
        raise VariableMissingError(missing)
    if (
        len(_fill("body", shape.body, tidy)) > _LONGEST_BODY
        or len(_fill("header", shape.header_text, tidy)) > _LONGEST_HEADER
    ):
        raise BodyTooLongError
    return list(_components(shape, tidy, media_id, file_name))


def _components(
    shape: Shape, values: Mapping[str, str], media_id: str, file_name: str | None
) -> Iterator[dict[str, Any]]:
    if shape.needs_media:
        yield payloads.build_media_header(
            shape.header, media_id, file_name=file_name if shape.header == "document" else None
        )
    by_part: dict[str, list[dict[str, Any]]] = {"header": [], "body": []}
    for variable in shape.variables:
        if variable.part in by_part:
            name = variable.name if shape.is_named else None
            by_part[variable.part].append(payloads.build_text_parameter(values[variable.key], name=name))
    if by_part["header"]:
        yield payloads.build_text_header(by_part["header"])
    if by_part["body"]:
        yield payloads.build_body(by_part["body"])
    for index, button in enumerate(shape.buttons):
        if button.kind == "url" and _takes_value(button):
            yield payloads.build_url_button(index, values[f"button:{index}"])
        elif button.kind == "copy_code":
            yield payloads.build_code_button(index, values[f"button:{index}"])


def render_preview(shape: Shape, values: Mapping[str, str]) -> Preview:
    """Return the message as the person would see it; a place without a value stays visible as it is."""
    tidy = {key: tidy_value(value) for key, value in values.items()}
    return Preview(
        header=shape.header,
        header_text=_fill("header", shape.header_text, tidy),
        body=_fill("body", shape.body, tidy),
        footer=shape.footer,
        buttons=shape.buttons,
    )


def _fill(part: str, text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(f"{part}:{place.group(1)}") or place.group(0), text)


def pick_language(wanted: str, available: Sequence[str], default: str) -> str:
    """Return the language to write in: the person's own where the template has it, else the default.

    "zh-Hans", "zh_CN" and "zh" find each other; an exact match goes before a relative.
    """
    key = _language_key(wanted)
    if not key:
        return default
    for language in available:
        if _language_key(language) == key:
            return language
    base = _base_language(wanted)
    relatives = [language for language in available if _base_language(language) == base]
    if default in relatives:
        return default
    return relatives[0] if relatives else default


_CHINESE = {"zh_hans": "zh_cn", "zh_sg": "zh_cn", "zh": "zh_cn", "zh_hant": "zh_tw", "zh_hk": "zh_hk"}
_TRADITIONAL = {"zh_tw", "zh_hk"}


def _language_key(language: str) -> str:
    key = language.strip().replace("-", "_").lower()
    return _CHINESE.get(key, key)


def _base_language(language: str) -> str:
    """Return the language without its region; traditional and simplified Chinese are two."""
    key = _language_key(language)
    return "zh_hant" if key in _TRADITIONAL else key.partition("_")[0]
