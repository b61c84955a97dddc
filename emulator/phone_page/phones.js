"use strict";
// One person's phone: shows what arrived, and does what a person would do through the control API.

const API = "/_emulator/";
const NEAR_END = 80;
const LIST_EVERY = 3, OPEN_EVERY = 1000;
const byId = (id) => document.getElementById(id);
const page = byId("page");
let open = null; // {phone, number} of the chat on the screen
let shown = ""; // the chat as last drawn
let chat = null;
let turns = 0;
let staysAtEnd = true;

async function call(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(API + path, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function say(sentence) {
  const toast = byId("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { toast.hidden = true; }, 5000);
}

function attempt(action) {
  return async (event) => {
    event?.preventDefault();
    try {
      await action(event);
      await refresh();
    } catch (error) {
      say(error.message);
    }
  };
}

const initial = (name) => [...name][0] ?? "?";
const clock = (at) => new Date(at * 1000).toLocaleTimeString(TAGS[LANGUAGE], { hour: "2-digit", minute: "2-digit" });
const day = (at) => new Date(at * 1000).toLocaleDateString(TAGS[LANGUAGE], { weekday: "long", month: "long", day: "numeric" });
const fileOf = (source) => `${API}phones/file?source=${encodeURIComponent(source)}`;

// ── chats ──

async function listChats() {
  const search = byId("search").value;
  const { chats, numbers } = await call(`phones/chats?search=${encodeURIComponent(search)}`);
  byId("chat-list").replaceChildren(...chats.map(chatRow));
  const empty = byId("no-chats");
  empty.hidden = chats.length > 0;
  empty.textContent = search ? t("Nobody with “{search}” has a chat.", { search }) : t("Nobody has got a message yet. Send one, or write as somebody below.");
  const select = byId("start-number");
  if (select.options.length !== numbers.length) {
    select.replaceChildren(...numbers.map((n) => make("option", { value: n.id, textContent: `${n.name} ${n.phone}` })));
  }
}

function chatRow(row) {
  const isOpen = open && open.phone === row.phone && open.number === row.number.id;
  const button = make("button", { className: "chat", type: "button" },
    make("span", { className: "face", textContent: initial(row.name), ariaHidden: "true" }),
    make("span", { className: "middle" },
      make("span", { className: "name", textContent: row.name }),
      make("span", { className: "last", textContent: row.text }),
      make("span", { className: "to", textContent: `+${row.phone} · ${row.number.name}` })),
    make("span", { className: "end" }, make("time", { textContent: clock(row.at) }),
      row.unread ? make("span", { className: "count", textContent: row.unread, ariaLabel: t("{count} unread", { count: row.unread }) }) : ""));
  if (isOpen) button.setAttribute("aria-current", "true");
  button.onclick = () => { location.hash = `${row.phone}/${row.number.id}`; };
  return make("li", {}, button);
}

// ── one chat ──

async function showChat() {
  if (!open) return;
  const asked = open;
  const query = `phone=${open.phone}&phone_number_id=${encodeURIComponent(open.number)}`;
  const got = await call(`phones/chat?${query}`);
  if (asked !== open) return;
  if (got.unread && byId("reads-here").checked && !document.hidden) {
    await call("phones/read", { phone: open.phone, phone_number_id: open.number });
  }
  chat = got;
  const { now, window_seconds, ...lasting } = got;
  const drawn = JSON.stringify(lasting);
  drawFacts();
  if (drawn === shown) return;
  const before = shown ? JSON.parse(shown).bubbles.length : 0;
  shown = drawn;
  drawChat(before);
}

function drawChat(before) {
  byId("choose").hidden = true;
  byId("device").hidden = byId("person").hidden = false;
  byId("business").textContent = chat.number.name;
  byId("business-phone").textContent = chat.number.phone;
  byId("business-face").textContent = initial(chat.number.name);
  const list = byId("bubbles");
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END || !before;
  const reactions = new Map();
  for (const bubble of chat.bubbles) {
    const part = bubble.parts.find((p) => p.kind === "reaction");
    if (part) reactions.set(part.data, part.text === "-" ? "" : part.text);
  }
  const items = [];
  let today = "";
  for (const bubble of chat.bubbles) {
    if (bubble.kind === "reaction") continue;
    if (day(bubble.at) !== today) items.push(make("li", { className: "day", textContent: (today = day(bubble.at)) }));
    items.push(drawMessage(bubble, reactions.get(bubble.id)));
  }
  if (!items.length) items.push(make("li", { className: "system", textContent: t("No messages yet. Write the first one.") }));
  list.replaceChildren(...items);
  const last = chat.bubbles.at(-1);
  const isNew = before && chat.bubbles.length > before && last && !last.mine;
  if (isNew) byId("news").textContent = `${chat.number.name}: ${last.parts.map((p) => p.text).join(" ")}`;
  staysAtEnd = wasAtEnd;
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
  else byId("latest").hidden = !isNew;
}

function drawFacts() {
  const { person, habits, stopped, window_seconds: seconds } = chat;
  byId("name").textContent = person.name;
  byId("face").textContent = initial(person.name);
  const left = seconds ? t("may be answered freely for {hours} h {minutes} min", { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60 }) : t("may get templates only");
  byId("facts").textContent = `+${person.phone}\n${left}`;
  byId("stop-switch").textContent = t(stopped ? "Resume offers (WhatsApp’s switch)" : "Stop offers (WhatsApp’s switch)");
  byId("block").textContent = t(habits.blocked ? "Unblock this business" : "Block this business");
  byId("stop-hint").textContent = [
    stopped && t("Marketing templates to this person fail with 131050."),
    habits.blocked && t("Nothing more arrives on this phone."),
    chat.is_blocked_by_business && t("The business has blocked this person: what they write does not arrive."),
  ].filter(Boolean).join(" ");
  byId("read-now").textContent = chat.unread ? t("Read now ({count})", { count: chat.unread }) : t("Everything is read");
  byId("read-now").disabled = !chat.unread;
  if (document.activeElement?.type !== "checkbox") {
    byId("reads").checked = habits.reads;
    byId("hidden-phone").checked = habits.hidden;
  }
}

// ── bubbles ──

function drawMessage(bubble, reaction) {
  const { parts } = bubble;
  if (parts[0]?.kind === "system") return make("li", { className: "system", textContent: parts[0].text });
  const firstCard = parts.findIndex((p) => p.kind === "card");
  const own = firstCard < 0 ? parts : parts.slice(0, firstCard);
  const item = make("li", { className: `message${bubble.mine ? " mine" : ""}` }, ...drawParts(own, bubble));
  if (firstCard >= 0) item.append(drawCards(parts.slice(firstCard), bubble));
  if (reaction) {
    item.classList.add("reacted");
    item.append(make("span", { className: "reaction", textContent: reaction }));
  }
  if (!bubble.mine) {
    const react = make("button", { className: "react", type: "button", textContent: "👍", ariaLabel: t("React with thumbs up") });
    react.onclick = attempt(() => write({ type: "reaction", reaction: { message_id: bubble.id, emoji: "👍" } }));
    item.append(react);
  }
  return item;
}

function drawParts(parts, bubble, isCard = false) {
  const taps = make("div", { className: "taps" });
  const box = make("div", { className: "bubble" });
  const rows = parts.filter((p) => ["section", "row"].includes(p.kind));
  for (const part of parts) {
    if (part.kind === "button") taps.append(drawButton(part, bubble));
    else if (part.kind === "list") taps.append(drawList(part, rows, bubble));
    else if (!rows.includes(part)) box.append(...drawPart(part));
  }
  if (!isCard) {
    const ticks = { sent: "✓", delivered: "✓✓", read: "✓✓" }[bubble.state] ?? "";
    const meta = make("span", { className: `meta${bubble.state === "read" ? " read-by" : ""}` }, clock(bubble.at));
    if (bubble.mine) meta.append(make("span", { className: "ticks", textContent: ticks, ariaLabel: t(bubble.state), role: "img" }));
    box.append(meta);
  }
  return taps.childElementCount ? [box, taps] : [box];
}

function drawCards(parts, bubble) {
  const cards = make("div", { className: "cards", tabIndex: 0, ariaLabel: t("Cards"), role: "group" });
  let current = [];
  const finish = () => { if (current.length) cards.append(make("div", { className: "message" }, ...drawParts(current, bubble, true))); };
  for (const part of parts) {
    if (part.kind === "card") { finish(); current = []; } else current.push(part);
  }
  finish();
  return cards;
}

function drawPart({ kind, text, data }) {
  switch (kind) {
    case "image": return [withFallback(make("img", { src: fileOf(text), alt: t("Picture") }), t("Picture"))];
    case "sticker": return [withFallback(make("img", { src: fileOf(text), alt: t("Sticker"), className: "sticker" }), t("Sticker"))];
    case "video": case "gif": return [withFallback(make("video", { src: fileOf(text), controls: true }), t("Video"))];
    case "audio": return [withFallback(make("audio", { src: fileOf(text), controls: true }), t("Voice message"))];
    case "document": return [make("a", { className: "file", href: fileOf(text), download: data || "document" }, icon("M6 2h8l4 4v16H6zM14 2v4h4"), data || t("Document"))];
    case "location": return [make("span", { className: "file" }, icon("M12 21s7-6 7-12a7 7 0 0 0-14 0c0 6 7 12 7 12z"), data || text)];
    case "contacts": return [make("span", { className: "file" }, icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6"), data || t("{count} contacts", { count: text }))];
    case "product": return [make("span", { className: "file" }, icon("M4 7h16l-1 14H5zM8 7a4 4 0 0 1 8 0"), text)];
    case "quote": return text ? [make("span", { className: "quote", textContent: text })] : [];
    case "header": return [make("strong", { className: "text" }, ...marked(text))];
    case "footer": return [make("span", { className: "footer", textContent: text })];
    case "offer": return [make("span", { className: "offer", textContent: data ? t("{text} · until {end}", { text, end: new Date(Number(data)).toLocaleString(TAGS[LANGUAGE]) }) : text })];
    default: return [make("span", { className: "text" }, ...marked(text))];
  }
}

function withFallback(element, name) {
  element.onerror = () => element.replaceWith(make("span", { className: "file" }, icon("M4 5h16v14H4zM4 15l5-5 5 5 3-3 3 3"), t("{name} (not kept by the emulator)", { name })));
  return element;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// WhatsApp's own marks: *bold*, _italic_, ~struck~, ```fixed```, and addresses.
function marked(text) {
  const pieces = text.split(/(```[^`]+```|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|https?:\/\/[^\s<>"]+)/);
  const tags = { "*": "strong", _: "em", "~": "s", "`": "code" };
  return pieces.filter(Boolean).map((piece, index) => {
    if (/^https?:\/\//.test(piece)) return link(piece, piece);
    const tag = tags[piece[0]];
    if (!tag || piece.length < 3 || piece.at(-1) !== piece[0]) return piece;
    const width = tag === "code" ? 3 : 1;
    return make(tag, { textContent: piece.slice(width, -width) });
  });
}

const link = (href, text) => make("a", { href, textContent: text, target: "_blank", rel: "noopener noreferrer" });

// ── taps ──

function drawButton(part, bubble) {
  const [kind] = part.data.split("|", 1);
  const value = part.data.slice(kind.length + 1);
  if (kind === "url") return link(value, part.text);
  const button = make("button", { type: "button", textContent: part.text });
  button.onclick = attempt(() => tap(kind, part.text, value, bubble));
  return button;
}

function drawList(part, rows, bubble) {
  const button = make("button", { type: "button", textContent: part.text });
  button.onclick = () => {
    byId("sheet-title").textContent = part.text;
    byId("sheet-rows").replaceChildren(...rows.filter((row) => row.text).map((row) => {
      if (row.kind === "section") return make("h3", { textContent: row.text });
      const cut = row.data.indexOf("|");
      const [id, description] = [row.data.slice(0, cut), row.data.slice(cut + 1)];
      const choice = make("button", { type: "button" }, make("span", { textContent: row.text }), make("small", { textContent: description }));
      choice.onclick = attempt(async () => {
        byId("sheet").close();
        const reply = { id, title: row.text, ...(description && { description }) };
        await write({ ...context(bubble), type: "interactive", interactive: { type: "list_reply", list_reply: reply } });
      });
      return choice;
    }));
    byId("sheet").showModal();
  };
  return button;
}

const context = (bubble) => ({ context: { from: chat.number.phone.replace(/\D/g, ""), id: bubble.id } });

async function tap(kind, text, value, bubble) {
  const quoted = context(bubble);
  const interactive = (piece) => write({ ...quoted, type: "interactive", interactive: piece });
  switch (kind) {
    case "quick_reply": return call("inbound", { ...sender(), button: { text, payload: value, message_id: bubble.id } });
    case "reply": return interactive({ type: "button_reply", button_reply: { id: value, title: text } });
    case "flow": return interactive({ type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: JSON.stringify({ flow_token: value }) } });
    case "permission": return interactive({ type: "call_permission_reply", call_permission_reply: { response: "accept", response_source: "user_action" } });
    case "location": return write({ ...quoted, type: "location", location: { latitude: 35.6812, longitude: 139.7671, name: "Tokyo Station" } });
    case "contact": case "request_contact_info": return write({ ...quoted, type: "contacts", origin: "contact_request", contacts: [{ name: { formatted_name: chat.person.name, first_name: chat.person.name }, phones: [{ phone: `+${chat.person.phone}`, wa_id: chat.person.phone, type: "CELL" }] }] });
    case "copy": await navigator.clipboard?.writeText(value).catch(() => {}); return say(t("Copied: {value}", { value }));
    case "phone": case "call": return say(value ? t("The phone would call {value}.", { value }) : t("The phone would call the business."));
    default: return say(t("The phone would open this inside WhatsApp."));
  }
}

// ── writing ──

const sender = () => ({ from: chat.person.phone, phone_number_id: chat.number.id });
const write = (message) => call("inbound", { ...sender(), message });
const habit = (change) => call("phones/habits", { phone: chat.person.phone, ...change });

async function sendText() {
  const text = byId("text").value.trim();
  if (!text) return;
  const { blocked } = await call("inbound", { ...sender(), text });
  byId("text").value = "";
  byId("text").style.height = "";
  if (blocked) say(t("The business has blocked this person, so this does not arrive."));
}

async function sendAttachment(kind) {
  byId("attachments").hidden = true;
  byId("attach").setAttribute("aria-expanded", "false");
  if (kind === "file") return byId("file").click();
  if (kind === "location") return write({ type: "location", location: { latitude: 34.9858, longitude: 135.7588, name: "Kyoto" } });
  const media = kind === "broken" ? { broken: true } : { kind };
  return call("inbound", { ...sender(), media });
}

async function sendFile() {
  const [file] = byId("file").files;
  if (!file) return;
  const url = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(file);
  });
  const family = file.type.split("/")[0];
  const kind = ["image", "audio", "video"].includes(family) ? family : "document";
  await call("inbound", { ...sender(), media: { kind, filename: file.name, content: url.slice(url.indexOf(",") + 1) } });
  byId("file").value = "";
}

// ── the page ──

async function refresh() {
  await showChat();
  await listChats();
}

function follow() {
  const [phone, number] = decodeURIComponent(location.hash.slice(1)).split("/");
  open = phone && number ? { phone: phone.replace(/\D/g, ""), number } : null;
  shown = "";
  page.dataset.view = open ? "phone" : "chats";
  byId("latest").hidden = true;
  if (!open) { byId("device").hidden = byId("person").hidden = true; byId("choose").hidden = false; }
  attempt(() => {})();
}

byId("search").oninput = attempt(listChats);
byId("find").onsubmit = (event) => event.preventDefault();
byId("start-form").onsubmit = (event) => {
  event.preventDefault();
  location.hash = `${byId("start-phone").value.replace(/\D/g, "")}/${byId("start-number").value}`;
};
byId("back").onclick = () => { location.hash = ""; };
byId("more").onclick = () => { page.dataset.view = "person"; byId("more").setAttribute("aria-expanded", "true"); byId("close-person").focus(); };
byId("close-person").onclick = () => { page.dataset.view = "phone"; byId("more").setAttribute("aria-expanded", "false"); byId("more").focus(); };
byId("composer").onsubmit = attempt(sendText);
byId("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); byId("composer").requestSubmit(); }
};
byId("text").oninput = ({ target }) => { target.style.height = "auto"; target.style.height = `${target.scrollHeight + 2}px`; };
byId("attach").onclick = () => {
  const list = byId("attachments");
  list.hidden = !list.hidden;
  byId("attach").setAttribute("aria-expanded", String(!list.hidden));
};
for (const button of document.querySelectorAll("[data-attach]")) button.onclick = attempt(() => sendAttachment(button.dataset.attach));
byId("file").onchange = attempt(sendFile);
byId("latest").onclick = () => { const list = byId("bubbles"); list.scrollTop = list.scrollHeight; byId("latest").hidden = true; };
// Pictures and players grow when they have loaded; whoever was at the end stays there.
for (const name of ["load", "loadedmetadata"]) {
  byId("bubbles").addEventListener(name, () => { if (staysAtEnd) byId("bubbles").scrollTop = byId("bubbles").scrollHeight; }, true);
}
byId("bubbles").addEventListener("wheel", () => { staysAtEnd = false; }, { passive: true });
byId("stop-word").onclick = attempt(() => call("inbound", { ...sender(), text: "STOP" }));
byId("stop-switch").onclick = attempt(() => call("preferences", { ...sender(), value: chat.stopped ? "resume" : "stop" }));
byId("block").onclick = attempt(() => habit({ blocked: !chat.habits.blocked }));
byId("reads").onchange = attempt(({ target }) => habit({ reads: target.checked }));
byId("hidden-phone").onchange = attempt(({ target }) => habit({ hidden: target.checked }));
byId("read-now").onclick = attempt(() => call("phones/read", { phone: open.phone, phone_number_id: open.number }));
byId("move").onsubmit = attempt(async () => {
  const phone = byId("new-phone").value;
  const { number } = open;
  await call("moves", { phone: chat.person.phone, new_phone: phone });
  byId("new-phone").value = "";
  location.hash = `${phone.replace(/\D/g, "")}/${number}`;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  byId("attachments").hidden = true;
  if (page.dataset.view === "person") byId("close-person").click();
});
window.addEventListener("hashchange", follow);
setInterval(() => {
  if (document.hidden) return;
  turns += 1;
  (turns % LIST_EVERY ? showChat() : refresh()).catch(() => say(t("The emulator does not answer. Is it still running?")));
}, OPEN_EVERY);
follow();
