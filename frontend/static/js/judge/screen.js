// @ts-check
// The screen stays on while a judge is at work, where the browser can do it.

/** @type {any} */
let lock = null;
let wanted = false;

const request = async () => {
  if (!wanted || lock || document.hidden) return;
  try {
    lock = await /** @type {any} */ (navigator).wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
  } catch { lock = null; }
};

export const startScreen = () => {
  const button = document.querySelector("[data-wake-switch]");
  if (!("wakeLock" in navigator)) return;
  let off = false;
  try { off = localStorage.getItem("wake") === "off"; } catch { /* Storage may be forbidden. */ }
  wanted = !off;
  const show = () => button?.setAttribute("aria-pressed", String(wanted));
  button?.removeAttribute("hidden");
  button?.addEventListener("click", () => {
    wanted = !wanted;
    try { localStorage.setItem("wake", wanted ? "on" : "off"); } catch { /* As above. */ }
    if (wanted) request(); else lock?.release();
    show();
  });
  // Some browsers want a touch first.
  addEventListener("pointerup", request, { passive: true });
  document.addEventListener("visibilitychange", request);
  request();
  show();
};
