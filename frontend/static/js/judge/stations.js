// @ts-check
// SJ2: the stations, or the criteria, with what is stored here and what the server has.

import { actsOf, dropActs, undoLeft } from "./acts.js";
import { countsFor } from "./outbox.js";
import { countsOf, refreshPack, storedPack } from "./session.js";
import { localised, say } from "./shared.js";
import { english, icon, make, t } from "./words.js";

const ICONS = { untouched: "ring", doing: "half", ready: "full", waiting: "clock", submitted: "check", locked: "lock", conflict: "diamond", returned: "back", absent: "cross" };

const stateOf = (sheet, counts, act, of) => {
  if (counts.trouble || act?.status === "refused") return "conflict";
  if (sheet.state === "signed") return "locked";
  if (act || counts.waiting) return "waiting";
  if (sheet.state === "submitted") return "submitted";
  if (!sheet.present) return "absent";
  if (sheet.returned != null) return "returned";
  return counts.done === 0 ? "untouched" : counts.done >= of ? "ready" : "doing";
};

/** Write a tile; one that stands there already is changed in place, so that a finger on it does not miss. */
const paintTile = (list, index, { href, name, state, done, word, title }) => {
  let link = list.children[index]?.querySelector("a");
  if (!link || link.querySelector("strong").textContent !== name) {
    const item = make("li", "", [link = make("a", "station-tile", [make("strong", "", name), icon(ICONS[state]), make("span", "station-tile__done"), make("span", "station-tile__state"), ...(title ? [title] : [])], { href })]);
    if (list.children[index]) list.children[index].replaceWith(item); else list.append(item);
  }
  if (link.dataset.state !== state) {
    link.dataset.state = state;
    link.querySelector("svg").replaceWith(icon(ICONS[state]));
  }
  for (const [part, text] of [["done", done], ["state", word]]) {
    const place = link.querySelector(`.station-tile__${part}`);
    if (place.textContent !== text) place.textContent = text;
  }
};

