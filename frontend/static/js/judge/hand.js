// @ts-check
// A raised hand: open, reason. It is stored here first like a mark, and sent as soon as the server can be reached.

import { actsOf, addAct } from "./acts.js";
import { inContact, isSignedOut } from "./api.js";
import { say } from "./shared.js";
import { told, t } from "./words.js";

const SOON_MS = 1500;

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
    const id = crypto.randomUUID();
    const what = button.textContent.trim();
    const body = { kind: button.value, occurred_at: new Date().toISOString(), ...(station ? { station } : {}) };
    dialog.close();
    try {
      await addAct({ id, kind: "incident", account, session, station: station ?? null, body, what });
    } catch { say(t("act_not_stored"), "err"); return; }
    follow(account, id, what);
  });
  // One that waits from before is said again.
  actsOf(account).then((acts) => {
    const act = acts.findLast((each) => each.kind === "incident" && each.status === "waiting" && each.session === session);
    if (act) follow(account, act.id, act.what ?? "");
  });
};

/** Say what became of it: not before the server has it is it raised. */
const follow = async (account, id, what) => {
  let over = false;
  const look = async ({ patient = true } = {}) => {
    const act = (await actsOf(account)).find((each) => each.id === id);
    if (over) return;
    if (act?.status === "waiting") {
      if (!patient || !inContact() || isSignedOut()) say(t("hand_waiting", { what }), "pend");
      return;
    }
    over = true;
    document.removeEventListener("judge:changed", look);
    if (act) say(`${t("hand_refused")} ${told(act)}`, "err"); else say(t("hand_raised", { what }));
  };
  document.addEventListener("judge:changed", look);
  setTimeout(() => look({ patient: false }), SOON_MS);
  await look();
};
