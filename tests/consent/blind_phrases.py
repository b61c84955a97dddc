"""A blind set: written before anybody looked at the patterns, and never to be tuned on; it says what recall really is.

A rule that was changed because of a phrase here makes the set worthless: write a new one in its place.
"""

WISHES: dict[str, str] = {
    "ja": """
こういうの送るのやめてもらえます?|LINEもメールも全部いらないです|もう結構です。送信しないでください|配信停止してくださーい|DMお断りです|今後一切の連絡を控えてください
セールの案内はもういいです|メッセージが多すぎます。止めてください|この番号を登録から消してください|電話番号を削除してほしいです|私の連絡先を消去してください
名簿から外してください|宣伝メッセージは受け取りたくありません|広告は送らないで頂けますか|毎日毎日うるさい、もう送ってこないで|二度と送るな|送ってくんな|配信拒否
配信の停止を希望いたします|お手数ですが配信停止の手続きをお願いできますでしょうか|クーポンとかもういりません|メルマガを解約したいです|メルマガ退会希望
メッセージの受信を止めるにはどうすればいいですか|どうやったら配信止められますか|この配信ってどこで解除できますか？|ご案内は今後結構です|ご連絡は不要でございます
もう届かないようにしてください|通知が来ないようにしてほしい|通知を切ってください|オプトアウトします|オプトアウト希望|アンサブスクライブ|unsubscribeしたい|STOPして
お知らせの配信を中止してください|配信やめて〜|広告やめてくれ|もう興味ないので配信しなくていいです|他社に変えたので案内は不要です|引っ越したのでもう連絡いらないです
商品の案内を送るのはご遠慮ください|営業連絡はお控えください|営業メールお断り|登録した覚えがないので解除してください|勝手に送らないでもらえますか|うざいから送らないで
メール配信の登録を取り消したい|購読を解除します|購読解除お願いします|フォロー解除したい、メッセージいらない|この番号には送らないでください|私の番号に連絡しないでください
もう送信してこないで下さい|キャンペーン情報は要らないです|おすすめ情報の配信は希望しません|案内の送付を停止願います|これ以上メッセージを送信しないで|今後の配信をご遠慮申し上げます
リストから削除をお願いいたします|連絡リストから私を外してください|退会でお願いします|解約したいので配信も止めてください
""",
    "zh": """
不要再给我发消息了|请不要再发短信给我|別再傳訊息給我了|請停止傳送廣告|麻煩幫我取消訂閱|我想退訂|退订吧|TD|能不能别发了|別再發了好嗎|求求你们别发广告了
不想再收到你们的推销信息|以后不要联系我了|请勿打扰|請勿再打擾|把我从名单里删除|请将我的号码移除|把我的電話刪掉|请删除我的联系方式|從名單中移除我
我不需要促销信息|优惠券不用再发了|活动通知不用发给我了|不用再推送了|停止推送|停止發送|停止向我发送营销信息|怎样才能不再收到这些信息|如何停止接收訊息
怎么才能退订你们的消息|要怎麼取消訂閱|在哪里可以关闭推送|再发我就举报了|再发就投诉你们|别骚扰我|不要騷擾我|骚扰信息，请停止|太多訊息了，請停止
我没有订阅过，请取消|我沒有訂閱，不要再寄給我|你们发错人了，别再发了|换号了，这个号码别再发了|這個號碼不要再傳了|取消关注，不想收消息|我拒绝接收任何广告
拒收广告|拒绝推送|謝絕推銷|謝絕廣告訊息|不接受營銷訊息|不再需要你们的通知|我對這些不感興趣，請別再發|对你们的产品没兴趣，别发了|请把我移出群发列表
移出名单|帮我退出会员群发|我要退出|屏蔽你们的消息|请关掉消息提醒|关掉推送|關閉推播通知|別傳了|別再寄優惠訊息|行了别发了|够了，不要再发了
我已经不用了，不用再通知我|以后这种信息就不用发了|取消接收|终止订阅|停止訂閱
""",
    "en": """
Please stop texting me|stop messaging me plz|STOP SENDING ME THESE|can you stop sending these?|Could you please take my number off your list|take me off this list|remove me from your mailing list
Remove my phone number please|delete my number|please delete my number from your database|lose my number|Do not contact me again|don't text me anymore|dont msg me again|pls dont send me any more promos
I no longer wish to receive these messages|I don't want to receive any more offers|i dont want these texts|Not interested, please remove me|wrong number, stop texting|you have the wrong person, please remove this number
how do i get off this list|how do I opt out of these texts?|Where can I unsubscribe from this|what do I have to do to stop getting these messages|How to stop receiving these|opt me out|I'd like to opt out please|opt-out
unsubscribe|Unsubcribe me|unsubscribe from all|please cancel my subscription to these alerts|cancel these texts|end these messages|I want to unsubscribe|no more messages please|no more promotions
no more spam|stop spamming me|stop the spam|stop with the ads already|enough with the promos, stop|please quit texting this number|quit messaging me|cease all communication|cease and desist contacting me
I never signed up for this, remove me|I did not consent to these messages|I revoke my consent|I withdraw my consent to be contacted|leave me alone|stop harassing me|stop contacting me|never text me again|Never contact this number again
please turn off these notifications|turn off the promo messages|I don't need these updates anymore|don't want your ads|stop all promotional messages|stop pls|STOP.|Stop!!!|stop it|please stop these|we don't want your messages
get me off your list|i am no longer interested, please stop sending|discontinue these messages|Kindly desist from sending me messages
""",
}

