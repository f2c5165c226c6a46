// A big screen: turns its pages, fetches what it shows when it is told of a change, and says when nothing is heard any more.
import { follow } from "./live-stream.js";
import { refreshing, sayStale } from "./refreshing.js";

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
let last = "";

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

const paint = (html) => {
  if (html === last) return;
  const before = places();
  show.innerHTML = html;
  last = html;
  turn();
  glide(before);
};

const { refresh, retry } = refreshing(hall.dataset.part, paint, { credentials: "omit" });

const alive = () => {
  heard = Date.now();
  sayStale(stale, null);
};

const tick = () => {
  if (Date.now() - turned >= SECONDS_A_PAGE * 1000) {
    turned = Date.now();
    page += 1;
    turn();
  }
  retry(MILLISECONDS_BETWEEN_TRIES);
  if (Date.now() - heard > SECONDS_OF_SILENCE * 1000) sayStale(stale, heard);
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
