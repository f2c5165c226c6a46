// @ts-check
// Requests to the server, and when it last answered. The browser's own idea of being online is not trusted.

/** @type {{account: string, csrf: string} | null} */
let caller = null;
let lastContact = 0;
let signedOut = false;

const TIMEOUT_MS = 10_000;
const CONTACT_MS = 12_000;

/** Whether the server has answered just now. */
export const inContact = () => Date.now() - lastContact < CONTACT_MS;
export const sinceContact = () => (lastContact ? Date.now() - lastContact : Infinity);
/** Whether the server has said that nobody is signed in. */
export const isSignedOut = () => signedOut;

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
  // A proxy may answer for a server that is not there.
  if (answer.status < 502 || answer.status > 504) lastContact = Date.now();
  return answer;
};

/** Who the server takes this browser for; null when nobody is signed in. Throws when it cannot be reached. */
export const whoAmI = async ({ again = false } = {}) => {
  if (caller && !again) return caller;
  const answer = await send("/api/v1/me");
  signedOut = answer.status === 401;
  if (signedOut) return (caller = null);
  if (!answer.ok) throw new Refused(answer.status, null);
  const me = await answer.json();
  return (caller = { account: me.id, csrf: me.csrf_token });
};

/** The JSON answer. Throws Refused for a refusal, and whatever fetch throws where there is no answer. */
export const ask = async (path, options = {}) => {
  await whoAmI();
  let answer = await send(path, options);
  if (answer.status === 403 && (options.method ?? "GET") !== "GET" && (await answer.clone().json().catch(() => ({}))).code === "csrf_failed") {
    // Somebody signed in again in another tab: the token is another one now.
    await whoAmI({ again: true });
    answer = await send(path, options);
  }
  if (answer.status === 401) { caller = null; signedOut = true; }
  if (answer.status === 304) return { status: 304, etag: answer.headers.get("ETag"), json: null };
  const json = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, json);
  return { status: answer.status, etag: answer.headers.get("ETag"), json };
};
