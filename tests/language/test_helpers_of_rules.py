"""What helps to write rules: collisions, hidden rules, synonyms, groups of unanswered messages."""

from switchboard.language.collisions import find_collisions, find_hidden
from switchboard.language.grouping import group_phrases
from switchboard.language.readings import derive_patterns
from switchboard.language.suggest import log_derived, suggest_synonyms
from switchboard.language.types import Mode, View
from tests.language.rulesets import make_rule


def test_keywords_that_sound_the_same_collide():
    (collision,) = find_collisions([make_rule(1, "怎么做"), make_rule(2, "怎么坐")])
    assert (collision.view, collision.shared, collision.hides) == (View.PINYIN, "zenmezuo", False)


def test_the_same_keyword_further_down_is_hidden():
    rules = [make_rule(1, "返品", position=1), make_rule(2, "返品", "へんぴん", position=2)]
    assert find_collisions(rules)[0].hides
    assert find_hidden(rules) == {2: 1}


def test_a_rule_with_one_keyword_of_its_own_is_not_hidden():
    assert find_hidden([make_rule(1, "返品"), make_rule(2, "返品", "交換", position=1)]) == {}


def test_an_exact_rule_does_not_hide_one_that_looks_anywhere():
    rules = [make_rule(1, "返品", mode=Mode.EXACT), make_rule(2, "返品", position=1)]
    assert not find_collisions(rules)[0].hides


def test_readings_and_pinyin_are_made_once_for_storing():
    assert {one.text for one in derive_patterns("返品")} >= {"へんぴん"}
    assert {one.text for one in derive_patterns("退货")} >= {"tui huo"}
    assert derive_patterns("refund") == ()


def test_five_to_eight_synonyms_are_on_offer_in_each_language():
    for keyword in ("返品", "退货", "退貨", "refund", "返金したい"):
        assert 5 <= len(suggest_synonyms(keyword)) <= 8


def test_what_people_really_write_comes_first():
    messages = ["money back now", "i want my money back", "a refnud please"]
    first, *others = suggest_synonyms("refund", messages=messages)
    assert (first.text, first.count) == ("money back", 2)
    assert "refnud" in [one.text for one in others]


def test_what_is_already_listened_for_is_not_offered_again():
    assert "払い戻し" not in [one.text for one in suggest_synonyms("返金", known=["払い戻し"])]


def test_messages_about_the_same_are_one_group():
    texts = [
        "子供用はありますか",
        "こども用ありますか",
        "子供用はありますか？",
        "ギフト包装できますか",
        "ギフト包装お願いします",
    ]
    first, second = group_phrases(texts)[:2]
    assert (first.count, second.count) == (2, 2)
    assert "包装" in first.keywords


def test_words_of_a_group_stand_as_people_write_them():
    (group,) = group_phrases(["発送はいつ", "発送予定日は"])
    assert "発送" in group.keywords


def test_words_that_set_messages_apart_are_found():
    found = log_derived(["gift wrap please", "can you gift wrap"], ["please hurry", "can you call"])
    assert found[0].text in {"gift", "wrap"}
