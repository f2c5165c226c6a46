// @ts-check
// One row: a criterion on a sheet, or a station of one criterion. Paints what stands there and reads what was pressed.

import { dropRefused, enter, keepTheirs, tryAgain } from "./outbox.js";
import { answered } from "./session.js";
import { faultOf, isDecimal, meant, minus, plain, verdictOf } from "./numbers.js";
import { at, icon, make, said, t, told } from "./words.js";

/** What the form shows for a mark: a deduction shows the points taken off. */
export const shown = (rule, value) => (value === null || value === undefined ? "" : rule.kind === "deduction" && isDecimal(value) ? minus(rule.maximum, value) : plain(value));
/** The mark behind what the form shows. */
export const markOf = (rule, typed) => (rule.kind === "deduction" && isDecimal(typed) ? minus(rule.maximum, typed) : typed);

/** Why a value cannot be taken, in words; empty if it can. */
export const faultText = (rule, value, { typed = value, minimum = rule.minimum, maximum = rule.maximum } = {}) => {
  const fault = faultOf(rule, value);
  return fault ? t(`fault_${fault}`, { value: typed, minimum: plain(minimum), maximum: plain(maximum), step: plain(rule.step) }) : "";
};

/** A field of the row that is typed into: points to be taken off, a small count. */
export const TYPED = ".pick__typed, .stepper";
/** What was typed there, as a mark; null where there is none, and what was wrong with it. */
export const typedIn = (rule, field) => {
  const typed = meant(field.value);
  const value = markOf(rule, typed);
  const off = rule.kind === "deduction" ? { minimum: "0", maximum: minus(rule.maximum, rule.minimum) } : {};
  const fault = typed && faultText(rule, value, { typed: typed.slice(0, 20), ...off });
  if (fault) field.value = "";
  return { value: typed && !fault ? value : null, fault };
};

/** The mark that a field was changed to; null where it says none. */
export const pressedIn = (rule, field) => {
  if (field.type === "radio") return field.value === "custom" ? null : markOf(rule, field.value);
  return field.closest(TYPED) ? typedIn(rule, field).value : null;
};

const wordOf = (rule, value) => {
  const found = (rule.benchmarks ?? []).find((each) => plain(each.value) === value);
  return (document.documentElement.lang === "en" ? found?.word_en : "") || found?.word || t(`judgement_${value}`);
};
const sentenceOf = (rule, value) => {
  const found = (rule.benchmarks ?? []).find((each) => plain(each.value) === value);
  return (document.documentElement.lang === "en" ? found?.text_en : "") || found?.text || "";
};

/** Paint a row. `fixed` shows texts instead of controls. */
export const paintRow = (row, rule, mark, { fixed = false } = {}) => {
  const there = answered(mark);
  const value = there && mark.state === "scored" ? shown(rule, mark.value) : "";
  row.dataset.state = there ? mark.state : "unset";
  row.dataset.saved = !there && !mark?.trouble ? "" : mark.trouble ? "trouble" : mark.storing ? "storing" : mark.pending ? "here" : "received";
  // Nothing is taken from under a finger that types.
  const active = document.activeElement;
  const typing = Boolean(active?.closest(".pick__typed")) && row.contains(active);
  for (const radio of typing ? [] : row.querySelectorAll("input[type=radio]")) {
    const typed = there && mark.state === "scored" && rule.kind === "deduction" && radio.value === "custom" && !row.querySelector(`input[type=radio][value="${CSS.escape(value)}"]`);
    radio.checked = typed || (value !== "" && radio.value === value);
    if (typed) row.querySelector(".pick__typed input").value = value;
  }
  const field = row.querySelector(".meas input");
  if (field) {
    if (row.dataset.typing === undefined && (field.readOnly || field !== active)) field.value = value;
    paintVerdict(row, rule, row.dataset.typing === undefined ? value : field.value);
  }
  const left = row.querySelector("[data-left-of]");
  if (left && rule.kind === "deduction") left.textContent = value === "" ? t("deduction_from", { n: plain(rule.maximum) }) : t("left_of", { left: mark.value, of: plain(rule.maximum) });
  paintFixed(row, rule, mark, fixed);
  paintNotes(row, rule, mark, fixed);
};

