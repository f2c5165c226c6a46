// @ts-check
// A page that takes no marks: what waits on the tablet leaves from here too, and what the page tells of sheets is read again then.

import { countsFor } from "./outbox.js";
import { say } from "./shared.js";
import { make, t } from "./words.js";

const waitingOf = async (account) => { const { waiting, acts } = await countsFor(account); return waiting + acts; };

const typed = () => [...document.querySelectorAll("main :is(input:not([type=hidden]), textarea)")].some((field) => field.value !== field.defaultValue);

export const start = async ({ account }) => {
  const tells = "tellsSheets" in /** @type {HTMLElement} */ (document.querySelector("#main")).dataset;
  if (!tells || !await waitingOf(account)) return;
  const here = location.pathname + location.search;
  let done = false;
  const left = async () => {
    if (await waitingOf(account) || done) return;
    done = true;
    document.removeEventListener("judge:changed", left);
    // Never under somebody's hands.
    if (typed()) say(t("left_since"), "plain", [make("a", "button strip__end", t("read_again"), { href: here })]);
    else location.replace(here);
  };
  document.addEventListener("judge:changed", left);
};
