// Says what became of a tap: saving at once, saved when the server's badge comes back, failed when it does not.
const badge = () => document.querySelector("[data-saved-badge]");
const unsent = new Set();

const say = (state, text) => {
  const place = badge();
  if (!place) return;
  place.dataset.state = state;
  const words = place.querySelector("[data-saved-text]");
  if (words) words.textContent = text;
};

// Values that were not taken stay in their rows until somebody deals with them; until then not everything is saved.
const troubled = () => document.querySelectorAll(".crit__notes [role=alert]").length;

const rowOf = (event) => event.target.closest?.(".crit");

document.addEventListener("change", (event) => {
  const row = rowOf(event);
  if (!row) return;
  for (const other of document.querySelectorAll(".crit[data-last]")) delete other.dataset.last;
  for (const bench of document.querySelectorAll(".bench")) bench.hidden = bench.id !== `bench-${row.id.slice(5)}`;
  row.dataset.last = "";
  unsent.add(row);
  say("saving", badge()?.dataset.textSaving ?? "");
});

// A tap may wait behind an earlier one of the same row: send the row as it stands when its turn comes, with the
// revision and operation that the earlier receipt brought.
document.addEventListener("htmx:before:request", (event) => {
  const row = rowOf(event);
  const body = event.detail?.ctx?.request?.body;
  if (!row || typeof body?.set !== "function") return;
  for (const field of row.querySelectorAll("input[name]")) {
    if (field.type !== "radio" || field.checked) body.set(field.name, field.value);
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  const row = rowOf(event) ?? event.detail?.ctx?.sourceElement?.closest?.(".crit");
  if (row) {
    unsent.delete(row);
    row.dataset.state = row.querySelector(".crit__receipt")?.dataset.state ?? "scored";
  }
  if (troubled()) say("trouble", (badge()?.dataset.textTrouble ?? "").replace("#", troubled()));
  if (unsent.size) say("saving", badge()?.dataset.textSaving ?? "");
});

document.addEventListener("htmx:error", () => say("failed", badge()?.dataset.textFailed ?? ""));
document.addEventListener("htmx:response:error", () => say("failed", badge()?.dataset.textFailed ?? ""));

// Leaving with a mark on its way would lose it: the browser asks first.
window.addEventListener("beforeunload", (event) => { if (unsent.size) event.preventDefault(); });
document.addEventListener("submit", () => unsent.clear());
