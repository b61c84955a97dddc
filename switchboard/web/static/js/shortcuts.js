// Single-key shortcuts. Off while typing, and off altogether for whoever unticks the box in the sheet.

const sheet = document.getElementById("shortcuts");
const box = sheet?.querySelector("[data-letters]");
const KEY = "single-letter-shortcuts";
let pending = "";

if (box) {
  box.checked = localStorage.getItem(KEY) !== "off";
  box.addEventListener("change", () => localStorage.setItem(KEY, box.checked ? "on" : "off"));
}

function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=file]), textarea, select");
}

function follow(keys) {
  const link = document.querySelector(`[data-keys="${keys}"]`);
  if (link) link.click();
  return Boolean(link);
}

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-rows] a.title")];
  if (!links.length) return;
  const place = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, place + step))].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !box?.checked) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    sheet.showModal();
  } else if (event.key === "/") {
    event.preventDefault();
    (document.querySelector("input[type=search]") ?? document.querySelector(".finder"))?.focus();
  } else if (event.key === "j" || event.key === "k") {
    moveRow(event.key === "j" ? 1 : -1);
  } else if (event.key === "g") {
    pending = "g";
    setTimeout(() => (pending = ""), 1200);
    return;
  } else if (follow(pending ? `${pending} ${event.key}` : event.key)) {
    event.preventDefault();
  }
  pending = "";
});
