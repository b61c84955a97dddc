// The page of a rule: it is shown anew when its shape changes, as its buttons do without JavaScript.

const form = document.getElementById("rule-form");

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-shape]")) form.requestSubmit(document.getElementById("rule-look"));
});

document.getElementById("rule-form")?.addEventListener("input", () => {
  const tester = document.getElementById("tester-message");
  if (tester?.value) tester.dispatchEvent(new Event("input", { bubbles: true }));
});
