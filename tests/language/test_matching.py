"""A keyword is found in any writing, and the answer says how."""

import pytest

from switchboard.language.matcher import compile_matcher
from switchboard.language.types import Mode, View
from tests.language.rulesets import make_matcher, make_rule


@pytest.mark.parametrize(
    ("keyword", "message", "view"),
    [
        ("返品", "昨日の品を返品したい", View.SURFACE),
        ("返品", "へんぴんしたいです", View.READING),
        ("返品", "ﾍﾝﾋﾟﾝ希望", View.READING),
        ("返品", "henpin shitai", View.ROMAJI),
        ("お金を返す", "おかねをかえすって言いましたよね", View.READING),
        ("振り込み", "振込しました", View.SURFACE),
        ("取消", "取り消しできますか", View.SURFACE),
        ("キャンセル", "きゃんせるできますか", View.READING),
        ("キャンセル", "キャセルしたい", View.TYPO),
        ("退货", "我要退貨", View.SURFACE),
        ("退货", "我要tuihuo可以吗", View.PINYIN),
        ("退货", "wo yao tui huo", View.PINYIN),
        ("退货", "woyaotuihuo", View.PINYIN),
        ("退货", "我想退或", View.HOMOPHONE),
        ("还款", "huankuan怎么操作", View.PINYIN),
        ("refund", "i want a refnud", View.TYPO),
        ("refund", "REFUNDS please!!", View.SURFACE),
        ("cancel", "is it too late for cancelling?", View.SURFACE),
        ("exchange rate", "what is the exchange late", View.TYPO),
        ("track order", "trackorder 12", View.SURFACE),
        ("تتبع الطلب", "أريد تتبع الطلب من فضلك", View.SURFACE),
        ("возврат", "хочу возврат денег", View.SURFACE),
        ("환불", "환불해 주세요", View.SURFACE),
        ("👍", "👍🏽", View.SURFACE),
        ("お金を返す", "お金を返す約束でしたよね", View.SURFACE),
        ("返金", "へんきんしてもらえますか", View.READING),
        ("pin", "i forgot my pni", View.TYPO),
        ("refund", "wnat refnud plz nwo", View.TYPO),
    ],
)
def test_a_keyword_is_found_in_any_writing(keyword, message, view):
    (match,) = make_matcher(keyword).match(message)
    assert match.view is view


@pytest.mark.parametrize(
    ("keyword", "message"),
    [
        ("hi", "this is it"),
        ("agent", "they aren't here"),
        ("最寄り", "ホテルにもよります"),
        ("降り", "考えております"),
        ("今日", "こんにちは"),
        ("我们", "women and men"),
        ("rate", "see you later"),
        ("返品", "変な品"),
        ("会", "はい、そうです"),
        ("refund", "the fund is empty"),
        ("傷", "明日は晴れるでしょうか"),
        ("待っています", "エレベーターが止まっています"),
        ("レシート", "テンプレートを見ました"),
        ("何時まで", "石けんはいつまで使えますか"),
        ("预订", "５月の予定です"),
        ("200 dollars", "i have 500 dollars"),
        ("pto request", "i would like to request a card"),
        ("live", "what is life's purpose"),
        ("pin", "a pan and a pen"),
        ("mean", "mein Zug hat heute leider Verspätung"),
        ("visa", "bisa minta nomor telepon yang lain"),
    ],
)
def test_a_coincidence_is_no_match(keyword, message):
    assert make_matcher(keyword).match(message) == []


@pytest.mark.parametrize(
    ("mode", "keyword", "message", "is_found"),
    [
        (Mode.EXACT, "hi", "Hi!!", True),
        (Mode.EXACT, "hi", "hi there", False),
        (Mode.EXACT, "返品", "ﾍﾝﾋﾟﾝ。", True),
        (Mode.STARTS, "order", "Order 12 is late", True),
        (Mode.STARTS, "order", "my order is late", False),
        (Mode.CONTAINS, "refund", "a refnud", False),
        (Mode.ALL_NEAR, "track order", "where can i track my last order", True),
        (Mode.ALL_NEAR, "track order", "order first, and then, much much later in the day, we may track it", False),
        (Mode.ALL_NEAR, "返品 送料", "送料は返品のときいくら", True),
        (Mode.REGEX, r"order\s*#?\d{5}", "my Order #12345 is late", True),
        (Mode.REGEX, r"order\s*#?\d{5}", "order 12", False),
    ],
)
def test_each_mode_looks_in_its_own_way(mode, keyword, message, is_found):
    assert bool(make_matcher(keyword, mode=mode).match(message)) is is_found


@pytest.mark.parametrize(("threshold", "is_found"), [(100, False), (80, True), (60, True)])
def test_the_threshold_says_how_many_slips_are_forgiven(threshold, is_found):
    assert bool(make_matcher("refund", threshold=threshold).match("refnud")) is is_found


def test_the_longer_keyword_wins():
    compiled = compile_matcher([make_rule(1, "返品"), make_rule(2, "返品送料")])
    assert [one.rule_id for one in compiled.match("返品送料はいくら")] == [2, 1]


def test_equal_matches_are_settled_by_position_then_id():
    rules = [make_rule(7, "怎么坐", position=2), make_rule(9, "怎么做", position=1)]
    assert [one.rule_id for one in compile_matcher(rules).match("zenmezuo")] == [9, 7]
    assert compile_matcher(rules).match("zenmezuo") == compile_matcher(rules[::-1]).match("zenmezuo")


def test_it_explains_itself():
    explanation = make_matcher("refund").explain("I want a REFNUD")
    assert explanation.normalised == "i want a refnud"
    assert explanation.corrections == (("refnud", "refund"),)
    assert explanation.winner is not None
    assert (explanation.winner.distance, explanation.winner.found) == (1, "refnud")


def test_no_rules_match_nothing():
    assert compile_matcher([]).match("anything") == []


def test_a_homophone_counts_beside_a_shorter_keyword_found_as_written():
    compiled = compile_matcher([make_rule(1, "电影院"), make_rule(2, "播放")])
    assert compiled.match("找到一个播放王国的电影愿")[0].rule_id == 1


def test_a_phrase_with_a_slip_counts_beside_a_shorter_keyword_found_as_written():
    compiled = compile_matcher([make_rule(1, "cancel my order"), make_rule(2, "order")])
    assert compiled.match("pls cancel mx order")[0].rule_id == 1
