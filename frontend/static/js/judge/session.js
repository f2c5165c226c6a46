// @ts-check
// One judge's session on this tablet: the pack that was taken along, with what was entered here on top of it.

import { ask } from "./api.js";
import { plain } from "./numbers.js";
import { of, read, under, write } from "./store.js";

const SENT_SOON = "waiting";

/** Tell every part of this page, and other pages of this tablet, that something was stored. */
const channel = "BroadcastChannel" in self ? new BroadcastChannel("shibaiqian-judge") : null;
export const changed = (what = {}) => {
  document.dispatchEvent(new CustomEvent("judge:changed", { detail: what }));
  channel?.postMessage(what);
};
/** Tell the other pages of this tablet that somebody came or went. */
export const tellOthers = () => channel?.postMessage({ who: true });
channel?.addEventListener("message", (event) => document.dispatchEvent(new CustomEvent("judge:changed", { detail: event.data })));

/** The pack as it lies here, or undefined. */
export const storedPack = (account, session) => read(["packs"], (packs) => of(packs.get([account, session])));

/** Take the session along, or see that nothing has changed. Marks only move on: an answer that was overtaken takes nothing back. */
export const refreshPack = async (account, session) => {
  const kept = await storedPack(account, session);
  const { status, etag, json } = await ask(`/api/v1/sessions/${session}/pack`, { headers: kept?.etag ? { "If-None-Match": kept.etag } : {} });
  if (status === 304 || json.account !== account) return kept;
  const { sheets, ...rest } = json;
  const pack = { ...rest, id: session, etag, taken: Date.now(), sheets: sheets.map(({ marks, ...sheet }) => sheet) };
  await write(["packs", "marks"], async (packs, marks) => {
    packs.put(pack);
    for (const sheet of sheets) {
      const known = new Map((await of(marks.getAll(under(account, sheet.sheet)))).map((mark) => [mark.criterion, mark]));
      for (const [criterion, mark] of Object.entries(sheet.marks)) {
        if ((known.get(criterion)?.rev ?? 0) < mark.rev) marks.put({ account, sheet: sheet.sheet, criterion, ...mark });
      }
    }
  });
  changed();
  return pack;
};

/** Criterion → what the judge sees there: the last thing entered here, or else what the server holds. */
export const marksOf = (account, sheet) => read(["marks", "outbox"], async (marks, outbox) => {
  const seen = new Map();
  for (const mark of await of(marks.getAll(under(account, sheet)))) seen.set(mark.criterion, { ...mark, pending: false, trouble: null, server: mark });
  for (const op of await of(outbox.index("sheet").getAll(IDBKeyRange.only([account, sheet])))) {
    const before = seen.get(op.criterion);
    seen.set(op.criterion, {
      criterion: op.criterion, state: op.state, value: op.value, reasons: op.reasons, rev: before?.rev ?? 0,
      pending: op.status === SENT_SOON, trouble: op.status === SENT_SOON ? null : op, server: before?.server ?? null,
    });
  }
  return seen;
});

export const answered = (mark) => Boolean(mark) && mark.state !== "cleared";
/** Whether it counts as marked: a value that was not taken is none; then what the server holds counts. */
export const counted = (mark) => answered(mark?.trouble ? mark.server : mark);

/** Whether two answers say the same. */
export const same = (one, two) => (one?.state ?? "cleared") === (two?.state ?? "cleared")
  && plain(one?.value ?? "") === plain(two?.value ?? "")
  && (one?.reasons ?? []).join("\n") === (two?.reasons ?? []).join("\n");

/** Sheet → counts for the grid: done, waiting, trouble. One pass over what is stored. */
export const countsOf = (account, sheets) => read(["marks", "outbox"], async (marks, outbox) => {
  const counts = new Map();
  for (const sheet of sheets) {
    const states = new Map();
    for (const mark of await of(marks.getAll(under(account, sheet.sheet)))) states.set(mark.criterion, mark.state);
    let waiting = 0, trouble = 0;
    for (const op of await of(outbox.index("sheet").getAll(IDBKeyRange.only([account, sheet.sheet])))) {
      // What was not taken is no mark; what the server holds still is.
      if (op.status === SENT_SOON) { states.set(op.criterion, op.state); waiting += 1; } else trouble += 1;
    }
    counts.set(sheet.sheet, { done: [...states.values()].filter((state) => state !== "cleared").length, waiting, trouble, states });
  }
  return counts;
});
