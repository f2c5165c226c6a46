// @ts-check
// Begins what the page needs: who is at the tablet, the worker behind it, the badge, the pulse, and the page's own part.

import { hurryActs } from "./acts.js";
import { actAs, Refused, whoAmI } from "./api.js";
import { holdBadge, startBadge } from "./badge.js";
import * as box from "./box.js";
import { startBroadcasts } from "./broadcasts.js";
import * as criterion from "./criterion.js";
import * as door from "./door.js";
import { startHand } from "./hand.js";
import { endLeft, endLeftSoon, leave } from "./leaving.js";
import { keepPages, storedPackIds } from "./packs.js";
import { dismissMissing, othersWaiting, startPulse } from "./pulse.js";
import { countsFor, wake } from "./outbox.js";
import { startScreen } from "./screen.js";
import { changed, refreshPack, storedPack, tellOthers } from "./session.js";
import { localised, say } from "./shared.js";
import * as sheet from "./sheet.js";
import * as stations from "./stations.js";
import { device, of, read, setDevice } from "./store.js";
import { at, make, t } from "./words.js";

const main = /** @type {HTMLElement | null} */ (document.querySelector("[data-judge-page]"));
const prefix = document.documentElement.lang === "en" ? "/en" : "";
const FLUSH_MS = 3000;
const TOUCH_MS = 8000;

const where = () => {
  const [, session = "", kind = "", number = ""] = location.pathname.match(/\/judge\/s\/([^/]+)(?:\/([a-z]+)(?:\/(\d+))?)?/) ?? [];
  return { session, station: kind === "w" ? Number(number) : null, number: kind === "c" ? Number(number) : null };
};

// All of them come with the page: a part that is fetched later may be fetched in vain.
const PAGES = { stations, sheet, criterion, outbox: box };
const NEEDS_PACK = new Set(["stations", "sheet", "criterion"]);
const AGAIN_MS = 2000;

const begin = async () => {
  const { judgePage: page, account: served, judge: code, app: version } = main.dataset;
  navigator.serviceWorker?.register(`${prefix}/judge/worker.js`, { scope: `${prefix}/judge`, updateViaCache: "none" }).catch(() => {});
  startScreen();
  if (page === "door") { await door.start(); await endLeftSoon(); return; }
  if (served && !await door.cameIn() && await wasLeft(served)) { location.replace(localised("/judge")); return; }
  if (served) await door.learn(served, code ?? "");
  const account = served || await device("current");
  if (!account) { location.replace(localised("/judge")); return; }
  actAs(account);
  watchPlace(account);
  endLeftSoon();
  const place = { account, ...where(), judge: code };
  paintWho(account);
  if (NEEDS_PACK.has(page)) holdBadge(t("fetching"));
  await startBadge(account);
  if (NEEDS_PACK.has(page) && !await havePack(account, place.session)) return;
  holdBadge("");
  bindSignOut(account);
  bindOverview(place);
  startHand(place);
  navigator.storage?.persist?.().catch(() => {});
  await PAGES[page]?.start(place);
  // Such a page comes from the server alone, and so may its part; what waits is sent without it.
  if (page === "plain") await import("./plain.js").then((part) => part.start(place), () => {});
  wake({ now: true });
  // A chief judge may have no sheet in the session of a plain page: then nothing of it lies here, and nobody expects a pulse.
  if (place.session && (page !== "plain" || await storedPack(account, place.session))) {
    startBroadcasts(place);
    // Who keeps the time may have no sheet there: nothing is missing then.
    startPulse(account, place.session, () => place.station, page === "time" ? () => {} : hear);
    keepPages(place.session, version, prefix).catch(() => {});
  } else stayInTouch();
};

/** Where no pulse is felt the badge still has to know whether the server is there. */
const stayInTouch = () => setInterval(async () => {
  if (document.hidden) return;
  await whoAmI({ again: true }).catch(() => {});
  changed({ quiet: true });
}, TOUCH_MS);

/** The session has to lie here before anything can be entered; until then it is asked for again and again, but not where it is refused. */
const havePack = async (account, session) => {
  for (;;) {
    if (await storedPack(account, session)) return true;
    try {
      await refreshPack(account, session);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) { location.replace(localised("/judge")); return false; }
      if (error instanceof Refused && [403, 404].includes(error.status)) {
        if (main?.dataset.account) holdBadge(""); else say(t("session_gone"), "err");
        return false;
      }
      await new Promise((next) => { setTimeout(next, AGAIN_MS); });
    }
  }
};

