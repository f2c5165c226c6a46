// @ts-check
// A raised hand: open, reason. It is stored here first like a mark, and sent as soon as the server can be reached.

import { addAct } from "./acts.js";
import { say } from "./shared.js";
import { t } from "./words.js";

export const startHand = ({ account, session, station }) => {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("#hand"));
  const link = document.querySelector("[data-hand]");
  if (!dialog || !link) return;
  link.addEventListener("click", (event) => { event.preventDefault(); dialog.showModal(); });
  dialog.addEventListener("click", (event) => { if (/** @type {HTMLElement} */ (event.target).closest("[data-close]")) dialog.close(); });
  dialog.querySelector("form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    if (!button?.value) return;
    const body = { kind: button.value, occurred_at: new Date().toISOString(), ...(station ? { station } : {}) };
    dialog.close();
    try {
      await addAct({ kind: "incident", account, session, station: station ?? null, body });
    } catch { say(t("act_not_stored"), "err"); return; }
    say(t("hand_raised", { what: button.textContent.trim() }));
  });
};
