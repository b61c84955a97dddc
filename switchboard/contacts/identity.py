"""How one person may be known: pure decisions about phone numbers that are written in two ways.

WhatsApp ids of some countries differ from the number that people dial: Brazil's mobiles have a ninth digit that older
WhatsApp ids lack, Mexico's and Argentina's ids carry a digit after the country code that nobody dials from abroad.
"""

import re
from dataclasses import dataclass

from switchboard.core import phone as core_phone

# Country code, area and the older eight digits of a mobile, which begin with 6 to 9.
_BRAZIL_SHORT = re.compile(r"55([1-9]{2})([6-9][0-9]{7})")
_BRAZIL_LONG = re.compile(r"55([1-9]{2})9([6-9][0-9]{7})")
_MEXICO = re.compile(r"52(1?)([0-9]{10})")
_ARGENTINA = re.compile(r"54(9?)([0-9]{10})")


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a person who wrote to us is known: WhatsApp id (digits), user id in a portfolio, parent user id.

    The previous ids are those that Meta says were theirs before.
    """

    workspace_id: int
    portfolio_id: int
    wa_id: str
    user_id: str
    name: str = ""
    parent_id: str = ""
    previous_user_id: str = ""
    previous_parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The contact of an arrival, and others who carry one of its ids as well: they are the same person."""

    contact_id: int
    others: tuple[int, ...] = ()


# Kind, portfolio (0: holds everywhere), value.
Key = tuple[str, int, str]


def variants(digits: str) -> tuple[str, ...]:
    """Return the other way to write the same person's number, if there is one."""
    if found := _BRAZIL_SHORT.fullmatch(digits):
        return (f"55{found[1]}9{found[2]}",)
    if found := _BRAZIL_LONG.fullmatch(digits):
        return (f"55{found[1]}{found[2]}",)
    if found := _MEXICO.fullmatch(digits):
        return (f"52{'' if found[1] else '1'}{found[2]}",)
    if found := _ARGENTINA.fullmatch(digits):
        return (f"54{'' if found[1] else '9'}{found[2]}",)
    return ()


def phone_of(digits: str) -> core_phone.PhoneReading:
    """Return the valid phone number of a WhatsApp id; where there is none, the id as it is."""
    for one in (digits, *variants(digits)):
        reading = core_phone.parse_phone(f"+{one}", "")
        if reading.phone:
            return reading
    return core_phone.PhoneReading(f"+{digits}"[:16], "", "")


def is_same_phone(phone: str | None, digits: str) -> bool:
    """Tell whether an E.164 phone and a WhatsApp id are the same person's number."""
    if not phone or not digits:
        return False
    bare = phone.lstrip("+")
    return bare in {digits, *variants(digits), phone_of(digits).phone.lstrip("+")}


def keys_of(arrival: Arrival) -> list[Key]:
    """Return what an arrival may be found by, the surest first.

    Phone before user id: broadcasts go to phones, so that is whom an answer answers.
    """
    keys: list[Key] = []
    if arrival.wa_id:
        other = variants(arrival.wa_id)
        keys += [("wa_id", 0, arrival.wa_id), ("phone", 0, phone_of(arrival.wa_id).phone)]
        keys += [("phone", 0, f"+{arrival.wa_id}")]
        keys += [key for one in other for key in (("wa_id", 0, one), ("phone", 0, f"+{one}"))]
    user_ids = (arrival.user_id, arrival.previous_user_id)
    keys += [("user_id", arrival.portfolio_id, one) for one in user_ids if one]
    keys += [("parent", 0, one) for one in (arrival.parent_id, arrival.previous_parent_id) if one]
    return list(dict.fromkeys(keys))


def identities_of(arrival: Arrival) -> list[Key]:
    """Return the identities that an arrival proves."""
    keys = [
        ("wa_id", 0, arrival.wa_id),
        ("user_id", arrival.portfolio_id, arrival.user_id),
        ("user_id", arrival.portfolio_id, arrival.previous_user_id),
        ("parent", 0, arrival.parent_id),
        ("parent", 0, arrival.previous_parent_id),
    ]
    return [key for key in keys if key[2]]


def country_of_user_id(user_id: str) -> str:
    """Return the country that a business-scoped user id begins with."""
    country, _, rest = user_id.partition(".")
    return country if rest and len(country) == 2 and country.isalpha() else ""
