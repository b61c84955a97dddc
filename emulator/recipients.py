"""Whom a send addresses: by phone or by user id, and whether the business gets to see their phone."""

import re
from typing import Any, NamedTuple

from emulator.accounts import Number, Portfolio
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.knobs import Knobs
from emulator.people import People
from emulator.regions import calling_code_of, whatsapp_id

PHONE = re.compile(r"[1-9]\d{6,14}")
PHONE_PADDING = str.maketrans("", "", " +-()")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
REMEMBERED_SECONDS = 30 * 86_400.0


class Address(NamedTuple):
    """What the caller wrote, whose phone it is, and whether they wrote a user id."""

    input: str
    phone: str
    by_user_id: bool


def find_recipient(payload: dict[str, Any], number: Number, people: People, knobs: Knobs) -> Address:
    """Return who a send is for; `to` wins when both are given.

    :raises GraphError: neither is there, or what is there is not a phone or nobody's user id.
    """
    raw = payload.get("to")
    if raw is None and (user_id := payload.get("recipient")) is not None:
        return _by_user_id(user_id, number.account.portfolio, people)
    if not isinstance(raw, str) or not raw:
        raise GraphError(100, message="(#100) The parameter to is required.")
    phone = raw.translate(PHONE_PADDING)
    if knobs.to_without_plus == "own_country" and not raw.startswith("+"):
        phone = calling_code_of(number.digits) + phone
    if not PHONE.fullmatch(phone):
        raise GraphError(131009, f"to: {raw!r} is not a phone number")
    return Address(raw, whatsapp_id(phone) if knobs.rewrite_numbers else phone, by_user_id=False)


def _by_user_id(user_id: object, portfolio: Portfolio, people: People) -> Address:
    if not isinstance(user_id, str) or not (found := USER_ID.fullmatch(user_id)):
        raise GraphError(131009, f"recipient: {user_id!r} is not a business-scoped user id")
    scope = f"parent:{portfolio.parent_id}" if found[1] else portfolio.portfolio_id
    phone = people.find_by_user_id(user_id, scope) if portfolio.parent_id or not found[1] else None
    if phone is None:
        raise GraphError(131026, f"recipient: {user_id} is nobody that this portfolio can write to")
    return Address(user_id, phone, by_user_id=True)


class PhoneBook:
    """Which numbers know which hidden phones; kept for hidden people only, so it stays small."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used_at: dict[tuple[int, int], float] = {}

    def note(self, number: Number, person: int) -> None:
        """Remember that the business used this person's phone."""
        self._used_at[number.index, person] = self._clock.elapsed()

    def forget(self, person: int) -> None:
        self._used_at = {pair: moment for pair, moment in self._used_at.items() if pair[1] != person}

    def knows(self, number: Number, person: int) -> bool:
        used_at = self._used_at.get((number.index, person))
        return used_at is not None and self._clock.elapsed() - used_at < REMEMBERED_SECONDS
