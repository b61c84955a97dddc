"""What people really write when they want us to stop, and what only looks like it: the measure of `consent.rules`.

Written down before the rules were run on it. What it cannot tell apart is left in and counted, not taken out.
"""

WISHES: dict[str, str] = {
    "ja": """
配信停止でお願い致します|もう配信しなくて結構です|メール配信を止めていただけますか|今後メッセージを送らないでください|配信停止をお願いできますか？|広告のLINEやめてほしい
退会手続きをお願いします|退会させてください|登録を解除してください|登録解除お願い|配信停止希望です。よろしくお願いします。|受信を拒否します
もう連絡しないでください|迷惑なのでやめてください|迷惑です。送らないで|しつこいのでもう送らないでください|宣伝はいりません|クーポン配信いらないです
お知らせを止めたい|メッセージ不要です|もう要らないので配信停止して|停止願います|停止お願いします🙏|STOP!|すとっぷ|ストップでお願いします
解除したいです|解除をお願いいたします|配信の解除方法を教えて|配信解除希望|購読をやめたい|購読停止
二度と送ってこないで|送信停止|送るな|送ってくるな|連絡してこないで|もうメッセージを送るのはやめてください
ブロックします。送らないでください|リストから外してください|名簿から削除してください|私の番号を消してください|個人情報を削除して連絡をやめてください|オプトアウトします
ｽﾄｯﾌﾟ|テイシ|配信ていし|配信を　停止　して　ください|配信停止⛔|【配信停止】|「停止」|停止。
""",
    "zh": """
退订|退订谢谢|我要退订|请帮我退订|怎么退订啊|退订退订退订|TD|td谢谢|回复TD|T|取消订阅|帮我取消订阅
不要再发了|别再给我发了|请不要再发广告给我|不要发消息了|别发广告了|烦死了别发了|不要再推送了|停止推送
不想再收到你们的短信|我不想收到推广信息|请停止发送|停止发送营销短信|请停止打扰|别骚扰我|请勿再打扰|再发就投诉
拒收|拒收信息|拒绝推销|不接受推销|屏蔽|取消关注|取关|把我拉黑吧别发了
删除我的号码|把我从名单里删掉|请把我的联系方式删除|不需要你们的推送|不需要再通知我|以后不要联系我|不要再联系我了谢谢|退出
退訂|取消訂閱|請不要再傳訊息給我|別再發了|停止發送|不要再寄廣告了|我想退訂|請停止傳送訊息
""",
    "en": """
stop|Stop please|STOP STOP|stop!!!|please stop messaging me|stop texting|Stop sending these|stop sending me offers|plz stop|Unsubscribe|unsubscribe please|UNSUB
unsubscribe me from this list|opt out|I want to opt out|opt me out please|remove me|remove me from your list|please remove my number|take me off your list|delete my number please|Remove
don't message me|Do not contact me again|dont text me anymore|no more messages please|no more ads|I don't want these messages|I do not want to receive marketing messages|I no longer wish to receive messages
leave me alone|quit messaging me|quit it|cancel subscription|end subscription|cancel my subscription please|stop spamming|this is spam, stop|how do I stop these messages|How can I unsubscribe?
stop now or I report you|never contact me again|you are blocked, stop writing|not interested, please stop|not interested, remove me|I'm not interested, stop messaging|Turn off notifications|please cease all messages
S.T.O.P|sotp|stpo|unsubscibe|unsuscribe|STOP 🛑|stop thanks|Stop, thank you|Stopp|please dont send me any more promotions|enough, stop|get me off this list
""",
}

ORDINARY: dict[str, str] = {
    "ja": """
バス停はどこですか|ストップウォッチの在庫はありますか|停止ボタンの押し方を教えて|エアコンが停止します|電車が運転停止で遅れます|送料はいくらですか|送ってください|早く送って
やめないでください、楽しみにしています|配信を楽しみにしています|配信はいつ始まりますか|配信停止になっていませんか？届きません|解除コードが届きません|ロック解除の方法は？|予約を解除したい|予約をキャンセルしたいです
注文を取り消したい|注文の停止はできますか|定期便を一回止めたい|サブスクの解約について|退会すると割引はなくなりますか|退会方法ではなく変更方法を知りたい|箱はいりません|袋は不要です
領収書は不要です|いりません|結構です|大丈夫です|もういい|しつこい汚れに効きますか|迷惑をおかけしました|連絡をください
電話しないでメッセージで連絡ください|まだ送らないでください、住所を変えます|メールではなくここに連絡して|削除した商品を戻せますか|番号を変更したい|登録したい|登録できません|会員登録の停止中と出ます
止まりません|雨が止まらない|痛みが止まる薬はありますか|すみません、間違えました|はい|いいえ|ありがとう|3番でお願いします
""",
    "zh": """
什么时候发货|发货了吗|不要发错颜色|别发顺丰|不要发到付|暂时别发货，我改地址|退货怎么退|怎么退款|我要退货|退款退到哪里|取消订单|帮我取消预约
停车场在哪|停电了吗|停止营业了吗|活动停止了吗|什么时候停止报名|推送一下链接|给我推送新品|请继续发|不要停|我想订阅
怎么订阅|取消订单后多久退款|不要辣|不要葱|不要了|不用了谢谢|不需要发票|不需要袋子
拒收快递怎么办|我拒收了包裹|删除订单|删除评论|把我的地址改一下|号码换了|T恤有吗|T码是多大
屏蔽词是什么|骚扰电话是你们打的吗|别忘了发给我|别急|不是退订，是退货|我没有退订|为什么给我退订了|你好
""",
    "en": """
don't stop|please don't stop sending these|Where is the bus stop?|Can I stop by at 5?|non stop flights?|What time do you stop serving|is there a stop near the shop|stop by tomorrow
cancel my order|Please cancel my booking|cancel order 5521|I want to cancel my appointment|how do I cancel an item|remove the second item|remove onions please|delete the last order
end of the month?|when does the sale end|the end|quit smoking patches in stock?|I quit my job|opt for the blue one|option 2|subscribe me
how do I subscribe|I unsubscribed by mistake, add me back|did you unsubscribe me?|please do not cancel|no more than two please|send me more|don't send it yet, wrong address|do not send to my office
leave it at the door|leave my package alone|take me off hold|not interested in blue, red please|no thanks|no|not now|spam folder hides your mail
my screen stops working|it never stops|pit stop|one stop shop|full stop|stopwatch price|block heels size 38|turn off the heater how
call me back|can you text me the address|message me tomorrow|contact me please|enough stock?|thanks, that is enough|I'm done|bye
""",
}


def list_phrases(table: dict[str, str]) -> list[tuple[str, str]]:
    """Return (language, phrase) of a table."""
    return [
        (language, phrase)
        for language, text in table.items()
        for line in text.strip().splitlines()
        for phrase in line.split("|")
        if phrase
    ]
