"""A broadcast stops by itself when too many of its last messages fail, sooner when the fault is ours than the list's."""

import pytest

from switchboard.delivery.rules.failures import Batch, Step, judge_failures

CASES = [
    ("all is well", [Batch(500)], Step.GO_ON),
    ("one bad address in a small broadcast stops nobody", [Batch(3, failed={"131026": 1})], Step.GO_ON),
    ("9 of 200 of our faults", [Batch(191, failed={"132000": 9})], Step.GO_ON),
    ("10 of 200 of our faults", [Batch(190, failed={"132000": 10})], Step.PAUSE),
    ("faults of several kinds count together", [Batch(190, failed={"132000": 5, "131053": 5})], Step.PAUSE),
    ("unconfirmed messages are ours", [Batch(190, failed={"unconfirmed": 10})], Step.PAUSE),
    ("10 of 200 people not reached", [Batch(0, 190, {"131026": 6, "131049": 4})], Step.WARN),
    ("40 of 200 people not reached", [Batch(0, 160, {"131026": 40})], Step.PAUSE),
    ("people who stopped marketing are their own affair", [Batch(100, failed={"131050": 100})], Step.GO_ON),
    ("what failed longer ago does not count", [Batch(200), Batch(0, 0, {"132000": 200})], Step.GO_ON),
    ("every message of a small broadcast", [Batch(0, 0, {"132000": 12})], Step.PAUSE),
    ("an hour's failures told at once with an hour's arrivals", [Batch(5, 900, {"131026": 40})], Step.GO_ON),
]


@pytest.mark.parametrize(("case", "outcomes", "step"), CASES, ids=[case for case, _, _ in CASES])
def test_it_pauses_warns_or_goes_on(case, outcomes, step):
    assert judge_failures(outcomes).step is step


def test_it_names_the_commonest_code_and_the_counts():
    judged = judge_failures([Batch(185, failed={"132000": 12, "131053": 3})])
    assert (judged.code, judged.failed, judged.of) == ("132000", 15, 200)
