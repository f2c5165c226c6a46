"""One's own rank on a phone (PERF-1): largest contentful paint on slow 4G with the processor slowed four times.

    python -m benchmarks.phone [--visits N] [--json FILE]

The floor is a page of one word under the same brakes from the same server: what the way itself costs.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import running_site
from tests.browser.test_phones import Ticket
from tests.frontend.gallery.browser import launch

# Slow 4G as DevTools has it: 400 ms of round trip, 1.6 Mbit/s down, 750 kbit/s up.
SLOW_4G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
TARGET_MS = 2000
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))"""


def painted(browser: Browser, url: str, visits: int) -> float:
    """Median over visitors who come for the first time, in milliseconds."""
    times = []
    for _ in range(visits):
        context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("Network.enable")
        cdp.send("Network.emulateNetworkConditions", SLOW_4G)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(url, wait_until="load")
        times.append(float(page.evaluate(PAINTED)))
        context.close()
    return statistics.median(times)


def main() -> None:
    """Print both times, their ratio, and whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site:
        ticket = Ticket(site)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            floor = painted(browser, f"{site.url}/health", given.visits)
            found = painted(browser, site.url + ticket.address, given.visits)
            browser.close()
    print(f"floor {floor:8.0f} ms\nown   {found:8.0f} ms   {found / floor:.2f} × floor   target {TARGET_MS}: "
          + ("met" if found <= TARGET_MS else "NOT met"))  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps({"floor_ms": floor, "own_ms": found}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
