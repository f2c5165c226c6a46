// Reads a stream of events for as long as the page lives. Not EventSource: that hides the beats, and a page that cannot tell a silent
// line from a dead one would go on showing what is no longer so. The last id goes with every new request.
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** A pause before the next attempt, longer each time, and never the same for all screens of a hall. */
const pause = (attempt) => Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE) * (0.7 + 0.6 * Math.random());

/** A page that nobody sees holds no line: a browser has only a few for each server, and several tabs would leave none for marks. */
const inSight = () => new Promise((resolve) => {
  const look = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", look);
    resolve(undefined);
  };
  document.addEventListener("visibilitychange", look);
  look();
});

/** @param {string} block @returns {{ id?: string, event: string, data: any } | null} */
const parse = (block) => {
  const fields = {};
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
  }
  return fields.data ? { id: fields.id, event: fields.event ?? "message", data: JSON.parse(fields.data) } : null;
};

/**
 * Follow the events of `url`. Without more said as nobody: without cookie, so that a screen is told what anybody is told.
 * @param {string} url
 * @param {{ event: (event: { event: string, data: any }) => void, alive: () => void }} on
 * @param {{ credentials?: RequestCredentials }} [as]
 */
export const follow = async (url, on, { credentials = "omit" } = {}) => {
  let last = "";
  for (let attempt = 0; ; attempt += 1) {
    await inSight();
    const rest = new AbortController();
    const hide = () => { if (document.hidden) rest.abort(); };
    document.addEventListener("visibilitychange", hide);
    try {
      const answer = await fetch(url, { credentials, cache: "no-store", signal: rest.signal, headers: { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) } });
      if (answer.ok && answer.body) {
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = "";
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          attempt = 0;
          on.alive();
          const blocks = (text + value).split("\n\n");
          text = blocks.pop() ?? "";
          for (const event of blocks.map(parse)) {
            if (!event) continue;
            last = event.id ?? last;
            on.event(event);
          }
        }
      }
    } catch { /* The network says nothing more than that it is gone. */ }
    document.removeEventListener("visibilitychange", hide);
    await new Promise((resolve) => { setTimeout(resolve, pause(attempt)); });
  }
};
