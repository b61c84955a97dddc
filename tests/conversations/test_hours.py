"""Business hours: open or closed, and when somebody is there next."""

from datetime import UTC, datetime

import pytest

from switchboard.conversations.errors import HoursError, ZoneError
from switchboard.conversations.hours import Hours, parse_hours

TOKYO = parse_hours("Asia/Tokyo", {"mon": "09:00-12:00,13:00-18:00", "tue": "09:00-18:00", "fri": "20:00-24:00"})


def at(text: str) -> datetime:
    """A moment in Tokyo."""
    return datetime.fromisoformat(f"2026-03-{text}:00+09:00")


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("02T09:00", True, "02T09:00"),  # Monday
        ("02T12:00", False, "02T13:00"),
        ("02T08:59", False, "02T09:00"),
        ("02T18:00", False, "03T09:00"),
        ("03T18:00", False, "06T20:00"),
        ("06T23:59", True, "06T23:59"),
        ("07T00:00", False, "09T09:00"),
    ],
)
def test_it_knows_when_somebody_is_there(moment: str, is_open: bool, opens: str) -> None:
    assert TOKYO.is_open(at(moment)) is is_open
    assert TOKYO.opens_at(at(moment)) == at(opens)


def test_a_day_off_is_closed() -> None:
    hours = parse_hours("Asia/Tokyo", {"mon": "09:00-18:00"}, ["2026-03-02"])
    assert hours.opens_at(at("02T10:00")) == at("09T09:00")


def test_without_any_hours_it_is_always_open() -> None:
    assert Hours().is_open(datetime(2026, 3, 1, 3, tzinfo=UTC))


@pytest.mark.parametrize("day", ["9-18", "18:00-09:00", "09:00", "lunch", "09:00-25:00"])
def test_hours_that_cannot_be_read_are_refused(day: str) -> None:
    with pytest.raises(HoursError, match="09:00-18:00"):
        parse_hours("Asia/Tokyo", {"mon": day})


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneError):
        parse_hours("Mars/Olympus", {})
