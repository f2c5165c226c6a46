// The worker behind the judges' pages: with the server it is out of the way, without it the pages open from what was put aside.
// VERSION, PREFIX and FILES are written before this line by the server.
/* global VERSION, PREFIX, FILES */

const NAME = `judge-${VERSION}`;
// A page that is not there after this long is opened from here; its data are here anyway.
const PATIENCE_MS = 2500;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await Promise.all(FILES.map(async (file) => {
      const answer = await fetch(file, { cache: "reload" });
      // The page of a portal or a proxy is none of these files, whatever its status.
      if (!answer.ok || answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(`not the server: ${file}`);
      await cache.put(file, answer);
    }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Pages of the version before stay until the new ones are complete: an update in the last minute of network must not close the sheet.
// The tablet may hold other sessions, of others too: the last version that has their pages stays as well.
self.addEventListener("message", (event) => {
  if (event.data?.settled === VERSION) event.waitUntil(forgetOld(event.data.sessions ?? []));
});

const forgetOld = async (sessions) => {
  const old = (await caches.keys()).filter((name) => name.startsWith("judge-") && name !== NAME).reverse();
  const missing = new Set();
  for (const session of sessions) if (!await holds(NAME, session)) missing.add(session);
  for (const name of old) {
    let needed = false;
    for (const session of [...missing]) if (await holds(name, session)) { needed = true; missing.delete(session); }
    if (!needed) await caches.delete(name);
  }
};

const holds = async (name, session) => Boolean(await caches.match(`${PREFIX}/judge/s/${session}/shell/stations`, { cacheName: name }));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname.startsWith(`${PREFIX}/judge`) && !url.pathname.includes("/shell/")) event.respondWith(request.method === "GET" ? page(request, url) : form(request));
    else if (url.pathname === `${PREFIX}/logout`) event.respondWith(form(request));
  } else if (request.method === "GET" && (url.pathname.startsWith("/static/") || url.pathname.includes("/judge/app/"))) event.respondWith(file(request));
});

const page = async (request, url) => {
  const aside = async () => {
    const name = shellOf(url.pathname);
    const found = name && (await caches.match(name, { cacheName: NAME }) ?? await caches.match(name));
    if (!found) return null;
    return new Response(await found.blob(), { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": found.headers.get("Content-Security-Policy") ?? "default-src 'self'", "Cache-Control": "no-store" } });
  };
  const coming = fetch(request);
  try {
    const answer = await patient(coming);
    if (answer.status < 500) return answer;
    return await aside() ?? answer;
  } catch {
    // Nothing put aside: what the server has to say, however late.
    return await aside() ?? coming;
  }
};

const patient = (answer) => Promise.race([answer, new Promise((_, reject) => { setTimeout(() => reject(new Error("too slow")), PATIENCE_MS); })]);

const form = async (request) => {
  try { return await fetch(request); } catch { return Response.redirect(`${PREFIX}/judge`, 303); }
};

const shellOf = (path) => {
  const inside = path.slice(PREFIX.length);
  const session = inside.match(/^\/judge\/s\/([^/]+)(?:\/(w|c)\/\d+)?$/);
  if (session) return `${PREFIX}/judge/s/${session[1]}/shell/${{ w: "sheet", c: "criterion" }[session[2]] ?? "stations"}`;
  if (inside === "/judge/outbox") return `${PREFIX}/judge/shell/outbox`;
  return inside === "/judge" ? `${PREFIX}/judge/shell/door` : null;
};

const file = async (request) => await caches.match(request) ?? fetch(request);
