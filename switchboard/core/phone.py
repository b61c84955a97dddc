"""Phone numbers as people type them, turned into E.164, and the time zones they may be in.

`phonenumbers` decides what is valid; what is here only cleans the text and answers common cases quickly.
"""

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, ValidationResult
from phonenumbers import timezone as phone_zones
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX


class PhoneReading(NamedTuple):
    """What a text says as a phone number: E.164 with the plus and its country, or why it is none."""

    phone: str
    country: str
    reason: str


# Reasons; rooms and pages have a sentence for each.
EMPTY = "empty"
SCIENTIFIC = "scientific"
NOT_DIGITS = "not_digits"
TOO_SHORT = "too_short"
TOO_LONG = "too_long"
UNKNOWN_COUNTRY = "unknown_country"
NOT_IN_USE = "not_in_use"
REASONS = (EMPTY, SCIENTIFIC, NOT_DIGITS, TOO_SHORT, TOO_LONG, UNKNOWN_COUNTRY, NOT_IN_USE)

_SEPARATORS = dict.fromkeys(
    map(ord, " \t\r\n\v\f-.()[]·・‐‑‒–—―−ー~\u00a0\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff")
)
# The same and full-width digits, for texts of nothing else. A point is not among them: a spreadsheet's "9012345678.0".
_PLAIN: dict[int, int | None] = {code: None for code in _SEPARATORS if code != ord(".")}
_PLAIN |= dict.fromkeys(map(ord, "　－（）"))
_PLAIN |= {ord("０") + digit: ord("0") + digit for digit in range(10)} | {ord("＋"): ord("+")}
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+]?\d+")
_PREFIXES = re.compile(r"(?:tel|phone|mobile|whatsapp)?\s*[:：]\s*", re.IGNORECASE)
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_DIGITS = re.compile(r"\+?[0-9]+")
_PARSE_REASONS = {
    NumberParseException.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
    NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    NumberParseException.TOO_LONG: TOO_LONG,
}
_LENGTH_REASONS = {
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
}


def parse_phone(text: str, country: str) -> PhoneReading:
    """Read a phone number that, without a country code, belongs to `country` (two letters)."""
    digits = text.replace("-", "").replace(" ", "")
    if not is_number(digits) and not is_number(digits := text.translate(_PLAIN)):
        digits, reason = clean_phone(text)
        if reason:
            return PhoneReading("", "", reason)
    # "0081…" means +81 wherever it is typed, though not every country dials 00 to get out.
    international = "+" + digits[2:] if digits.startswith("00") else ""
    quick = _read_quickly(international or digits, country)
    if quick is not None:
        return quick
    reading = _read_fully(digits, country)
    if reading.reason and international:
        second = _read_fully(international, country)
        return reading if second.reason else second
    return reading


def is_number(text: str) -> bool:
    """Tell whether a text is nothing but ASCII digits, perhaps after a plus."""
    return text.isascii() and text.removeprefix("+").isdecimal()


