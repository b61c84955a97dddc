"""People are spread evenly over the numbers of a pool, and always in the same way."""

from collections import Counter

import pytest

from switchboard.broadcasts import rules

WHEEL = tuple(range(1, 51))


@pytest.mark.parametrize("step", [1, 2, 3, 10, 50, 100])
def test_every_step_of_ids_is_spread_evenly(step):
    picked = Counter(rules.pick_number(WHEEL, contact_id) for contact_id in range(7, 7 + 10_000 * step, step))
    assert set(picked) == set(WHEEL)
    assert max(picked.values()) < 1.2 * min(picked.values())


def test_a_person_keeps_their_number():
    assert rules.pick_number(WHEEL, 123_456) == rules.pick_number(WHEEL, 123_456)
