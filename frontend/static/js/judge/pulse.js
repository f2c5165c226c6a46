// @ts-check
// Every few seconds the tablet says that it is there and how much it still holds. The answer tells whether the pack is out of date, and
// whether an earlier storage of this judge held marks that never arrived.

import { ask, Refused } from "./api.js";
import { countsFor, wake } from "./outbox.js";
import { changed, refreshPack, storedPack } from "./session.js";
import { device, of, read, setDevice, under } from "./store.js";

const EVERY_MS = 8000;
const FAR_OFF_MS = 30_000;

const battery = async () => {
  try {
    const found = await /** @type {any} */ (navigator).getBattery();
    return { battery: Math.round(found.level * 100), charging: found.charging };
  } catch { return {}; }
};

/** Unsent marks of everybody else on this tablet, by count. */
export const othersWaiting = async (account) => {
  const judges = await read(["judges"], (store) => of(store.getAll()));
  const waiting = [];
  for (const judge of judges) {
    if (judge.account === account) continue;
    const counts = await countsFor(judge.account);
    const n = counts.waiting + counts.trouble + counts.acts;
    if (n) waiting.push({ code: judge.code, n });
  }
  return waiting;
};

const revisionsHere = async (account, pack) => {
  let sum = 0;
  await read(["marks"], async (marks) => {
    for (const sheet of pack.sheets) for (const mark of await of(marks.getAll(under(account, sheet.sheet)))) sum += mark.rev;
  });
  return sum;
};

/**
 * @param {string} account
 * @param {string} session
 * @param {() => number | null} station where the judge is
 * @param {(pulse: any) => void} hear
 */
export const startPulse = (account, session, station, hear) => {
  let moves = null;
  let timer = 0;
  let under_way = false;

  const beat = async () => {
    clearTimeout(timer);
    if (under_way) return;
    under_way = true;
    try {
      const counts = await countsFor(account);
      const others = await othersWaiting(account);
      const body = {
        storage: await device("storage"), unsent: counts.waiting, troubled: counts.trouble,
        others: others.reduce((sum, each) => sum + each.n, 0), clock: new Date().toISOString(), station: station(), ...(await battery()),
      };
      const { json: pulse } = await ask(`/api/v1/sessions/${session}/heartbeat`, { method: "POST", body });
      const pack = await storedPack(account, session);
      const moved = moves !== null && moves !== pulse.moves;
      moves = pulse.moves;
      if (!pack || moved || pack.session.state !== pulse.state || (!counts.waiting && pulse.seq > await revisionsHere(account, pack))) await refreshPack(account, session);
      const dismissed = (await device("dismissed")) ?? [];
      hear({
        ...pulse,
        clockWrong: Math.abs(pulse.drift_ms) > FAR_OFF_MS,
        missing: pulse.missing.filter((each) => !dismissed.includes(each.seen_at)),
      });
      if (counts.waiting + counts.acts) wake({ now: true });
      changed({ quiet: true });
    } catch (error) {
      if (error instanceof Refused && error.status === 404) hear({ gone: true });
      changed({ quiet: true });
    } finally {
      under_way = false;
      timer = setTimeout(beat, document.hidden ? EVERY_MS * 4 : EVERY_MS);
    }
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
  addEventListener("online", beat);
  return beat();
};

/** The judge has read what is missing, and will not be told again. */
export const dismissMissing = async (missing) => setDevice("dismissed", [...((await device("dismissed")) ?? []), ...missing.map((each) => each.seen_at)].slice(-40));
