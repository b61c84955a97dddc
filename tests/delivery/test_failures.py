"""A broadcast stops by itself when too many of its last messages fail, sooner when the fault is ours than the list's."""

import pytest

from switchboard.delivery.rules.failures import Step, judge_failures

CASES = [
    ("all is well", [("", 500)], Step.GO_ON),
    ("one bad address in a small broadcast stops nobody", [("131026", 1), ("", 3)], Step.GO_ON),
    ("9 of 200 of our faults", [("132000", 9), ("", 191)], Step.GO_ON),
    ("10 of 200 of our faults", [("132000", 10), ("", 190)], Step.PAUSE),
    ("faults of several kinds count together", [("132000", 5), ("131053", 5), ("", 190)], Step.PAUSE),
    ("unconfirmed messages are ours", [("unconfirmed", 10), ("", 190)], Step.PAUSE),
    ("10 of 200 people not reached", [("131026", 6), ("131049", 4), ("", 190)], Step.WARN),
    ("40 of 200 people not reached", [("131026", 40), ("", 160)], Step.PAUSE),
    ("people who stopped marketing are their own affair", [("131050", 100), ("", 100)], Step.GO_ON),
    ("what failed longer ago does not count", [("", 200), ("132000", 200)], Step.GO_ON),
    ("every message of a small broadcast", [("132000", 12)], Step.PAUSE),
]


@pytest.mark.parametrize(("case", "outcomes", "step"), CASES, ids=[case for case, _, _ in CASES])
def test_it_pauses_warns_or_goes_on(case, outcomes, step):
    assert judge_failures(outcomes).step is step


def test_it_names_the_commonest_code_and_the_counts():
    judged = judge_failures([("132000", 12), ("131053", 3), ("", 185)])
    assert (judged.code, judged.failed, judged.of) == ("132000", 15, 200)
