"""Phone numbers as people type them: what is understood, what is refused and why, and where they are."""

import itertools
import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import timezone as phone_zones
from phonenumbers.tzdata import TIMEZONE_DATA

from switchboard.core import phone


@pytest.mark.parametrize(
    "text",
    [
        "090-1234-5678",
        "09012345678",
        "9012345678",
        "９０１２３４５６７８",
        "０９０－１２３４－５６７８",
        "（０９０）１２３４ー５６７８",
        "'090 1234 5678",
        '="09012345678"',
        "9012345678.0",
        "tel:+81-90-1234-5678",
        "TEL：090.1234.5678",
        "+81 (0)90 1234 5678",
        "819012345678",
        "0081 90 1234 5678",
        "010 81 90 1234 5678",
        "\u202a+81 90\u00a01234\u20115678\u202c",
    ],
)
def test_it_understands_the_ways_a_japanese_number_is_written(text: str) -> None:
    assert phone.parse_phone(text, "JP") == ("+819012345678", "JP", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", phone.EMPTY),
        (" 　-", phone.EMPTY),
        ("8.19012E+11", phone.SCIENTIFIC),
        ("8,19012e11", phone.SCIENTIFIC),
        ("なし", phone.NOT_DIGITS),
        ("1-800-FLOWERS", phone.NOT_DIGITS),
        ("090-1234-5678 / 03-1234-5678", phone.NOT_DIGITS),
        ("+", phone.NOT_DIGITS),
        ("123", phone.TOO_SHORT),
        ("0901234567890123456", phone.TOO_LONG),
        ("+999 1234 5678", phone.UNKNOWN_COUNTRY),
        ("+1 555 123 4567", phone.NOT_IN_USE),
        ("050-1234-567", phone.NOT_IN_USE),
    ],
)
def test_it_says_why_a_text_is_no_number(text: str, reason: str) -> None:
    assert phone.parse_phone(text, "JP") == ("", "", reason)


@pytest.mark.parametrize(("text", "country"), [("138 0013 8000", "CN"), ("(415) 555-2671", "US"), ("030 901820", "DE")])
def test_it_reads_a_national_number_in_the_default_country(text: str, country: str) -> None:
    assert phone.parse_phone(text, country).country == country


def _typed_numbers() -> list[tuple[str, str]]:
    """Thousands of texts near every country's mobile numbers: valid, too short, too long, with stray digits before."""
    rng = random.Random(7)
    texts = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if example is None:
            continue
        national, code = phonenumbers.national_significant_number(example), str(example.country_code)
        for _ in range(6):
            kept = national[: rng.randrange(len(national))]
            tail = "".join(rng.choices("0123456789", k=len(national) - len(kept) + rng.choice([0, 0, 0, 1, -1])))
            texts += [(front + kept + tail, region) for front in ("", "0", "1", "8", code, f"+{code}", f"+{code}0")]
    return texts


def test_its_quick_answer_is_always_the_one_phonenumbers_gives() -> None:
    quick = [(text, country, phone._read_quickly(text, country)) for text, country in _typed_numbers() if text]
    answered = [(text, country, answer) for text, country, answer in quick if answer is not None]
    assert len(answered) > 1000
    assert [case for case in answered if case[2] != phone._read_fully(case[0], case[1])] == []


def test_a_text_is_read_the_same_with_and_without_the_short_way() -> None:
    rng = random.Random(7)
    pieces = ["090", "1234", "+81", "8.1E+11", ".0", ".", "'", "tel:", '="', "ー", "－", "（", "\u3000", "０９０", "＋", "①", "٣", "\n", "e5", ""]  # fmt: skip
    for _ in range(20_000):
        text = "".join(rng.choices(pieces, k=rng.randrange(1, 6)))
        short = [
            way
            for way in (text.replace("-", "").replace(" ", ""), text.translate(phone._PLAIN))
            if phone.is_number(way)
        ]
        assert all((way, "") == phone.clean_phone(text) for way in short), text


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+819012345678", ("Asia/Tokyo",)),
        ("+8613800138000", ("Asia/Shanghai",)),
        ("+447400123456", ("Europe/London",)),
        ("+4915123456789", ("Europe/Berlin",)),
        ("+12125552671", ("America/New_York",)),
        ("+5511961234567", ("America/Sao_Paulo",)),
        ("+88212345678", ()),
    ],
)
def test_it_knows_where_a_number_lives(number: str, zones: tuple[str, ...]) -> None:
    assert phone.zones_of(number) == zones


def _valid_numbers() -> list[phonenumbers.PhoneNumber]:
    """Valid mobile and fixed numbers of every country."""
    rng = random.Random(11)
    numbers = []
    kinds = phonenumbers.PhoneNumberType
    for region, kind in itertools.product(sorted(phonenumbers.SUPPORTED_REGIONS), (kinds.MOBILE, kinds.FIXED_LINE)):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        national = phonenumbers.national_significant_number(example)
        for kept in range(2, len(national), 2):
            tail = "".join(rng.choices("0123456789", k=len(national) - kept))
            number = phonenumbers.parse(f"+{example.country_code}{national[:kept]}{tail}")
            if phonenumbers.is_valid_number(number):
                numbers.append(number)
    return numbers


def _times(zones: tuple[str, ...]) -> set[tuple[object, ...]]:
    days = [datetime(2026, month, 15, tzinfo=UTC) for month in range(1, 13)]
    return {
        tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days) for zone in zones if zone != "Etc/Unknown"
    }


def test_its_zones_keep_the_times_that_phonenumbers_names() -> None:
    numbers = _valid_numbers()
    assert len(numbers) > 1000
    for number in numbers:
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert _times(phone.zones_of(text)) == _times(tuple(phone_zones.time_zones_for_number(number))), text


def test_it_names_every_time_that_a_country_keeps_when_the_number_does_not_say_where() -> None:
    zones = phone.zones_of("+79161234567")
    assert {"Europe/Moscow", "Asia/Vladivostok"} <= set(zones)
    assert len(zones) >= 10


def test_its_zones_are_known_to_the_system_and_fit_their_column() -> None:
    for zones in TIMEZONE_DATA.values():
        distinct = phone._distinct_zones(tuple(zones))
        assert all(ZoneInfo(zone) for zone in distinct)
        assert len(",".join(distinct)) <= 255