export const start = async ({ account, session }) => {
  let pack = await storedPack(account, session) ?? await refreshPack(account, session).catch(() => undefined);
  if (!pack) return;
  const list = document.querySelector("[data-stations]");
  const byItem = document.querySelector("[data-criteria]");
  let shown = "";

  const paint = async () => {
    pack = await storedPack(account, session) ?? pack;
    const counts = await countsOf(account, pack.sheets);
    const acts = await actsOf(account);
    const actOf = (sheet) => acts.find((act) => act.kind === "submit" && act.sheet === sheet.sheet);
    const states = pack.sheets.map((sheet) => stateOf(sheet, counts.get(sheet.sheet), actOf(sheet), pack.lines.length));
    const key = JSON.stringify([states, [...counts.values()].map(({ done, waiting }) => [done, waiting])]);
    if (key !== shown) {
      shown = key;
      pack.sheets.forEach((sheet, index) => {
        const { done, waiting } = counts.get(sheet.sheet);
        const name = String(sheet.station).padStart(2, "0");
        const told = states[index] === "absent" ? "—" : states[index] === "waiting" && waiting ? t("n_items", { n: waiting }) : `${done}/${pack.lines.length}`;
        paintTile(list, index, { href: localised(`/judge/s/${session}/w/${name}`), name, state: states[index], done: told, word: t(`state_${states[index]}`) });
      });
      const present = pack.sheets.filter((sheet) => sheet.present);
      pack.lines.forEach(({ number, rule }, index) => {
        const done = present.filter((sheet) => (counts.get(sheet.sheet).states.get(rule.key) ?? "cleared") !== "cleared").length;
        const state = done === 0 ? "untouched" : done === present.length ? "ready" : "doing";
        const foreign = english && rule.title_en;
        paintTile(byItem, index, {
          href: localised(`/judge/s/${session}/c/${number}`), name: String(number).padStart(2, "0"), state, done: `${done}/${present.length}`,
          word: t(done === present.length ? "item_done" : `state_${state}`),
          title: make("span", "station-tile__title", foreign || rule.title, { lang: foreign ? "en" : "zh-CN" }),
        });
      });
      const total = (...wanted) => states.filter((state) => wanted.includes(state)).length;
      for (const [name, wanted] of Object.entries({ done: ["submitted", "locked"], doing: ["doing", "ready", "waiting", "conflict", "returned"], untouched: ["untouched"], absent: ["absent"] })) {
        const cell = document.querySelector(`[data-count=${name}]`);
        if (cell) cell.textContent = String(total(...wanted));
      }
    }
    paintUndo(acts);
    document.body.dataset.ready = "";
  };

  let ticking = 0;
  const paintUndo = (acts) => {
    clearTimeout(ticking);
    const refused = acts.filter((act) => act.status === "refused");
    const fresh = acts.filter((act) => act.kind === "submit" && act.status === "waiting" && undoLeft(act));
    const last = fresh.at(-1);
    if (last) {
      const n = fresh.filter((act) => act.together === last.together).length;
      const left = t("undo", { n: Math.ceil(undoLeft(last) / 1000) });
      const existing = document.querySelector("[data-undo]");
      if (existing?.getAttribute("data-undo") === last.together) existing.querySelector("span").textContent = left;
      // The seconds are for the eye: a voice that counts them says nothing else.
      else say(n > 1 ? t("handed_in_many", { n }) : t("handed_in", { station: String(last.station).padStart(2, "0") }), "plain", [make("button", "button strip__end", make("span", "", left), { type: "button", "aria-live": "off", "data-undo": last.together })]);
      ticking = setTimeout(async () => paintUndo(await actsOf(account)), 500);
    } else if (refused.length) {
      const [act] = refused;
      if (document.querySelector(`[data-drop-act="${CSS.escape(act.id)}"]`)) return;
      const name = act.station ? String(act.station).padStart(2, "0") : "";
      say(`${t(act.kind === "incident" ? "hand_refused" : "act_refused", { station: name })} ${(english ? act.detail_en : act.detail) ?? act.code}`, "err", [make("button", "button strip__end", t("understood"), { type: "button", "data-drop-act": act.id })]);
    } else if (document.querySelector("[data-undo], [data-drop-act]")) say("");
  };

  document.addEventListener("click", async (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const undo = /** @type {HTMLElement | null} */ (target.closest("[data-undo]"));
    const drop = /** @type {HTMLElement | null} */ (target.closest("[data-drop-act]"));
    const by = /** @type {HTMLElement | null} */ (target.closest("[data-by]"));
    if (undo) {
      const back = (await actsOf(account)).filter((act) => act.status === "waiting" && act.together === undo.dataset.undo);
      await dropActs(back.map((act) => act.id));
      if (back.length === 1) location.assign(localised(`/judge/s/${session}/w/${String(back[0].station).padStart(2, "0")}`));
    }
    if (drop) await dropActs([drop.dataset.dropAct]);
    if (by) showBy(by.dataset.by);
  });

  const showBy = (by) => {
    list.hidden = by === "item";
    byItem.hidden = by !== "item";
    for (const button of document.querySelectorAll("[data-by]")) {
      if (/** @type {HTMLElement} */ (button).dataset.by === by) button.setAttribute("aria-pressed", "true"); else button.setAttribute("aria-pressed", "false");
    }
    history.replaceState(null, "", by === "item" ? "#by-item" : location.pathname + location.search);
  };
  document.querySelector("[data-by-switch]")?.removeAttribute("hidden");
  showBy(location.hash === "#by-item" ? "item" : "station");
  document.addEventListener("judge:changed", (event) => { if (!/** @type {CustomEvent} */ (event).detail?.quiet) paint(); });
  await paint();
  await countsFor(account);
  refreshPack(account, session).catch(() => {});
};