/** Within or outside, while it is being typed. */
export const paintVerdict = (row, rule, value) => {
  const place = row.querySelector(".meas__verdict");
  if (!place) return;
  const verdict = verdictOf(rule, value || null);
  if (place.dataset.state === (verdict ?? "unset")) return;
  place.dataset.state = verdict ?? "unset";
  place.replaceChildren(...(verdict ? [icon(verdict), t(`verdict_${verdict}`)] : []));
};

const paintFixed = (row, rule, mark, fixed) => {
  const controls = row.querySelector(".crit__controls");
  let text = controls.querySelector(".crit__fixed");
  row.toggleAttribute("data-fixed", fixed);
  if (!fixed) { if (text?.dataset.painted !== undefined) text.remove(); return; }
  if (!text) {
    text = make("p", "crit__fixed", [], { "data-painted": "" });
    controls.prepend(text);
  }
  const there = answered(mark) && !mark.trouble ? mark : mark?.server;
  const value = there?.state === "scored" ? shown(rule, there.value) : "";
  const points = !answered(there) ? "—" : there.state === "not_attempted" ? t("not_attempted") : rule.kind === "deduction" ? `${value === "0" ? "" : "−"}${value}` : said(rule, { ...there, value });
  text.replaceChildren(make("strong", "", points), ...(rule.kind === "judgement_0_3" && value ? [" ", make("span", "", wordOf(rule, value))] : []));
};

const paintNotes = (row, rule, mark, fixed) => {
  const notes = row.querySelector(".crit__notes");
  const key = JSON.stringify([mark?.state, mark?.value, mark?.reasons, mark?.trouble?.n, mark?.trouble?.status, fixed, row.dataset.last !== undefined]);
  // What stands there as it is keeps its focus.
  if (notes.dataset.of === key) return;
  notes.dataset.of = key;
  const parts = [];
  if (mark?.trouble?.status === "conflict") parts.push(conflictOf(rule, mark.trouble));
  else if (mark?.trouble) parts.push(refusalOf(rule, mark.trouble, fixed));
  else if (mark?.state === "not_attempted" && !fixed) parts.push(make("p", "state state--done crit__note", [icon("cross"), t("not_attempted")]));
  const taken = rule.kind === "deduction" && mark?.state === "scored" && shown(rule, mark.value) !== "0";
  // The reasons are asked for at the row under the finger; at the others they stand as a line.
  if (!fixed && !mark?.trouble && taken && row.dataset.last !== undefined) parts.push(reasonsOf(mark));
  else if (mark?.reasons?.length) parts.push(make("p", "crit__note quiet", mark.reasons.join("、")));
  const fresh = mark?.trouble?.status === "conflict" && !notes.querySelector(".conflict");
  const held = notes.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  notes.replaceChildren(...parts);
  const card = fresh && notes.querySelector(".conflict");
  // Two values are shown whole, above the foot; of another row's only where no finger is at work.
  if (card && (row.dataset.last !== undefined || (!document.querySelector(".crit[data-last]") && document.querySelector(".conflict") === card))) card.scrollIntoView({ block: "nearest" });
  // Who works by keyboard goes on where they were.
  if (held) (notes.querySelector(`[data-reason="${CSS.escape(held.dataset.reason ?? "")}"]`) ?? row.querySelector("input:checked, input, summary"))?.focus({ preventScroll: true });
};

const REASONS = ["scratch", "size", "operation", "tools", "safety", "other"];

const reasonsOf = (mark) => make("div", "reasons", REASONS.map((name) => {
  const reason = t(`reason_${name}`);
  return make("button", "reason", reason, { type: "button", "data-reason": reason, "aria-pressed": String(mark.reasons.includes(reason)) });
}), { role: "group", "aria-label": t("reasons") });

