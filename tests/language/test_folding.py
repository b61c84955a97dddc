"""One form for all the ways of writing the same."""

import pytest

from switchboard.language.folding import clean, fold, unify
from switchboard.language.types import LONGEST_TEXT


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ﾍﾝﾋﾟﾝ", "へんぴん"),
        ("ＲＥＦＵＮＤ", "refund"),
        ("Réfund", "refund"),
        ("don’t", "dont"),
        ("退貨", "退货"),
        ("発送", "发送"),
        ("返 品", "返品"),
        ("「返品」したい", "返品したい"),
        ("ありがとうーーー", "ありがとう"),
        ("サ−ビス", "さーびす"),
        ("サーバー", "さーば"),
        ("バー", "ばー"),
        ("ヴァイオリン", "ばいおりん"),
        ("coooool", "cool"),
        ("3000", "3000"),
        ("👍🏽", "👍"),
        ("مَرْحَبًا", "مرحبا"),
        ("  ok \n ok ", "ok ok"),
        ("", ""),
    ],
)
def test_the_same_is_written_one_way(written, folded):
    assert fold(written) == folded


def test_two_sentences_never_grow_together():
    assert fold("お返。品物") != fold("お返品物")


def test_every_character_keeps_its_place_when_scripts_are_unified():
    cleaned = clean("ヘンピンと發票とヴァイオリン")
    assert len(unify(cleaned)) == len(cleaned)


def test_only_the_beginning_of_a_very_long_message_is_looked_at():
    assert len(fold("ﷺ" * 5000)) <= LONGEST_TEXT
