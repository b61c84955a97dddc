"""What a person was lately sent, and what follows from it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.delivery.rules import person
from switchboard.delivery.rules.budget import DAY, STEP, Budget
from switchboard.delivery.rules.person import Touch

START = 1_772_539_200.0
NUMBER, PORTFOLIO = 7, 3


def touch(touches: list[Touch], at: float, *, number_id: int = NUMBER, is_marketing: bool = True) -> list[Touch]:
    """Add a message of its own."""
    return person.note(
        touches,
        at,
        number_id=number_id,
        portfolio_id=PORTFOLIO,
        is_marketing=is_marketing,
        is_counted=True,
        message=uuid.uuid4().bytes,
    )


def test_a_log_is_read_as_it_was_written():
    touches = touch(touch([], START), START + 5, number_id=8, is_marketing=False)
    assert person.read_log(person.write_log(touches, START + 5)) == touches


def test_two_logs_joined_are_the_log_of_one_person():
    one, other = touch([], START), touch([], START + 1)
    joined = person.write_log(one, START) + person.write_log(other, START)
    assert person.read_log(joined) == [*one, *other]


def test_what_no_rule_asks_for_is_forgotten():
    touches = touch(touch([], START), START, is_marketing=False)
    assert len(person.read_log(person.write_log(touches, START + 2 * DAY))) == 1
    assert person.write_log(touches, START + 8 * DAY) == b""


@given(st.lists(st.floats(0, 10 * DAY), max_size=40), st.integers(1, 4), st.integers(4, 9))
def test_nobody_gets_more_marketing_than_the_limits_allow(moments, per_day, per_week):
    touches: list[Touch] = []
    for at in sorted(moments):
        if person.frequency_of(touches, b"", START + at, per_day=per_day, per_week=per_week) is None:
            touches = touch(touches, START + at)
    given_away = [one.at for one in touches]
    for limit, window in ((per_day, DAY), (per_week, 7 * DAY)):
        assert all(sum(at - window < other <= at for other in given_away) <= limit for at in given_away)


def test_a_message_may_leave_at_the_moment_that_the_limit_names():
    touches = touch([], START)
    found = person.frequency_of(touches, b"", START + 60, per_day=1, per_week=3)
    assert found == (1, 1, 1, START + DAY)
    assert person.frequency_of(touches, b"", START + DAY, per_day=1, per_week=3) is None


def test_the_week_binds_when_it_ends_later_than_the_day():
    touches = touch(touch(touch([], START), START + DAY), START + 2 * DAY)
    found = person.frequency_of(touches, b"", START + 2 * DAY + 5, per_day=1, per_week=3)
    assert found == (3, 3, 7, START + 7 * DAY)


def test_a_message_never_stands_in_its_own_way():
    touches = touch([], START)
    assert person.frequency_of(touches, touches[0].message, START + 9, per_day=1, per_week=3) is None


@pytest.mark.parametrize("pauses", [[0.0] * 200, [6.0] * 200, [0.0] * 45 + [6.0] * 100, [3.0] * 150])
def test_a_pair_keeps_to_the_bucket_that_meta_has(pauses):
    """Meta's side: 45 tokens, one more every six seconds."""
    touches: list[Touch] = []
    now, tokens, last = START, 45.0, START
    for pause in pauses:
        now += pause
        tokens, last = min(45.0, tokens + (now - last) / 6), now
        if person.pair_opens_at(touches, NUMBER, needs_quiet=False) <= now:
            touches = touch(touches, now)
            tokens -= 1
            assert tokens > -1e-6


def test_answers_may_use_the_burst_and_broadcasts_wait_for_quiet():
    touches = touch([], START)
    assert person.pair_opens_at(touches, NUMBER, needs_quiet=False) < START
    assert person.pair_opens_at(touches, NUMBER, needs_quiet=True) == START + 6


def test_numbers_do_not_share_a_pair():
    assert person.pair_opens_at(touch([], START), NUMBER + 1, needs_quiet=True) == 0.0


@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0, 4 * DAY)), max_size=120),
    st.integers(1, 12),
    st.sampled_from([0, 10]),
)
def test_no_moving_day_holds_more_people_than_the_level(visits, limit, reserve):
    """As Meta counts: unique people whose latest message is younger than 24 hours, at every moment."""
    stored = b""
    logs: dict[int, list[Touch]] = {}
    passed: list[tuple[float, int]] = []
    for who, offset in sorted(visits, key=lambda visit: visit[1]):
        now = START + offset
        budget, touches = Budget(limit, stored, now), logs.get(who, [])
        former = person.counted_at(touches, PORTFOLIO, now)
        if former is None and budget.room(reserve) <= 0:
            continue
        budget.add(now, former)
        logs[who], stored = touch(touches, now), budget.stored()
        passed.append((now, who))
        within = {other for at, other in passed if now - DAY < at <= now}
        assert len(within) <= limit * (100 - reserve) // 100


def test_those_who_wait_are_given_the_places_that_become_free_one_each():
    budget = Budget(2, b"", START)
    budget.add(START, None)
    budget.add(START + 2 * STEP, None)
    first = budget.next_free_at()
    budget.promise(first)
    assert (first, budget.next_free_at()) == (START + STEP + DAY, START + 3 * STEP + DAY)


def test_a_place_that_was_promised_is_free_at_its_moment():
    budget = Budget(1, b"", START)
    budget.add(START, None)
    moment = budget.next_free_at()
    budget.promise(moment)
    later = Budget(1, budget.stored(), moment)
    assert later.room(0) == 1


def test_a_tenth_of_a_level_is_kept_free():
    budget = Budget(250, b"", START)
    assert (budget.room(10), budget.room(0)) == (225, 250)
