// The sentence builder: the form is shown anew when its shape changes, and counted 300 ms after the last key.

const form = document.getElementById("segment-form");
let waiting;

function countSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.dispatchEvent(new Event("count-now")), 300);
}

function reshape(button) {
  const values = Object.fromEntries([...new Set(new FormData(form).keys())].map((key) => [key, new FormData(form).getAll(key)]));
  if (button) values.do = button.value;
  const focused = document.activeElement?.id;
  window.htmx.ajax("POST", form.dataset.editor, { target: "#editor", swap: "innerHTML", values }).then(() => {
    document.getElementById(focused)?.focus();
    countSoon();
  });
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || button.name !== "do" || button.value === "save") return;
  event.preventDefault();
  if (button.value === "look") countSoon();
  else reshape(button);
}, { capture: true });

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-shape]")) reshape();
  else if (event.target.closest("#editor")) countSoon();
});

form?.addEventListener("input", (event) => {
  if (event.target.closest("#editor") && event.target.matches("input[type=text], input[type=number]")) countSoon();
});
