// Runs before the first paint, so that large print never flashes in late. Everything works without it.
const root = document.documentElement;
root.classList.remove("no-script");

const KEY = "care";
const remembered = () => {
  try { return localStorage.getItem(KEY) === "on"; } catch { return false; }
};
const remember = (on) => {
  try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* A webview may forbid storage: the page stays usable. */ }
};
const show = (on) => {
  if (on) root.dataset.mode = "care";
  else delete root.dataset.mode;
  for (const button of document.querySelectorAll("[data-care-switch]")) button.setAttribute("aria-pressed", String(on));
};

show(remembered());
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-care-switch]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = root.dataset.mode !== "care";
      remember(on);
      show(on);
    });
  }
  show(remembered());
  document.querySelector("[data-focus-first]")?.focus();
});
