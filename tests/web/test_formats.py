"""Numbers and moments as people of each language write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from switchboard.contacts.words import WRITTEN_LANGUAGES
from switchboard.core import clock
from switchboard.web import formats
from switchboard.web.templatetags import console

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_tokyo(monkeypatch: pytest.MonkeyPatch):
    """It is 21:00 on 22 November in Tokyo."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        yield


@pytest.mark.parametrize(
    ("language", "moment", "text"),
    [
        ("en", NOW, "21:00"),
        ("en", NOW - timedelta(days=3), "Nov 19 21:00"),
        ("en", NOW - timedelta(days=400), "Oct 18, 2025"),
        ("ja", NOW - timedelta(days=3), "11月19日 21:00"),
        ("ja", NOW - timedelta(days=400), "2025年10月18日"),
        ("zh-hans", NOW - timedelta(days=3), "11月19日 21:00"),
    ],
)
def test_a_moment_is_as_short_as_it_can_be(language: str, moment: datetime, text: str) -> None:
    with translation.override(language):
        assert formats.render_moment(moment) == text


def test_the_full_moment_names_its_zone() -> None:
    with translation.override("en"):
        assert console.moment(NOW) == (
            '<time datetime="2026-11-22T12:00:00+00:00" title="November 22, 2026, 9:00:00\u202fPM +0900">21:00</time>'
        )


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1234567, "1,234,567"), (12.5, "12.5"), (12.0, "12"), (None, "–")]
)
def test_thousands_stand_apart(value: float | None, text: str) -> None:
    assert console.count(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "–"), (0, 10, "0%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (1, 3, "33%"), (5, 5, "100%")],
)
def test_a_share_is_never_a_false_zero_or_hundred(part: int, whole: int, text: str) -> None:
    assert console.share(part, whole) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (59, "59 seconds"), (300, "5 minutes"), (3660, "1 h 1 min"), (200_000, "2 days")],
)
def test_a_span_is_told_in_its_largest_units(seconds: float, text: str) -> None:
    with translation.override("en"):
        assert formats.render_span(seconds) == text


@pytest.mark.parametrize(("phone", "text"), [("+819012345678", "+81 90-1234-5678"), ("", "–"), (None, "–"), ("+", "+")])
def test_a_number_is_written_with_its_groups_apart(phone: str | None, text: str) -> None:
    assert console.phone(phone) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and _it_", "<strong>bold</strong> and <em>it</em>"),
        ("<b>{{1}}</b>", "&lt;b&gt;<mark>{{1}}</mark>&lt;/b&gt;"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_a_body_looks_as_whatsapp_draws_it_and_runs_nothing(text: str, html: str) -> None:
    assert console.whatsapp(text) == html


@pytest.mark.parametrize("language", ["ja", "zh-hans", "en"])
def test_every_language_of_templates_has_a_name_of_its_own(language: str) -> None:
    with translation.override(language):
        named = formats.list_languages(WRITTEN_LANGUAGES)
    assert [code for code, name in named if name == code] == []
    assert len({name for _code, name in named}) == len(WRITTEN_LANGUAGES)
