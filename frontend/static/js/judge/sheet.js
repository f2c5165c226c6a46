// @ts-check
// SJ3: the judge's sheet. Every tap is stored here first; what the server says comes after.

import { handIn } from "./acts.js";
import { Refused } from "./api.js";
import { setLocked } from "./badge.js";
import { enter } from "./outbox.js";
import { closePad, openPad, opensPad, padRow, pressFirst, startPad, takeTyped, unentered } from "./pad.js";
import { actInNotes, markOf, paintBench, paintRow, pressedIn, shown, TYPED, typedIn } from "./row.js";
import { answered, counted, marksOf, refreshPack, storedPack } from "./session.js";
import { handedInOf, keepRefused, localised, say } from "./shared.js";
import { plain } from "./numbers.js";
import { at, icon, t } from "./words.js";

const NUMERIC = new Set(["measured", "free"]);
const GLOVE_MS = 600;

export const start = async ({ account, session, station, judge }) => {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#sheet"));
  let pack = await storedPack(account, session) ?? await refreshPack(account, session).catch(() => undefined);
  if (!form || !pack) return;
  let marks = new Map();
  const sheet = () => pack.sheets.find((each) => each.station === station);
  if (!sheet()) { say(t("no_such_station"), "err"); form.hidden = true; return; }
  const lines = new Map(pack.lines.map((line) => [line.rule.key, line]));
  const rows = new Map([...form.querySelectorAll(".crit")].map((row) => [/** @type {HTMLElement} */ (row).dataset.key, /** @type {HTMLElement} */ (row)]));
  const place = () => ({ account, session, judge: pack.judge, sheet: sheet().sheet, station });
  const open = () => sheet()?.state === "open" && pack.session.state === "running";
  const controls = () => Boolean(form.querySelector(".crit input:not([type=hidden])"));
  let handedIn = null;
  let asked = false;

  const missing = () => pack.lines.filter(({ rule }) => !counted(marks.get(rule.key)));
  const troubled = () => pack.lines.filter(({ rule }) => marks.get(rule.key)?.trouble);
  const isOpen = () => open() && !handedIn;
  const closedBy = () => (sheet().state === "open" && !handedIn ? "session_closed" : "sheet_closed");

  const paint = async () => {
    pack = await storedPack(account, session) ?? pack;
    // Drawn anew, the station may be another judge's: what was entered for it is in the list of what waits.
    form.hidden = !sheet();
    if (!sheet()) { closePad(); say(t("no_such_station"), "err"); return; }
    handedIn = await handedInOf(account, sheet().sheet);
    marks = await marksOf(account, sheet().sheet);
    if (isOpen() && !controls()) { openAnew(); return; }
    const typed = unentered();
    if (!isOpen() && typed && padRow()) {
      // The session was locked under the judge's finger: what was typed is kept and shown, not saved.
      const { rule } = lines.get(typed.key);
      closePad();
      await keepRefused(place(), rule, markOf(rule, typed.value), closedBy());
      return;
    }
    for (const line of pack.lines) {
      const row = rows.get(line.rule.key);
      if (row) paintRow(row, line.rule, marks.get(line.rule.key), { fixed: !isOpen() });
    }
    paintFoot();
    paintHead();
    setLocked(sheet().state === "signed");
    document.body.dataset.ready = "";
  };

  /** The server showed a closed sheet: unless what lies here is older than that, it has been opened since. */
  const openAnew = async () => {
    if (asked) return;
    asked = true;
    const fresh = await refreshPack(account, session).catch(() => null);
    asked = false;
    if (fresh && fresh.session.state === "running" && fresh.sheets.find((each) => each.station === station)?.state === "open") location.reload();
  };

  const paintHead = () => {
    const strip = /** @type {HTMLElement | null} */ (document.querySelector("[data-sheet-strip]"));
    const state = handedIn?.status === "waiting" ? "handing_in" : sheet().state !== "open" ? sheet().state : pack.session.state === "running" ? "" : pack.session.state;
    if (!strip) return;
    // Why the chief judge gave it back stands beside whatever else there is to say, until it is handed in again.
    const returned = handedIn || sheet().state !== "open" ? null : sheet().returned ?? null;
    const why = state && t(`strip_${state}`, { at: at(pack.session.starts_at) });
    strip.hidden = !state && returned === null;
    strip.dataset.state = returned === null ? state : "returned";
    strip.classList.toggle("strip--plain", returned === null);
    strip.querySelector("svg").replaceWith(icon(returned === null ? "info" : "back"));
    strip.querySelector("b").textContent = returned === null ? why : t("strip_returned");
    strip.querySelector("span").textContent = returned === null ? "" : [returned, why].filter(Boolean).join(" · ");
    for (const served of document.querySelectorAll("[data-served-strip]")) /** @type {HTMLElement} */ (served).hidden = true;
  };

  const paintFoot = () => {
    const left = missing();
    const foot = form.querySelector(".sheet-foot");
    foot.querySelector("strong").textContent = `${pack.lines.length - left.length}/${pack.lines.length}`;
    foot.querySelectorAll(".sheet-foot__strip li").forEach((cell, index) => {
      if (counted(marks.get(pack.lines[index]?.rule.key))) cell.dataset.state = "done"; else delete cell.dataset.state;
    });
    for (const head of form.querySelectorAll("[data-group-done]")) {
      const own = pack.lines.filter(({ rule }) => rule.group === head.dataset.groupDone);
      head.textContent = t("done", { done: own.filter(({ rule }) => counted(marks.get(rule.key))).length, of: own.length });
    }
    paintRest(foot.querySelector("[data-full-rest]"), left);
    const next = foot.querySelector("[data-next-open]");
    const submit = foot.querySelector(".sheet-foot__submit");
    if (!next || !submit) return;
    next.hidden = !isOpen() || !left.length;
    submit.hidden = !isOpen();
    if (left.length) {
      const number = String(left[0].number).padStart(2, "0");
      next.setAttribute("href", `#crit-${number}`);
      next.querySelector("span").textContent = t("next_open", { number });
    }
    submit.classList.toggle("button--main", !left.length);
    submit.classList.toggle("button--outline", Boolean(left.length));
    submit.querySelector("small").textContent = left.length ? t("missing", { n: left.length }) : "";
  };

  /** Full marks for what is left of one group: that of the row touched last, or the first that has any. */
  const paintRest = (rest, left) => {
    if (!rest) return;
    const open = isOpen() ? left.filter(({ rule }) => rule.kind === "deduction" && !answered(marks.get(rule.key))).map(({ rule }) => rule.group) : [];
    const touched = lines.get(form.querySelector(".crit[data-last]")?.dataset.key ?? "")?.rule.group;
    const group = open.includes(touched) ? touched : open[0];
    rest.hidden = !group;
    rest.dataset.fullRest = group ?? "";
    rest.querySelector("small").textContent = group ? t("n_items", { n: open.filter((each) => each === group).length }) : "";
  };

  const go = (line) => {
    const row = rows.get(line.rule.key);
    show(row);
    if (NUMERIC.has(line.rule.kind) && !row.querySelector(".stepper") && isOpen()) openPad(row, line, shownOf(line));
    else { closePad(); touch(row); row.querySelector("input, summary")?.focus({ preventScroll: true }); }
    row.scrollIntoView({ block: "center" });
  };
  const shownOf = ({ rule }) => { const mark = marks.get(rule.key); return mark?.state === "scored" ? shown(rule, mark.value) : ""; };

  const repaint = (row) => { const { rule } = lines.get(row.dataset.key); paintRow(row, rule, marks.get(rule.key), { fixed: !isOpen() }); };
  const benchOf = (row) => form.querySelector(`#${row.id.replace("crit", "bench")}`);
  const touch = (row) => {
    const before = [...form.querySelectorAll(".crit[data-last]")];
    for (const other of before) delete other.dataset.last;
    row.dataset.last = "";
    for (const other of before) if (other !== row) repaint(other);
    const own = benchOf(row);
    for (const bench of form.querySelectorAll(".bench")) if (bench !== own) bench.hidden = true;
    const { rule, number } = lines.get(row.dataset.key);
    paintBench(own, rule, String(number).padStart(2, "0"), marks.get(rule.key));
  };

  const answer = async (row, line, given) => {
    touch(row);
    try {
      const entered = enter(place(), line.rule.key, given);
      // The eye comes first; the disk follows within a tenth of a second.
      const before = marks.get(line.rule.key);
      marks.set(line.rule.key, { reasons: [], ...before, ...given, value: given.value ?? null, storing: true, pending: true, trouble: null, criterion: line.rule.key });
      paintRow(row, line.rule, marks.get(line.rule.key), { fixed: false });
      paintBench(benchOf(row), line.rule, String(line.number).padStart(2, "0"), marks.get(line.rule.key));
      paintFoot();
      await entered;
      // It is on disk: said at once, before everything is read anew.
      if (row.dataset.saved === "storing") row.dataset.saved = "here";
    } catch {
      say(t("saved_not_stored"), "err");
      return;
    }
    if (document.documentElement.dataset.mode?.includes("glove")) setTimeout(() => { if (row.dataset.current !== undefined) step(row, 1); }, GLOVE_MS);
  };

  // Glove mode shows one row at a time.
  const step = (row, by) => {
    const all = [...rows.values()];
    const target = all[all.indexOf(row) + by];
    if (target) show(target);
  };
  const show = (row) => {
    for (const each of rows.values()) each.toggleAttribute("data-current", each === row);
    const index = [...rows.values()].indexOf(row);
    for (const button of form.querySelectorAll("[data-glove-step]")) button.toggleAttribute("disabled", !([...rows.values()][index + Number(button.dataset.gloveStep)]));
  };

  form.addEventListener("change", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (field.closest(".crit"));
    const line = lines.get(row?.dataset.key ?? "");
    if (!row || !line) return;
    if (!isOpen()) {
      // The finger came down just as the sheet was closed: what it pressed is kept and shown, not saved.
      const pressed = pressedIn(line.rule, field);
      if (pressed !== null) keepRefused(place(), line.rule, pressed, closedBy());
      return;
    }
    if (field.type === "radio") {
      closePad();
      if (field.value === "custom") { touch(row); row.querySelector(".pick__typed input").focus(); return; }
      answer(row, line, { state: "scored", value: markOf(line.rule, field.value), reasons: [] });
    } else if (field.closest(TYPED)) {
      const { value, fault } = typedIn(line.rule, field);
      if (fault) say(fault, "err");
      if (value !== null) answer(row, line, { state: "scored", value, reasons: marks.get(line.rule.key)?.reasons ?? [] });
    }
  });

  // Where nothing was typed, what stands there is shown again.
  form.addEventListener("focusout", (event) => {
    const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(TYPED)?.closest(".crit") ?? null);
    if (row) setTimeout(() => repaint(row));
  });

  // The pad is opened by a finger at the value, or by a key there.
  form.addEventListener("keydown", async (event) => {
    const row = opensPad(event);
    if (!row || !isOpen()) return;
    event.preventDefault();
    event.stopPropagation();
    if (!await leavePad()) return;
    const line = lines.get(row.dataset.key);
    openPad(row, line, shownOf(line));
    pressFirst(event.key);
  });

  form.addEventListener("click", async (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest(".crit"));
    const line = lines.get(row?.dataset.key ?? "");
    const rest = /** @type {HTMLElement | null} */ (target.closest("[data-full-rest]"));
    const glove = /** @type {HTMLElement | null} */ (target.closest("[data-glove-step]"));
    if (glove) { step(form.querySelector(".crit[data-current]"), Number(glove.dataset.gloveStep)); return; }
    if (rest) {
      for (const { rule } of missing()) {
        if (rule.group === rest.dataset.fullRest && rule.kind === "deduction" && !answered(marks.get(rule.key))) await enter(place(), rule.key, { state: "scored", value: plain(rule.maximum), reasons: [t("full_rest")] });
      }
      return;
    }
    if (target.closest("[data-next-open]")) { event.preventDefault(); const [first] = missing(); if (first) go(first); return; }
    if (!row || !line) return;
    // Not before the browser is through with the click: what it has just chosen must not be painted away.
    if (target.closest(".pick") && row.dataset.last === undefined) setTimeout(() => { touch(row); repaint(row); });
    if (await actInNotes(target, line.rule, marks.get(line.rule.key), place())) return;
    if (!isOpen()) return;
    const by = /** @type {HTMLElement | null} */ (target.closest("[data-step-by]"));
    if (by) {
      const next = Number(shownOf(line) || 0) + Number(by.dataset.stepBy);
      if (next >= Number(line.rule.minimum) && next <= Number(line.rule.maximum)) await answer(row, line, { state: "scored", value: String(next), reasons: [] });
    } else if (target.closest(".meas")) {
      const typed = await leavePad();
      if (typed) openPad(row, line, shownOf(line));
    }
  });

  /** Enter what the pad holds; false while it may not be left. */
  const leavePad = async () => {
    const row = padRow();
    if (!row) return true;
    const taken = takeTyped();
    if (!taken) return false;
    const line = lines.get(taken.key);
    closePad();
    if (taken.changed) await answer(row, line, taken.value === "" ? { state: "cleared" } : { state: "scored", value: taken.value, reasons: [] });
    return true;
  };

  startPad(async (way) => {
    const row = padRow();
    if (!await leavePad()) return;
    if (way === "close") return;
    const all = pack.lines;
    const here = all.findIndex(({ rule }) => rule.key === row.dataset.key);
    const next = way === "next" ? all.find((line, index) => index > here && !answered(marks.get(line.rule.key))) ?? missing()[0] : all[here - 1];
    if (next) go(next);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    const row = /** @type {HTMLElement | null} */ (button?.closest(".crit"));
    if (row && button?.name.startsWith("state.")) {
      row.querySelector("details")?.removeAttribute("open");
      await answer(row, lines.get(row.dataset.key), { state: button.value });
      return;
    }
    if (button?.value !== "submit" || !isOpen() || !await leavePad()) return;
    const [gap] = missing();
    const [trouble] = troubled();
    if (trouble) { say(t("trouble_first"), "err"); go(trouble); return; }
    if (gap && sheet().present) { go(gap); return; }
    const seen = Object.fromEntries([...marks].map(([key, mark]) => [key, { state: mark.state, value: mark.value }]));
    try {
      await handIn(account, [{ session, sheet: sheet().sheet, station, seen, moved: { detail: t("moved"), detail_en: t("moved") } }]);
    } catch { say(t("act_not_stored"), "err"); return; }
    location.assign(localised(`/judge/s/${session}`));
  });

  /** A finger may be faster than the script: what was pressed before it was there counts like any other tap. */
  const takeEarlyTaps = async () => {
    for (const [key, row] of rows) {
      const pressed = /** @type {HTMLInputElement | undefined} */ ([...row.querySelectorAll("input[type=radio]")].find((radio) => radio.checked && !radio.defaultChecked && radio.value !== "custom"));
      const { rule } = lines.get(key) ?? {};
      if (!pressed || !rule) continue;
      // The page showed an older revision than the pack may hold by now.
      const seen = Number(/** @type {HTMLInputElement | null} */ (row.querySelector(`input[name="rev.${CSS.escape(key)}"]`))?.value ?? 0);
      if (isOpen()) await enter(place(), key, { state: "scored", value: markOf(rule, pressed.value), reasons: [] }, seen);
      else await keepRefused(place(), rule, markOf(rule, pressed.value), closedBy());
    }
  };

  for (const input of form.querySelectorAll(".meas input")) {
    if (input.closest(".stepper")) continue;
    input.setAttribute("inputmode", "none");
    input.setAttribute("readonly", "");
  }
  for (const stepper of form.querySelectorAll("[data-stepper]")) /** @type {HTMLElement} */ (stepper).hidden = false;
  // Several things change with one tap; while one painting is under way the next waits for its end, and one is enough for all.
  let painting = false;
  let again = false;
  document.addEventListener("judge:changed", async (event) => {
    if (/** @type {CustomEvent} */ (event).detail?.quiet) return;
    if (painting) { again = true; return; }
    painting = true;
    try { do { again = false; await paint(); } while (again); } finally { painting = false; }
  });
  document.body.dataset.scripted = "";
  const first = [...rows.values()][0];
  if (first) show(first);
  await takeEarlyTaps();
  await paint();
  // A sheet that begins with a measure is begun by typing.
  const opening = pack.lines[0];
  if (isOpen() && innerWidth >= 900 && missing().length === pack.lines.length && NUMERIC.has(opening.rule.kind) && opening.rule.kind === "measured") go(opening);
  refreshPack(account, session).catch((error) => { if (error instanceof Refused && error.status === 404) say(t("session_gone"), "err"); });
};

