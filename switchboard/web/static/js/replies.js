// The page of a rule: it is shown anew when its shape changes, as its buttons do without JavaScript.

document.addEventListener("change", (event) => {
  if (event.target.matches("#rule-form [data-shape]")) document.getElementById("rule-look").click();
});

document.addEventListener("input", (event) => {
  const tester = document.getElementById("tester-message");
  if (tester?.value && event.target.closest("#rule-form")) tester.dispatchEvent(new Event("input", { bubbles: true }));
});
