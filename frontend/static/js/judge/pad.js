// @ts-check
// The tablet's own number pad: value, unit and tolerance are in sight while typing, and the verdict is given before the field is left.

import { decimals, isDecimal, less, minus, plain, verdictOf } from "./numbers.js";
import { faultText, paintVerdict } from "./row.js";
import { icon, t } from "./words.js";

const FAR = 10n;
const TYPED_AS = { Backspace: "back", ",": ".", "-": "minus", "−": "minus" };

/** @type {{row: HTMLElement, line: any, typed: string, before: string, asked: string} | null} */
let open = null;

const pad = () => /** @type {HTMLElement | null} */ (document.querySelector("#pad"));
const part = (name) => pad()?.querySelector(`[data-pad-${name}]`);

/** The row that the pad writes to, with what is typed and not yet entered. */
export const padRow = () => open?.row ?? null;
export const unentered = () => (open && open.typed !== open.before ? { key: open.line.rule.key, value: open.typed } : null);

export const closePad = () => {
  if (!open) return;
  delete open.row.dataset.typing;
  open.row.removeAttribute("data-last");
  open = null;
  const element = pad();
  if (element) element.hidden = true;
  delete document.body.dataset.pad;
};

export const openPad = (row, line, value) => {
  closePad();
  for (const other of document.querySelectorAll(".crit[data-last]")) other.removeAttribute("data-last");
  open = { row, line, typed: value, before: value, asked: "" };
  row.dataset.typing = "";
  row.dataset.last = "";
  document.body.dataset.pad = "open";
  const element = pad();
  element.hidden = false;
  part("title").textContent = row.querySelector(".crit__number").textContent.trim() + " " + row.querySelector(".crit__label b").textContent;
  part("limits").replaceChildren(...[...row.querySelectorAll(".fcf > span")].map((each) => each.cloneNode(true)));
  part("places").textContent = t("places", { n: decimals(line.rule.step) });
  part("unit").textContent = line.rule.unit ?? "";
  element.toggleAttribute("data-signed", signed(line.rule));
  part("minus").hidden = !signed(line.rule);
  paint();
  row.scrollIntoView({ block: "nearest" });
};

/** Whether a value below nothing may stand there at all. */
const signed = (rule) => less(rule.minimum, "0");

const band = (rule) => (rule.kind === "measured" ? [...(rule.bands ?? [])].sort((one, two) => (less(one.points, two.points) ? 1 : -1))[0] : null);

const paint = (message = "") => {
  const { row, line, typed } = open;
  part("value").textContent = typed || "";
  const verdict = verdictOf(line.rule, typed || null);
  const place = part("verdict");
  place.dataset.state = verdict ?? "unset";
  place.replaceChildren(...(verdict ? [icon(verdict), t(`verdict_${verdict}`)] : []));
  part("message").textContent = message;
  part("message").hidden = !message;
  row.querySelector(".meas input").value = typed;
  paintVerdict(row, line.rule, typed);
  paintZone(line.rule, typed);
};

/** The tolerance as on paper: the zone, its bounds, and where the value lies; in whole hundredths of the width. */
const paintZone = (rule, typed) => {
  const zone = part("zone");
  const best = band(rule);
  zone.toggleAttribute("hidden", !best || best.low == null || best.high == null);
  if (zone.hasAttribute("hidden")) return;
  zone.querySelector("[data-low]").textContent = plain(best.low);
  zone.querySelector("[data-high]").textContent = plain(best.high);
  const marker = zone.querySelector("[data-marker]");
  const span = Number(minus(best.high, best.low));
  const good = typed && isDecimal(typed) && span > 0;
  marker.toggleAttribute("hidden", !good);
  if (good) marker.setAttribute("transform", `translate(${Math.round(Math.min(97, Math.max(3, 25 + (Number(minus(typed, best.low)) / span) * 50)) * 4.36)} 0)`);
};

/** Far outside the tolerance: asked once, never forbidden. */
const implausible = (rule, value) => {
  const best = band(rule);
  if (!best || best.low == null || best.high == null) return false;
  const span = Number(minus(best.high, best.low)) || 1;
  const away = less(value, best.low) ? Number(minus(best.low, value)) : less(best.high, value) ? Number(minus(value, best.high)) : 0;
  return away > span * Number(FAR);
};

/** What stands in the pad if it may be entered; null, and the reason is shown, if it may not. */
export const takeTyped = () => {
  if (!open) return null;
  const { line, typed, before } = open;
  if (typed === before || typed === "") return { key: line.rule.key, value: typed === "" ? "" : plain(typed), changed: typed !== before };
  const fault = faultText(line.rule, typed);
  if (fault) {
    paint(fault);
    return null;
  }
  if (implausible(line.rule, typed) && open.asked !== typed) {
    open.asked = typed;
    paint(t("implausible", { value: `${typed} ${line.rule.unit ?? ""}`.trim() }));
    return null;
  }
  return { key: line.rule.key, value: plain(typed), changed: plain(typed) !== plain(before || "x") };
};

/** Bind the keys. `leave(direction)` is called for the two ways out. */
export const startPad = (leave) => {
  pad()?.addEventListener("click", (event) => {
    const key = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
    if (!open || !(key instanceof HTMLElement)) return;
    press(key.dataset.key, leave);
  });
  document.addEventListener("keydown", (event) => {
    if (!open || event.ctrlKey || event.metaKey || event.altKey || belongsElsewhere(event)) return;
    const key = { ...TYPED_AS, Escape: "close", Enter: "next" }[event.key] ?? event.key;
    if (!/^[0-9.]$|^(back|close|next|minus)$/.test(key)) return;
    event.preventDefault();
    press(key, leave);
  });
};

/** The row whose value has the focus, if that key opens the pad there. */
export const opensPad = ({ key, target, ctrlKey, metaKey, altKey }) => {
  const row = target.matches(".meas input[readonly]") && !ctrlKey && !metaKey && !altKey && /^(?:[-−0-9.,]|Enter|Backspace)$/.test(key) ? target.closest(".crit") : null;
  return row === padRow() ? null : row;
};
/** The key that opened the pad is the first that is typed. */
export const pressFirst = (key) => { if (key !== "Enter") press(TYPED_AS[key] ?? key, () => {}); };

/** A field that is typed into, an open dialog, and a button under the focus have keys of their own. */
const belongsElsewhere = ({ key, target }) => {
  if (document.querySelector("dialog[open]") || target.matches("input:not([readonly], [type=radio])")) return true;
  return key === "Enter" && Boolean(target.closest("a, button, summary")) && !pad().contains(target);
};

const press = (key, leave) => {
  if (key === "next" || key === "previous" || key === "close") { leave(key); return; }
  const most = decimals(open.line.rule.step);
  let { typed } = open;
  if (key === "clear") typed = "";
  else if (key === "back") typed = typed.slice(0, -1);
  else if (key === "minus") { if (!signed(open.line.rule)) return; typed = typed.startsWith("-") ? typed.slice(1) : `-${typed}`; }
  else if (key === ".") { if (typed.includes(".") || !most) return; typed = `${/[0-9]$/.test(typed) ? typed : `${typed}0`}.`; }
  else if (typed.includes(".") && typed.split(".")[1].length >= most) return;
  else typed = typed.replace(/^(-?)0$/, "$1") + key;
  if (typed.length > 12) return;
  open.typed = typed;
  paint();
};
