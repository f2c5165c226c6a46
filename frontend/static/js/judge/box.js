// @ts-check
// SJ6: what is still here, what needs its judge, what has arrived; and the marks as a file, as the last resort.

import { actsOf, dropActs } from "./acts.js";
import { dropRefused, isWhole, nextTry, tryAgain, unsentOf, wake } from "./outbox.js";
import { inContact } from "./api.js";
import { changed, storedPack } from "./session.js";
import { localised, say } from "./shared.js";
import { of, read, write } from "./store.js";
import { at, icon, make, said, t, told } from "./words.js";

const MOST_RECEIPTS = 50;
const FORMAT = "shibaiqian-unsent-marks-1";

export const start = async ({ account }) => {
  const packs = new Map();
  let toldFull = 0;
  const ruleOf = async (op) => {
    if (op.session && !packs.has(op.session)) packs.set(op.session, await storedPack(account, op.session));
    return packs.get(op.session)?.lines.find(({ rule }) => rule.key === op.criterion);
  };

  const line = async (op, extra = []) => {
    const found = await ruleOf(op);
    const title = found ? `${String(found.number).padStart(2, "0")} ${found.rule.title}` : op.criterion ?? "";
    return make("li", "box__row", [
      make("a", "box__station", op.station ? String(op.station).padStart(2, "0") : "—", { href: op.session ? localised(`/judge/s/${op.session}/w/${String(op.station).padStart(2, "0")}`) : "#main" }),
      make("span", "box__what", title), make("strong", "box__value", found ? said(found.rule, op) : op.value ?? op.state ?? ""),
      make("span", "quiet", at(op.entered_at ?? op.at)), ...extra,
    ]);
  };

  /** Handing in a sheet, or a raised hand. */
  const actLine = (act, extra) => make("li", "box__row", [
    make("a", "box__station", act.station ? String(act.station).padStart(2, "0") : "—", { href: localised(`/judge/s/${act.session}`) }),
    make("span", "box__what", t(`act_${act.kind}`)), make("span", "quiet", at(act.made)), ...extra,
  ]);

  /** What stands there as it is keeps its focus. */
  const fill = async (name, entries, count, row) => {
    const list = /** @type {HTMLElement} */ (document.querySelector(`[data-box=${name}]`));
    const key = JSON.stringify([count, entries]);
    if (list.dataset.of === key) return;
    list.dataset.of = key;
    const rows = await Promise.all(entries.map(row));
    if (list.dataset.of !== key) return;
    // Not on the next button: whoever pressed this one twice has not decided about that one.
    const held = [...list.children].findIndex((one) => one.contains(document.activeElement));
    list.replaceChildren(...rows.length ? rows : [make("li", "quiet box__none", t("box_none"))]);
    if (held >= 0) list.querySelectorAll("a")[Math.min(held, rows.length - 1)]?.focus();
    document.querySelector(`[data-box-count=${name}]`).textContent = String(count);
  };
  const button = (word, act, value) => make("button", "button", t(word), { type: "button", [act]: String(value) });
  const troubled = (one) => {
    if (one.kind) return actLine(one, [make("span", "field__error", told(one)), button("understood", "data-drop-act", one.id)]);
    const reason = make("span", "field__error", one.status === "conflict" ? t("conflict_short") : told(one));
    if (one.status === "conflict") return line(one, [reason]);
    return line(one, [reason, ...(isWhole(one) ? [button("retry", "data-try-again", one.n)] : []), button("drop", "data-drop", one.n)]);
  };
  const state = (name, word) => make("span", `state state--${name}`, [icon(name === "waiting" ? "clock" : "check"), t(word)]);
  const still = (one) => (one.kind ? actLine(one, [state("waiting", "saved_here")]) : line(one, [state("waiting", "saved_here")]));

  const paint = async () => {
    const all = [...await actsOf(account), ...await unsentOf(account)];
    const waiting = all.filter((op) => op.status === "waiting");
    const trouble = all.filter((op) => op.status !== "waiting");
    const receipts = await read(["receipts"], (store) => of(store.index("account").getAll(IDBKeyRange.bound([account], [account, []]))));
    await fill("trouble", trouble, trouble.length, troubled);
    await fill("waiting", waiting.slice(0, 200), waiting.length, still);
    await fill("received", receipts.slice(-MOST_RECEIPTS).reverse(), receipts.length, (op) => line(op, [state("received", "received")]));
    const wait = nextTry();
    document.querySelector("[data-box-state]").textContent = inContact() ? t("in_contact") : wait ? t("next_try", { n: Math.ceil(wait / 1000) }) : t("no_contact");
    const full = await nearlyFull();
    // Said once for each percent: a voice that repeats it says nothing else.
    if (full && full !== toldFull) say(t("storage_full", { n: full }), "err");
    toldFull = full;
    document.body.dataset.ready = "";
  };

  document.addEventListener("click", async (event) => {
    const target = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!target) return;
    if (target.dataset.tryAgain) await tryAgain(Number(target.dataset.tryAgain));
    if (target.dataset.drop) await dropRefused(Number(target.dataset.drop));
    if (target.dataset.dropAct) await dropActs([target.dataset.dropAct]);
    if (target.matches("[data-send-now]")) wake({ now: true });
    if (target.matches("[data-export]")) await save();
  });

  /** Exactly what the server would be sent, sheet by sheet: it can be taken in on another tablet, or by hand. */
  const save = async () => {
    const all = await unsentOf(account);
    const sheets = new Map();
    for (const op of all) {
      const { sheet, session, station, judge, op_id, criterion, state, value, reasons, base_rev, entered_at, status } = op;
      if (!isWhole(op)) continue;
      if (!sheets.has(sheet)) sheets.set(sheet, { sheet, session, station, judge, ops: [] });
      sheets.get(sheet).ops.push({ op_id, criterion, state, value, reasons, base_rev, entered_at, status });
    }
    const body = JSON.stringify({ format: FORMAT, account, written_at: new Date().toISOString(), sheets: [...sheets.values()] }, null, 1);
    const link = make("a", "", [], { href: URL.createObjectURL(new Blob([body], { type: "application/json" })), download: `unsent-marks-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.json` });
    link.click();
    say(t("exported", { n: all.length }));
  };

  document.querySelector("[data-import]")?.addEventListener("change", async (event) => {
    const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
    if (!file) return;
    try {
      const given = JSON.parse(await file.text());
      if (given.format !== FORMAT || given.account !== account) throw new Error("not this judge's");
      let taken = 0;
      await write(["outbox"], async (outbox) => {
        const known = new Set((await of(outbox.index("account").getAll(IDBKeyRange.bound([account], [account, []])))).map((op) => op.op_id));
        for (const { ops, ...place } of given.sheets) {
          for (const op of ops) if (!known.has(op.op_id)) { outbox.add({ ...operation({ ...place, ...op }), account, status: "waiting" }); taken += 1; }
        }
      });
      say(t("imported", { n: taken }));
      changed();
      wake({ now: true });
    } catch { say(t("import_failed"), "err"); }
  });

  document.addEventListener("judge:changed", paint);
  setInterval(paint, 5000);
  await paint();
};

/** An operation out of a file: what belongs to one and nothing else. Throws where it is none. */
const operation = (given) => {
  const { sheet, session = "", station, judge = "", op_id, criterion, state, value = null, reasons = [], base_rev, entered_at } = given;
  const op = { sheet, session, station, judge, op_id, criterion, state, value, reasons, base_rev, entered_at };
  if (!isWhole(op) || !Number.isInteger(base_rev) || !Array.isArray(reasons)) throw new Error("not an operation");
  return op;
};

/** How full the storage is in percent, once it is nearly full. */
const nearlyFull = async () => {
  const { usage = 0, quota = 0 } = await navigator.storage?.estimate?.() ?? {};
  return quota && usage / quota > 0.9 ? Math.round((usage / quota) * 100) : 0;
};
