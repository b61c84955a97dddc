"""The words that columns and cells use in Japanese, Chinese and English, and what they mean here."""

HEADINGS: dict[str, tuple[str, ...]] = {
    "phone": (
        "phone", "phonenumber", "phoneno", "mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "tel", "telephone",
        "telephonenumber", "whatsapp", "whatsappnumber", "number", "contactnumber", "msisdn", "waid",
        "電話", "電話番号", "お電話番号", "携帯", "携帯電話", "携帯番号", "携帯電話番号", "連絡先", "tel番号", "モバイル", "ケータイ",
        "电话", "电话号码", "手机", "手机号", "手机号码", "联系电话", "联系方式", "移动电话", "電話號碼", "手機", "手機號碼", "手機號", "聯絡電話",
    ),
    "name": (
        "name", "fullname", "customername", "contactname", "customer", "displayname",
        "氏名", "名前", "お名前", "顧客名", "顧客氏名", "会員名", "お客様名", "姓名", "名字", "客户姓名", "客户名称", "联系人", "會員姓名", "姓名name",
    ),
    "family_name": ("lastname", "familyname", "surname", "姓", "苗字", "名字姓", "姓氏", "セイ姓"),
    "given_name": ("firstname", "givenname", "名", "下の名前"),
    "email": ("email", "emailaddress", "mail", "mailaddress", "メール", "メールアドレス", "eメール", "邮箱", "电子邮件", "电子邮箱", "电邮", "電子郵件"),
    "language": ("language", "lang", "locale", "preferredlanguage", "言語", "使用言語", "言語設定", "语言", "語言", "首选语言"),
    "zone": ("timezone", "tz", "zone", "タイムゾーン", "時間帯", "时区", "時區"),
    "tags": ("tag", "tags", "label", "labels", "タグ", "ラベル", "标签", "標籤"),
    "opt_out": (
        "optout", "optedout", "unsubscribed", "unsubscribe", "donotcontact", "dnc",
        "配信停止", "配信拒否", "配信停止希望", "オプトアウト", "退会", "拒否", "退订", "已退订", "拒收", "取消订阅", "退訂",
    ),
}  # fmt: skip

YES = frozenset((
    "1", "yes", "y", "true", "t", "x", "on", "○", "〇", "◯", "有", "済", "停止", "拒否", "配信停止", "配信拒否", "停止希望", "はい", "退会",
    "退会済", "退会済み", "オプトアウト", "是", "已退订", "退订", "已退", "拒收", "退訂",
    "optout", "optedout", "unsubscribed", "unsubscribe", "stop",
))  # fmt: skip
NO = frozenset((
    "0", "no", "n", "false", "f", "off", "×", "無", "無し", "なし", "未", "いいえ", "配信中", "配信可", "配信希望", "受信", "否", "不", "未退订",
    "正常", "订阅", "已订阅", "none", "na", "n/a", "-", "–", "—", "ー", "subscribed", "active",
))  # fmt: skip

LANGUAGES = {
    "日本語": "ja", "日文": "ja", "日语": "ja", "japanese": "ja", "jp": "ja", "jpn": "ja",
    "中文": "zh_CN", "中国語": "zh_CN", "简体中文": "zh_CN", "簡体字": "zh_CN", "汉语": "zh_CN", "普通话": "zh_CN", "chinese": "zh_CN",
    "zh": "zh_CN", "cn": "zh_CN", "zh_hans": "zh_CN", "simplified chinese": "zh_CN",
    "繁體中文": "zh_TW", "繁体字": "zh_TW", "zh_hant": "zh_TW", "tw": "zh_TW", "traditional chinese": "zh_TW",
    "英語": "en", "英语": "en", "英文": "en", "english": "en", "eng": "en",
    "韓国語": "ko", "한국어": "ko", "韩语": "ko", "korean": "ko", "german": "de", "deutsch": "de", "ドイツ語": "de",
    "french": "fr", "français": "fr", "spanish": "es", "español": "es", "portuguese": "pt_BR", "português": "pt_BR",
}  # fmt: skip

# In which WhatsApp takes templates, as of May 2026:
# developers.facebook.com/documentation/business-messaging/whatsapp/templates/supported-languages
WRITTEN_LANGUAGES = (
    "af", "sq", "ar", "ar_AE", "ar_EG", "ar_LB", "ar_MA", "ar_QA", "az", "be_BY", "bn", "bn_IN", "bg", "ca", "zh_CN",
    "zh_HK", "zh_TW", "hr", "cs", "da", "prs_AF", "nl", "nl_BE", "en", "en_AE", "en_AU", "en_CA", "en_GB", "en_GH",
    "en_IE", "en_IN", "en_JM", "en_MY", "en_NZ", "en_QA", "en_SG", "en_UG", "en_US", "en_ZA", "et", "fil", "fi", "fr",
    "fr_BE", "fr_CA", "fr_CH", "fr_CI", "fr_MA", "ka", "de", "de_AT", "de_CH", "el", "gu", "ha", "he", "hi", "hu", "id",
    "ga", "it", "ja", "kn", "kk", "rw_RW", "ko", "ky_KG", "lo", "lv", "lt", "mk", "ms", "ml", "mr", "nb", "ps_AF", "fa",
    "pl", "pt_BR", "pt_PT", "pa", "ro", "ru", "sr", "si_LK", "sk", "sl", "es", "es_AR", "es_CL", "es_CO", "es_CR",
    "es_DO", "es_EC", "es_ES", "es_HN", "es_MX", "es_PA", "es_PE", "es_UY", "sw", "sv", "ta", "te", "th", "tr", "uk",
    "ur", "uz", "vi", "zu",
)  # fmt: skip
