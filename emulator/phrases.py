"""What people are called, what they write, and which words mean "stop"."""

NAMES = {
    "ja": ("佐藤 結衣", "鈴木 大翔", "高橋 さくら", "田中 蓮", "伊藤 葵", "渡辺 陽菜", "山本 健", "中村 美咲"),
    "zh": ("王芳", "李娜", "张伟", "刘洋", "陈静", "楊美玲", "黃志明", "林淑芬"),
    "en": ("Olivia Brown", "Noah Smith", "Ana García", "Liam O'Neil", "Mia Wang", "Ethan Clark", "Sofia Rossi", "Max"),
}
REPLIES = {
    "ja": (
        "ありがとうございます!",
        "了解しました。",
        "営業時間は何時までですか?",
        "在庫はまだありますか?",
        "送料はいくらですか?",
        "予約したいです。",
        "とても楽しみにしています😊",
        "注文番号を教えてください。",
    ),
    "zh": (
        "谢谢!",
        "好的,收到。",
        "请问几点关门?",
        "还有货吗?",
        "运费多少钱?",
        "我想预约。",
        "太好了👍",
        "請問可以退貨嗎?",
    ),
    "en": (
        "Thanks!",
        "Great, thank you 😊",
        "What time do you close?",
        "Is it still in stock?",
        "How much is shipping?",
        "I'd like to book.",
        "Sounds good.",
        "Can I talk to a person?",
    ),
}
OPT_OUTS = {
    "ja": ("STOP", "配信停止", "停止してください"),
    "zh": ("退订", "TD", "STOP"),
    "en": ("STOP", "unsubscribe", "Stop"),
}
OPT_OUT_WORDS = frozenset(
    {
        "stop",
        "unsubscribe",
        "配信停止",
        "停止してください",
        "退订",
        "退訂",
        "td",
        "stop promotions",
        "停止",
        "配信停止する",
    }
)
OPT_IN_WORDS = frozenset({"start", "subscribe", "配信再開", "订阅", "訂閱"})


def _bare(text: str) -> str:
    return text.strip().rstrip("。.!").casefold()


def is_opt_out(text: str) -> bool:
    return _bare(text) in OPT_OUT_WORDS


def is_opt_in(text: str) -> bool:
    return _bare(text) in OPT_IN_WORDS
