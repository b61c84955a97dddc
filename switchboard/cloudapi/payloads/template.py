"""Templates filled in: typed contents, and the components they are made of."""

import string
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from switchboard.cloudapi import limits
from switchboard.cloudapi.payloads.media import Document, Image, Video
from switchboard.cloudapi.payloads.text import Location

LONGEST_NAME = 512
LONGEST_VALUE = 1024
LONGEST_HEADER_VALUE = 60
LONGEST_CODE = 15
MOST_BUTTONS = 10
MOST_VALUES = 100
LONGEST_CALL_MINUTES = 43_200
_NAME_CHARACTERS = string.ascii_lowercase + string.digits + "_"


class Value(msgspec.Struct, frozen=True):
    """What is put in a variable's place; named templates need the variable's name."""

    text: str
    name: str = ""

    def build(self, field: str, most: int = LONGEST_VALUE) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: it is missing, too long, or not one line.
        """
        return build_text_parameter(limits.check_line(f"{field}.text", self.text, most), name=self.name or None)


class Currency(msgspec.Struct, frozen=True):
    """An amount of money in thousandths; phones show the text."""

    text: str
    code: str
    amount_1000: int
    name: str = ""

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the text is missing, or the currency has no three letters.
        """
        limits.check_characters(f"{field}.currency.code", self.code, 3, string.ascii_uppercase, shown="A–Z")
        shown = limits.check_line(f"{field}.currency.fallback_value", self.text, LONGEST_VALUE)
        amount = {"fallback_value": shown, "code": self.code, "amount_1000": self.amount_1000}
        return {"type": "currency", "currency": amount} | _named(self.name)


class DateTime(msgspec.Struct, frozen=True):
    """A moment; phones show the text."""

    text: str
    name: str = ""

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the text is missing.
        """
        shown = limits.check_line(f"{field}.date_time.fallback_value", self.text, LONGEST_VALUE)
        return {"type": "date_time", "date_time": {"fallback_value": shown}} | _named(self.name)


def _named(name: str) -> dict[str, Any]:
    return {"parameter_name": name} if name else {}


class QuickReply(msgspec.Struct, frozen=True):
    """What comes back when the button is pressed; without it, the button's text does."""

    index: int
    payload: str

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the payload is missing or too long.
        """
        return build_reply_button(self.index, limits.check_text(f"{field}.payload", self.payload, LONGEST_VALUE))


class Suffix(msgspec.Struct, frozen=True):
    """The end of a button's web address."""

    index: int
    text: str

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the text is missing or too long.
        """
        return build_url_button(self.index, limits.check_text(f"{field}.text", self.text, limits.LONGEST_ADDRESS))


class Coupon(msgspec.Struct, frozen=True):
    """The code that a button copies."""

    index: int
    code: str

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: it is no code of up to 15 letters and digits.
        """
        return build_code_button(self.index, _check_code(f"{field}.coupon_code", self.code))


class OneTimeCode(msgspec.Struct, frozen=True):
    """The button of an authentication template: it carries the code of the body once more."""

    code: str
    index: int = 0

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the code is missing or too long.
        """
        return build_url_button(self.index, limits.check_text(f"{field}.text", self.code, LONGEST_CODE))


class Flow(msgspec.Struct, frozen=True):
    """A button that opens a form; the token comes back with the answer."""

    index: int
    token: str = ""

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the token is too long.
        """
        limits.check_text(f"{field}.flow_token", self.token, LONGEST_VALUE, is_required=False)
        action = {"flow_token": self.token} if self.token else {}
        return _button(self.index, "flow", [{"type": "action", "action": action}])


