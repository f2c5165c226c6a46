"""One product, one Chromium, and visitors: `visit("judge", size=TABLET)` is a page whose owner has come in by the demo's link.

All of it ends with the package: while a browser is open its loop is the running one, and no asynchronous test could begin.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.site import Site, running_site, running_worker
from tests.frontend.gallery.browser import CHROMIUM, launch

PHONE, TABLET, DESKTOP = (360, 640), (1024, 768), (1280, 800)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECKS = (Path(__file__).parents[1] / "frontend/gallery/checks.js").read_text(encoding="utf-8")

Visit = Callable[..., Page]

# How fast a page is is measured in benchmarks/; here a slow machine is no failure.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product with the demo's season."""
    if not Path(CHROMIUM).exists():
        pytest.skip("browser tests need Debian's Chromium")
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="package")
def worker(site: Site) -> Iterator[None]:
    """The worker, for tests that wait for standings or imports."""
    with running_worker(site):
        yield


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    """Chromium, once."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Makes visitors with a browser profile of their own; `role` comes in by the demo's link, nobody without."""
    with ExitStack() as stack:

        def come(
            role: str | None = None,
            size: tuple[int, int] = DESKTOP,
            *,
            script: bool = True,
            locale: str = "zh",
            agent: str | None = None,
        ) -> Page:
            context = browser.new_context(
                base_url=site.url,
                viewport={"width": size[0], "height": size[1]},
                has_touch=size != DESKTOP,
                java_script_enabled=script,
                locale="en-GB" if locale == "en" else "zh-CN",
                user_agent=agent,
            )
            stack.callback(context.close)
            page = context.new_page()
            if role is not None:
                page.goto(site.links[role])
            return page

        yield come


def quiet(visit: Visit) -> Visit:
    """Visitors whose pages follow no events: one that does never comes to rest."""

    def come(*words: Any, **more: Any) -> Page:
        page = visit(*words, **more)
        page.route("**/events", lambda route: route.abort())
        return page

    return come


def offences(page: Page, *, least: int = 44) -> list[str]:
    """What axe, the size of targets (A11Y-2) and the layout (LAY-1) hold against the page as it stands."""
    page.evaluate(CHECKS)
    report = Axe().run(page, options={"runOnly": AXE_TAGS})
    return [
        *(
            f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for violation in report.response["violations"]
            for node in violation["nodes"]
        ),
        *page.evaluate(f"checks.small({least})"),
        *page.evaluate("checks.overflow()"),
    ]
