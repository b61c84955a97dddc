"""A complaint is recognised by its words, and only a complaint."""

import pytest

from bench.match_mood import measure_mood
from switchboard.language.mood import judge
from switchboard.language.types import Feeling, Lexicon

_COMPLAINTS = """
最悪です。いつまで待たせるんですか
対応が悪すぎます。もう二度と買いません
何度も言ってますけど、いい加減にしてください
詐欺ですよね？お金返せ
信じられない。責任者を出してください
ひどい対応ですね、がっかりしました
垃圾客服，没人理我
你们就是骗子，我要举报
太差了，再也不买了
等了这么久还没人管，气死了
什么態度啊，差評
敷衍了事，太过分了
This is terrible service
worst shop ever, I want my money back
I'm really disappointed with you
You lied to me. Scam!
absolutely unacceptable, fed up with this
what a waste of money, never again
"""
_OTHERS = """
返品したいのですが、どうすればいいですか
ありがとうございました。とても気に入りました
少し遅れるかもしれません
サイズが合わなかったので交換してください
ひどくないですよ、大丈夫です
注文をキャンセルしたいです
壊れていたので返金をお願いします
怎么退货？
不错，很喜欢
快递什么时候到
衣服小了，想换一件
没问题，谢谢
my order is late, where is it?
I'd like a refund please
it arrived damaged
not bad at all
can you cancel it
the weather is bad here
"""


@pytest.mark.parametrize("text", _COMPLAINTS.split("\n")[1:-1])
def test_a_complaint_is_negative(text):
    assert judge(text).feeling is Feeling.NEGATIVE


@pytest.mark.parametrize("text", _OTHERS.split("\n")[1:-1])
def test_a_plain_request_is_not(text):
    assert judge(text).feeling is not Feeling.NEGATIVE


def test_a_workspace_adds_words_and_takes_some_out():
    assert judge("このポンコツ", Lexicon({"ポンコツ": -2})).feeling is Feeling.NEGATIVE
    assert judge("最悪", Lexicon({"最悪": 0})).feeling is Feeling.NEUTRAL


def test_it_names_the_words():
    assert judge("最悪だ").words == ("最悪",)


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("特に不満はありません", Feeling.NEUTRAL),
        ("詐欺じゃないですか", Feeling.NEGATIVE),
        ("ふざけないでください", Feeling.NEGATIVE),
        ("母が施設に入るので行けそうにありません", Feeling.NEUTRAL),
        ("从来没让我失望过", Feeling.NEUTRAL),
        ("垃圾桶有大号的吗", Feeling.NEUTRAL),
        ("天气太差了，改天吧", Feeling.NEUTRAL),
        ("traffic is terrible, we will be late", Feeling.NEUTRAL),
        ("no problem at all", Feeling.NEUTRAL),
        ("問題ありません", Feeling.NEUTRAL),
        ("没问题", Feeling.NEUTRAL),
    ],
)
def test_bad_words_without_a_complaint_and_complaints_in_the_negative_are_told_apart(text, feeling):
    assert judge(text).feeling is feeling


def test_everyday_messages_are_hardly_ever_taken_for_complaints():
    figures = measure_mood()
    assert all(one["taken_for_complaints"] <= 0.5 for one in figures["everyday"].values())
    assert all(one["precision"] >= 95 and one["recall"] >= 90 for one in figures["seen"].values())


@pytest.mark.parametrize(
    ("complaint", "other"),
    [
        ("your product is terrible", "I'm a terrible sleeper"),
        ("the courier was rude", "if the courier is rude, whom do I call"),
        ("対応がひどい", "ひどい風邪をひいた"),
        ("品質が悪い", "品質が悪かったら返品できますか"),
        ("这是欺骗", "听说有人欺骗老人"),
        ("你们质量太差", "质量太差的话能退吗"),
        ("三回も電話したのに返事がありません", "返事がありませんでしたので、もう一度お願いします"),
        ("等了两个星期还没收到", "还没收到，麻烦看一下"),
        ("it stopped working again after one day", "it stopped working, could you have a look"),
        ("this is a scam", "my mistake, I was careless and clueless"),
    ],
)
def test_a_bad_word_counts_by_what_stands_around_it(complaint, other):
    assert judge(complaint).feeling is Feeling.NEGATIVE
    assert judge(other).feeling is not Feeling.NEGATIVE


def test_denying_a_complaint_is_none():
    for text in ("クレームではなくて質問です", "不是来投诉的，就问一下", "I am not angry, just curious"):
        assert judge(text).feeling is not Feeling.NEGATIVE, text


def test_sentences_it_was_never_tuned_on_are_rarely_taken_wrongly_for_complaints():
    figures = measure_mood()
    assert all(one["precision"] >= 90 and one["recall"] >= 50 for one in figures["fresh"].values())
