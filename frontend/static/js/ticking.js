// Keeps the clocks of a session going between two looks at the server; how long the page is open is measured by a clock that nobody sets.
let since = performance.now();
const pad = (number) => String(number).padStart(2, "0");

setInterval(() => {
  for (const place of document.querySelectorAll("[data-ran-ms][data-running=yes]")) {
    const seconds = Math.floor((Number(place.dataset.ranMs) + performance.now() - since) / 1000);
    place.textContent = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  }
}, 200);

/** What a section says, but for the faces that run. */
const said = (section) => {
  const copy = section.cloneNode(true);
  for (const face of copy.querySelectorAll("[data-running=yes]")) face.textContent = "";
  return copy.textContent;
};

// A raised hand must be seen within two seconds; a page in which somebody types is left alone.
setInterval(async () => {
  if (document.hidden || document.activeElement?.matches("input") || document.querySelector("details[open]")) return;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ran = [...fresh.querySelectorAll("[data-ran-ms]")].map((place) => place.dataset.ranMs);
    for (const name of ["clock-title", "hands-title", "tablets-title"]) {
      const now = document.querySelector(`[aria-labelledby=${name}]`);
      const then = fresh.querySelector(`[aria-labelledby=${name}]`);
      if (now && then && said(now) !== said(then) && !now.contains(document.activeElement)) now.replaceWith(then);
    }
    // Somebody else may have stopped the clock, and a tablet that slept has not counted meanwhile.
    const faces = document.querySelectorAll("[data-ran-ms]");
    if (faces.length === ran.length) {
      faces.forEach((place, index) => { place.dataset.ranMs = ran[index]; });
      since = performance.now();
    }
  } catch { /* The next look is in two seconds. */ }
}, 2000);