class VoiceCall(msgspec.Struct, frozen=True):
    """A button that calls us, how long it works, and what comes back with the call."""

    index: int
    minutes: int
    payload: str = ""

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: the time is out of range.
        """
        limits.check_range(f"{field}.ttl_minutes", self.minutes, 1, LONGEST_CALL_MINUTES)
        parameters: list[dict[str, Any]] = [{"type": "ttl_minutes", "ttl_minutes": self.minutes}]
        if self.payload:
            parameters.append({"type": "payload", "payload": limits.check_text(f"{field}.payload", self.payload, 512)})
        return _button(self.index, "voice_call", parameters)


def _check_code(field: str, code: str) -> str:
    allowed = string.ascii_letters + string.digits
    return limits.check_characters(field, code, LONGEST_CODE, allowed, shown="A–Z a–z 0–9")


Parameter = Value | Currency | DateTime
Button = QuickReply | Suffix | Coupon | OneTimeCode | Flow | VoiceCall
# The variable of a text header, or what stands in its place.
Header = Value | Image | Video | Document | Location


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """An approved template with what it needs; buttons without variables are left out."""

    kind: ClassVar[str] = "template"
    name: str
    language: str
    header: Header | None = None
    body: tuple[Parameter, ...] = ()
    buttons: tuple[Button, ...] = ()

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        limits.check_characters("template.name", self.name, LONGEST_NAME, _NAME_CHARACTERS, shown="a–z 0–9 _")
        limits.check_text("template.language.code", self.language, 15)
        template: dict[str, Any] = build_template(self.name, self.language, list(self._components()))["template"]
        return template

    def _components(self) -> Iterator[dict[str, Any]]:
        if self.header is not None:
            yield _build_header(self.header)
        if self.body:
            limits.check_count("template.body", self.body, MOST_VALUES)
            if len({bool(value.name) for value in self.body}) > 1:
                raise limits.PayloadError(limits.MIXED_NAMES, field="template.body")
            yield build_body([value.build(f"template.body.{place}") for place, value in enumerate(self.body)])
        limits.check_count("template.buttons", self.buttons, MOST_BUTTONS, least=0)
        limits.check_unique("template.buttons.index", [str(button.index) for button in self.buttons])
        for button in self.buttons:
            limits.check_range("template.buttons.index", button.index, 0, MOST_BUTTONS - 1)
            yield button.build(f"template.buttons.{button.index}")


def _build_header(header: Header) -> dict[str, Any]:
    if isinstance(header, Value):
        return build_text_header([header.build("template.header", LONGEST_HEADER_VALUE)])
    return {"type": "header", "parameters": [{"type": header.kind, header.kind: header.build()}]}


# ── components by themselves, for templates whose shape is read from Meta ────────────────────────


def build_template(name: str, language: str, components: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the body of a template message."""
    template: dict[str, Any] = {"name": name, "language": {"code": language}}
    if components:
        template["components"] = components
    return {"type": "template", "template": template}


def build_text_parameter(text: str, *, name: str | None = None) -> dict[str, Any]:
    """Return a text parameter; named templates need its name."""
    parameter = {"type": "text", "text": text}
    if name:
        parameter["parameter_name"] = name
    return parameter


def build_body(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the body component."""
    return {"type": "body", "parameters": parameters}


def build_text_header(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a text header's component."""
    return {"type": "header", "parameters": parameters}


def build_media_header(kind: str, media_id: str, *, file_name: str | None = None) -> dict[str, Any]:
    """Return a header that shows an uploaded image, video or document."""
    media = {"id": media_id}
    if file_name and kind == "document":
        media["filename"] = file_name
    return {"type": "header", "parameters": [{"type": kind, kind: media}]}


def build_url_button(index: int, suffix: str) -> dict[str, Any]:
    """Return the component that fills the end of a button's address."""
    return _button(index, "url", [{"type": "text", "text": suffix}])


def build_reply_button(index: int, payload: str) -> dict[str, Any]:
    """Return the component that says what comes back when a quick reply is pressed."""
    return _button(index, "quick_reply", [{"type": "payload", "payload": payload}])


def build_code_button(index: int, code: str) -> dict[str, Any]:
    """Return the component of a button that copies a coupon code."""
    return _button(index, "copy_code", [{"type": "coupon_code", "coupon_code": code}])


def _button(index: int, form: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "button", "sub_type": form, "index": str(index), "parameters": parameters}