ORDINARY: dict[str, str] = {
    "ja": """
配送を停止してもらえますか|配送をキャンセルしたい|配達を止めてください、旅行に行きます|定期便を停止したいです|定期購入を解約したいのですが|注文を取り消してください|予約の解除をお願いします
アカウントのロックを解除してください|送料はいくらですか|クーポンが届きません|メールが届かないのですが|メッセージ届きましたか？|お知らせありがとうございます|案内を送ってください
次のセールの案内はいつですか|配信を楽しみにしています|ライブ配信は何時からですか|配信のアーカイブは見られますか|昨日の配信を見逃しました|配信を再開してください|また配信してください
配信を止めないでください|停止しないでほしい|連絡がないのですが|連絡ください|電話で連絡しないでメールでお願いします|夜は連絡しないで、昼にお願いします|割り箸はいりません|袋は不要です
レシートは要りません|領収書は送らなくて大丈夫です|名札から名前を消してください|カートから商品を削除したい|この写真を削除してもらえますか|住所の登録を変更したい|登録は必要ですか
会員登録の方法を教えてください|退会したら ポイントはどうなりますか|ストッパーの在庫ありますか|ドアストップはいくらですか|バス停の前のお店ですか|ノンストップで行けますか|一時停止ボタンはどこ
製造中止になりましたか|雨天中止ですか？|イベントは中止ですか|中止になったら返金されますか|迷惑をかけてすみません|迷惑メールに入っていました|しつこい汚れに効きますか|いらない服を買い取ってもらえますか
もういいですか、次に進んでも|もう結構待っています|拒否反応は出ませんか|着信拒否していませんか|カードが拒否されました|お酒はやめています|青いのはやめて赤にします|やっぱりやめておきます
サイズ変更やめて元のままで|送る前に連絡してください|間違って送ってしまいました|商品を送らないでください、店で受け取ります|別の番号に送ってください|ギフトなので明細は入れないでください
通知がオンになりません|通知の設定を教えて|登録を完了したい|広告の商品はどれですか|広告を見て来ました。在庫ありますか
""",
    "zh": """
不要发顺丰，发中通|先不要发货|请停止发货|別寄到公司|不要寄到舊地址|取消我的预约|取消訂單|我要取消这个订单|怎么取消订单|可以退款吗|我要退貨|退出登录怎么弄
别停，继续发|不要停止发送优惠|请继续给我发优惠|怎么没收到你们的消息|收不到通知|通知怎么打开|怎麼訂閱|想訂閱你們的電子報|订阅多少钱|我的订阅什么时候到期|订阅的杂志没到
删除购物车的商品|把红色的删掉，换成蓝色|删掉备注|刪除我的帳號會怎樣|换个号码联系我|請聯絡我|请不要打电话，发消息给我|晚上别打电话|有广告里那款吗|看到廣告來的
优惠券怎么用|優惠券用不了|促销到几号|活动什么时候结束|活動取消了嗎|停产了吗|停車場在哪|停业到什么时候|公交站停在门口吗|關閉時間是幾點|你们几点关门
不要辣|不需要发票|不用袋子|不用了谢谢，我再看看|不需要这个颜色|不想要了，退款|別擔心|别忘了寄发票|别发错颜色|不要發錯尺寸|拒签了怎么办|拒收了快递，会退款吗
打扰了，请问有货吗|不好意思打擾一下|烦请发一下地址|投诉快递员|我要投诉，货还没到|消息我看到了|收到消息了，谢谢|群里发的活动是真的吗|会员怎么退费|移除商品|够了，两件就行
推荐一款|推送的那个链接打不开|名单里有我吗|能不能别用塑料袋|不要放门口
""",
    "en": """
Don't stop sending me offers!|please don't stop|I'll stop by the store tomorrow|can I stop by at 5?|which bus stop is closest|is this a one-stop shop|do you have door stops|how do I stop my order from shipping
Stop my order please|cancel my order #4521|cancel my appointment|I need to cancel the reservation for tonight|how do I cancel my gym membership|please cancel one of the two items|remove the onions please|remove the blue one from my order
can you remove this item from my cart|please delete the second address|delete my last message, wrong chat|take the soup off my order|take my old card off file|don't text, call me instead|please call me, don't text|don't contact my office, use my mobile
please don't send it before Friday|don't send the red one|no more than 3|no more questions, thanks|are there no more tickets?|no more sizes left?|I didn't get your message|I stopped getting your messages, why?
why did you stop sending me updates|Why am I not receiving your texts|I want to receive your offers|please keep sending me deals|sign me up|how do I subscribe to the newsletter|can I resubscribe|I unsubscribed by mistake, add me back
when does the promo end|the promo code doesn't work|end of season sale?|does the sale end today|I quit my job so I need a refund|the app won't stop crashing|my phone keeps turning off|how do I turn off the alarm on this watch
turn off the heater?|the delivery driver left me alone at the door lol|leave it with the neighbor|is there a number I can call|wrong number of items in the box|I have the wrong size, can I exchange|you sent me the wrong message I think|stopped working after a week
it stopped raining, are you open?|non-stop flights only|stop and shop near me?|I can't stop eating these cookies|never received my order|never mind, found it|not interested in the blue one, do you have green|I don't want the extended warranty
I don't need a bag|I do not want insurance|enough for four people?|that's enough, thank you|opt in please|what are my options|can I opt for express delivery|the message says out for delivery|is this list up to date|are you spamming or is this real?
""",
}
