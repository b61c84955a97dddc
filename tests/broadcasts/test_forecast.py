"""While a broadcast runs: when the last message leaves, and what keeps it from leaving sooner."""

from datetime import timedelta

import pytest

from switchboard.broadcasts.forecast import Forecast, forecast, look_at_rest
from switchboard.broadcasts.models import Broadcast
from switchboard.broadcasts.outlook import Outlook
from switchboard.delivery.models import Lane
from switchboard.numbers.models import Number, Portfolio
from tests.broadcasts.conftest import Shop
from tests.conftest import NOON
from tests.factories import make_contact


@pytest.fixture
def running(shop: Shop) -> Broadcast:
    """A broadcast to four people at a careful pace, nobody written to yet."""
    for _ in range(4):
        make_contact(shop.workspace, zones="UTC")
    return shop.run(pace="careful")


def look(broadcast: Broadcast, waiting: int) -> Outlook:
    found = look_at_rest(broadcast, waiting, NOON)
    assert found is not None
    return found


def test_it_tells_how_many_wait_and_which_limit_decides(running: Broadcast) -> None:
    found = forecast(running, NOON)
    assert (found.waiting, found.limit) == (4, "gap")
    assert found.finish_at is not None
    assert NOON < found.finish_at < NOON + timedelta(minutes=1)


def test_the_range_is_of_those_who_still_wait(running: Broadcast) -> None:
    finish_at = look(running, 500).early.finish_at
    assert finish_at is not None
    assert timedelta(minutes=70) < finish_at - NOON < timedelta(minutes=80)


def test_what_fits_into_an_hour_is_not_spread_over_it(running: Broadcast) -> None:
    early = look(running, 400).early
    assert early.limit == "per_minute"
    assert early.finish_at is not None
    assert early.finish_at < NOON + timedelta(minutes=20)


def test_a_new_number_takes_as_long_as_its_warm_up_makes_it(running: Broadcast) -> None:
    Number.objects.update(pace="careful", in_use_since=NOON.date())
    early = look(running, 400).early
    assert early.limit == "per_day"
    assert early.finish_at is not None
    assert early.finish_at > NOON + timedelta(days=2)


def test_a_portfolios_people_of_a_day_spread_it_over_days(running: Broadcast) -> None:
    Portfolio.objects.update(messaging_limit=250)
    early = look(running, 400).early
    assert (early.limit, early.figure) == ("budget", 225.0)
    assert early.finish_at is not None
    assert early.finish_at > NOON + timedelta(days=1)


def test_there_is_no_end_while_a_person_must_do_something_first(running: Broadcast) -> None:
    Number.objects.update(stopped_at=NOON)
    assert (forecast(running, NOON).limit, forecast(running, NOON).finish_at) == ("number", None)
    Lane.objects.update(state="paused")
    assert forecast(running, NOON).limit == "paused"


@pytest.mark.parametrize(
    ("limit", "figure", "text"),
    [
        ("per_minute", 12.0, "12 a minute per number"),
        ("gap", 3.0, "3 seconds between messages"),
        ("quiet_hours", 0.0, "quiet hours"),
        ("", 0.0, ""),
    ],
)
def test_the_terminal_has_a_word_for_each_limit(limit: str, figure: float, text: str) -> None:
    assert Forecast(1, NOON, limit, figure).text == text
