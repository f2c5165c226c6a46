// @ts-check
// Acts beside the marks: handing sheets in, a raised hand, a notice that was read. Stored here first like a mark; a sheet that was handed in may be taken back
// for a while.

import { ask, Refused } from "./api.js";
import { changed, refreshPack, same } from "./session.js";
import { of, read, write, writeOf } from "./store.js";

const UNDO_MS = 8000;

/** An act beside the marks: a raised hand. */
export const addAct = (act) => addActs(act.account, [{ id: crypto.randomUUID(), not_before: 0, ...act }]);

/** Hand sheets in; `together` they are taken back. A sheet is handed in once, however often and on however many pages it is pressed. */
export const handIn = (account, sheets) => {
  const together = crypto.randomUUID();
  const not_before = Date.now() + UNDO_MS;
  return addActs(account, sheets.map((each) => ({ ...each, id: `submit ${account} ${each.sheet}`, kind: "submit", account, together, not_before })));
};

const addActs = async (account, given) => {
  await writeOf(account, ["acts"], (acts) => { for (const act of given) acts.put({ status: "waiting", made: Date.now(), ...act }); });
  changed({ act: true });
};
export const dropActs = async (ids) => {
  await write(["acts"], (acts) => { for (const id of ids) acts.delete(id); });
  changed();
};

/** How long an act may still be taken back. A clock that was set back meanwhile holds nothing for longer than that. */
export const undoLeft = ({ not_before }) => {
  const left = not_before - Date.now();
  return left > UNDO_MS ? 0 : Math.max(0, left);
};

/** Who leaves takes nothing back any more. */
export const hurryActs = async (account) => {
  const waiting = (await actsOf(account)).filter((act) => act.status === "waiting");
  await write(["acts"], (acts) => { for (const act of waiting) acts.put({ ...act, not_before: 0 }); });
};
/** A judge's acts, the oldest first. */
export const actsOf = async (account) => {
  const all = await read(["acts"], (acts) => of(acts.index("account").getAll(IDBKeyRange.bound([account], [account, []]))));
  return all.sort((one, two) => one.made - two.made || (one.station ?? 0) - (two.station ?? 0));
};

/** Send what is due; gives how long the next of them waits. */
export const sendActs = async (account) => {
  const waiting = (await actsOf(account)).filter((act) => act.status === "waiting");
  let soonest = Infinity;
  for (const act of waiting) {
    // Sending the one before took its time: it may have been taken back meanwhile.
    if (!await read(["acts"], (acts) => of(acts.get(act.id)))) continue;
    const left = undoLeft(act);
    if (left) { soonest = Math.min(soonest, left); continue; }
    try {
      await ACTS[act.kind](account, act);
      await dropActs([act.id]);
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || [401, 408, 429].includes(error.status)) throw error;
      await write(["acts"], (acts) => { acts.put({ ...act, status: "refused", detail: error.problem.detail, detail_en: error.problem.detail_en, code: error.code }); });
      changed();
    }
  }
  return soonest;
};

const ACTS = {
  /** Hand a sheet in, if it still shows what the judge saw. */
  async submit(account, act) {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { json: sheet } = await ask(`/api/v1/sheets/${act.sheet}`);
      if (sheet.state !== "open") break;
      const moved = sheet.criteria.some(({ rule, current }) => !same({ ...current, reasons: [] }, { ...act.seen[rule.key], reasons: [] }));
      if (moved) { await refreshPack(account, act.session); throw new Refused(409, act.moved); }
      try {
        await ask(`/api/v1/sheets/${act.sheet}/transitions`, { method: "POST", body: { to: "submitted", seq: sheet.seq } });
        break;
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== "sheet_moved") throw error;
      }
    }
    await refreshPack(account, act.session);
  },
  /** A notice that was read; one that is not for this judge any more needs no answer. */
  async read(_account, act) {
    try {
      await ask(`/api/v1/broadcasts/${act.broadcast}/receipt`, { method: "POST" });
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
    }
  },
  async incident(_account, act) {
    await ask(`/api/v1/sessions/${act.session}/incidents`, { method: "POST", body: act.body, headers: { "Idempotency-Key": act.id } });
  },
};
