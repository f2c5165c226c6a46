// Keeps the clocks of a session going between two looks at the server; how long the page is open is measured by a clock that nobody sets.
const opened = performance.now();
const pad = (number) => String(number).padStart(2, "0");

setInterval(() => {
  for (const place of document.querySelectorAll("[data-ran-ms][data-running=yes]")) {
    const seconds = Math.floor((Number(place.dataset.ranMs) + performance.now() - opened) / 1000);
    place.textContent = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  }
}, 200);

// A raised hand must be seen within two seconds; a page in which somebody types is left alone.
setInterval(async () => {
  if (document.hidden || document.activeElement?.matches("input") || document.querySelector("details[open]")) return;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of ["hands-title", "tablets-title"]) {
      const now = document.querySelector(`[aria-labelledby=${name}]`);
      const then = fresh.querySelector(`[aria-labelledby=${name}]`);
      if (now && then && now.textContent !== then.textContent && !now.contains(document.activeElement)) now.replaceWith(then);
    }
  } catch { /* The next look is in two seconds. */ }
}, 2000);
