// @ts-check
// What was said to the judge. Told that there is something, the tablet asks for it, and asks whenever the line comes back. What was read
// is gone here at once; the server hears of it as soon as it can be reached.

import { follow } from "./live-stream.js";
import { actsOf, addAct } from "./acts.js";
import { refreshing } from "./refreshing.js";
import { localised } from "./shared.js";

const GATHER = 250;
const MILLISECONDS_BETWEEN_TRIES = 3000;

export const startBroadcasts = ({ account, session }) => {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-broadcasts]"));
  if (!place) return;
  const lines = (part) => /** @type {HTMLElement[]} */ ([...part.querySelectorAll("[data-broadcast]")]);
  // Read on this page: an answer that was under way when it was read still holds it.
  const gone = new Set();
  const nameOf = (line) => line.dataset.broadcast ?? "";

  /** Lines that are there stay as they are, so that nothing is said twice and no finger loses its button. */
  const take = async (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const read = new Set([...gone, ...(await actsOf(account)).map((act) => act.broadcast)]);
    const wanted = new Map(lines(fresh.content).map((line) => [nameOf(line), line]));
    for (const line of lines(place)) if (!wanted.delete(nameOf(line)) || read.has(nameOf(line))) line.remove();
    for (const [name, line] of wanted) if (!read.has(name)) place.append(line);
  };

  const { soon, retry } = refreshing(localised(`/judge/s/${session}/broadcasts`), take, { cache: "no-store", redirect: "error", gather: GATHER });

  place.addEventListener("click", async (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest("[data-read]"));
    if (!button) return;
    event.preventDefault();
    gone.add(button.value);
    await addAct({ kind: "read", account, session, broadcast: button.value });
    button.closest("[data-broadcast]")?.remove();
  });
  follow(`/api/v1/sessions/${session}/events`, { alive: () => {}, event: soon }, { credentials: "same-origin" });
  setInterval(() => retry(MILLISECONDS_BETWEEN_TRIES), MILLISECONDS_BETWEEN_TRIES);
};
