// @ts-check
// The badge that never says saved while anything waits: stored here, received by the server, locked. It is counted anew at every change.

import { inContact, isSignedOut, sinceContact } from "./api.js";
import { countsFor, inHand } from "./outbox.js";
import { t } from "./words.js";

const QUIET_MS = 30_000;

let account = "";
let locked = false;
let held = "";
let round = 0;

const say = (state, text, note = "") => {
  const badge = document.querySelector("[data-saved-badge]");
  if (!(badge instanceof HTMLElement)) return;
  badge.dataset.state = state;
  badge.dataset.known = "";
  const words = badge.querySelector("[data-saved-text]");
  if (words && words.textContent !== text) words.textContent = text;
  const more = badge.querySelector("[data-saved-note]");
  if (more && more.textContent !== note) more.textContent = note;
};

const show = async () => {
  const own = ++round;
  const { writing, failedToStore } = inHand();
  if (held) { say("saving", held); return; }
  if (failedToStore) { say("failed", t("saved_not_stored")); return; }
  // Whatever it said before the tap is not true any more; it is counted once the tap is on disk.
  if (writing) { say("saving", t("saved_saving")); return; }
  const counts = await countsFor(account);
  if (own !== round || inHand().writing) return;
  const silent = sinceContact();
  const note = isSignedOut() ? t("saved_signed_out")
    : inContact() ? "" : silent > QUIET_MS && silent < Infinity ? t("saved_silent", { n: Math.round(silent / 1000) }) : t("saved_offline");
  if (counts.trouble) say("trouble", t("saved_trouble", { n: counts.trouble }), note);
  else if (counts.waiting + counts.acts) {
    const text = inContact() && !isSignedOut() ? t("saved_here") : t("saved_waiting", { n: counts.waiting + counts.acts });
    say("waiting", text, note);
  } else say(locked ? "locked" : "saved", t(locked ? "saved_locked" : "saved_saved"), note);
};

/** Show the state of this judge's marks from now on. */
export const startBadge = (judge) => {
  account = judge;
  document.addEventListener("judge:changed", show);
  setInterval(show, 5000);
  return show();
};

/** While the page is not ready to store anything it says so; an empty queue means nothing then. */
export const holdBadge = (text) => { held = text; return show(); };

export const setLocked = (now) => { locked = now; show(); };
