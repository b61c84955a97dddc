"""The typed fields that a workspace gives its people: what a text says as a value of a kind, and the value as a text.

Values are kept in `contact.fields` as JSON under the field's key, so that a segment can compare them: text and choice
as a string, number and money as a number (money in the field's currency, in whole units and decimals), a date as
"2026-03-31", yes or no as true and false. A key without a value is absent, never null and never empty.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

TEXT, NUMBER, DATE, CHOICE, YES_NO, MONEY = KINDS = ("text", "number", "date", "choice", "yes_no", "money")
LONGEST_KEY = 60
LONGEST_TEXT = 2000
MOST_CHOICES = 200

NOT_A_NUMBER = "not_a_number"
NOT_A_DATE = "not_a_date"
NOT_A_CHOICE = "not_a_choice"
NOT_YES_NO = "not_yes_no"
NOT_MONEY = "not_money"
OTHER_CURRENCY = "other_currency"
TEXT_TOO_LONG = "field_too_long"
REASONS = (NOT_A_NUMBER, NOT_A_DATE, NOT_A_CHOICE, NOT_YES_NO, NOT_MONEY, OTHER_CURRENCY, TEXT_TOO_LONG)

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A field: its key in `contact.fields`, its kind, the words a choice has, the currency money is in."""

    key: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    currency: str = ""


_LARGEST = Decimal(10) ** 15
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_SIGNS = {
    "¥": ("JPY", "CNY"), "￥": ("JPY", "CNY"), "円": ("JPY",), "元": ("CNY",), "$": ("USD", "AUD", "CAD", "SGD", "HKD", "TWD", "NZD", "MXN"),
    "€": ("EUR",), "£": ("GBP",), "₹": ("INR",), "₩": ("KRW",), "R$": ("BRL",), "人民币": ("CNY",), "日元": ("JPY",),
}  # fmt: skip
_MONEY = re.compile(r"(?P<before>[^\d+\-.,\s]*)\s*(?P<amount>[+-]?[\d.,\s']+)\s*(?P<after>[^\d]*)")
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_ERA = re.compile(r"(明治|大正|昭和|平成|令和|[MTSHR])\.?(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_ERAS = {"明治": 1867, "M": 1867, "大正": 1911, "T": 1911, "昭和": 1925, "S": 1925, "平成": 1988, "H": 1988, "令和": 2018, "R": 2018}  # fmt: skip
_CLOCK = re.compile(r"[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2}|[AaPp]\.?[Mm]\.?)?$")
# From 1927 to 2173, perhaps with the hours as a fraction; counted as Excel, Numbers and Google Sheets do today.
_SERIAL_DAY = re.compile(r"([1-9]\d{4})(?:\.\d+)?")
_DAY_ZERO = date(1899, 12, 30)
_MONTH_FIRST = frozenset({"US", "CA", "PH"})
_EARLIEST, _LATEST = 1868, 2199


def parse_value(field: Definition, text: str, country: str = "") -> tuple[Value | None, str]:
    """Return what a text says as a value of a field, or the reason why it says none.

    An empty text is no value and no fault. `country` decides what 03/04/2026 means.
    """
    if field.kind == TEXT:
        text = text.strip()
        return (None, TEXT_TOO_LONG) if len(text) > LONGEST_TEXT else (text or None, "")
    text = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    if not text:
        return None, ""
    if field.kind == NUMBER:
        return _or_reason(_parse_decimal(text), NOT_A_NUMBER)
    if field.kind == DATE:
        found = parse_date(text, country)
        return (found.isoformat(), "") if found else (None, NOT_A_DATE)
    if field.kind == CHOICE:
        return _parse_choice(text, field.choices)
    if field.kind == YES_NO:
        answer = _parse_answer(text)
        return answer, "" if answer is not None else NOT_YES_NO
    return _parse_money(text, field.currency)


def parse_cell(field: Definition, text: str, country: str = "") -> tuple[Value | None, str]:
    """Return what a cell of a file says: as `parse_value`, and a day may be the number by which spreadsheets keep it.

    A file saved from a spreadsheet whose column lost its format holds 46023 for 2026-01-01. No other day is written with
    five digits, so in a column that was said to hold days that is certain; elsewhere such a number stays a number.
    """
    value, reason = parse_value(field, text, country)
    if reason == NOT_A_DATE and (found := _SERIAL_DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())):
        return (_DAY_ZERO + timedelta(days=int(found[1]))).isoformat(), ""
    return value, reason


