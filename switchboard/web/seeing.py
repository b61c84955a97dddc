"""How much of a person's number this page may show: whole for those with the right, masked for everybody else.

The middleware says it for each request; what nobody has said anything about is masked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import phonenumbers
from django.utils.translation import gettext as _

from switchboard.core.phone import mask_phone

_may_see: ContextVar[bool] = ContextVar("may_see_phones", default=False)


@contextmanager
def seeing_phones(*, may_see: bool) -> Iterator[None]:
    """Show whole numbers, or masked ones, while this lasts."""
    token = _may_see.set(may_see)
    try:
        yield
    finally:
        _may_see.reset(token)


def may_see_phones() -> bool:
    """Tell whether whole numbers may be shown here."""
    return _may_see.get()


def show_phone(phone: str | None) -> str:
    """Return a person's number as far as it may be seen, its groups apart where it is whole."""
    if not phone:
        return "–"
    if not may_see_phones():
        return mask_phone(phone)
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return phone


def call_person(person: Any) -> str:
    """Return what to call somebody: name, else number, as far as it may be seen."""
    if not person:
        return _("Unknown contact")
    if person.name:
        return str(person.name)
    return show_phone(person.phone) if person.phone else _("Unknown contact")
