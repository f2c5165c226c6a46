// @ts-check
// SJ1: badge and PIN. With the server it is the server that decides; without it only a judge who was let in here before, in a session
// that was taken along, and five wrong PINs wait for the server.

import { storedPackIds } from "./packs.js";
import { tellOthers } from "./session.js";
import { localised, say } from "./shared.js";
import { device, of, read, setDevice, write } from "./store.js";
import { at, icon, make, t, ZONE } from "./words.js";
import { othersWaiting } from "./pulse.js";

const ROUNDS = 310_000;
const MOST_WRONG = 5;
const VALID_MS = 16 * 3600 * 1000;
const REACH_MS = 2500;

const text = new TextEncoder();
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What is kept of badge and PIN: enough to know them again, not enough to read them. */
const verifier = async (badge, pin, salt) => {
  const key = await crypto.subtle.importKey("raw", text.encode(`${badge.trim()}\n${pin}`), "PBKDF2", false, ["deriveBits"]);
  return hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode(salt), iterations: ROUNDS }, key, 256));
};
const badgeMark = async (badge) => hex(await crypto.subtle.digest("SHA-256", text.encode(badge.trim())));

/** Whoever came in at the server just now may come in again without it. */
export const learn = async (account, code) => {
  await write(["device", "judges"], async (device, judges) => {
    const tried = await of(device.get("tried"));
    const known = (await of(judges.get(account))) ?? { account };
    const proof = isFresh(tried) ? { badge: tried.badge, salt: tried.salt, verifier: tried.verifier, proven: Date.now(), wrong: 0 } : {};
    // Not every page is of a session, and only there the judge has a code.
    judges.put({ ...known, code: code || known.code || "", seen: Date.now(), ...proof });
    device.delete("tried");
    device.put(account, "current");
  });
  tellOthers();
};

const isFresh = (tried) => Boolean(tried) && Math.abs(Date.now() - tried.at) < 60_000;
/** Whether somebody has just come in through the door: no session that was left is theirs. */
export const cameIn = async () => {
  if (!isFresh(await device("tried"))) return false;
  await setDevice("leaving", null);
  return true;
};

/** A portal answers everything, but not with the server's word. */
const reachable = async () => {
  try {
    const answer = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(REACH_MS) });
    return (await answer.json()).status === "ok";
  } catch { return false; }
};

const unlockHere = async (badge, pin) => {
  const mark = await badgeMark(badge);
  const judge = (await read(["judges"], (judges) => of(judges.getAll()))).find((each) => each.badge === mark);
  if (!judge?.proven || Math.abs(Date.now() - judge.proven) > VALID_MS) return "never";
  if (judge.wrong >= MOST_WRONG) return "locked";
  const [session] = await storedPackIds(judge.account);
  if (!session) return "never";
  // Counted before it is compared.
  await write(["judges"], (judges) => { judges.put({ ...judge, wrong: judge.wrong + 1 }); });
  if (await verifier(badge, pin, judge.salt) !== judge.verifier) return judge.wrong + 1 >= MOST_WRONG ? "locked" : "wrong";
  await write(["judges", "device"], (judges, device) => {
    judges.put({ ...judge, wrong: 0, seen: Date.now() });
    device.put(judge.account, "current");
    // The browser may still hold the session of whoever was here before.
    device.put({ except: judge.account }, "leaving");
  });
  location.assign(localised(`/judge/s/${session}`));
  return "";
};

export const start = async () => {
  // Whoever was at the tablet has left it: the door knows nobody.
  await setDevice("current", null);
  tellOthers();
  const form = /** @type {HTMLFormElement} */ (document.querySelector("form.sign-in"));
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("pin"));
  const badge = () => /** @type {HTMLInputElement} */ (form.elements.namedItem("badge") ?? form.elements.namedItem("code")).value;

  let asked = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // A fifth digit is not a second attempt.
    if (asked) return;
    asked = true;
    try { await tryIn(); } finally { asked = false; }
  });
  const tryIn = async () => {
    const pin = input.value;
    if (!badge().trim()) { say(t("badge_first"), "err"); input.value = ""; input.dispatchEvent(new Event("input")); return; }
    say(t("checking"));
    if (await reachable()) {
      if (crypto.subtle) {
        const salt = crypto.randomUUID();
        await setDevice("tried", { badge: await badgeMark(badge()), salt, verifier: await verifier(badge(), pin, salt), at: Date.now() });
      }
      form.submit();
      return;
    }
    const refused = crypto.subtle ? await unlockHere(badge(), pin) : "never";
    if (!refused) return;
    say(t(`offline_${refused}`), "err");
    input.value = "";
    input.dispatchEvent(new Event("input"));
  };

  await paintOthers();
  await startCamera(form);
  setInterval(() => { for (const clock of document.querySelectorAll("[data-clock]")) clock.textContent = at(Date.now()).slice(0, 5); }, 5000);
  document.body.dataset.ready = "";
};

const paintOthers = async () => {
  const waiting = await othersWaiting("");
  document.querySelector("[data-others]")?.replaceChildren(...waiting.map(({ code, n }) => make("p", "strip strip--pend", [icon("clock"), make("b", "", t("others_waiting", { code, n })), make("span", "", t("others_next"))])));
  const recent = (await read(["judges"], (judges) => of(judges.getAll()))).sort((one, two) => two.seen - one.seen).slice(0, 3);
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-recent]"));
  if (!place || !recent.length) return;
  place.hidden = false;
  place.querySelector("ul").replaceChildren(...recent.map(({ code, seen }) => make("li", "", make("p", "recent__one", [make("strong", "", code), make("span", "quiet", new Date(seen).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: ZONE }))]))));
};

/** The badge's QR through the camera, where the browser can read one; otherwise the number is typed. */
const startCamera = async (form) => {
  const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-scan]"));
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (!button || !Detector || !navigator.mediaDevices?.getUserMedia) return;
  button.hidden = false;
  const video = /** @type {HTMLVideoElement} */ (document.querySelector("[data-scan-picture]"));
  const scan = async () => {
    button.hidden = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      const detector = new Detector({ formats: ["qr_code"] });
      const look = async () => {
        const [found] = await detector.detect(video).catch(() => []);
        if (!found) { if (!video.hidden) setTimeout(look, 200); return; }
        for (const track of stream.getTracks()) track.stop();
        video.hidden = true;
        const field = form.elements.namedItem("badge") ?? form.elements.namedItem("code");
        field.value = found.rawValue.trim().slice(0, 512);
        say(t("badge_read"));
        document.querySelector("#pin")?.focus();
      };
      look();
    } catch {
      video.hidden = true;
      button.hidden = false;
      say(t("no_camera"), "err");
    }
  };
  button.addEventListener("click", scan);
  if ((await navigator.permissions?.query?.({ name: /** @type {any} */ ("camera") }).catch(() => null))?.state === "granted") scan();
};
