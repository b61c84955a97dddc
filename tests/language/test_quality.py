"""How well our own set of messages is understood, beside both baselines; the figures on other sets are `bench match`'s."""

import pytest

from bench import match_quality
from bench.match_sets import load_sets

_SETS = {one.name: one for one in load_sets(None)}
# Way of misspelling: the least share of messages that still reach their rule.
_LEAST = {"hiragana": 90, "half_width": 90, "traditional": 98, "pinyin": 92, "homophone": 85, "typo": 78}


@pytest.mark.parametrize("name", _SETS)
def test_eight_keywords_reach_more_than_one_and_more_than_a_plain_search(name):
    messages = _SETS[name]
    one, _ = match_quality.keywords_of(messages, 0, 1)
    eight, samples = match_quality.keywords_of(messages, 0, 8)
    ours = match_quality.measure_success(match_quality.make_ours(eight), samples, messages.strangers)
    plain = match_quality.measure_success(match_quality.make_substring(eight), samples, messages.strangers)
    first = match_quality.measure_success(match_quality.make_ours(one), samples, messages.strangers)
    assert ours["success"] >= 1.6 * first["success"]
    assert ours["success"] > plain["success"]
    assert ours["precision"] >= 94
    assert ours["false_fires"] <= 2, "おやすみなさい has the word for a day off in it"


@pytest.mark.parametrize("name", _SETS)
def test_misspelt_keywords_still_reach_their_rule(name):
    messages = _SETS[name]
    keywords, samples = match_quality.keywords_of(messages, 0, 8)
    found = match_quality.measure_tolerance(messages, keywords, samples, 0, others=False)
    for way, figures in found.items():
        if figures["messages"] and way in _LEAST:
            assert figures["ours"] >= _LEAST[way], way
