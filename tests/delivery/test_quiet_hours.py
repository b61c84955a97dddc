"""Nobody is written to at night, wherever they may be."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.delivery.rules.quiet_hours import Night, opens_at

TOKYO = ZoneInfo("Asia/Tokyo")


def at(day: int, hour: int, minute: int = 0, zone: str = "Asia/Tokyo") -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zones", "now", "expected"),
    [
        ("Asia/Tokyo", at(3, 12), at(3, 12)),
        ("Asia/Tokyo", at(3, 21, 59), at(3, 21, 59)),
        ("Asia/Tokyo", at(3, 22), at(4, 8)),
        ("Asia/Tokyo", at(4, 3), at(4, 8)),
        ("Asia/Tokyo", at(4, 8), at(4, 8)),
        # Both coasts must be awake: the east closes first, the west opens last.
        (
            "America/New_York,America/Los_Angeles",
            at(3, 9, zone="America/New_York"),
            at(3, 8, zone="America/Los_Angeles"),
        ),
        (
            "America/New_York,America/Los_Angeles",
            at(3, 19, zone="America/Los_Angeles"),
            at(4, 8, zone="America/Los_Angeles"),
        ),
        # A name that no longer exists is left out; nothing left means UTC.
        ("Nowhere/Land,Asia/Tokyo", at(3, 23), at(4, 8)),
        ("Nowhere/Land", at(3, 12, zone="UTC"), at(3, 12, zone="UTC")),
        # The night in which New York's clocks go forward is an hour shorter.
        ("America/New_York", at(8, 0, 30, "America/New_York"), at(8, 8, 0, "America/New_York")),
    ],
)
def test_it_opens_when_it_is_day_everywhere(zones, now, expected):
    assert opens_at(zones, now) == expected


def test_a_night_may_lie_within_one_day():
    night = Night(time(1, 0), time(5, 0))
    assert opens_at("Asia/Tokyo", at(3, 2), night) == at(3, 5)
    assert opens_at("Asia/Tokyo", at(3, 23), night) == at(3, 23)


def test_equal_ends_mean_no_night():
    assert opens_at("Asia/Tokyo", at(3, 3), Night(time(0, 0), time(0, 0))) == at(3, 3)


ZONES = st.lists(
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]), min_size=1, max_size=2
)


@given(ZONES, st.integers(0, 525_600))
def test_it_is_day_in_every_zone_at_the_moment_it_names(zones, minutes):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens = opens_at(",".join(zones), moment)
    assert opens >= moment
    assert not any(Night().has(opens.astimezone(ZoneInfo(zone)).time()) for zone in zones)
