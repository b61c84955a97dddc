"""The demo calls a broken promise by its name."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from switchboard.cli.demo import clock, display, report

GOOD = report.Report(
    planned=100,
    sent=80,
    delivered=70,
    read=50,
    unknown=0,
    failed={"131026": 4},
    skipped={"consent": 6},
    waiting=10,
    replies=5,
    opted_out=2,
    sent_after_opt_out=0,
    worst_opt_out_delay_seconds=0.4,
    duplicates=0,
    lost=0,
    seconds=8.0,
)


def test_a_run_that_kept_every_promise_says_nothing():
    assert GOOD.broken_promises == []
    assert GOOD.messages_per_second == 10


@pytest.mark.parametrize("change", [{"waiting": 11}, {"duplicates": 1}, {"lost": 1}, {"sent_after_opt_out": 1}])
def test_each_broken_promise_is_named(change):
    assert len(replace(GOOD, **change).broken_promises) == 1


def test_a_message_that_only_one_ledger_knows_is_lost():
    assert report.count_lost({"a", "b"}, {"b", "c"}, set()) == 2


def test_what_is_shown_as_in_doubt_is_not_lost_too():
    assert report.count_lost({"a", "b"}, {"b", "c", "d"}, {"c"}) == 2


def test_five_seconds_after_a_stop_are_allowed():
    assert report.judge_opt_outs([{"delay_seconds": 4.9}, {"delay_seconds": 5.2}]) == (1, 5.2)
    assert report.judge_opt_outs([]) == (0, 0.0)


def test_the_bar_is_always_as_wide_as_it_is():
    cells = display.split_bar({"sent": 1, "read": 9998, "waiting": 1}, 10_000, 60)
    assert sum(width for _, width in cells) == 60
    assert all(width >= 1 for _, width in cells)


@pytest.mark.parametrize("hour", [0, 9, 10, 15, 23])
def test_the_demo_runs_at_ten_in_the_morning(hour):

    real = datetime(2026, 11, 22, hour, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    shown = real + timedelta(seconds=clock.shift_to_show_hour(real, "Asia/Tokyo"))
    assert (shown.hour, shown.minute, shown.date()) == (10, 0, real.date())