/** A page out of the worker's hands was written for nobody: who is at the tablet is filled in here. */
const paintWho = async (account) => {
  const judge = await read(["judges"], (judges) => of(judges.get(account)));
  const { session, station } = where();
  const pack = session && await read(["packs"], (packs) => of(packs.get([account, session])));
  const fill = (name, text) => { for (const place of document.querySelectorAll(`[data-fill=${name}]`)) if (text && !place.textContent.trim()) place.textContent = text; };
  fill("judge", pack?.judge ?? judge?.code);
  fill("station", station ? String(station).padStart(2, "0") : "");
  const others = await othersWaiting(account);
  document.querySelector("[data-others]")?.replaceChildren(...others.map(({ code, n }) => make("p", "strip strip--pend", [make("b", "", t("others_waiting", { code, n })), make("span", "", t("others_next"))])));
};

let lastHeard = "";
/** What the server's answer to a pulse asks to be said. */
const hear = (pulse) => {
  // The same is said once: a voice that repeats it every few seconds says nothing else.
  const heard = JSON.stringify([pulse.gone, pulse.missing, pulse.clockWrong && Math.round(pulse.drift_ms / 60_000)]);
  if (heard === lastHeard) return;
  lastHeard = heard;
  if (pulse.gone) { say(t("session_gone"), "err"); return; }
  const strips = [];
  if (pulse.missing.length) {
    const n = pulse.missing.reduce((sum, each) => sum + each.unsent, 0);
    const here = pulse.missing.some((each) => each.here);
    const dismiss = make("button", "button strip__end", t("understood"), { type: "button" });
    dismiss.addEventListener("click", async () => { await dismissMissing(pulse.missing); document.querySelector("[data-alerts]").replaceChildren(); });
    strips.push(make("p", "strip strip--err", [make("b", "", t(here ? "missing_here" : "missing_elsewhere", { n, at: at(pulse.missing[0].seen_at) })), dismiss], { "data-missing": String(n) }));
  }
  if (pulse.clockWrong) strips.push(make("p", "strip", make("b", "", t("clock_wrong", { n: Math.round(pulse.drift_ms / 1000) }))));
  document.querySelector("[data-alerts]")?.replaceChildren(...strips);
};

/** Leaving: send what can be sent, then go; what is left stays here under its judge, as a number for the next one. */
const bindSignOut = (account) => {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[action$='/logout']"));
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const until = performance.now() + FLUSH_MS;
    await hurryActs(account);
    wake({ now: true });
    for (let counts = await countsFor(account); counts.waiting + counts.acts && performance.now() < until; counts = await countsFor(account)) await new Promise((next) => { setTimeout(next, 100); });
    const caller = await whoAmI().catch(() => null);
    await leave(account, caller?.csrf);
    await setDevice("current", null);
    await endLeft().catch(() => {});
    tellOthers();
    location.assign(localised("/judge"));
  });
};

/** The list of sessions is the server's: without it the way there would end at the door, which lets nobody back in who came by a link. */
const bindOverview = ({ account, session }) => document.addEventListener("click", async (event) => {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("a[href$='/judge?all=true']"));
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const there = await whoAmI({ again: true }).then(() => true, () => false);
  const [last] = there || session ? [] : await storedPackIds(account);
  if (there) location.assign(link.href);
  else if (last) location.assign(localised(`/judge/s/${last}`));
  else say(t("sessions_away"));
});

/** The server took the caller for somebody who has left: it hears of it now, before a word of theirs is read. */
const wasLeft = async (served) => {
  if (!await device("leaving")) return false;
  /** @type {HTMLElement} */ (main).hidden = true;
  for (;;) {
    try {
      if (await endLeft() === served) return true;
      /** @type {HTMLElement} */ (main).hidden = false;
      return false;
    } catch { await new Promise((next) => { setTimeout(next, AGAIN_MS); }); }
  }
};

/** A page of somebody who has left, in another page of the tablet, becomes that of whoever is there now. */
const watchPlace = (account) => {
  const look = async () => {
    const current = await device("current");
    if (current === account) return;
    const { session } = where();
    const here = current && session && await storedPack(current, session);
    location.replace(localised(here ? `/judge/s/${session}` : current ? "/judge/outbox" : "/judge"));
  };
  document.addEventListener("judge:changed", (event) => { if (/** @type {CustomEvent} */ (event).detail?.who) look(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
};

// Out of the browser's memory comes a page as it was left, maybe by somebody else.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

const failed = (error) => { console.error(error); say(t("script_failed"), "err"); };
if (main && !document.body.dataset.gallery) { if (self.indexedDB) begin().catch(failed); else failed("no storage"); }
