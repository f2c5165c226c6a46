// J and K walk the list, A, R and N decide; R and N ask for their reason first. Keys typed into a field are words, not decisions.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  const button = document.querySelector(`#dossier button[data-key="${CSS.escape(key)}"]`);
  if (button) {
    event.preventDefault();
    const reason = button.form.elements.reason;
    if (key !== "a" && !reason.value.trim()) reason.focus();
    else button.click();
    return;
  }
  if (key !== "j" && key !== "k") return;
  const rows = [...document.querySelectorAll("[data-award-list] a")];
  const here = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = rows[here + (key === "j" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-award-list] a");
  if (!row) return;
  for (const other of row.closest("[data-award-list]").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
});
