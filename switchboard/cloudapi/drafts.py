"""New templates and changes of old ones, checked against Meta's limits before they are submitted."""

import itertools
import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from switchboard.cloudapi import limits

LONGEST_NAME = 512
LONGEST_HEADER = 60
LONGEST_BODY = 1024
LONGEST_FOOTER = 60
LONGEST_BUTTON = 25
LONGEST_PHONE = 20
LONGEST_CODE = 15
MOST_BUTTONS = 10
# Of these kinds fewer are possible than buttons in all.
MOST_OF_A_KIND = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1}
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
HEADERS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION", "PRODUCT")
# Seconds until an undelivered message is dropped; -1 stands for 30 days.
TTLS = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
_NAME_CHARACTERS = string.ascii_lowercase + string.digits + "_"
_PLACE = re.compile(r"\{\{[^{}]*\}\}")
_EXTREME = re.compile(r"^\s*\{\{[^{}]*\}\}|\{\{[^{}]*\}\}\s*$")
_ADJACENT = re.compile(r"\}\}\s*\{\{")

AT_AN_END = "The field %(field)s begins or ends with a variable. Put words before and after it."
ADJACENT = "The field %(field)s has two variables side by side. Put words between them."
TOO_MANY_PLACES = "The field %(field)s has %(measured)s variables; at most %(limit)s are possible. Take some out."
INTERLEAVED = "The list %(field)s mixes quick replies with other buttons. Put the quick replies next to each other."

SENTENCES = (AT_AN_END, ADJACENT, TOO_MANY_PLACES, INTERLEAVED)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A template to be submitted; the components as Meta wants them."""

    name: str
    language: str
    category: str
    components: tuple[dict[str, Any], ...]
    is_named: bool = False
    ttl_seconds: int | None = None

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        limits.check_characters("name", self.name, LONGEST_NAME, _NAME_CHARACTERS, shown="a–z 0–9 _")
        limits.check_text("language", self.language, 15)
        limits.check_choice("category", self.category, CATEGORIES)
        kinds = [str(component.get("type", "")).upper() for component in self.components]
        if "BODY" not in kinds:
            raise limits.PayloadError(limits.EMPTY, field="body")
        changes = build_changes(components=self.components, category=self.category, ttl_seconds=self.ttl_seconds)
        form = "named" if self.is_named else "positional"
        return {"name": self.name, "language": self.language, "parameter_format": form, **changes}


def build_changes(
    *, components: Sequence[dict[str, Any]] = (), category: str = "", ttl_seconds: int | None = None
) -> dict[str, Any]:
    """Return the body that changes a template; what is not given stays as it is.

    :raises limits.PayloadError: a limit of Meta's is broken.
    """
    body: dict[str, Any] = {}
    if category:
        body["category"] = limits.check_choice("category", category, CATEGORIES)
    if ttl_seconds is not None:
        if ttl_seconds != -1 or category == "MARKETING":
            limits.check_range("message_send_ttl_seconds", ttl_seconds, *TTLS.get(category, (30, 2_592_000)))
        body["message_send_ttl_seconds"] = ttl_seconds
    if components:
        for component in components:
            _check_component(component)
        body["components"] = list(components)
    return body


def _check_component(component: Mapping[str, Any]) -> None:
    """Check the parts whose limits are known; what Meta may add later is left to Meta."""
    kind = str(component.get("type", "")).upper()
    text = str(component.get("text", ""))
    if kind == "HEADER":
        form = limits.check_choice("header.format", str(component.get("format", "")).upper(), HEADERS)
        if form == "TEXT":
            limits.check_text("header.text", text, LONGEST_HEADER)
            _check_places("header.text", text, 1)
    elif kind == "BODY" and "add_security_recommendation" not in component and text:
        limits.check_text("body.text", text, LONGEST_BODY)
        if _EXTREME.search(text):
            raise limits.PayloadError(AT_AN_END, field="body.text")
        if _ADJACENT.search(text):
            raise limits.PayloadError(ADJACENT, field="body.text")
    elif kind == "FOOTER" and text:
        limits.check_text("footer.text", text, LONGEST_FOOTER)
        _check_places("footer.text", text, 0)
    elif kind == "BUTTONS":
        _check_buttons([button for button in component.get("buttons", ()) if isinstance(button, dict)])


def _check_places(field: str, text: str, most: int) -> None:
    places = len(_PLACE.findall(text))
    if places > most:
        raise limits.PayloadError(TOO_MANY_PLACES, field=field, measured=places, limit=most)


def _check_buttons(buttons: Sequence[Mapping[str, Any]]) -> None:
    limits.check_count("buttons", buttons, MOST_BUTTONS)
    kinds = [str(button.get("type", "")).upper() for button in buttons]
    for kind, most in MOST_OF_A_KIND.items():
        limits.check_count(f"buttons ({kind})", [one for one in kinds if one == kind], most, least=0)
    are_replies = [kind == "QUICK_REPLY" for kind in kinds]
    if sum(one != other for one, other in itertools.pairwise(are_replies)) > 1:
        raise limits.PayloadError(INTERLEAVED, field="buttons")
    for index, (kind, button) in enumerate(zip(kinds, buttons, strict=True)):
        _check_button(f"buttons.{index}", kind, button)


def _check_button(field: str, kind: str, button: Mapping[str, Any]) -> None:
    if kind in {"QUICK_REPLY", "URL", "PHONE_NUMBER"}:
        limits.check_text(f"{field}.text", str(button.get("text", "")), LONGEST_BUTTON)
    if kind == "URL":
        url = limits.check_address(f"{field}.url", str(button.get("url", "")))
        _check_places(f"{field}.url", url, 1)
    elif kind == "PHONE_NUMBER":
        limits.check_text(f"{field}.phone_number", str(button.get("phone_number", "")), LONGEST_PHONE)
    elif kind == "COPY_CODE":
        example = button.get("example", "")
        first = example[0] if isinstance(example, list) and example else example
        limits.check_text(f"{field}.example", str(first), LONGEST_CODE)
