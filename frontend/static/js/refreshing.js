// @ts-check
// A part of a page that is fetched again when something has changed: one request at a time, and one more if it was asked for meanwhile.
// What is shown stays while nothing comes; how old it is, is said in its strip.

/**
 * @param {string} path
 * @param {(html: string) => void | Promise<void>} take shows what came
 * @param {RequestInit & { gather?: number }} [as] `gather`: so many milliseconds are waited for more of the same
 */
export const refreshing = (path, take, { gather = 0, headers = {}, ...as } = {}) => {
  let fetching = false;
  let again = false;
  let timer = 0;
  // Told of a change and could not fetch it: since then it is owed.
  let owed = 0;

  const refresh = async () => {
    if (fetching) { again = true; return; }
    fetching = true;
    do {
      again = false;
      owed = Date.now();
      try {
        const answer = await fetch(path, { ...as, headers: { "HX-Request": "true", ...headers } });
        if (answer.ok) {
          const html = await answer.text();
          owed = 0;
          await take(html);
        }
      } catch { /* What is shown stays; the strip says how old it is. */ }
    } while (again);
    fetching = false;
  };

  return {
    refresh,
    /** Soon, with whatever else is told until then. */
    soon: () => { timer ||= setTimeout(() => { timer = 0; refresh(); }, gather); },
    /** Once more, if it has been owed for so many milliseconds. */
    retry: (after) => { if (owed && !fetching && Date.now() - owed >= after) refresh(); },
  };
};

/** Say in a strip since when nothing was heard; `null` takes it away. */
export const sayStale = (strip, since) => {
  if (since !== null && strip.hidden) {
    const words = strip.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace("{at}", new Date(since).toLocaleTimeString("zh-CN", { hour12: false }));
  }
  strip.hidden = since === null;
};
