// The command bar: Ctrl/⌘+K opens it, arrows choose, Enter goes.

const dialog = document.getElementById("command");
const input = dialog?.querySelector("input");
const results = dialog?.querySelector(".results");

function choices() {
  return [...results.querySelectorAll("a")];
}

function select(index) {
  const links = choices();
  if (!links.length) return;
  const wanted = (index + links.length) % links.length;
  links.forEach((link, place) => link.setAttribute("aria-selected", String(place === wanted)));
  links[wanted].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", links[wanted].id);
}

function selected() {
  return choices().findIndex((link) => link.getAttribute("aria-selected") === "true");
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else dialog.showModal();
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter that ends a Japanese or Chinese conversion chooses nothing.
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(selected() + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      (choices()[selected()] ?? choices()[0])?.click();
    }
  });
  dialog.addEventListener("htmx:afterSwap", () => select(0));
  dialog.addEventListener("toggle", () => {
    if (dialog.open) input.select();
  });
}
