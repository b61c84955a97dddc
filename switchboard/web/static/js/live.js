// Open pages stay true: the server names topics that changed, and the parts of the page that show them
// (hx-trigger="live-broadcast-12 from:body") fetch themselves again, at most once a second.

const body = document.body;
const sign = document.getElementById("live-state");
const waiting = new Set();
let timer = 0;
let lastFlush = 0;
let wasLost = false;
let lostTimer = 0;

function flush() {
  timer = 0;
  lastFlush = performance.now();
  if (document.hidden) return; // Kept until the tab is looked at again.
  for (const topic of waiting) body.dispatchEvent(new CustomEvent(`live-${topic}`));
  waiting.clear();
}

function note(topics) {
  for (const topic of topics) waiting.add(topic.replace(":", "-"));
  timer ||= setTimeout(flush, Math.max(50, lastFlush + 1000 - performance.now()));
}

function show(state) {
  clearTimeout(lostTimer);
  if (state === "lost") {
    wasLost = true;
    lostTimer = setTimeout(() => (sign.hidden = false), 1500); // A link that is back at once is nobody's news.
  } else if (state === "open") {
    sign.hidden = true;
    if (wasLost) note(topicsOfPage()); // What happened meanwhile was not heard.
    wasLost = false;
  }
}

function topicsOfPage() {
  const triggers = [...document.querySelectorAll("[hx-trigger*='live-']")].map((part) => part.getAttribute("hx-trigger"));
  return [...new Set(triggers.flatMap((text) => [...text.matchAll(/live-([\w-]+)/g)].map((found) => found[1])))];
}

function hear(message) {
  if (message.topics) note(message.topics);
  if (message.state) show(message.state);
}

function listenAlone(address) {
  const source = new EventSource(address);
  source.addEventListener("open", () => hear({ state: "open" }));
  source.addEventListener("topics", (event) => hear({ topics: JSON.parse(event.data) }));
  source.addEventListener("error", () => {
    hear({ state: "lost" });
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listenAlone(address), 5000);
  });
}

function listenTogether(address) {
  const worker = new SharedWorker(body.dataset.liveWorker, { name: "switchboard-live" });
  worker.onerror = () => listenAlone(address);
  worker.port.onmessage = ({ data }) => hear(data);
  worker.port.postMessage({ address });
  window.addEventListener("pagehide", () => worker.port.postMessage({ leave: true }));
  window.addEventListener("pageshow", (event) => event.persisted && worker.port.postMessage({ address }));
}

document.addEventListener("visibilitychange", () => document.hidden || flush());
const address = new URL(body.dataset.live, location.href).href;
if (window.SharedWorker) listenTogether(address);
else listenAlone(address);
