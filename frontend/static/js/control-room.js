// The control room: told of a change it fetches its part again, and what it shows of tablets grows old by itself. A line that is
// silent is said within half a minute; the picture stays. A form that somebody is filling in is never taken away from them.
import { follow } from "./live-stream.js";
import { refreshing, sayStale } from "./refreshing.js";

const GATHER = 250;
const MILLISECONDS_BETWEEN_LOOKS = 10_000;
const SECONDS_OF_SILENCE = 30;
const LATE = 30;
const AWAY = 120;

const main = document.querySelector("[data-control-room]");
const part = main.querySelector("[data-live-room]");
const stale = main.querySelector("[data-stale]");
const words = new Map([...(document.querySelector("template[data-touch-words]")?.content.children ?? [])].map((one) => [one.dataset.touch, one.textContent]));
let shown = Date.now();
let drift = 0;

/** Where the reader stands, so that it is found again in the new picture. */
const place = () => {
  const at = document.activeElement;
  return at && part.contains(at) && at.getAttribute("href") ? `a[href="${CSS.escape(at.getAttribute("href"))}"]` : "";
};

const age = () => {
  const now = Date.now() + drift;
  for (const tablet of part.querySelectorAll("[data-seen]")) {
    if (!tablet.dataset.seen) continue;
    const silent = (now - Date.parse(tablet.dataset.seen)) / 1000;
    const touch = silent > AWAY ? "offline" : silent > LATE ? "late" : "heard";
    if (tablet.dataset.touch !== touch) {
      tablet.dataset.touch = touch;
      tablet.querySelector("[data-touch-word]").textContent = words.get(touch) ?? touch;
    }
  }
};

const measure = () => {
  const at = part.querySelector("[data-at]");
  if (at) drift = Date.parse(at.getAttribute("datetime")) - Date.now();
};

const show = (html) => {
  const busy = document.activeElement?.matches("input, textarea, select") && part.contains(document.activeElement);
  if (!busy) {
    const focus = place();
    const open = part.querySelector("details[data-keeps]")?.open;
    part.innerHTML = html;
    const kept = part.querySelector("details[data-keeps]");
    if (kept && open !== undefined) kept.open = open;
    if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
    measure();
  }
  shown = Date.now();
  sayStale(stale, null);
};

const { refresh, soon } = refreshing(main.dataset.controlRoom, show, { cache: "no-store", gather: GATHER });

const tick = () => {
  age();
  if (Date.now() - shown > SECONDS_OF_SILENCE * 1000) sayStale(stale, shown);
};

measure();
setInterval(tick, 1000);
// Heartbeats of tablets are told to nobody: they are looked at.
setInterval(() => { if (document.visibilityState === "visible") refresh(); }, MILLISECONDS_BETWEEN_LOOKS);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") refresh(); });
follow(main.dataset.events, { alive: () => {}, event: soon }, { credentials: "same-origin" });
