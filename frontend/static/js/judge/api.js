// @ts-check
// Requests to the server, and when it last answered. The browser's own idea of being online is not trusted.

/** @type {{account: string, csrf: string} | null} */
let caller = null;
let mine = "";
let lastContact = -Infinity;
let signedOut = false;

const TIMEOUT_MS = 10_000;
const CONTACT_MS = 12_000;

/** Whether the server has answered just now; by a clock that nobody sets. */
export const inContact = () => sinceContact() < CONTACT_MS;
export const sinceContact = () => performance.now() - lastContact;
/** Whether the server has said that this judge is not signed in. */
export const isSignedOut = () => signedOut;
/** From now on this page is that judge's: under anybody else's session it asks for nothing. */
export const actAs = (account) => { mine = account; };

/** An answer that says no: its problem, in both languages. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.code ?? String(status));
    this.status = status;
    this.code = problem?.code ?? "";
    this.problem = problem ?? {};
  }
}

const send = async (path, { method = "GET", body, headers = {} } = {}) => {
  const answer = await fetch(path, {
    method,
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(method === "GET" ? {} : { "X-CSRF-Token": caller?.csrf ?? "" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // A proxy or a portal may answer for a server that is not there: what it says is no answer, neither a yes nor a no.
  const ours = answer.status === 204 || answer.status === 304 || /^application\/(problem\+)?json\b/.test(answer.headers.get("Content-Type") ?? "");
  if (!ours) throw new Error(`not the server: ${answer.status}`);
  if (answer.status < 502 || answer.status > 504) lastContact = performance.now();
  return answer;
};

/** Whose session this browser holds, whoever is at the tablet; null where it holds none. Throws when the server cannot be reached. */
export const holder = async () => {
  const answer = await send("/api/v1/me");
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Refused(answer.status, null);
  const me = await answer.json();
  return { account: me.id, csrf: me.csrf_token };
};

/** This judge as the server knows them; null when they are not signed in, be it that somebody else is. */
export const whoAmI = async ({ again = false } = {}) => {
  if (caller && !again) return caller;
  const found = await holder();
  caller = found && (!mine || found.account === mine) ? found : null;
  signedOut = !caller;
  return caller;
};

/** End the session that `csrf` belongs to. Throws unless it has ended. */
export const signOut = async (csrf) => {
  const answer = await send("/api/v1/sign-out", { method: "POST", headers: { "X-CSRF-Token": csrf } });
  if (!answer.ok && answer.status !== 401) throw new Refused(answer.status, null);
};

/** The JSON answer. Throws Refused for a refusal, and whatever fetch throws where there is no answer. */
export const ask = async (path, options = {}) => {
  if (!await whoAmI()) throw new Refused(401, null);
  let answer = await send(path, options);
  if (answer.status === 403 || answer.status === 404) {
    // Somebody may have signed in in another page: a refusal of theirs is none of this judge's, and the same judge has a new token.
    const { code } = await answer.clone().json();
    if (!await whoAmI({ again: true })) throw new Refused(401, null);
    if (code === "csrf_failed") answer = await send(path, options);
  }
  if (answer.status === 401) { caller = null; signedOut = true; }
  if (answer.status === 304) return { status: 304, etag: answer.headers.get("ETag"), json: null };
  const json = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Refused(answer.status, json);
  return { status: answer.status, etag: answer.headers.get("ETag"), json };
};
