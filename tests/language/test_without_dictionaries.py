"""Without the extras [ja] and [zh], what was stored with the rules still works, and the product says what is lost."""

import pytest

from switchboard.language import resources
from switchboard.language.matcher import compile_matcher
from switchboard.language.readings import derive_patterns
from switchboard.language.types import View
from tests.language.rulesets import make_rule


@pytest.fixture
def rules():
    return [make_rule(1, "返品", "キャンセル"), make_rule(2, "退货")]


@pytest.fixture
def bare(rules, monkeypatch):
    monkeypatch.setattr(resources, "available", lambda: frozenset[str]())
    return compile_matcher(rules)


@pytest.mark.parametrize(
    ("message", "view"),
    [
        ("返品", View.SURFACE),
        ("へんぴん希望", View.READING),
        ("ﾍﾝﾋﾟﾝ", View.READING),
        ("我要tuihuo", View.PINYIN),
        ("退貨", View.SURFACE),
        ("henpin", View.ROMAJI),
    ],
)
def test_stored_patterns_still_match(bare, message, view):
    assert bare.match(message)[0].view is view


def test_only_sounds_and_slips_are_lost(bare):
    assert bare.match("我想退或") == []


def test_new_keywords_get_no_patterns_and_the_product_says_so(bare):
    assert derive_patterns("返品") == ()
    sentences = resources.missing_sentences()
    assert [one.split(" ")[1] for one in sentences] == ["Japanese", "Chinese"]
    assert bare.explain("返品").missing == ("ja", "zh")
