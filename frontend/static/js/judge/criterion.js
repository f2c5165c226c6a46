// @ts-check
// SJ5: one criterion at every station. The rows are the sheet's own, once for each station.

import { handIn } from "./acts.js";
import { enter } from "./outbox.js";
import { closePad, openPad, opensPad, padRow, pressFirst, startPad, takeTyped } from "./pad.js";
import { actInNotes, markOf, paintRow, pressedIn, shown, TYPED, typedIn } from "./row.js";
import { answered, counted, marksOf, refreshPack, storedPack } from "./session.js";
import { handedInOf, keepRefused, localised, say } from "./shared.js";
import { plain } from "./numbers.js";
import { make, t } from "./words.js";

export const start = async ({ account, session, number }) => {
  let pack = await storedPack(account, session) ?? await refreshPack(account, session).catch(() => undefined);
  const list = document.querySelector("[data-criterion-rows]");
  const line = pack?.lines.find((each) => each.number === number);
  const template = /** @type {HTMLTemplateElement | null} */ (document.querySelector(`template[data-criterion="${number}"]`));
  if (!pack || !line || !template || !list) { say(t("no_such_station"), "err"); return; }
  const { rule } = line;
  const titleOf = (one) => (document.documentElement.lang === "en" && one.title_en) || one.title;
  /** @type {Map<string, any>} */
  const all = new Map();
  const rows = new Map();
  const handedIn = new Set();

  document.querySelector("[data-criterion-number]").textContent = String(number).padStart(2, "0");
  document.querySelector("[data-criterion-title]").textContent = titleOf(rule);
  document.title = `${String(number).padStart(2, "0")} ${titleOf(rule)}`;
  document.querySelector("[data-criterion-bench]")?.replaceChildren(...(rule.benchmarks ?? []).map((each) => make("li", "", [make("b", "", plain(each.value)), " ", make("span", "", (document.documentElement.lang === "en" && each.text_en) || each.text || each.word)])));

  for (const sheet of pack.sheets.filter((each) => each.present)) {
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
    const name = String(sheet.station).padStart(2, "0");
    for (const part of [row, ...row.querySelectorAll("[id], [name], [aria-labelledby]")]) {
      for (const attribute of ["id", "aria-labelledby", "name"]) {
        const old = part.getAttribute(attribute);
        if (old) part.setAttribute(attribute, attribute === "name" ? `s${name}.${old}` : `${old}-s${name}`);
      }
    }
    // The station is told once, in words; beside it stands only how far its mark is saved.
    row.querySelector(".crit__number").textContent = "";
    row.querySelector(".crit__label").replaceWith(make("div", "crit__label", make("b", "", t("station_n", { n: name }), { id: `label-s${name}` })));
    row.querySelector("[role=radiogroup]")?.setAttribute("aria-labelledby", `label-s${name}`);
    row.dataset.sheet = sheet.sheet;
    rows.set(sheet.sheet, row);
    for (const input of row.querySelectorAll(".meas input")) { input.setAttribute("readonly", ""); input.setAttribute("inputmode", "none"); }
    for (const stepper of row.querySelectorAll("[data-stepper]")) stepper.hidden = false;
    list.append(row);
  }

  const sheetOf = (row) => pack.sheets.find((each) => each.sheet === row.dataset.sheet);
  const place = (sheet) => ({ account, session, judge: pack.judge, sheet: sheet.sheet, station: sheet.station });
  const isOpen = (sheet) => sheet.state === "open" && pack.session.state === "running" && !handedIn.has(sheet.sheet);
  const markAt = (sheet) => all.get(sheet.sheet)?.get(rule.key);
  const complete = () => pack.sheets.filter((sheet) => sheet.present && isOpen(sheet) && pack.lines.every((each) => {
    const mark = all.get(sheet.sheet)?.get(each.rule.key);
    return answered(mark) && !mark.trouble;
  }));

  const paint = async () => {
    pack = await storedPack(account, session) ?? pack;
    for (const sheet of pack.sheets) {
      all.set(sheet.sheet, await marksOf(account, sheet.sheet));
      if (await handedInOf(account, sheet.sheet)) handedIn.add(sheet.sheet); else handedIn.delete(sheet.sheet);
      const row = rows.get(sheet.sheet);
      if (row) paintRow(row, rule, markAt(sheet), { fixed: !isOpen(sheet) });
    }
    const present = pack.sheets.filter((sheet) => sheet.present);
    const done = present.filter((sheet) => counted(markAt(sheet))).length;
    document.querySelector("[data-criterion-done]").textContent = `${done}/${present.length}`;
    const ready = complete();
    const submit = /** @type {HTMLElement} */ (document.querySelector("[data-submit-complete]"));
    submit.hidden = !ready.length;
    submit.querySelector("small").textContent = t("n_stations", { n: ready.length });
    const way = /** @type {HTMLElement} */ (document.querySelector("[data-to-hand-in]"));
    way.hidden = Boolean(ready.length);
    way.querySelector("small").textContent = t(present.some(isOpen) ? "none_complete" : "none_open");
    const next = /** @type {HTMLAnchorElement} */ (document.querySelector("[data-next-criterion]"));
    const following = pack.lines.find((each) => each.number === number + 1);
    next.hidden = !following;
    if (following) { next.href = localised(`/judge/s/${session}/c/${following.number}`); next.querySelector("span").textContent = t("next_item", { number: String(following.number).padStart(2, "0") }); }
    document.body.dataset.ready = "";
  };

  const answer = async (row, given) => {
    const sheet = sheetOf(row);
    const entered = enter(place(sheet), rule.key, given);
    const mark = { reasons: [], ...markAt(sheet), ...given, value: given.value ?? null, storing: true, pending: true, trouble: null, criterion: rule.key };
    all.get(sheet.sheet).set(rule.key, mark);
    paintRow(row, rule, mark, {});
    for (const other of rows.values()) other.toggleAttribute("data-last", other === row);
    for (const [id, other] of rows) if (other !== row) paintRow(other, rule, all.get(id)?.get(rule.key), { fixed: !isOpen(sheetOf(other)) });
    await entered.catch(() => say(t("saved_not_stored"), "err"));
  };

  list.addEventListener("change", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const row = /** @type {HTMLElement} */ (field.closest(".crit"));
    if (!row) return;
    const sheet = sheetOf(row);
    if (!isOpen(sheet)) {
      const pressed = pressedIn(rule, field);
      if (pressed !== null) keepRefused(place(sheet), rule, pressed, sheet.state === "open" && !handedIn.has(sheet.sheet) ? "session_closed" : "sheet_closed");
      return;
    }
    if (field.type === "radio" && field.value !== "custom") answer(row, { state: "scored", value: markOf(rule, field.value), reasons: [] });
    else if (field.type === "radio") row.querySelector(".pick__typed input").focus();
    else if (field.closest(TYPED)) {
      const { value, fault } = typedIn(rule, field);
      if (fault) say(fault, "err");
      if (value !== null) answer(row, { state: "scored", value, reasons: markAt(sheetOf(row))?.reasons ?? [] });
    }
  });

  const leavePad = async () => {
    const row = padRow();
    if (!row) return true;
    const taken = takeTyped();
    if (!taken) return false;
    closePad();
    if (taken.changed) await answer(row, taken.value === "" ? { state: "cleared" } : { state: "scored", value: taken.value, reasons: [] });
    return true;
  };
  const openAt = (row) => { const mark = markAt(sheetOf(row)); openPad(row, line, mark?.state === "scored" ? shown(rule, mark.value) : ""); };
  startPad(async (way) => {
    const here = padRow();
    if (!await leavePad() || way === "close") return;
    const every = [...rows.values()];
    const next = way === "next" ? every.slice(every.indexOf(here) + 1).find((row) => isOpen(sheetOf(row)) && !answered(markAt(sheetOf(row)))) : every[every.indexOf(here) - 1];
    if (next) openAt(next);
  });

  list.addEventListener("focusout", (event) => {
    const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(TYPED)?.closest(".crit") ?? null);
    if (row) setTimeout(() => paintRow(row, rule, markAt(sheetOf(row)), { fixed: !isOpen(sheetOf(row)) }));
  });

  list.addEventListener("keydown", async (event) => {
    const row = opensPad(event);
    if (!row || !isOpen(sheetOf(row))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!await leavePad()) return;
    openAt(row);
    pressFirst(event.key);
  });

  list.addEventListener("click", async (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest(".crit"));
    if (!row) return;
    const sheet = sheetOf(row);
    if (await actInNotes(target, rule, markAt(sheet), place(sheet)) || !isOpen(sheet)) return;
    const by = /** @type {HTMLElement | null} */ (target.closest("[data-step-by]"));
    if (by) {
      const mark = markAt(sheet);
      const next = Number(mark?.state === "scored" ? mark.value : 0) + Number(by.dataset.stepBy);
      if (next >= Number(rule.minimum) && next <= Number(rule.maximum)) await answer(row, { state: "scored", value: String(next), reasons: [] });
    } else if (target.closest(".meas") && await leavePad()) openAt(row);
  });

  document.querySelector("[data-submit-complete]").addEventListener("click", async () => {
    if (!await leavePad()) return;
    const seen = (sheet) => Object.fromEntries([...all.get(sheet.sheet)].map(([key, mark]) => [key, { state: mark.state, value: mark.value }]));
    const moved = { detail: t("moved"), detail_en: t("moved") };
    try {
      await handIn(account, complete().map((sheet) => ({ session, sheet: sheet.sheet, station: sheet.station, seen: seen(sheet), moved })));
    } catch { say(t("act_not_stored"), "err"); return; }
    location.assign(localised(`/judge/s/${session}`));
  });

  document.addEventListener("judge:changed", (event) => { if (!/** @type {CustomEvent} */ (event).detail?.quiet) paint(); });
  document.body.dataset.scripted = "";
  await paint();
  refreshPack(account, session).catch(() => {});
};

