"""What people write to leave, language by language. Data only; rules.py decides how it is matched.

Japanese and Chinese patterns meet text without spaces, kana folded to hiragana and Traditional
characters to Simplified. English ones meet lower-case words with one space between.
"""

TRADITIONAL = str.maketrans(
    "訂閱發訊們別請個這給傳號單簡對麼廣聯繫絡繼續會擾騷謝關閉資從現後無幫動推銷絕時郵務嗎煩優惠種類電話為來",
    "订阅发讯们别请个这给传号单简对么广联系络继续会扰骚谢关闭资从现后无帮动推销绝时邮务吗烦优惠种类电话为来",
)

# ── Japanese ─────────────────────────────────────────────────────────────────────────────────────

_JA_OPENING = r"(?:すみませんが|すいませんが|すみません|すいません|申し訳(?:ありません|ございません)(?:が)?|お手数ですが|恐れ入りますが|こんにちは|もう|今後(?:の|は|も)?|以後|これ以上|至急|すぐに?|今すぐ|早く|二度と|全ての|すべての|迷惑(?:なので|です)?|しつこい(?:ので|です)?|うるさい(?:ので)?|もう(?:要らない|いらない)ので|この|御社の|そちらの|こちらの|貴社の){0,3}"
_JA_THING = r"(?:くーぽん(?:の)?配信|めーるまがじん|めるまが|めーる|めっせーじ|にゅーすれたー|らいん|line|whatsapp|sms|dm|情報|自動|広告|宣伝|案内|ご案内|お知らせ|おしらせ|きゃんぺーん|通知|連絡|ご連絡|配信|はいしん|送信|送付|発信|受信|購読|登録|会員|ぷっしゅ)"
_JA_PARTICLE = r"(?:を|の|は|も|が)?"
_JA_END = r"(?:停止|ていし|中止|解除|かいじょ|すとっぷ|stop|取り?消し?|きゃんせる|終了|拒否|拒絶|おふ|off)"
_JA_POLITE = (
    r"(?:を|で|に)?(?:"
    r"(?:お願い|おねがい|御願い)(?:します|いたします|致します|申し上げます|したいです|できますか|できますでしょうか)?"
    r"|して(?:ください|下さい|くださいませ|くれ|くれますか|くれませんか|もらえますか|もらえませんか|頂けますか|頂けませんか|いただけますか|いただけませんか|いただきたい(?:です)?|もらいたい(?:です)?|ほしい(?:です)?|欲しい(?:です)?|よ|ね)?"
    r"|させて(?:ください|下さい|いただきます|もらいます)|します|する|したいです|したい(?:のですが|んですが|んですけど)?|しろ|せよ|希望(?:です|します)?|希望いたします|願います|依頼|です|だ|よろしく(?:お願いします|お願いいたします)?"
    r")?(?:よろしく(?:お願いします|お願いいたします)?|お願いします|ね|よ|ありがとう(?:ございます)?)?"
)
JAPANESE = (
    # 停止 · 解除 · ストップ · 退会, alone or asked for politely
    rf"{_JA_OPENING}(?:停止|ていし|解除|すとっぷ|stop|退会|たいかい|脱退|配信停止|おぷとあうと){_JA_POLITE}",
    # 配信停止 · 配信を停止してください · メッセージの配信を解除したいです
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{1,4}}{_JA_END}{_JA_POLITE}",
    # 配信停止できますか · 登録解除の方法を教えてください
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{1,4}}{_JA_END}(?:できますか|可能ですか|(?:の|する)?(?:方法|仕方|やり方|手続き?|には)(?:を|は)?(?:教えて(?:ください|下さい)?|どうすれば(?:いい|良い|よい)(?:ですか)?)?)",
    # 配信をやめて · メッセージを止めてください
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{1,4}}(?:やめて|止めて|とめて|辞めて)(?:ください|下さい|くれ|ほしい(?:です)?|欲しい(?:です)?|もらえますか|いただけますか)?",
    rf"{_JA_OPENING}(?:やめて|止めて|とめて)(?:ください|下さい|くれ)",
    # お知らせを止めたい · 購読をやめたいです · 送るのはやめてください
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{1,4}}(?:やめ|止め|とめ)たい(?:です|のですが|んですが)?",
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{0,4}}(?:送る|送ってくる|送信する|配信する)の(?:は|を)?(?:もう)?(?:やめて|止めて)(?:ください|下さい|くれ|ほしい(?:です)?|欲しい(?:です)?|もらえますか|いただけますか)?",
    # 送るな · 連絡してこないで
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{0,4}}(?:送る|送ってくる|送信する|連絡する|連絡してくる)な",
    rf"{_JA_OPENING}(?:連絡|送信|配信)して(?:こないで|来ないで)(?:ください|下さい|くれ)?",
    # 配信しなくて結構です
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{0,4}}(?:(?:配信|送信)しなくて|送らなくて)も?(?:結構|けっこう|いい|良い)(?:です)?",
    # 退会手続きをお願いします
    rf"{_JA_OPENING}(?:退会|配信停止|配信解除|登録解除)の?(?:お?手続き?){_JA_POLITE}",
    # リストから外してください · 私の番号を消してください
    rf"{_JA_OPENING}(?:(?:配信|送信)?りすと|名簿|(?:配信|送信)先|登録)から(?:私を)?(?:外して|はずして|消して|削除して|除いて)(?:ください|下さい|くれ|ほしい(?:です)?|欲しい(?:です)?)?",
    rf"{_JA_OPENING}(?:私|わたし|僕|俺|自分)の(?:電話番号|番号|連絡先|個人情報|情報|登録)を?(?:消して|削除して)(?:ください|下さい|くれ|ほしい(?:です)?|欲しい(?:です)?)?",
    # 送らないでください · 連絡しないで · もう送ってこないで
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{0,4}}(?:送らないで|おくらないで|送って(?:こないで|来ないで)|(?:配信|送信|連絡)しないで)(?:ください|下さい|くれ|ほしい(?:です)?|欲しい(?:です)?|いただけますか|もらえますか)?",
    # 配信不要 · お知らせはいりません
    rf"{_JA_OPENING}(?:{_JA_THING}{_JA_PARTICLE}){{1,4}}(?:不要|いらない|いりません|要りません|必要ありません|必要ない|結構)(?:です)?",
)

