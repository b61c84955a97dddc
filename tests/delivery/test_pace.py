"""Whatever the claims ask for and when, no window of any length ever holds more than its limit."""

import random
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.delivery.rules.pace import PaceState, plan_slots
from switchboard.numbers.rules import Pace, pace_of

START = 1_772_539_200.0

CLAIMS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.9, 3.0, 59.0, 61.0, 700.0, 4000.0, 40_000.0]), st.integers(0, 60)),
    min_size=1,
    max_size=60,
)


def run_claims(pace: Pace, claims: list[tuple[float, int]], seed: int = 1, waiting: int = 10_000) -> list[float]:
    """Return every moment that a series of claims gives out."""
    draw = random.Random(seed).uniform
    now, state, moments = START, PaceState(), []
    for pause, wanted in claims:
        now += pause
        slots, state = plan_slots(pace, state, now, wanted=wanted, waiting=waiting, draw=draw)
        assert all(now <= slot <= now + 1.0 for slot in slots)
        moments += slots
    return moments


def busiest(moments: list[float], window: float) -> int:
    """Return how many moments the fullest window of this length holds, both its ends included."""
    return max((index + 1 - bisect_left(moments, moment - window) for index, moment in enumerate(moments)), default=0)


@given(CLAIMS, st.integers(1, 80), st.integers(0, 5))
def test_no_second_holds_more_than_its_limit(claims, limit, seed):
    assert busiest(run_claims(Pace(per_second=limit), claims, seed), 0.999) <= limit


@given(CLAIMS, st.integers(1, 40), st.integers(0, 5))
def test_no_minute_holds_more_than_its_limit(claims, limit, seed):
    assert busiest(run_claims(Pace(per_second=20, per_minute=limit), claims, seed), 60.0) <= limit


@given(CLAIMS, st.integers(1, 80), st.integers(0, 5), st.integers(0, 500))
def test_no_hour_holds_more_than_its_limit(claims, limit, seed, waiting):
    moments = run_claims(Pace(per_second=5, per_minute=60, per_hour=limit), claims, seed, waiting)
    assert busiest(moments, 3600.0) <= limit


@given(CLAIMS, st.integers(1, 60), st.integers(0, 5))
def test_no_day_holds_more_than_its_limit(claims, limit, seed):
    assert busiest(run_claims(Pace(per_second=5, per_day=limit), claims, seed), 86_400.0) <= limit


@given(CLAIMS, st.integers(0, 9))
def test_the_careful_gap_is_kept_to_the_moment(claims, seed):
    moments = run_claims(pace_of("careful", {}, 80), claims, seed)
    assert all(later - earlier >= 3.0 for earlier, later in pairwise(moments))


@given(CLAIMS, st.integers(0, 9))
def test_a_number_that_turns_careful_counts_what_it_sent_before(claims, seed):
    draw = random.Random(seed).uniform
    _, state = plan_slots(Pace(per_second=20), PaceState(), START, wanted=15, waiting=15, draw=draw)
    slots, _ = plan_slots(pace_of("careful", {}, 80), state, START + 10, wanted=1, waiting=1, draw=draw)
    assert slots == []


def test_it_uses_what_the_minute_allows():
    moments = run_claims(Pace(per_minute=12), [(0.1, 1)] * 6000, waiting=0)
    assert 115 <= len(moments) <= 120


@pytest.mark.parametrize("waiting", [201, 5000])
def test_an_hour_that_cannot_take_all_is_spread_evenly(waiting):
    moments = run_claims(pace_of("careful", {}, 80), [(0.5, 1)] * 7200, waiting=waiting)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert 190 <= len(moments) <= 200
    assert 14 <= sorted(gaps)[len(gaps) // 2] <= 20
    assert max(gaps) < 30


def test_an_hour_that_can_take_all_is_not_spread():
    moments = run_claims(pace_of("careful", {}, 80), [(0.5, 1)] * 600, waiting=50)
    assert len(moments) >= 50


def test_messages_of_a_fast_number_leave_one_after_the_other():
    moments = run_claims(Pace(per_second=20), [(0.0, 100)])
    assert len(moments) == 20 or len(moments) == 21
    assert all(later - earlier >= 0.0499 for earlier, later in pairwise(moments))


def test_it_remembers_no_more_than_it_needs():
    draw = random.Random(1).uniform
    state = PaceState()
    for second in range(60):
        _, state = plan_slots(Pace(per_second=80), state, START + second, wanted=80, waiting=0, draw=draw)
    assert len(state.log) == 200