def clean_phone(text: str) -> tuple[str, str]:
    """Return the digits of a typed number (with its plus, if it has one), or the reason why they are not there."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.strip().lstrip("'’‘`").strip()
    if not text:
        return "", EMPTY
    if _SCIENTIFIC.fullmatch(text):
        return "", SCIENTIFIC
    if text[0] == "=" and (formula := _FORMULA.fullmatch(text)):
        text = formula.group(1)
    if ":" in text:
        text = _PREFIXES.sub("", text, count=1) if _PREFIXES.match(text) else text
    if text.endswith(".0"):  # A spreadsheet's number written out as a decimal.
        text = text[:-2]
    digits = text.translate(_SEPARATORS)
    if not digits:
        return "", EMPTY
    return (digits, "") if _DIGITS.fullmatch(digits) else ("", NOT_DIGITS)


_MASKED_FROM = 4


def mask_phone(phone: str) -> str:
    """Return a number with its middle hidden: country code and the last two digits tell one person from another."""
    digits = phone.lstrip("+")
    if len(digits) <= _MASKED_FROM:
        return "•" * len(digits)
    plan = _plan_of_prefix(digits[:3]) if digits[:3].isdigit() else None
    shown = len(plan.code) if plan else 1
    return f"{'+' if phone.startswith('+') else ''}{digits[:shown]}{'•' * (len(digits) - shown - 2)}{digits[-2:]}"


def is_phone(text: str, country: str) -> bool:
    """Tell whether the text is a valid phone number."""
    return not parse_phone(text, country).reason


class _Plan(NamedTuple):
    """The mobile numbers of a country, as `phonenumbers` knows them."""

    code: str
    country: str
    mobile: re.Pattern[str]
    # Mobile numbers of which parsing takes nothing off the front.
    plain: re.Pattern[str]
    # What parsing takes off the front of a national number.
    prefix: re.Pattern[str] | None
    trunk: str
    exit: re.Pattern[str] | None
    # Fixed lines where they can be told from mobiles.
    fixed: re.Pattern[str] | None
    # Whether a mobile number tells the place: where it looks like a fixed line, or has an area's code.
    is_mobile_local: bool


@lru_cache(maxsize=512)
def _plan(country: str) -> _Plan | None:
    """Return a country's plan when its mobile numbers can be told from the plan alone."""
    metadata = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None or metadata.leading_digits or not metadata.mobile or not metadata.general_desc:
        return None
    code = metadata.country_code
    mobile, general = metadata.mobile.national_number_pattern, metadata.general_desc.national_number_pattern
    if not code or not mobile or not general or phonenumbers.region_code_for_country_code(code) != country:
        return None
    prefix, way_out = metadata.national_prefix_for_parsing, metadata.international_prefix
    fixed = metadata.fixed_line.national_number_pattern if metadata.fixed_line else None
    kinds = phonenumbers.PhoneNumberType
    kind = kinds.FIXED_LINE_OR_MOBILE if fixed == mobile else kinds.MOBILE
    return _Plan(
        code=str(code),
        country=country,
        mobile=re.compile(mobile),
        plain=re.compile(f"(?!0){f'(?!{prefix})' if prefix else ''}(?=(?:{general})\\Z)(?:{mobile})"),
        prefix=re.compile(prefix) if prefix else None,
        trunk=metadata.national_prefix or "",
        exit=re.compile(way_out) if way_out else None,
        fixed=re.compile(fixed) if fixed and fixed != mobile else None,
        is_mobile_local=bool(phonenumbers.is_number_type_geographical(kind, code)),
    )


@lru_cache(maxsize=4096)
def _plan_of_prefix(prefix: str) -> _Plan | None:
    """Return the plan of the country code that an international number begins with."""
    for length in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(prefix[:length]))
        if regions is not None:
            return _plan(regions[0])
    return None


def _read_quickly(digits: str, country: str) -> PhoneReading | None:
    """Accept a plain mobile number by its country's plan; anything else is for `phonenumbers` (12 times slower)."""
    if digits[0] == "+":
        prefix = digits[1:4]
        plan = _plan_of_prefix(prefix) if len(prefix) == 3 else None
        national = digits[1 + len(plan.code) :] if plan else ""
    else:
        plan = _plan(country)
        national = _strip_trunk(digits, plan) if plan else ""
    if plan is not None and plan.plain.fullmatch(national):
        # As PhoneReading(…) does, without the detour through a function in Python.
        return tuple.__new__(PhoneReading, (f"+{plan.code}{national}", plan.country, ""))
    return None


def _strip_trunk(digits: str, plan: _Plan) -> str:
    """Return the national number without the digit one dials inside the country; empty when that is unclear."""
    if (plan.exit is not None and plan.exit.match(digits)) or digits.startswith(plan.code):
        return ""
    found = plan.prefix.match(digits) if plan.prefix is not None else None
    if found is None:
        return digits
    if found.group() != plan.trunk or any(found.groups()):
        return ""
    return digits[len(plan.trunk) :]


