// @ts-check
// What was entered here and has no receipt yet. An operation is on disk before anybody is told, has its number before it is sent,
// and leaves only with a receipt of its own.

import { sendActs } from "./acts.js";
import { ask, isSignedOut, Refused, whoAmI } from "./api.js";
import { changed, refreshPack, same } from "./session.js";
import { device, of, read, write, writeOf } from "./store.js";
import { t } from "./words.js";

const MOST_OPERATIONS = 50;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];
// What is on the tablet about the session or the sheet is out of date.
const MOVED = new Set(["session_closed", "sheet_closed", "not_assigned"]);
// A sheet that is gone, a right that was taken, a body that no server will take: the mark stays here, with the reason.
const FINAL = new Set([400, 403, 404, 413, 422]);
const KEPT_RECEIPTS = 600;

let writing = 0;
let failedToStore = 0;
/** Taps that are on their way to the disk, and taps that did not get there. */
export const inHand = () => ({ writing, failedToStore });

/**
 * Enter one answer. It counts its base revision up itself for repeated edits on this tablet; `seen` is the revision that the page
 * showed, where that may be older than what is known here by now.
 * @param {{account: string, session: string, sheet: string, station: number}} place
 * @param {string} criterion
 * @param {{state: string, value?: string | null, reasons?: string[]}} answer
 * @param {number} seen
 */
export const enter = async (place, criterion, { state, value = null, reasons = [] }, seen = Infinity) => {
  writing += 1;
  try {
    const stored = writeOf(place.account, ["marks", "outbox"], async (marks, outbox) => {
      const key = [place.account, place.sheet, criterion];
      const [base, ops] = await Promise.all([of(marks.get(key)), of(outbox.index("sheet").getAll(IDBKeyRange.only(key.slice(0, 2))))]);
      const own = ops.filter((op) => op.criterion === criterion);
      const waiting = own.filter((op) => op.status === "waiting");
      // What was refused, or stood in conflict, has now been decided by its judge.
      for (const op of own) if (op.status !== "waiting") outbox.delete(op.n);
      const troubled = own.length > waiting.length;
      const last = waiting.at(-1) ?? base;
      if (!troubled && same(last, { state, value, reasons })) return;
      outbox.add({
        ...place, criterion, state, value, reasons,
        op_id: crypto.randomUUID(), base_rev: waiting.length ? last.base_rev + 1 : Math.min(base?.rev ?? 0, seen), entered_at: new Date().toISOString(), status: "waiting",
      });
    });
    // Told only now: those who hear it read the same storage, and a write waits for readers that came before it.
    changed({ quiet: true });
    await stored;
    failedToStore = 0;
  } catch (error) {
    failedToStore += 1;
    throw error;
  } finally {
    writing -= 1;
    changed({ entered: criterion });
  }
  wake();
};

/** Keep one side of a conflict. */
export const keepTheirs = async (n) => {
  await write(["outbox"], (outbox) => { outbox.delete(n); });
  changed();
};

/** Try again what was refused, under a new number and from what stands there now. */
export const tryAgain = async (n) => {
  await write(["marks", "outbox"], async (marks, outbox) => {
    const op = await of(outbox.get(n));
    if (!op || op.status === "waiting") return;
    const base = await of(marks.get([op.account, op.sheet, op.criterion]));
    outbox.delete(n);
    outbox.add({ ...fresh(op), base_rev: base?.rev ?? 0 });
  });
  changed();
  wake();
};

/** Give up what was refused: what the server holds stands. */
export const dropRefused = keepTheirs;

const fresh = ({ n, detail, detail_en, code, current, by, at, ...op }) => ({ ...op, op_id: crypto.randomUUID(), status: "waiting" });

/** How much of a judge's is still here: by count alone, nothing is read. */
export const countsFor = (account) => read(["outbox", "acts"], async (outbox, acts) => {
  const count = (store, status) => of(store.index("account").count(IDBKeyRange.only([account, status])));
  return {
    waiting: await count(outbox, "waiting"),
    trouble: await count(outbox, "refused") + await count(outbox, "conflict") + await count(acts, "refused"),
    acts: await count(acts, "waiting"),
  };
});

export const unsentOf = (account) => read(["outbox"], (outbox) => of(outbox.index("account").getAll(IDBKeyRange.bound([account], [account, []]))));

let timer = 0;
let failures = 0;
let running = false;
let again = false;
let nextAt = 0;

/** When the next attempt is made, in milliseconds from now; 0 while none is planned. */
export const nextTry = () => Math.max(0, nextAt - performance.now());

/** Send what waits, at once unless an attempt has just failed; `now` does not wait for that either. */
export const wake = ({ now = false } = {}) => {
  if (failures && !now && timer) return;
  clearTimeout(timer);
  timer = 0;
  if (running) { again = true; return; }
  run();
};

const run = async () => {
  running = true;
  nextAt = 0;
  try {
    // One page of the tablet sends; the others wait their turn and then find nothing left.
    await (navigator.locks ? navigator.locks.request("shibaiqian-outbox", drain) : drain());
    failures = 0;
  } catch (error) {
    failures += 1;
    if (!(error instanceof Refused)) changed({ quiet: true });
    plan(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] * (0.7 + Math.random() * 0.6));
  } finally {
    running = false;
    changed({ sent: true });
  }
  if (again && !failures) { again = false; run(); }
  again = false;
};

const plan = (wait) => {
  clearTimeout(timer);
  nextAt = performance.now() + wait;
  timer = setTimeout(() => { timer = 0; run(); }, wait);
};

