// A big screen: turns its pages, fetches what it shows when it is told of a change, and says when nothing is heard any more.
import { follow } from "./live-stream.js";

const SECONDS_A_PAGE = 8;
// Beats come every 15 seconds.
const SECONDS_OF_SILENCE = 20;
const MILLISECONDS_BETWEEN_TRIES = 2000;
const MOVE = { duration: 600, easing: "ease-in-out" };

const hall = document.querySelector("[data-screen]");
const show = hall.querySelector("[data-show]");
const stale = hall.querySelector("[data-stale]");
let heard = Date.now();
let page = 0;
let turned = Date.now();
let fetching = false;
let again = false;
// Told of a change and could not fetch it: asked for until it is there.
let owed = 0;

const turn = () => {
  const pages = [...show.querySelectorAll("[data-page]")];
  if (page >= pages.length) page = 0;
  pages.forEach((one, index) => { one.hidden = index !== page; });
  const now = show.querySelector("[data-page-now]");
  if (now) now.textContent = String(page + 1);
};

const places = () => new Map([...show.querySelectorAll("[data-page]:not([hidden]) [data-entry]")].map((row) => [row.dataset.entry, row.getBoundingClientRect().top]));

/** Rows glide from where they were; one that comes from another page is simply there. */
const glide = (before) => {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [entry, top] of places()) {
    const from = before.get(entry);
    if (from === undefined || from === top) continue;
    show.querySelector(`[data-entry="${CSS.escape(entry)}"]`).animate([{ transform: `translateY(${from - top}px)` }, { transform: "none" }], MOVE);
  }
};

const refresh = async () => {
  if (fetching) { again = true; return; }
  fetching = true;
  do {
    again = false;
    owed = Date.now();
    try {
      const answer = await fetch(hall.dataset.part, { credentials: "omit", headers: { "HX-Request": "true" } });
      if (answer.ok) {
        owed = 0;
        const html = await answer.text();
        if (html !== refresh.last) {
          const before = places();
          show.innerHTML = html;
          refresh.last = html;
          turn();
          glide(before);
        }
      }
    } catch { /* What is shown stays; the strip says how old it is. */ }
  } while (again);
  fetching = false;
};

const alive = () => {
  heard = Date.now();
  stale.hidden = true;
};

const tick = () => {
  if (Date.now() - turned >= SECONDS_A_PAGE * 1000) {
    turned = Date.now();
    page += 1;
    turn();
  }
  if (owed && !fetching && Date.now() - owed >= MILLISECONDS_BETWEEN_TRIES) refresh();
  if (Date.now() - heard > SECONDS_OF_SILENCE * 1000 && stale.hidden) {
    const words = stale.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace("{at}", new Date(heard).toLocaleTimeString("zh-CN", { hour12: false }));
    stale.hidden = false;
  }
};

setInterval(tick, 250);
// Seen by those who keep the screens, and a second way to what is new.
setInterval(refresh, 60_000);
follow(hall.dataset.events, {
  alive,
  event: ({ event, data }) => {
    if (event === "screen" && data.data.screen === hall.dataset.screen && data.data.reload) location.reload();
    else refresh();
  },
});
