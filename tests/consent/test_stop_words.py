"""Which messages end our writing, and which only look like it: Japanese, Chinese, English."""

import time

import pytest

from switchboard.consent import rules

JAPANESE = """
配信停止|停止|解除|退会|ストップ|ｽﾄｯﾌﾟ|すとっぷ|配信解除|受信拒否|登録解除|購読解除|配信不要|メルマガ解除|配信停止希望
停止してください|停止して下さい。|配信を停止して|配信を停止してください|配信停止でお願いします|配信停止をお願いいたします。|解除お願いします
退会します|退会したいです|退会希望です|ストップ！！|ストップ🛑|【停止】|　停止　|配信を止めてください|メッセージをやめて|もう送らないで
もう送らないでください|メッセージを送らないでください|二度と連絡しないでください|お知らせはいりません|広告不要です|すみませんが配信停止をお願いします
メールの配信を解除したいです|配信停止できますか？|配信停止の方法を教えてください|STOPしてください|今後の配信は不要です|ﾊｲｼﾝﾃｲｼ|配信を中止してほしい|配信停止する|もう連絡しないで|LINE配信停止|STOP お願いします
""".strip()
CHINESE = """
退订|退訂|停止|取消订阅|取消訂閱|TD|td|T|Ｔ|拒收|不要再发|不要再发了|不要再發了|别再发了|別再發訊息給我|请退订|我要退订|退订谢谢|退订！
请不要再发消息给我|不要给我发广告|停止发送|停止發送訊息|停止推送|取消关注|请停止发送消息|不想再收到你们的消息|不想再收到广告|拒绝接收广告|别发了
请勿打扰|不要再联系我|不要再打扰我了|不再接收消息|取消推送|怎么退订|如何取消订阅？|可以退订吗|回T退订|TD退订|把我移除|删除我的号码|麻烦你们停止骚扰我
取消我的订阅|我不想收到短信|我不要再收到信息|无需再发|退订退订|请勿发送|别再给我发短信了|取消通知
""".strip()
ENGLISH = """
STOP|stop|Stop.|stop!!|ＳＴＯＰ|S T O P|S.T.O.P|🛑 STOP 🛑|STOPP|please stop|Stop please|UNSUBSCRIBE|unsubscribe me|CANCEL|END|QUIT|OPT OUT|opt-out|OPTOUT
opt_out|REMOVE ME|remove me from your list|Take me off this list|stop messaging me|Stop texting me!|please stop sending me messages|stop sending messages
Don't message me again|do not contact me|don’t text me anymore|no more messages|stop all messages please|STOP ALL|Stop promotions|Cancel my subscription
I don't want to receive these messages|Can you stop messaging me?|can you please stop|stop this|leave me alone|how do I unsubscribe?|unsub|I want to opt out
stop spamming me|Please unsubscribe me from this list|stop now|Stop it|stop, thanks|I want to unsubscribe please|STOP_MARKETING|delete my number
""".strip()
ORDINARY = """
Can I stop by tomorrow?|I'll stop by the shop|Where is the bus stop?|don't stop|non-stop flight to Tokyo?|stop by|It never stops raining|The end
Weekend|quit smoking tips|cancel my order|Please cancel my appointment|Can you cancel the 3pm booking?|I can't stop laughing|Is it nonstop?|end of the month
When does the sale end?|remove the onions please|remove item 3|stopwatch|unstoppable|Don't unsubscribe me|please don't stop sending these|ok|yes|no|1|Thanks!
What time do you stop serving?|Stop selling out so fast, I love it|opt|t-shirt|TD Bank card accepted?|2|👍|🛑|send me more messages|How do I cancel my order?
バス停止まりますか|バス停はどこですか|停止中ですか|エレベーターが停止しています|ストップウォッチはありますか|退会したら割引はどうなりますか|解除コードは何ですか
会議を停止してください|キャンセル待ちできますか|予約をキャンセルしたい|キャンセル|停止ボタンが壊れました|ノンストップ便はありますか|ストップ高ですね|配信はいつですか
配信を楽しみにしています|不要|もういらない|送ってください|やめられない味ですね|退会しません|配信停止しないで|登録したい|止まりますか|はい|今日は停電でした|停止しますか|解除しますか|配信停止しない|再入荷したら連絡してください
停止营业时间是几点|退订酒店房间怎么退款|不要香菜|不要了谢谢|取消订单|取消|T恤有货吗|什么时候停止活动|停车场在哪里|别发错地址了|不要再发错货了|拒收快递怎么办
不要|你好|什么时候发货|给我发消息|可以发图片吗|订阅|怎么订阅|不要停|我想订阅你们的消息|發貨了嗎|活動何時結束|不要取消订阅|不要发|别发货|停止服务|已退订|不需要了
""".strip()