const answerText = (rule, answer) => said(rule, { ...answer, value: answer.value === null ? null : rule.kind === "deduction" ? `−${shown(rule, answer.value)}`.replace("−0", "0") : plain(answer.value) });

const side = (rule, op, { title, answer, who, when, state, act, label }) => {
  const value = answer.state === "scored" && rule.kind === "judgement_0_3" ? plain(answer.value) : null;
  return make("section", "duel__side", [
    make("h3", "duel__where", [icon("tablet"), title]),
    make("p", "duel__value", [make("strong", value === null ? "duel__words" : "", answerText(rule, answer)), ...(value ? [make("span", "", wordOf(rule, value))] : [])]),
    ...(value && sentenceOf(rule, value) ? [make("p", "duel__bench", sentenceOf(rule, value))] : []),
    make("dl", "duel__facts", [["duel_by", who], ["duel_at", when], ["duel_state", state]].map(([name, text]) => make("div", "", [make("dt", "", t(name)), make("dd", "", text)]))),
    make("button", "button", label, { type: "button", [act]: String(op.n) }),
  ]);
};

const conflictOf = (rule, op) => {
  const keep = (answer) => t("keep", { value: answerText(rule, answer) });
  return make("div", "conflict", [
    make("p", "state state--against", [icon("diamond"), t("conflict")]),
    make("div", "duel", [
      side(rule, op, { title: t("duel_here"), answer: op, who: op.judge ?? "", when: at(op.entered_at), state: t("saved_here"), act: "data-keep-here", label: keep(op) }),
      side(rule, op, { title: t("duel_there"), answer: op.current, who: op.by ?? "", when: op.at ? at(op.at) : "", state: t("received"), act: "data-keep-there", label: keep(op.current) }),
    ]),
    make("p", "quiet", t("duel_note")),
  ], { role: "alert" });
};

const refusalOf = (rule, op, fixed) => make("div", "refused", [
  make("p", "field__error", [icon("cross"), " ", t("not_taken", { value: answerText(rule, op), why: told(op) })]),
  make("div", "acts", [
    ...(fixed ? [] : [make("button", "button", t("retry"), { type: "button", "data-try-again": String(op.n) })]),
    make("button", "button", t("drop"), { type: "button", "data-drop": String(op.n) }),
  ]),
], { role: "alert" });

/** What a pressed button in the notes does; true if it was one of theirs. */
export const actInNotes = async (target, rule, mark, place) => {
  const button = target.closest("button");
  if (!button) return false;
  const { keepHere, keepThere, tryAgain: retried, drop, reason } = button.dataset;
  if (keepHere) await enter(place, rule.key, { state: mark.state, value: mark.value, reasons: mark.reasons });
  else if (keepThere) await keepTheirs(Number(keepThere));
  else if (retried) await tryAgain(Number(retried));
  else if (drop) await dropRefused(Number(drop));
  else if (reason) {
    const reasons = mark.reasons.includes(reason) ? mark.reasons.filter((each) => each !== reason) : [...mark.reasons, reason];
    // The next finger may be faster than the disk: it goes on from this.
    mark.reasons = reasons;
    await enter(place, rule.key, { state: "scored", value: mark.value, reasons });
  } else return false;
  return true;
};

/** The sentence of the value that was chosen last. */
export const paintBench = (bench, rule, number, mark) => {
  if (!bench) return;
  const value = mark?.state === "scored" ? plain(mark.value) : "";
  const sentence = value && rule.kind === "judgement_0_3" ? sentenceOf(rule, value) : "";
  bench.hidden = !sentence;
  if (sentence) bench.replaceChildren(make("b", "", [make("span", "", number), " ", make("span", "", wordOf(rule, value))]), " ", make("span", "", sentence), make("span", "bench__hint", t("bench_hint")));
};
