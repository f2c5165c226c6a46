// Keeps a countdown going between two page loads. The server's words stand until the first minute has passed.
const pad = (number) => String(number).padStart(2, "0");

const tick = () => {
  for (const place of document.querySelectorAll("[data-countdown-until]")) {
    const minutes = Math.max(0, Math.floor((Date.parse(place.dataset.countdownUntil) - Date.now()) / 60_000));
    const left = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
    for (const cell of place.querySelectorAll("[data-left]")) cell.textContent = pad(left[cell.dataset.left]);
  }
};

setInterval(tick, 60_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
