"""Contact cards."""

import re
from typing import Any, ClassVar

import msgspec

from switchboard.cloudapi import limits

MOST_CARDS = 257
_DAY = re.compile(r"[0-9]{4}-[0-1][0-9]-[0-3][0-9]")
_LONGEST = 1000


class Phone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A phone; with `wa_id` the card has a button that opens a chat."""

    phone: str
    type: str = ""
    wa_id: str = ""


class Email(msgspec.Struct, frozen=True, omit_defaults=True):
    """An e-mail address."""

    email: str
    type: str = ""


class Website(msgspec.Struct, frozen=True, omit_defaults=True):
    """A web address."""

    url: str
    type: str = ""


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where somebody lives or works."""

    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    country_code: str = ""
    type: str = ""


class Organisation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom somebody works for."""

    company: str = ""
    department: str = ""
    title: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One person; Meta wants the full name and at least one of its parts."""

    formatted_name: str
    first_name: str = ""
    last_name: str = ""
    middle_name: str = ""
    prefix: str = ""
    suffix: str = ""
    birthday: str = ""
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    urls: tuple[Website, ...] = ()
    addresses: tuple[Address, ...] = ()
    organisation: Organisation | None = None

    def build(self, field: str) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a name is missing, or the birthday is no day.
        """
        card: dict[str, Any] = {"name": self._name(f"{field}.name")}
        if self.birthday:
            if not _DAY.fullmatch(self.birthday):
                raise limits.PayloadError(
                    limits.OUT_OF_RANGE, field=f"{field}.birthday", measured=self.birthday, limit="YYYY-MM-DD"
                )
            card["birthday"] = self.birthday
        lists = {"phones": self.phones, "emails": self.emails, "urls": self.urls, "addresses": self.addresses}
        card |= {name: [msgspec.to_builtins(entry) for entry in entries] for name, entries in lists.items() if entries}
        if self.organisation:
            card["org"] = msgspec.to_builtins(self.organisation)
        return card

    def _name(self, field: str) -> dict[str, str]:
        parts = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "middle_name": self.middle_name,
            "prefix": self.prefix,
            "suffix": self.suffix,
        }
        given = {part: limits.check_text(f"{field}.{part}", word, _LONGEST) for part, word in parts.items() if word}
        if not given:
            raise limits.PayloadError(limits.EMPTY, field=f"{field}.first_name")
        return {"formatted_name": limits.check_text(f"{field}.formatted_name", self.formatted_name, _LONGEST), **given}


class Contacts(msgspec.Struct, frozen=True):
    """One or more contact cards."""

    kind: ClassVar[str] = "contacts"
    cards: tuple[Card, ...]

    def build(self) -> list[dict[str, Any]]:
        """Return Meta's form.

        :raises limits.PayloadError: there is no card, too many, or one without a name.
        """
        limits.check_count("contacts", self.cards, MOST_CARDS)
        return [card.build(f"contacts.{index}") for index, card in enumerate(self.cards)]
