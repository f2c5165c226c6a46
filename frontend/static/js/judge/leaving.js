// @ts-check
// Whoever left the tablet while the server could not hear of it is signed out before anybody else reads a page of theirs.

import { holder, signOut } from "./api.js";
import { device, setDevice } from "./store.js";

const AGAIN_MS = 4000;

/** This judge goes; `csrf` tells the session that is to be ended from one that they begin later. */
export const leave = async (account, csrf) => setDevice("leaving", { account, csrf });

const meant = (leaving, { account, csrf }) => {
  if (leaving.except) return account !== leaving.except;
  return !leaving.account || (account === leaving.account && (!leaving.csrf || csrf === leaving.csrf));
};

/** End the session that was left. Whose it was, if it was still there; throws where the server cannot be reached. */
export const endLeft = async () => {
  const leaving = await device("leaving");
  if (!leaving) return "";
  const found = await holder();
  const ends = Boolean(found) && meant(leaving, found);
  if (ends) await signOut(found.csrf);
  await setDevice("leaving", null);
  return ends ? found.account : "";
};

/** The same, as often as it takes. */
export const endLeftSoon = async () => {
  try { await endLeft(); } catch { setTimeout(endLeftSoon, AGAIN_MS); }
};
