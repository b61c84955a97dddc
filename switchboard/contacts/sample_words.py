"""Names, towns and words of the sample file."""


def _cut(text: str) -> tuple[str, ...]:
    return tuple(text.split())


JAPANESE_FAMILY = _cut(
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 "
    "中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 原田"
)
JAPANESE_GIVEN = _cut(
    "陽菜 結衣 美咲 葵 さくら 愛 千尋 由美子 恵子 真由美 美穂 彩 香織 沙織 直子 裕子 翔太 蓮 大輔 健一 拓也 誠 浩 達也 隆 亮 "
    "悠斗 陸 太郎 次郎 一郎 和夫 正 修 学 博 剛 智也 雄大 直樹 健太 ひろし めぐみ あかり ゆうき はるか"
)
CHINESE_FAMILY = _cut(
    "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 欧阳 司马"
)
CHINESE_GIVEN = _cut(
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 桂英 玉兰 海燕 建国 志强 雪梅 晓明 文静 子涵 浩然 宇轩 欣怡 梓萱 一诺 诗涵 俊杰"
)
ENGLISH_FAMILY = _cut(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Hughes Green Hall Wood Harris Clark Silva "
    "Santos Oliveira Müller Schmidt Weber Fischer O'Brien García Martin Bernard Dubois Nguyen Lee Kim"
)
ENGLISH_GIVEN = _cut(
    "James Olivia Amelia Liam Noah Emma Ava Sophia Lucas Mia Ethan Zoë Chloë Grace Hannah Daniel Samuel Maria João Ana Pedro Lukas "
    "Hans Anna François Renée Priya Arjun Wei Min-jun Sarah David"
)
JAPANESE_TOWNS = _cut(
    "札幌 仙台 東京 横浜 川崎 千葉 さいたま 静岡 名古屋 京都 大阪 神戸 岡山 広島 福岡 熊本 鹿児島 那覇 金沢 新潟"
)
CHINESE_TOWNS = _cut("北京 上海 广州 深圳 成都 杭州 武汉 南京 西安 重庆 苏州 天津 长沙 青岛 厦门")
FAR_TOWNS = {
    "US": ("New York", "San Francisco", "Chicago", "Austin", "Seattle"),
    "BR": ("São Paulo", "Rio de Janeiro", "Brasília"),
    "DE": ("Berlin", "München", "Köln"),
    "GB": ("London", "Manchester", "Leeds"),
    "FR": ("Paris", "Lyon", "Nîmes"),
    "AU": ("Sydney", "Perth", "Brisbane"),
    "SG": ("Singapore",),
}
US_AREAS = _cut(
    "212 213 305 312 404 415 503 512 602 617 702 713 718 773 808 847 907 916 917 972 206 214 281 303 310 314 407 408 469 480"
)
PLANS = ("Free", "Standard", "Premium", "プレミアム", "ゴールド", "标准", "高级")
TAGS = ("VIP", "新規", "newsletter", "常连", "展示会 2026", "referral")
MEMOS = (
    '窓側の席を希望\nアレルギー: そば、卵',
    'Said "call me after 6pm"',
    "Prefers email, not calls",
    "ご紹介者: 佐藤様,\n次回10%OFF",
    '喜欢"红色"款, 尺码 M',
    "配達は午前中、\r\n不在時は宅配ボックス",
    "；；；",
    "a;b\tc",
)  # fmt: skip
OPT_OUTS = {"mixed": ("1", "yes", "停止", "退订"), "japanese": ("停止", "○", "1"), "chinese": ("已退订", "是", "1")}
HEADINGS = {
    "mixed": (
        "会員番号",
        "氏名",
        "電話番号",
        "E-mail",
        "language",
        "市",
        "plan",
        "last order",
        "配信停止",
        "タグ",
        "Memo",
    ),
    "japanese": (
        "会員番号",
        "氏名",
        "携帯電話番号",
        "メールアドレス",
        "言語",
        "市",
        "プラン",
        "最終注文日",
        "配信停止",
        "タグ",
        "備考",
    ),
    "chinese": (
        "会员编号",
        "姓名",
        "手机号码",
        "邮箱",
        "语言",
        "城市",
        "套餐",
        "最近下单",
        "退订",
        "标签",
        "备注",
    ),
}
