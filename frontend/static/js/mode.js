// Runs before the first paint, so that large print never flashes in late. Everything works without it.
const root = document.documentElement;
root.classList.remove("no-script");

const MODES = ["care", "glove", "glare"];
const remembered = () => {
  try { return MODES.filter((mode) => localStorage.getItem(mode) === "on"); } catch { return []; }
};
const remember = (mode, on) => {
  try { localStorage.setItem(mode, on ? "on" : "off"); } catch { /* A webview may forbid storage: the page stays usable. */ }
};
const modes = new Set(remembered());
const show = () => {
  if (modes.size) root.dataset.mode = [...modes].join(" ");
  else delete root.dataset.mode;
  for (const button of document.querySelectorAll("[data-care-switch]")) button.setAttribute("aria-pressed", String(modes.has("care")));
  for (const button of document.querySelectorAll("[data-mode-switch]")) button.setAttribute("aria-pressed", String(modes.has(button.dataset.modeSwitch)));
};

show();
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-care-switch], [data-mode-switch]")) {
    const mode = button.dataset.modeSwitch ?? "care";
    button.hidden = false;
    button.addEventListener("click", () => {
      if (!modes.delete(mode)) modes.add(mode);
      remember(mode, modes.has(mode));
      show();
    });
  }
  show();
  document.querySelector("[data-focus-first]")?.focus();
});
