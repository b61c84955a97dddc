// The wizard's message step: the bubble follows what is chosen.

let timer = 0;

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-refresh]")) return;
  const isFixed = event.target.value === "fixed";
  if (event.target.name.startsWith("source-")) {
    for (const part of event.target.closest("fieldset").querySelectorAll("[data-when]")) {
      part.hidden = (part.dataset.when === "fixed") !== isFixed;
    }
  }
  clearTimeout(timer);
  timer = setTimeout(() => document.body.dispatchEvent(new CustomEvent("refresh")), 150);
});

// "All" and "None" of the numbers.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose]");
  if (!button) return;
  for (const box of document.querySelectorAll(`input[name="${button.dataset.choose}"]:not(:disabled)`)) {
    box.checked = button.dataset.all === "yes";
  }
});
