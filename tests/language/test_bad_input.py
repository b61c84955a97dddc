"""Whatever people type, it is answered, and in time."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.language import grouping, keywords, mood, regexes, suggest
from switchboard.language.errors import KeywordError, PatternError
from switchboard.language.matcher import compile_matcher
from switchboard.language.readings import derive_patterns
from switchboard.language.types import Keyword, KeywordRule, Mode
from tests.language.rulesets import make_matcher, make_rule

_COMPILED = compile_matcher(
    [
        make_rule(1, "返品", "お金を返す", "キャンセル", "待っています"),
        make_rule(2, "退货", "什么时候到"),
        make_rule(3, "refund", "track my order"),
        make_rule(4, "track order", mode=Mode.ALL_NEAR),
        make_rule(5, r"(a+)+$", mode=Mode.REGEX),
        make_rule(6, "ok", mode=Mode.EXACT),
        make_rule(7, "order", mode=Mode.STARTS),
    ]
)
_ALPHABETS = st.sampled_from(
    ["あアｱー返品っ", "退貨货tuihuo ", "refund 'RÉ", "👍🏽\u200d❤️", "مرحبا \u202e", "\x00\ud800\n\t"]
)
_TEXT = st.one_of(st.text(max_size=300), _ALPHABETS.flatmap(lambda letters: st.text(alphabet=letters, max_size=300)))
_QUICK = settings(max_examples=150, deadline=1000, suppress_health_check=[HealthCheck.too_slow])


@_QUICK
@given(_TEXT)
def test_any_text_is_matched_explained_and_judged(text):
    assert _COMPILED.match(text) == list(_COMPILED.explain(text).candidates)
    assert len({one.rule_id for one in _COMPILED.match(text)}) == len(_COMPILED.match(text))
    mood.judge(text)


@settings(parent=_QUICK, max_examples=60)
@given(
    st.lists(
        st.tuples(_TEXT.map(lambda text: text[:60]), st.sampled_from([one for one in Mode if one is not Mode.REGEX]))
    )
)
def test_any_keywords_can_be_compiled(rows):
    listed = tuple(Keyword(text, mode, patterns=derive_patterns(text)) for text, mode in rows)
    compiled = compile_matcher([KeywordRule(1, listed)])
    for text, _ in rows:
        compiled.match(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4096,
        "返品" * 2048,
        "退貨" * 2048,
        "退或" * 2048,
        "止まっています" * 585,
        "tuihuo" * 682,
        "zhuang " * 585,
        "refnud " * 585,
        "へんぴんう" * 819,
        "👍" * 4096,
        "مرحبا " * 682,
        "ー" * 4096,
        "a\u0301" * 2048,
    ],
)
def test_the_longest_message_takes_no_longer_than_a_moment(text):
    _COMPILED.match(text)
    started = time.process_time()
    _COMPILED.match(text)
    assert time.process_time() - started < 0.5


def test_an_exploding_regular_expression_takes_no_time():
    started = time.process_time()
    make_matcher(r"(a+)+$", r"(x|x)*y", mode=Mode.REGEX).match("a" * 1999 + "!")
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize("pattern", ["", " ", "(", "(?=a)b", r"(a)\1", "a{1000}{1000}", ".*", "x" * 1001])
def test_a_regular_expression_that_cannot_be_used_is_refused_in_words(pattern):
    with pytest.raises(PatternError) as refused:
        regexes.check_regex(pattern)
    assert refused.value.message.endswith((".", "all."))


@pytest.mark.parametrize(
    "keyword",
    [
        Keyword(""),
        Keyword("  "),
        Keyword("!?"),
        Keyword("x" * 201),
        Keyword("one", Mode.ALL_NEAR),
        Keyword("refund", threshold=10),
    ],
)
def test_a_keyword_that_could_not_be_found_is_refused(keyword):
    with pytest.raises(KeywordError):
        keywords.check_keyword(keyword)


def test_ten_thousand_pasted_keywords_are_taken_once_each():
    pasted = "\n".join(f"keyword {number % 5000}" for number in range(10_000))
    assert len(keywords.split_pasted(pasted)) == 5000


def test_more_than_that_is_refused():
    with pytest.raises(KeywordError):
        keywords.split_pasted(",".join(f"word{number}" for number in range(10_001)))


def test_ten_thousand_keywords_of_one_rule_compile_in_seconds():
    started = time.process_time()
    make_matcher(*(f"keyword{number} thing" for number in range(10_000))).match("keyword77 thing")
    assert time.process_time() - started < 10


def test_strange_texts_are_grouped_and_suggested_from():
    texts = ["", "👍", "a" * 4096, "مرحبا", "\ud800"]
    assert sum(one.count for one in grouping.group_phrases(texts)) == 3
    assert suggest.suggest_synonyms("👍", messages=texts) == []


def test_messages_are_matched_while_rules_are_compiled_in_another_thread():
    """Both cut Japanese into words at the same moment."""
    matcher = compile_matcher([make_rule(1, "返品", "送料無料")])
    with ThreadPoolExecutor(4) as threads:
        heard = [threads.submit(matcher.match, "昨日注文した商品の送料むりょうですか" * 100) for _ in range(30)]
        made = [threads.submit(derive_patterns, "昨日注文した商品の送料") for _ in range(30)]
    assert not [one.exception() for one in heard if one.exception()]
    assert not [one.exception() for one in made if one.exception()]
