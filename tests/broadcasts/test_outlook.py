"""The outlook: when a broadcast ends and what keeps it from ending sooner."""

from datetime import UTC, datetime, time, timedelta

import pytest

from switchboard.broadcasts.outlook import Budget, Line, look_ahead
from switchboard.delivery.rules.quiet_hours import Night
from switchboard.numbers.rules import PRESETS, WARM_UP, Pace

MORNING = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)  # 9:00 in Tokyo
TOKYO = {"Asia/Tokyo": 1.0}
NO_NIGHT = Night(begins=time(0), ends=time(0))
STANDARD = Pace(per_second=20)


def hours(moment: datetime | None, since: datetime = MORNING) -> float:
    assert moment is not None
    return (moment - since) / timedelta(hours=1)


def test_a_thousand_people_at_twenty_a_second_take_a_minute() -> None:
    outlook = look_ahead([Line(1, STANDARD, 1000)], TOKYO, MORNING)
    assert hours(outlook.early.finish_at) * 3600 == pytest.approx(50, rel=0.02)
    assert outlook.early.finish_at is not None
    assert outlook.late.finish_at is not None
    assert outlook.early.finish_at < outlook.late.finish_at
    assert outlook.early.limit == "per_second"


def test_a_careful_number_sends_two_hundred_an_hour() -> None:
    outlook = look_ahead([Line(1, PRESETS["careful"], 2000)], TOKYO, MORNING, night=NO_NIGHT)
    assert hours(outlook.early.finish_at) == pytest.approx(10, rel=0.05)
    assert (outlook.early.limit, outlook.early.figure) == ("per_hour", 200)
    assert max(outlook.early.busiest.values()) == pytest.approx(200, rel=0.02)


def test_the_night_stops_the_clock() -> None:
    """From 9:00 to 22:00 are 13 hours: 2,600 of 3,000; the rest from 8:00 on."""
    outlook = look_ahead([Line(1, PRESETS["careful"], 3000)], TOKYO, MORNING)
    assert hours(outlook.early.finish_at) == pytest.approx(23 + 2, abs=0.2)


def test_the_day_limit_is_a_moving_one() -> None:
    pace = Pace(per_second=20, per_day=100)
    fresh = look_ahead([Line(1, pace, 250)], TOKYO, MORNING, night=NO_NIGHT)
    assert 47 < hours(fresh.early.finish_at) < 49.5
    assert fresh.early.limit == "per_day"
    spent = look_ahead([Line(1, pace, 250, sent_of_day=100)], TOKYO, MORNING, night=NO_NIGHT)
    assert hours(spent.early.finish_at) > hours(fresh.early.finish_at)


def test_a_run_larger_than_the_portfolios_budget_is_spread_over_days() -> None:
    lines = [Line(key, STANDARD, 5000, portfolio_id=9) for key in (1, 2)]
    outlook = look_ahead(lines, TOKYO, MORNING, night=NO_NIGHT, budgets={9: Budget(2000, 0)})
    assert 4 * 24 < hours(outlook.early.finish_at) + 24 <= 5 * 24 + 3
    assert outlook.early.limit == "budget"


def test_ten_thousand_identical_messages_cost_forty_hours() -> None:
    lines = [Line(key, PRESETS["careful"], 200) for key in range(50)]
    outlook = look_ahead(lines, TOKYO, MORNING, night=NO_NIGHT, apart=timedelta(seconds=15))
    assert hours(outlook.early.finish_at) == pytest.approx(41.7, rel=0.02)
    assert (outlook.early.limit, outlook.early.figure) == ("same_content", 15)


def test_what_waits_ahead_makes_the_late_end_later() -> None:
    free = look_ahead([Line(1, STANDARD, 10_000)], TOKYO, MORNING, night=NO_NIGHT)
    busy = look_ahead([Line(1, STANDARD, 10_000, ahead=10_000)], TOKYO, MORNING, night=NO_NIGHT)
    assert busy.early.finish_at == free.early.finish_at
    assert hours(busy.late.finish_at) > 1.7 * hours(free.late.finish_at)


def test_hours_and_numbers_add_up_to_everybody() -> None:
    lines = [Line(1, PRESETS["careful"], 900), Line(2, STANDARD, 5000)]
    play = look_ahead(lines, {"Asia/Tokyo": 3, "Europe/Berlin": 1}, MORNING).late
    assert sum(play.hours.values()) == pytest.approx(5900, abs=2)
    assert play.by_number[2] == pytest.approx(5000, abs=2)


def test_a_young_number_warms_up_while_the_broadcast_runs() -> None:
    """50 a day for three days, then 100: 350 people are 3 days and 2 more."""
    line = Line(1, PRESETS["careful"], 350, curve=WARM_UP, age_days=0)
    outlook = look_ahead([line], TOKYO, MORNING, night=NO_NIGHT)
    assert 4 * 24 <= hours(outlook.early.finish_at) < 5 * 24
    assert outlook.early.limit == "per_day"
    grown = look_ahead([Line(1, PRESETS["careful"], 350, curve=WARM_UP, age_days=99)], TOKYO, MORNING, night=NO_NIGHT)
    assert hours(grown.early.finish_at) < 2


def test_rests_take_their_time() -> None:
    pace = Pace(per_second=1, rest_after=60, rest_seconds=60)
    outlook = look_ahead([Line(1, pace, 600)], TOKYO, MORNING)
    assert hours(outlook.early.finish_at) == pytest.approx(20 / 60, rel=0.02)
    assert outlook.early.limit == "rest"


def test_what_three_weeks_do_not_finish_has_no_end() -> None:
    outlook = look_ahead([Line(1, Pace(per_day=50), 100_000)], TOKYO, MORNING)
    assert outlook.early.finish_at is None
    assert outlook.early.limit == "per_day"


def test_nobody_takes_no_time() -> None:
    assert look_ahead([Line(1, STANDARD, 0)], {}, MORNING).early.finish_at == MORNING


def test_five_hundred_numbers_are_played_as_a_few() -> None:
    lines = [Line(key, PRESETS["careful"], 200 + key % 3) for key in range(500)]
    play = look_ahead(lines, TOKYO, MORNING, night=NO_NIGHT).early
    assert hours(play.finish_at) == pytest.approx(1, abs=0.1)
    assert len(play.by_number) == 500