const drain = async () => {
  const caller = await whoAmI();
  if (!caller || isSignedOut()) return;
  const current = await device("current");
  // Another judge's marks are not so much as read while somebody else is at the tablet.
  if (current && current !== caller.account) return;
  await setAsideSpoilt(caller.account);
  for (let batch = await nextBatch(caller.account); batch.length; batch = await nextBatch(caller.account)) await sendBatch(caller.account, batch);
  const soonest = await sendActs(caller.account);
  if (soonest < Infinity) plan(soonest + 20);
};

/** Whether it can be sent at all; a disk or a file may give anything back. */
export const isWhole = (op) => [op.op_id, op.sheet, op.criterion, op.state, op.entered_at].every((part) => part && typeof part === "string");

/** What nobody can read holds up nothing that can be read; its judge is told. */
const setAsideSpoilt = (account) => write(["outbox"], async (outbox) => {
  for (const op of await of(outbox.index("account").getAll(IDBKeyRange.only([account, "waiting"])))) {
    if (!isWhole(op)) outbox.put({ ...op, status: "refused", code: "spoilt", detail: t("code_spoilt"), detail_en: t("code_spoilt") });
  }
});

/**
 * The oldest operation with those of its sheet that follow it, up to a batch, and one of each criterion: the base of a second one
 * counts on the first. Were the first refused because somebody else had just written that revision, the second would fit by chance
 * and overwrite what nobody has seen.
 */
const nextBatch = (account) => read(["outbox"], async (outbox) => {
  const index = outbox.index("account");
  const range = IDBKeyRange.only([account, "waiting"]);
  const first = await of(index.openCursor(range));
  if (!first) return [];
  const { sheet } = first.value;
  const own = await of(outbox.index("sheet").getAll(IDBKeyRange.only([account, sheet])));
  const once = new Map();
  for (const op of own) if (op.status === "waiting" && !once.has(op.criterion)) once.set(op.criterion, op);
  return [...once.values()].slice(0, MOST_OPERATIONS);
});

const sendBatch = async (account, batch) => {
  const ops = batch.map(({ op_id, criterion, state, value, reasons, base_rev, entered_at }) => ({ op_id, criterion, state, value, reasons, base_rev, entered_at }));
  try {
    const { json } = await ask(`/api/v1/sheets/${batch[0].sheet}/marks:batch`, { method: "POST", body: { ops } });
    await take(account, batch, json.results);
    if (json.results.some(({ code }) => MOVED.has(code))) await refreshPack(account, batch[0].session);
  } catch (error) {
    if (!(error instanceof Refused) || !FINAL.has(error.status)) throw error;
    // One of them may have spoilt it for all: each is sent alone.
    if (batch.length > 1) { for (const op of batch) await sendBatch(account, [op]); return; }
    const { code, detail, detail_en } = error.problem;
    await take(account, batch, batch.map(({ op_id }) => ({ op_id, status: "rejected", code, detail, detail_en })));
  }
  changed();
};

const take = (account, batch, results) => write(["marks", "outbox", "receipts"], async (marks, outbox, receipts) => {
  const answers = new Map(results.map((result) => [result.op_id, result]));
  const own = await of(outbox.index("sheet").getAll(IDBKeyRange.only([account, batch[0].sheet])));
  for (const op of batch) {
    const result = answers.get(op.op_id);
    if (!result) continue;
    const base = await of(marks.get([account, op.sheet, op.criterion]));
    const later = own.filter((other) => other.criterion === op.criterion && other.n > op.n && other.status === "waiting");
    if (result.status === "accepted" || result.status === "duplicate") {
      outbox.delete(op.n);
      receipts.put({ account, op_id: op.op_id, session: op.session, station: op.station, criterion: op.criterion, state: op.state, value: op.value, rev: result.rev, at: result.received_at });
      if ((base?.rev ?? 0) < result.rev) marks.put(markOf(op, op, result.rev, result.received_at));
      continue;
    }
    // What the judge entered last is what counts; what it replaced was never on the server.
    const last = later.at(-1) ?? op;
    for (const each of [op, ...later]) if (each !== last) outbox.delete(each.n);
    if (result.status === "conflict") {
      const there = { state: "cleared", value: null, ...result.current, reasons: [] };
      marks.put(markOf(op, there, result.rev, result.at));
      if (same({ ...last, reasons: [] }, there)) outbox.delete(last.n);
      else outbox.put({ ...last, status: "conflict", current: there, by: result.by, at: result.at, detail: result.detail, detail_en: result.detail_en });
    } else if (last !== op) outbox.put({ ...last, base_rev: op.base_rev });
    else outbox.put({ ...op, status: "refused", code: result.code, detail: result.detail, detail_en: result.detail_en });
  }
  await forgetOldReceipts(receipts, account);
});

const markOf = (op, answer, rev, at) => ({
  account: op.account, sheet: op.sheet, criterion: op.criterion, state: answer.state, value: answer.value, reasons: answer.reasons ?? [], rev, at,
});

const forgetOldReceipts = async (receipts, account) => {
  const range = IDBKeyRange.bound([account], [account, []]);
  const surplus = await of(receipts.index("account").count(range)) - KEPT_RECEIPTS;
  if (surplus <= 0) return;
  const keys = await of(receipts.index("account").getAllKeys(range, surplus));
  for (const key of keys) receipts.delete(key);
};

document.addEventListener("judge:changed", (event) => { if (/** @type {CustomEvent} */ (event).detail?.act) wake(); });
addEventListener("online", () => wake({ now: true }));
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake({ now: true }); });