# ── Chinese ──────────────────────────────────────────────────────────────────────────────────────

_ZH_OPENING = r"(?:烦死(?:人)?了|太烦(?:人)?了|真烦|很烦|把我拉黑吧|请你们?|请您|请|麻烦(?:你们?|您)?|拜托(?:你们?)?|你好|您好|你们|我要求|我要|我想要?|我|帮我|给我|可以|可不可以|能不能|能否|立即|立刻|马上|以后|今后|从现在起|现在|都|就|再也){0,4}"
_ZH_THING = r"(?:所有|一切|全部|任何|这种|这些|此类|你们的|的|这个|消息|信息|短信|讯息|简讯|广告|推送|推广|推销|通知|邮件|营销|促销|活动|优惠|服务号?|东西|whatsapp|订阅){0,5}"
_ZH_ENDING = r"(?:给我|我|了|吧|一下|啊|呢|啦|哦|喔|好吗|可以吗|行吗|吗|谢谢(?:你们?|您|了)?|多谢|感谢|td){0,3}"
CHINESE = (
    # 退订 · TD · 拒收 · 停止
    rf"{_ZH_OPENING}(?:(?:退订){{1,3}}|退定|tuiding|取关|退出|屏蔽|td|拒收|停止|stop|解除订阅|解订){_ZH_ENDING}",
    r"(?:回复?)?(?:td|t)(?:退订)?",
    rf"{_ZH_OPENING}(?:退订|拒收|拒绝接收|拒绝|不接受|不接收|不再接收|不想接收|取消|停止|关闭|屏蔽){_ZH_THING}(?:消息|信息|短信|讯息|简讯|广告|推送|推广|推销|营销|促销|通知|订阅){_ZH_ENDING}",
    # 取消订阅 · 取消关注 · 停止发送消息
    rf"{_ZH_OPENING}(?:取消|停止|不再|不想再?|不要再?|别再?|终止)(?:给我|向我|我的)?(?:订阅|关注|接收|推送|发送|传送|推广|推销|联系|联络|打扰|骚扰)(?:我|给我)?{_ZH_THING}{_ZH_ENDING}",
    # 不要再发了 · 别发了 · 不要给我发广告
    rf"(?!(?:请?不要发|请?别发|请?勿发)$){_ZH_OPENING}(?:不要再?|别再?|勿再?|不用再?|不许再?|无需再|不必再)(?:继续)?(?:给我|向我)?(?:发送?|传送?|寄)(?:给我)?{_ZH_THING}{_ZH_ENDING}",
    # 不想再收到你们的消息 · 请勿打扰
    rf"{_ZH_OPENING}(?:不想再?|不愿意?再?|不要再?|不希望再?|拒绝)(?:收到|看到|接到){_ZH_THING}{_ZH_ENDING}",
    rf"{_ZH_OPENING}(?:请勿|勿再?|不要再?|别再?)(?:打扰|骚扰|联系|联络)(?:我|了)?{_ZH_ENDING}",
    # 把我移除 · 删除我的号码
    rf"{_ZH_OPENING}(?:把我(?:的号码)?(?:从名单)?(?:里|中)?(?:移除|删除|删掉|去掉)|(?:移除|删除|删掉)我(?:的号码|的电话)?){_ZH_ENDING}",
    rf"{_ZH_OPENING}把我的(?:手机|电话)?(?:号码|号|电话|联系方式|信息)(?:从名单)?(?:里|中)?(?:移除|删除|删掉|去掉){_ZH_ENDING}",
    # 不需要你们的推送 · 不需要再通知我
    rf"{_ZH_OPENING}(?:不需要|不用|不想要)再?{_ZH_THING}(?:消息|信息|短信|讯息|简讯|广告|推送|推广|推销|营销|促销|通知){_ZH_ENDING}",
    rf"{_ZH_OPENING}(?:不需要|不用)再(?:给我|向我)?(?:通知|联系|推送|发送?|打扰){_ZH_ENDING}",
    # 再发就投诉
    r"再(?:给我)?(?:发|打扰|骚扰)(?:我|消息|信息|短信|广告)?我?就(?:投诉|举报|拉黑)(?:你们?)?(?:了)?",
    # 怎么退订
    r"(?:请问)?(?:怎么|怎样|如何|在哪里?|哪里)(?:可以|能)?(?:退订|取消订阅|拒收)(?:呢|啊)?",
)