def _phrases(table: str) -> list[str]:
    return [phrase for line in table.splitlines() for phrase in line.split("|") if phrase]


@pytest.mark.parametrize("text", _phrases(JAPANESE))
def test_it_obeys_japanese(text: str) -> None:
    assert rules.is_opt_out(text)


@pytest.mark.parametrize("text", _phrases(CHINESE))
def test_it_obeys_chinese(text: str) -> None:
    assert rules.is_opt_out(text)


@pytest.mark.parametrize("text", _phrases(ENGLISH))
def test_it_obeys_english(text: str) -> None:
    assert rules.is_opt_out(text)


@pytest.mark.parametrize("text", _phrases(ORDINARY))
def test_it_leaves_ordinary_messages_alone(text: str) -> None:
    assert not rules.is_opt_out(text)


@pytest.mark.parametrize(("text", "language"), [("配信停止", "ja"), ("退订", "zh"), ("TD", "zh"), ("STOP", "en")])
def test_it_names_the_language(text: str, language: str) -> None:
    assert rules.parse_opt_out(text) == language


@pytest.mark.parametrize(
    "text",
    _phrases(
        "START|Start!|unstop|Subscribe please|opt-in|再開|配信再開|配信を再開してください|再開希望|恢复订阅|恢復訂閱|重新訂閱|请恢复订阅"
    ),
)
def test_it_knows_the_words_that_bring_somebody_back(text: str) -> None:
    assert rules.is_return(text)
    assert not rules.is_opt_out(text)


@pytest.mark.parametrize("text", [*_phrases(JAPANESE + CHINESE + ENGLISH), *_phrases(ORDINARY)])
def test_nothing_else_brings_anybody_back(text: str) -> None:
    assert rules.is_return(text) == (text in {"订阅"})


@pytest.mark.parametrize("unit", ["お知らせ", "请停止", "stop ", "please ", "配信を", "消息", "all the ", "退订谢谢"])
def test_no_text_takes_it_long(unit: str) -> None:
    started = time.thread_time()
    rules.is_opt_out((unit * 200)[:120])
    assert time.thread_time() - started < 0.25


def test_it_reads_past_invisible_characters() -> None:
    assert rules.is_opt_out("\u200bSTOP\ufe0f\u2060\n")


def test_empty_and_odd_text_is_no_opt_out() -> None:
    assert not any(rules.is_opt_out(text) for text in ("", " ", "\n", "...", "\ud83d", "x" * 5000))


@pytest.mark.parametrize(
    ("title", "payload"), [("配信停止", "a1"), ("もう受け取らない", "STOP"), ("Stop", "x"), ("No", "OPT_OUT")]
)
def test_a_button_that_says_stop_is_obeyed(title: str, payload: str) -> None:
    assert rules.is_opt_out_button(title, payload)


@pytest.mark.parametrize(
    ("title", "payload"), [("Cancel", "cancel"), ("キャンセル", "end"), ("Yes", ""), ("T", "t"), ("はい", "1")]
)
def test_a_button_of_ours_that_cancels_something_else_is_no_opt_out(title: str, payload: str) -> None:
    assert not rules.is_opt_out_button(title, payload)
