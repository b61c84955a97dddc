"""Phone numbers: what they are, registration, PIN."""

import string

import msgspec

from switchboard.cloudapi import limits
from switchboard.cloudapi.client.caller import Caller, Done, parse_answer, parse_done
from switchboard.cloudapi.errors import Failure

PIN_DIGITS = 6
CODE_METHODS = ("SMS", "VOICE")


class Throughput(msgspec.Struct, frozen=True):
    """How fast Meta lets a number send."""

    level: str = "STANDARD"


class NumberInfo(msgspec.Struct, frozen=True):
    """A phone number as Meta lists it."""

    id: str
    display_phone_number: str
    verified_name: str = ""
    status: str = ""
    quality_rating: str = "UNKNOWN"
    name_status: str = ""
    platform_type: str = ""
    code_verification_status: str = ""
    account_mode: str = ""
    is_on_biz_app: bool = False
    throughput: Throughput = Throughput()
    whatsapp_business_manager_messaging_limit: str | None = None


NUMBER_FIELDS = ",".join(msgspec.structs.asdict(NumberInfo("", "")))


class _Id(msgspec.Struct, frozen=True):
    id: str


def check_pin(pin: str) -> str:
    """Return a PIN of six digits.

    :raises limits.PayloadError: it is none.
    """
    limits.check_characters("pin", pin, PIN_DIGITS, string.digits, shown="0–9")
    if len(pin) != PIN_DIGITS:
        raise limits.PayloadError(limits.OUT_OF_RANGE, field="pin", measured="•" * len(pin), limit="000000 – 999999")
    return pin


class NumberCalls(Caller):
    """/{account}/phone_numbers and /{number}."""

    async def list_numbers(self, account_id: str) -> list[NumberInfo] | Failure:
        """Return every phone number of an account."""
        return await self._list(f"{account_id}/phone_numbers", NUMBER_FIELDS, NumberInfo)

    async def get_number(self, number_id: str) -> NumberInfo | Failure:
        """Return one phone number."""
        return parse_answer(await self._get(number_id, {"fields": NUMBER_FIELDS}), NumberInfo)

    async def add_number(self, account_id: str, *, country_code: str, phone: str, name: str) -> str | Failure:
        """Add a number that is not verified yet, and return its id.

        :raises limits.PayloadError: a part is missing.
        """
        body = {
            "cc": limits.check_characters("cc", country_code, 4, string.digits, shown="0–9"),
            "phone_number": limits.check_text("phone_number", phone, 20),
            "verified_name": limits.check_text("verified_name", name, 100),
        }
        added = parse_answer(await self._post(f"{account_id}/phone_numbers", body), _Id)
        return added.id if isinstance(added, _Id) else added

    async def request_code(self, number_id: str, *, method: str = "SMS", language: str = "en_US") -> Done | Failure:
        """Have Meta send or read out a code that proves that the number is ours.

        :raises limits.PayloadError: the method is neither SMS nor VOICE.
        """
        body = {"code_method": limits.check_choice("code_method", method, CODE_METHODS), "language": language}
        return parse_done(await self._post(f"{number_id}/request_code", body))

    async def verify_code(self, number_id: str, code: str) -> Done | Failure:
        """Give Meta the code; dashes in it are left out.

        :raises limits.PayloadError: it has no six digits.
        """
        digits = limits.check_characters("code", code.replace("-", ""), 6, string.digits, shown="0–9")
        return parse_done(await self._post(f"{number_id}/verify_code", {"code": digits}))

    async def register(self, number_id: str, pin: str, *, region: str = "") -> Done | Failure:
        """Register a number for the Cloud API, and set or check its PIN.

        :raises limits.PayloadError: the PIN has no six digits.
        """
        body = {"messaging_product": "whatsapp", "pin": check_pin(pin)}
        if region:
            body["data_localization_region"] = region
        return parse_done(await self._post(f"{number_id}/register", body))

    async def deregister(self, number_id: str) -> Done | Failure:
        """Take a number off the Cloud API."""
        return parse_done(await self._post(f"{number_id}/deregister", {"messaging_product": "whatsapp"}))

    async def set_pin(self, number_id: str, pin: str) -> Done | Failure:
        """Set or change the PIN that registration asks for.

        :raises limits.PayloadError: it has no six digits.
        """
        return parse_done(await self._post(number_id, {"pin": check_pin(pin)}))
