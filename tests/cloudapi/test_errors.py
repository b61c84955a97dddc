"""The table of Meta's errors."""

from dataclasses import replace

import pytest

from switchboard.cloudapi.errors import OUTCOMES, Action, CloudError, delay_after, describe, outcome_of, wait_after
from switchboard.cloudapi.results import NotWritten, Unknown

# Every code of the platform's documentation (November 2026); a range stands for all its codes.
DOCUMENTED = """
0 1 2 3 4 10 33 100 190 200-299 368 613 80007 130403 130429 130472 130497 131000 131005 131008 131009 131014 131016
131020 131021 131026 131030 131031 131037 131041 131042 131044 131045 131047 131048 131049 131050 131051 131052 131053
131055 131056 131057 131059 131060 131061 131062 131063 131064 131065 131201-131215 132000 132001 132005 132007 132008
132012 132015 132016 132018 132068 132069 133000 133004 133005 133006 133008 133009 133010 133015 133016 134011
134100-134102 135000 136024 137000 138000-138024 138038 139000-139004 139100-139103 141002 141010 147001-147005
200005-200007 1752041 2388001 2388012 2388019 2388039 2388040 2388047 2388072 2388073 2388091 2388093 2388103 2388293
2388299 2494100 2593079 2593085 2593107-2593109
"""


def list_codes(text: str) -> list[int]:
    """Return the codes of a list with ranges."""
    codes: list[int] = []
    for part in text.split():
        first, _, last = part.partition("-")
        codes += range(int(first), int(last or first) + 1)
    return codes


@pytest.mark.parametrize("code", list_codes(DOCUMENTED))
def test_every_documented_code_is_in_the_table(code):
    assert code in OUTCOMES


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (2, Action.RETRY),
        (131000, Action.RETRY),
        (131016, Action.RETRY),
        (131056, Action.RETRY),
        (133004, Action.RETRY),
        (130429, Action.SLOW_NUMBER),
        (131057, Action.SLOW_NUMBER),
        (80007, Action.SLOW_NUMBER),
        (10, Action.STOP_NUMBER),
        (200, Action.STOP_NUMBER),
        (131048, Action.STOP_NUMBER),
        (131037, Action.STOP_NUMBER),
        (0, Action.STOP_ACCOUNT),
        (190, Action.STOP_ACCOUNT),
        (368, Action.STOP_ACCOUNT),
        (131031, Action.STOP_ACCOUNT),
        (131042, Action.STOP_ACCOUNT),
        (131064, Action.STOP_ACCOUNT),
        (132001, Action.STOP_TEMPLATE),
        (132015, Action.STOP_TEMPLATE),
        (132016, Action.STOP_TEMPLATE),
        (131026, Action.UNREACHABLE),
        (131050, Action.OPT_OUT),
        (130472, Action.FINAL),
        (131047, Action.FINAL),
        (131049, Action.FINAL),
        (132000, Action.FINAL),
    ],
)
def test_what_follows_from_a_code(code, action):
    assert outcome_of(code).action is action


@pytest.mark.parametrize(
    ("status", "action"),
    [(400, Action.SLOW_NUMBER), (403, Action.SLOW_NUMBER), (429, Action.SLOW_NUMBER), (500, Action.RETRY)],
)
def test_an_unknown_code_asks_for_patience(status, action):
    assert outcome_of(999_999, status).action is action


def test_patience_with_an_unknown_code_ends():
    assert [delay_after(outcome_of(999_999), attempt) for attempt in range(1, 6)] == [30, 120, 600, None, None]


@pytest.mark.parametrize("code", list_codes(DOCUMENTED))
def test_too_many_requests_is_never_final(code):
    assert outcome_of(code, 429).action is not Action.FINAL


def test_only_one_code_opts_out():
    assert [code for code, outcome in OUTCOMES.items() if outcome.action is Action.OPT_OUT] == [131050]


@pytest.mark.parametrize("code", [4, 613, 80007, 130429, 131056, 131057])
def test_a_limit_is_never_final(code):
    assert delay_after(outcome_of(code), 500) is not None


def test_the_waits_grow_and_end_where_the_table_says():
    assert [delay_after(outcome_of(131000), attempt) for attempt in range(1, 6)] == [10, 60, 600, None, None]


def test_nothing_final_is_tried_again():
    finals = [outcome for outcome in OUTCOMES.values() if outcome.action in (Action.FINAL, Action.UNREACHABLE)]
    assert all(delay_after(outcome, 1) is None for outcome in finals)


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_every_sentence_says_something_to_a_person(outcome):
    assert outcome.sentence.endswith(".")
    assert 20 < len(outcome.sentence) < 160


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (CloudError(190, 0, "x", "", 401), "access token"),
        (NotWritten("refused"), "SWITCHBOARD_CLOUD_API_URL"),
        (Unknown("timeout"), "Try again"),
    ],
)
def test_a_failure_is_one_sentence(failure, words):
    assert words in describe(failure)


def test_meta_may_ask_for_more_patience_than_the_table():
    slow = CloudError(130429, 0, "", "", 400)
    assert wait_after(slow, 1) == 1
    assert wait_after(replace(slow, retry_after_seconds=90.0), 1) == 90
    assert wait_after(CloudError(131026, 0, "", "", 400, retry_after_seconds=90.0), 1) is None
