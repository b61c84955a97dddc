// The page of a rule: it is shown anew when its shape changes, as its buttons do without JavaScript.

document.addEventListener("change", (event) => {
  if (event.target.matches("#rule-form [data-shape]")) document.getElementById("rule-look").click();
});

document.addEventListener("input", (event) => {
  const tester = document.getElementById("tester-message");
  if (tester?.value && event.target.closest("#rule-form")) tester.dispatchEvent(new Event("input", { bubbles: true }));
});

// What is typed while the page is being fetched anew stays as typed.
const typed = new Map();

document.addEventListener("input", ({ target }) => {
  if (target.closest("#rule-form") && target.matches("textarea, input:not([type=file], [type=checkbox])")) typed.set(target.id, target.value);
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "rule-form") typed.clear();
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  // After a part or a layer is removed, the next one has its names.
  if (!document.getElementById("rule-form") || detail.requestConfig.parameters.get?.("do")?.startsWith("drop")) return typed.clear();
  for (const [id, value] of typed) if (document.getElementById(id)) document.getElementById(id).value = value;
});