def _read_fully(digits: str, country: str) -> PhoneReading:
    """Ask `phonenumbers`."""
    try:
        number = phonenumbers.parse(digits, country)
    except NumberParseException as error:
        return PhoneReading("", "", _PARSE_REASONS.get(error.error_type, NOT_DIGITS))
    region = phonenumbers.region_code_for_number(number)
    if region is None or not phonenumbers.is_valid_number(number):
        return PhoneReading("", "", _reason_of_invalid(number))
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneReading(phone, region if len(region) == 2 else "", "")


def _reason_of_invalid(number: phonenumbers.PhoneNumber) -> str:
    return _LENGTH_REASONS.get(phonenumbers.is_possible_number_with_reason(number), NOT_IN_USE)


def is_of_country(phone: str, country: str) -> bool:
    """Tell whether an E.164 number belongs to a country; where countries share a code, its area decides."""
    code = phonenumbers.country_code_for_region(country)
    if not code or not phone.startswith(f"+{code}"):
        return False
    return _country_of_area(phone[:5] + "2345678") == country if code == 1 else _country_of(phone) == country


@lru_cache(maxsize=1024)
def _country_of_area(phone: str) -> str | None:
    return _country_of(phone)


def _country_of(phone: str) -> str | None:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except NumberParseException:
        return None


def zones_of(phone: str) -> tuple[str, ...]:
    """Return the IANA zones in which the owner of an E.164 number may be; none when nobody knows.

    Where the plan names many zones that keep the same time all year, one stands for them all.
    """
    prefix = phone[1:4]
    country_zones = _zones_of_code(prefix)
    if len(country_zones) == 1:
        return country_zones
    plan = _plan_of_prefix(prefix) if len(prefix) == 3 else None
    if plan is None or plan.mobile.fullmatch(phone, start := 1 + len(plan.code)) is None:
        return _zones_by_library(phone)
    if plan.fixed is not None and plan.fixed.fullmatch(phone, start):
        return _zones_by_library(phone)
    return _zones_of_place(phone) if plan.is_mobile_local else country_zones


@lru_cache(maxsize=4096)
def _zones_of_code(prefix: str) -> tuple[str, ...]:
    """Return the zones of the country code that an international number begins with."""
    for length in (1, 2, 3):
        if prefix[:length].isdigit() and int(prefix[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return _distinct_zones(TIMEZONE_DATA.get(prefix[:length], ()))
    return ()


def _zones_of_place(phone: str) -> tuple[str, ...]:
    """Return the zones of the longest known beginning of a number, which tells area from area."""
    for length in range(TIMEZONE_LONGEST_PREFIX, 0, -1):
        zones = TIMEZONE_DATA.get(phone[1 : 1 + length])
        if zones is not None:
            return _distinct_zones(zones)
    return ()


@lru_cache(maxsize=4096)
def _zones_by_library(phone: str) -> tuple[str, ...]:
    """Ask `phonenumbers`: for fixed lines, and for countries whose mobiles it cannot tell by their plan alone."""
    try:
        return _distinct_zones(tuple(phone_zones.time_zones_for_number(phonenumbers.parse(phone))))
    except NumberParseException:
        return ()


@lru_cache(maxsize=4096)
def _distinct_zones(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Keep one zone of each group that shows the same time in every month of two years: the best known."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for zone in zones:
        if zone == phone_zones.UNKNOWN_TIMEZONE:
            continue
        clock = ZoneInfo(zone)
        moments = (datetime(2026 + month // 12, month % 12 + 1, 15, tzinfo=UTC) for month in range(24))
        groups.setdefault(tuple(moment.astimezone(clock).utcoffset() for moment in moments), []).append(zone)
    return tuple(max(group, key=_fame().__getitem__) for group in groups.values())


@lru_cache(maxsize=1)
def _fame() -> Counter[str]:
    """Count how many prefixes name each zone: London, not Guernsey, then stands for the United Kingdom."""
    return Counter(zone for zones in TIMEZONE_DATA.values() for zone in zones)
