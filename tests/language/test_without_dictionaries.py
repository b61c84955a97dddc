"""Without the extras [ja] and [zh], what was stored with the rules still works, and the product says what is lost."""

import os
import subprocess
import sys

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


_STORED = """
import sys
for name in ("sudachipy", "sudachidict_small", "pypinyin", "rjieba"):
    sys.modules[name] = None  # As if it were not installed.
from switchboard.language import mood, resources
from switchboard.language.matcher import compile_matcher
from switchboard.language.types import Keyword, KeywordRule, Pattern, View
resources.warm_up()
rules = [
    KeywordRule(1, (Keyword("返品", patterns=(Pattern("へんぴん", View.READING),)), Keyword("refund"))),
    KeywordRule(2, (Keyword("退货", patterns=(Pattern("tui huo", View.PINYIN),)),)),
]
found = compile_matcher(rules)
texts = ["返品", "ﾍﾝﾋﾟﾝ", "へんぴん希望", "henpin", "a refnud", "退貨", "我要tuihuo", "退或", "キャセル"]
print([[one.rule_id for one in found.match(text)] for text in texts])
print(mood.judge("最悪です").feeling, len(resources.missing_sentences()))
"""
_MIXED = """
from tests.language.rulesets import make_rule
from switchboard.language.matcher import compile_matcher
found = compile_matcher([make_rule(9, "怎么做", "退货"), make_rule(7, "怎么坐", "refund", "track order"), make_rule(8, "返品")])
print([found.match(text) for text in ["zenmezuo", "a refnud", "退或", "へんぴん", "trcak mu order"]])
"""


def _run(script, **environment):
    command = [sys.executable, "-c", script]
    told = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", env=told).stdout


def test_a_process_without_the_packages_loses_the_lazy_tier_only_and_says_so():
    matched, judged = _run(_STORED).splitlines()
    assert matched == "[[1], [1], [1], [1], [1], [2], [2], [], []]"
    assert judged == "negative 2"


def test_two_processes_answer_alike_whatever_their_hashes():
    assert _run(_MIXED, PYTHONHASHSEED="1") == _run(_MIXED, PYTHONHASHSEED="2")
