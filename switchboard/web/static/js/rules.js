// The list of rules: one is dragged by its handle onto the place of another, which does what typing that place does.

let dragged = null;

const rowOf = (target) => target.closest?.("#rows tbody tr") ?? null;

function mark(row) {
  for (const one of document.querySelectorAll("#rows tr.is-target")) if (one !== row) one.classList.remove("is-target");
  if (row && row !== dragged) row.classList.add("is-target");
}

document.addEventListener("dragstart", (event) => {
  if (!event.target.closest?.("[data-drag]")) return;
  dragged = rowOf(event.target);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  event.dataTransfer.setDragImage(dragged, 0, 0);
});

document.addEventListener("dragover", (event) => {
  const row = dragged && rowOf(event.target);
  if (!row) return;
  event.preventDefault();
  mark(row);
});

document.addEventListener("drop", (event) => {
  const row = dragged && rowOf(event.target);
  if (!row) return;
  event.preventDefault();
  const place = dragged.querySelector("input[name=place]");
  const wanted = row.querySelector("input[name=place]").defaultValue;
  if (row === dragged || !place.isConnected) return;
  place.value = wanted;
  place.form.requestSubmit();
});

document.addEventListener("dragend", () => {
  mark(null);
  dragged = null;
});
