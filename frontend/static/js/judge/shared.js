// @ts-check
// Small things that several pages of a tablet share.

import { actsOf } from "./acts.js";
import { changed } from "./session.js";
import { of, writeOf } from "./store.js";
import { english, icon, make, t } from "./words.js";

/** An address in the page's language. */
export const localised = (path) => (english ? `/en${path}` : path);

/** Say something in the one place that voices follow; it covers no button. */
export const say = (text, kind = "plain", acts = []) => {
  const place = document.querySelector("#said");
  if (!place) return;
  place.replaceChildren(...(text ? [make("p", `strip strip--${kind}`, [icon(kind === "err" ? "diamond" : "info"), make("b", "", text), ...acts])] : []));
};

/** The hand-in of a sheet that has not been received yet, or was refused. */
export const handedInOf = async (account, sheet) => (await actsOf(account)).find((act) => act.kind === "submit" && act.sheet === sheet && act.status === "waiting") ?? null;

/** Keep a value that cannot be entered any more where the judge sees it: it is neither lost nor saved. */
export const keepRefused = async (place, rule, value, code) => {
  await writeOf(place.account, ["outbox"], async (outbox) => {
    const own = await of(outbox.index("sheet").getAll(IDBKeyRange.only([place.account, place.sheet])));
    for (const op of own) if (op.criterion === rule.key && op.status !== "waiting") outbox.delete(op.n);
    outbox.add({
      ...place, criterion: rule.key, state: "scored", value, reasons: [], op_id: crypto.randomUUID(), base_rev: 0,
      entered_at: new Date().toISOString(), status: "refused", code, detail: t(`code_${code}`), detail_en: t(`code_${code}`),
    });
  });
  changed();
};