def render_value(value: object) -> str:
    """Return a stored value as a plain text, as messages and files carry it; yes and no as in English."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(str(value)):f}"
    return "" if value is None else str(value)


def suggest_kind(samples: Sequence[str], country: str) -> str:
    """Return the kind that all of these texts are values of; text when none is, or when it would lose something."""
    texts = [text.strip() for text in samples if text.strip()]
    if not texts:
        return TEXT
    # Days of which some have lost their format are days; nothing but numbers is numbers.
    others = [text for text in texts if not parse_date(unicodedata.normalize("NFKC", text), country)]
    if len(others) < len(texts) and all(_SERIAL_DAY.fullmatch(text) for text in others):
        return DATE
    # A number with a leading zero, or a very long one, is a code and not an amount.
    if all(_looks_like_amount(text) for text in texts):
        return NUMBER
    if len({text.casefold() for text in texts}) <= 2 and all(_parse_answer(text) is not None for text in texts):
        return YES_NO
    return TEXT


def list_choices(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a choice as people write them into a box or a column: each once, in their order."""
    cleaned = (" ".join(text.split())[:LONGEST_KEY] for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))[:MOST_CHOICES]


def _looks_like_amount(text: str) -> bool:
    digits = text.lstrip("+-")
    is_code = len(digits) > 12 or (len(digits) > 1 and digits[0] == "0" and digits[1].isdigit())
    return not is_code and _parse_decimal(unicodedata.normalize("NFKC", text)) is not None


def _or_reason(amount: int | float | None, reason: str) -> tuple[Value | None, str]:
    return (None, reason) if amount is None else (amount, "")


def _parse_decimal(text: str) -> int | float | None:
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    if not _PLAIN.fullmatch(text):
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if abs(amount) >= _LARGEST:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(round(amount, 6))


def _parse_money(text: str, currency: str) -> tuple[Value | None, str]:
    found = _MONEY.fullmatch(text)
    amount = _parse_decimal(re.sub(r"[\s']", "", found["amount"]).rstrip(",.")) if found else None
    if found is None or amount is None:
        return None, NOT_MONEY
    for sign in (found["before"].strip().upper(), found["after"].strip().upper().rstrip("-")):
        if sign and sign != currency and currency not in _SIGNS.get(sign, ()):
            is_currency = sign in _SIGNS or (len(sign) == 3 and sign.isalpha())
            return None, OTHER_CURRENCY if is_currency else NOT_MONEY
    return amount, ""


def _parse_choice(text: str, choices: Sequence[str]) -> tuple[Value | None, str]:
    wanted = " ".join(text.split()).casefold()
    chosen = _fold_choices(tuple(choices)).get(wanted)
    return (chosen, "") if chosen is not None else (None, NOT_A_CHOICE)


@lru_cache(maxsize=256)
def _fold_choices(choices: tuple[str, ...]) -> dict[str, str]:
    return {" ".join(unicodedata.normalize("NFKC", choice).split()).casefold(): choice for choice in choices}


# What an opt-out column means by "stop" is no "yes" to anything else.
_YES = frozenset(
    {"1", "yes", "y", "true", "t", "on", "x", "○", "〇", "◯", "はい", "有", "あり", "済", "是", "有り", "对"}
)
_NO = frozenset(
    {"0", "no", "n", "false", "f", "off", "×", "✕", "いいえ", "無", "なし", "無し", "未", "否", "不", "没有", "无", "-"}
)


def _parse_answer(text: str) -> bool | None:
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    return True if word in _YES else False if word in _NO else None


@lru_cache(maxsize=8192)
def parse_date(text: str, country: str = "") -> date | None:
    """Return the day a text names: ISO, with slashes, in Chinese or Japanese, by era, day or month first by country."""
    text = _CLOCK.sub("", text.strip()).strip()
    if era := _ERA.fullmatch(text):
        year = _ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))
        return _make_date(year, int(era[3]), int(era[4]))
    if found := _ISO.fullmatch(text) or _SOLID.fullmatch(text):
        return _make_date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        day, month = (second, first) if country in _MONTH_FIRST else (first, second)
        return _make_date(year, month, day)
    return None


def _make_date(year: int, month: int, day: int) -> date | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return datetime(year, month, day).date()  # noqa: DTZ001  a day of the calendar, without a zone
    except ValueError:
        return None
