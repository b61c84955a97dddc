"""A hundred further phrases that no rule has been changed for: what recall is on words nobody thought of."""

WISHES: dict[str, str] = {
    "ja": """
配信いらん|もうメール送らんといて|広告止めて|もう連絡はけっこうです|お願いだから送らないで|通知オフにしてください|配信を希望しません|今後の案内は不要です|もう受け取りたくないです
会員をやめます|配信リストから除外お願いします|メッセージもう送ってこないで|ストップ|解約じゃなくて配信停止です|停止してもらえますか|勧誘やめて
""",
    "zh": """
别烦我了|不要给我推销|麻烦取消推送|我不要收这些|停发|请取消我的订阅|把我删了|不想看到广告|退订一下谢谢
别推了|关闭通知|不再接收|请停止联系我|不要广告|我要取消|拉黑
""",
    "en": """
please unsubscribe me|stop all messages|no more texts|I didn't sign up for this, stop|take me off|do not text|quit sending me stuff|enough of these messages|I want out
cancel messages|please leave me alone|stop bothering me|remove this number|don't send me anything|make it stop|unsubscribe now
""",
}

ORDINARY: dict[str, str] = {
    "ja": """
配信は何時からですか|停止中の便はありますか|送料不要ですか|届いていません、送ってください|やめたほうがいいですか|この商品いらないので返品したい|解除ボタンが見つかりません|予約を止めたい|電話番号を変更してください
連絡お待ちしています|広告を見ました|登録したいです|ストップ高の株は|もう届きました|いつ送ってくれますか|会員になりたい|返金してください|停車駅はどこ
""",
    "zh": """
什么时候发货|不要发错地址|取消订单|我要退货|广告里的那款还有吗|停车方便吗|不想要红色的|别忘了发票|怎么订阅
请联系我|通知我到货时间|关闭时间是几点|删除购物车里的一件|退出登录怎么操作|不要香菜|我想取消预约|收到了谢谢
""",
    "en": """
which stop is nearest|cancel my order|stop by the shop today?|I want to end the trial|remove one item from my cart|don't send it to my office|can you text me the address|how do I subscribe|no more than two please
the messages are helpful|end of month ok?|I quit smoking|take me to checkout|do you ship on Sunday|stop watch price|leave it at the door|I want two
""",
}
