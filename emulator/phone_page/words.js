"use strict";
// The page's words in Japanese and Chinese, by the English ones; {…} stand for what is put in.

const WORDS = {
  ja: {
    "Phones · emulator": "スマートフォン · エミュレーター",
    "Phones": "スマートフォン",
    "Language": "言語",
    "Every person the emulator knows. Open one and be them.": "エミュレーターにいる人たちです。選ぶと、その人として操作できます。",
    "Search people by name or phone": "名前または電話番号で探す",
    "Name or phone": "名前または電話番号",
    "Write as somebody else": "別の人として書く",
    "Their phone": "その人の電話番号",
    "To": "宛先",
    "Open their phone": "この人の画面を開く",
    "Phone": "スマートフォン",
    "Choose a chat: you will see it as the person does, and can answer, tap, send and stop.": "チャットを選ぶと、その人の画面が表示され、返信、ボタンのタップ、送信、配信停止ができます。",
    "Back to the chats": "チャット一覧に戻る",
    "About this person": "この人について",
    "Messages": "メッセージ",
    "New messages": "新しいメッセージ",
    "Attach": "添付",
    "Picture from this computer": "このパソコンの画像",
    "Sample picture": "サンプル画像",
    "Voice message": "音声メッセージ",
    "Document": "ファイル",
    "Sticker": "スタンプ",
    "Location": "位置情報",
    "A file that cannot be passed on": "届けられないファイル",
    "Message": "メッセージ",
    "Send": "送信",
    "Back to the phone": "画面に戻る",
    "Stop": "配信停止",
    "Write STOP": "STOP と書く",
    "Reading": "既読",
    "Reads by themselves": "自分で読む",
    "Opening the chat here reads it": "ここで開くと既読になる",
    "Identity": "本人情報",
    "Hides the phone behind a username": "電話番号を隠してユーザー名を使う",
    "New phone": "新しい電話番号",
    "Change phone": "電話番号を変更",
    "Close": "閉じる",
    "Nobody with “{search}” has a chat.": "「{search}」に一致するチャットはありません。",
    "Nobody has got a message yet. Send one, or write as somebody below.": "まだ誰にもメッセージが届いていません。送信するか、下から誰かとして書いてください。",
    "{count} unread": "未読 {count} 件",
    "No messages yet. Write the first one.": "メッセージはまだありません。最初のメッセージを書いてください。",
    "may be answered freely for {hours} h {minutes} min": "あと {hours} 時間 {minutes} 分は自由に返信できます",
    "may get templates only": "テンプレートだけを受け取れます",
    "Resume offers (WhatsApp’s switch)": "お知らせの受信を再開（WhatsApp の設定）",
    "Stop offers (WhatsApp’s switch)": "お知らせの受信を停止（WhatsApp の設定）",
    "Unblock this business": "このビジネスのブロックを解除",
    "Block this business": "このビジネスをブロック",
    "Marketing templates to this person fail with 131050.": "この人へのマーケティングテンプレートは 131050 で失敗します。",
    "Nothing more arrives on this phone.": "この電話にはもう何も届きません。",
    "The business has blocked this person: what they write does not arrive.": "ビジネスがこの人をブロックしています。書いても届きません。",
    "Read now ({count})": "今すぐ読む（{count}）",
    "Everything is read": "すべて既読です",
    "React with thumbs up": "いいねでリアクション",
    "Cards": "カード",
    "Picture": "画像",
    "Video": "動画",
    "sent": "送信済み",
    "delivered": "配信済み",
    "read": "既読",
    "{count} contacts": "連絡先 {count} 件",
    "{text} · until {end}": "{text} · {end} まで",
    "{name} (not kept by the emulator)": "{name}（エミュレーターには保存されていません）",
    "Copied: {value}": "コピーしました：{value}",
    "The phone would call {value}.": "ここで {value} に電話をかけます。",
    "The phone would call the business.": "ここでビジネスに電話をかけます。",
    "The phone would open this inside WhatsApp.": "ここで WhatsApp の中の画面が開きます。",
    "The business has blocked this person, so this does not arrive.": "ビジネスがこの人をブロックしているため、届きません。",
    "The emulator does not answer. Is it still running?": "エミュレーターが応答しません。起動しているか確認してください。",
  },
  zh: {
    "Phones · emulator": "手机 · 模拟器",
    "Phones": "手机",
    "Language": "语言",
    "Every person the emulator knows. Open one and be them.": "这里是模拟器认识的所有人。打开一位，即可以其身份操作。",
    "Search people by name or phone": "按姓名或电话查找",
    "Name or phone": "姓名或电话",
    "Write as somebody else": "以其他人的身份发送",
    "Their phone": "对方的电话",
    "To": "发送至",
    "Open their phone": "打开其手机",
    "Phone": "手机",
    "Choose a chat: you will see it as the person does, and can answer, tap, send and stop.": "选择一个聊天：您会看到对方眼中的画面，可以回复、点按按钮、发送文件和退订。",
    "Back to the chats": "返回聊天列表",
    "About this person": "关于此人",
    "Messages": "消息",
    "New messages": "新消息",
    "Attach": "添加附件",
    "Picture from this computer": "此电脑上的图片",
    "Sample picture": "示例图片",
    "Voice message": "语音消息",
    "Document": "文件",
    "Sticker": "贴纸",
    "Location": "位置",
    "A file that cannot be passed on": "无法送达的文件",
    "Message": "消息",
    "Send": "发送",
    "Back to the phone": "返回手机",
    "Stop": "退订",
    "Write STOP": "发送 STOP",
    "Reading": "已读",
    "Reads by themselves": "自动阅读",
    "Opening the chat here reads it": "在此打开即为已读",
    "Identity": "身份",
    "Hides the phone behind a username": "用用户名隐藏电话号码",
    "New phone": "新电话",
    "Change phone": "更换电话",
    "Close": "关闭",
    "Nobody with “{search}” has a chat.": "没有与“{search}”匹配的聊天。",
    "Nobody has got a message yet. Send one, or write as somebody below.": "还没有人收到消息。请先发送一条，或在下方以某人的身份发送。",
    "{count} unread": "{count} 条未读",
    "No messages yet. Write the first one.": "还没有消息。请发送第一条。",
    "may be answered freely for {hours} h {minutes} min": "还可自由回复 {hours} 小时 {minutes} 分钟",
    "may get templates only": "只能接收模板消息",
    "Resume offers (WhatsApp’s switch)": "恢复接收优惠（WhatsApp 开关）",
    "Stop offers (WhatsApp’s switch)": "停止接收优惠（WhatsApp 开关）",
    "Unblock this business": "取消屏蔽此商家",
    "Block this business": "屏蔽此商家",
    "Marketing templates to this person fail with 131050.": "发给此人的营销模板会以 131050 失败。",
    "Nothing more arrives on this phone.": "这部手机不再收到任何消息。",
    "The business has blocked this person: what they write does not arrive.": "商家已屏蔽此人：其消息不会送达。",
    "Read now ({count})": "立即阅读（{count}）",
    "Everything is read": "全部已读",
    "React with thumbs up": "点赞",
    "Cards": "卡片",
    "Picture": "图片",
    "Video": "视频",
    "sent": "已发送",
    "delivered": "已送达",
    "read": "已读",
    "{count} contacts": "{count} 位联系人",
    "{text} · until {end}": "{text} · 截止 {end}",
    "{name} (not kept by the emulator)": "{name}（模拟器未保存）",
    "Copied: {value}": "已复制：{value}",
    "The phone would call {value}.": "手机会在此拨打 {value}。",
    "The phone would call the business.": "手机会在此拨打商家电话。",
    "The phone would open this inside WhatsApp.": "手机会在 WhatsApp 内打开此内容。",
    "The business has blocked this person, so this does not arrive.": "商家已屏蔽此人，消息不会送达。",
    "The emulator does not answer. Is it still running?": "模拟器没有响应，请确认它仍在运行。",
  },
};

const TAGS = { en: "en", ja: "ja", zh: "zh-Hans" };
const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language.slice(0, 2);
const LANGUAGE = wanted in TAGS ? wanted : "en";

// A word or a sentence in the page's language, with what belongs into it.
function t(english, values = {}) {
  const said = WORDS[LANGUAGE]?.[english] ?? english;
  return said.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

// What stands in the page itself; texts are the only children that are looked at, so nothing is rebuilt.
function translatePage() {
  document.documentElement.lang = TAGS[LANGUAGE];
  document.title = t(document.title);
  for (const element of document.body.querySelectorAll("*")) {
    for (const name of ["aria-label", "placeholder"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, t(element.getAttribute(name)));
    }
    for (const node of element.childNodes) {
      const words = node.nodeType === Node.TEXT_NODE ? node.textContent.trim() : "";
      if (words && !element.closest("[lang]:not(html)")) node.textContent = node.textContent.replace(words, t(words));
    }
  }
  const choice = document.getElementById("language");
  choice.value = LANGUAGE;
  choice.onchange = () => { location.search = `?lang=${choice.value}`; };
}
translatePage();