# ── English ──────────────────────────────────────────────────────────────────────────────────────

_EN_OPENING = r"(?:(?:hi|hello|hey|ok|okay|no|sorry|please|pls|plz|kindly|just|now|i want (?:you )?to|i would like to|id like to|i wish to|i need to|can you|could you|would you|will you|you|must|again|seriously) ){0,4}"
_EN_CLOSING = r"(?: (?:please|pls|plz|now|right now|immediately|asap|at once|already|today|forever|thanks|thank you|thx|ty|again|anymore|any more|for good|altogether|ok|okay|sir|guys|all)){0,3}"
_EN_MESSAGES = r"(?:(?:all|any|these|those|your|the|this|such|more|me|us|anymore|marketing|promotional|promo|whatsapp|spam|of) ?){0,4}(?:messages?|msgs?|texts?|sms|these|those|ads?|adverts?|advertising|spam|promos?|promotions?|marketing|notifications?|updates?|offers?|newsletters?|broadcasts?|stuff|this|it|them|anything|everything|mails?|emails?)"
_EN_LIST = r"(?:(?:your|the|this|that|all|any) )?(?:(?:mailing|contact|messaging|marketing|broadcast|whatsapp|sms) )?(?:lists?|database|group|subscription)"
ENGLISH = (
    rf"{_EN_OPENING}(?:sto+p+|stop ?all|stop stop|stop stop stop|unsubscribe|unsub|unsubcribe|unsuscribe|unsubscibe|un subscribe|end|quit|cancel|opt ?out|opt me out|remove me|revoke|stop it|stop this|stop that|stop them){_EN_CLOSING}",
    rf"{_EN_OPENING}unsubscribe (?:me|us|this number|my number)(?: from {_EN_LIST}| from {_EN_MESSAGES})?{_EN_CLOSING}",
    rf"{_EN_OPENING}(?:unsubscribe|opt ?out|opt me out|remove me|take me off|remove my (?:number|name|phone|phone number|contact)|delete my (?:number|contact)|delete me)(?: (?:from|of|off))?(?: of)? (?:{_EN_LIST}|{_EN_MESSAGES}|here){_EN_CLOSING}",
    rf"{_EN_OPENING}(?:remove|delete) my (?:number|phone number|contact){_EN_CLOSING}",
    # stop messaging me · stop sending me messages
    rf"{_EN_OPENING}(?:stop|quit|cease) (?:messaging|texting|contacting|spamming|bothering|writing|writing to|sending|sending to|harassing|disturbing|emailing)(?: (?:me|us|this number|my number))?(?: {_EN_MESSAGES})?(?: to me| to us)?{_EN_CLOSING}",
    rf"{_EN_OPENING}(?:stop|end|cancel|cease|quit|no more|turn off) {_EN_MESSAGES}(?: to me)?{_EN_CLOSING}",
    rf"{_EN_OPENING}(?:cancel|end|stop) (?:my |the |this )?subscription{_EN_CLOSING}",
    # don't message me again
    rf"{_EN_OPENING}(?:do not|dont|never) (?:ever )?(?:message|text|contact|write|write to|spam|bother|disturb)(?: to)? (?:me|us|this number)(?: {_EN_MESSAGES})?{_EN_CLOSING}",
    rf"{_EN_OPENING}(?:do not|dont|never) (?:ever )?send (?:me|us)?(?: ?{_EN_MESSAGES})(?: to me)?{_EN_CLOSING}",
    rf"(?:i )?(?:do not|dont|no longer) (?:want|wish)(?: to)?(?: (?:receive|get|be receiving|getting|receiving|to receive|to get))?(?: any more| anymore)? (?:{_EN_MESSAGES}|to be contacted){_EN_CLOSING}",
    rf"(?:i )?want to (?:unsubscribe|opt ?out|stop receiving {_EN_MESSAGES}){_EN_CLOSING}",
    rf"(?:how|where) (?:do|can|to)(?: i)? (?:unsubscribe|opt ?out)(?: from {_EN_LIST}| from {_EN_MESSAGES})?",
    rf"(?:how|where) (?:do|can|to)(?: i)? stop (?:getting |receiving )?{_EN_MESSAGES}",
    rf"{_EN_OPENING}(?:get|take|cross) me off (?:of )?{_EN_LIST}{_EN_CLOSING}",
    rf"{_EN_OPENING}leave me alone{_EN_CLOSING}",
)

# ── why somebody leaves ──────────────────────────────────────────────────────────────────────────

# What people put before or after the wish, in a clause of its own: "Not interested, please stop." Alone it asks for nothing.
REASONS = (
    r"(?:i ?a?m |im )?(?:really |very )?not interested(?: anymore| any more)?",
    r"(?:this|that|it)(?: i)?s spam|spam|enough|thats enough|you are blocked|i report you|(?:so |too |very )?annoying|too many messages",
    r"(?:i )?(?:never|didnt|did not) (?:signed|sign|subscribed|subscribe|asked|ask)(?: up)?(?: for this| to this)?|who is this|wrong number",
    r"(?:本当に|とても|大変)?(?:迷惑|しつこい|うるさい|すぱむ)(?:です|だ|なので|ので)?|(?:もう)?興味(?:が)?(?:ない|ありません)(?:です)?|ぶろっくします|もう(?:いりません|要りません|いらない|結構です)",
    r"(?:真|太|很|好)?烦(?:死|人)?(?:了|死了)?|垃圾(?:短信|信息|广告)|(?:我)?(?:不感兴趣|没兴趣|没有兴趣)|骚扰|我(?:没有|没)订阅",
)
