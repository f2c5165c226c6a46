// @ts-check
// The sessions that were taken along, and their pages, so that they open without the server.

import { of, read, under } from "./store.js";

const KINDS = ["stations", "sheet", "criterion"];

/** Sessions of a judge that lie here, the last taken first. */
export const storedPackIds = async (account) => {
  const packs = await read(["packs"], (store) => of(store.getAll(under(account))));
  return packs.sort((one, two) => two.taken - one.taken).map((pack) => pack.id);
};

/** Put the session's blank pages aside for the worker; the newest version's cache takes over once all of them are there. */
export const keepPages = async (session, version, prefix) => {
  if (!("caches" in self)) return;
  const cache = await caches.open(`judge-${version}`);
  const pages = [...KINDS.map((kind) => `${prefix}/judge/s/${session}/shell/${kind}`), `${prefix}/judge/shell/outbox`, `${prefix}/judge/shell/door`];
  for (const page of pages) {
    if (await cache.match(page)) continue;
    const answer = await fetch(page, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (!answer.ok || answer.headers.get("X-Judge-App") !== version) return;
    await cache.put(page, answer);
  }
  const sessions = (await read(["packs"], (packs) => of(packs.getAllKeys()))).map(([, id]) => id);
  (await navigator.serviceWorker?.ready)?.active?.postMessage({ settled: version, sessions });
};
