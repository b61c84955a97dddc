"""The sample shop's automatic answers in three languages: what its people ask most, a menu, and a way to a person."""

from typing import Any

from switchboard.language.types import Keyword
from switchboard.replies.types import Rule, Rung, Step, StepKind, Trigger, Words

HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "09:00-18:00")
COUPON_POOL = "olive"
COUPONS = tuple(f"OLIVE-{place:04d}" for place in range(1, 201))
# Payloads of the menu's buttons.
_SHIPPING, _RETURNS, _PERSON = "menu:shipping", "menu:returns", "menu:person"


def _say(japanese: str, chinese: str, english: str) -> dict[str, str]:
    return {"ja": japanese, "zh": chinese, "": english}


def _text(words: Words) -> Step:
    return Step(StepKind.TEXT, {"text": words})


_SHIPPING_SHORT = _say(
    "送料は全国一律600円、5,000円以上のご注文で無料です。",
    "全国统一运费600日元，订单满5,000日元免运费。",
    "Shipping is 600 yen everywhere, and free from 5,000 yen on.",
)
_SHIPPING_FULL = _say(
    "ご注文後2〜4日でお届けします。お届け日時は注文画面でお選びいただけます。沖縄・離島も同じ送料です。",
    "下单后2至4天送达，可在下单页面选择送货时间。冲绳及离岛运费相同。",
    "Parcels arrive two to four days after the order; you choose day and hour when you order. Islands cost the same.",
)
_RETURNS_SHORT = _say(
    "未開封の商品は14日以内でしたら返品を承ります。返送先をお送りしましょうか。",
    "未开封的商品可在14天内退货，需要我们发送退货地址吗？",
    "Unopened goods can be returned within 14 days. Shall we send you the address?",
)
_PERSON_TEXT = _say(
    "担当者におつなぎします。少々お待ちください。",
    "正在为您转接人工客服，请稍候。",
    "I'm passing you on to a colleague. One moment, please.",
)


def build_rules() -> list[Rule]:
    """Return the rules of the sample shop, in their order."""
    person = Step(StepKind.HAND_OVER, {"text": _PERSON_TEXT})
    return [
        _rule(
            "Talk to a person",
            "担当者 オペレーター 人と話したい 人工 人工客服 转人工 agent human,person",
            Rung(steps=(person,)),
        ),
        _rule(
            "Shipping",
            "送料 配送料 配送 届く 运费 邮费 发货 运输 shipping delivery postage",
            Rung(steps=(_text(_SHIPPING_SHORT),)),
            Rung(steps=(_text(_SHIPPING_FULL),), unread_after_seconds=30),
        ),
        _rule("Returns", "返品 返金 交換 退货 退款 换货 return refund exchange", Rung(steps=(_text(_RETURNS_SHORT),))),
        _rule(
            "Opening hours",
            "営業時間 何時まで 定休日 几点 营业时间 关门 opening,hours close open",
            Rung(steps=(_text(_HOURS),)),
        ),
        _rule("In stock?", "在庫 売り切れ 还有货 有货 库存 stock available", Rung(steps=(_text(_STOCK),))),
        _rule(
            "Book a visit",
            "予約 予約したい 预约 订位 book reservation appointment",
            Rung(steps=(_text(_BOOKING), person)),
        ),
        _rule(
            "Thank you",
            "ありがとう 了解 楽しみ 谢谢 收到 太好了 thanks thank,you sounds,good great",
            Rung(steps=(_text(_WELCOME),)),
        ),
        _tapped("Menu: shipping", _SHIPPING, Rung(steps=(_text(_SHIPPING_SHORT), _text(_SHIPPING_FULL)))),
        _tapped("Menu: returns", _RETURNS, Rung(steps=(_text(_RETURNS_SHORT),))),
        _tapped("Menu: a person", _PERSON, Rung(steps=(person,))),
        Rule(
            id=0,
            name="Nothing matches",
            trigger=Trigger.NO_MATCH,
            rungs=(Rung(steps=(Step(StepKind.BUTTONS, _MENU),)), Rung(steps=(person,))),
        ),
    ]


def _rule(name: str, words: str, *rungs: Rung) -> Rule:
    """Make a rule for words; a comma stands for the space inside one of them."""
    keywords = tuple(Keyword(word.replace(",", " ")) for word in words.split())
    return Rule(id=0, name=name, trigger=Trigger.KEYWORDS, keywords=keywords, rungs=rungs)


def _tapped(name: str, payload: str, rung: Rung) -> Rule:
    return Rule(id=0, name=name, trigger=Trigger.PAYLOAD, payloads=(payload,), rungs=(rung,))


_HOURS = _say(
    "営業時間は毎日9時から18時までです。",
    "营业时间为每天9点至18点。",
    "We are open every day from 9:00 to 18:00.",
)
_STOCK = _say(
    "ただいま在庫がございます。クーポン {{coupon:olive}} もご利用ください。",
    "目前有现货，可使用优惠码 {{coupon:olive}}。",
    "Yes, it is in stock at the moment. Use {{coupon:olive}} for a little off.",
)
_BOOKING = _say(
    "ご予約ありがとうございます。ご希望の日時をお知らせください。",
    "感谢预约，请告诉我们您希望的日期和时间。",
    "Thank you for your booking. Please tell us the day and hour you would like.",
)
_WELCOME = _say(
    "ありがとうございます。ほかにご質問がございましたら、いつでもお送りください。",
    "谢谢您！如有其他问题，欢迎随时联系我们。",
    "Thank you! Write to us any time if there is anything else.",
)
_MENU: dict[str, Any] = {
    "text": _say(
        "恐れ入ります、うまく理解できませんでした。どちらについてのご質問でしょうか。",
        "抱歉，没有理解您的意思。请问您想咨询哪一项？",
        "Sorry, I did not quite understand. What is it about?",
    ),
    "buttons": [
        {"id": _SHIPPING, "title": _say("送料・配送", "运费与配送", "Shipping")},
        {"id": _RETURNS, "title": _say("返品・返金", "退货与退款", "Returns")},
        {"id": _PERSON, "title": _say("担当者と話す", "人工客服", "Talk to a person")},
    ],
}
