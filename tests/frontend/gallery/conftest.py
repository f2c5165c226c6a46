"""One browser and one gallery for all page tests.

They end with the package: while a browser is open its loop is the running one, and no asynchronous test could begin.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.frontend.gallery.browser import CHROMIUM, launch
from tests.frontend.gallery.server import gallery_server

CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
Visit = Callable[..., Page]


@pytest.fixture(scope="package")
def gallery() -> Iterator[str]:
    with gallery_server() as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("page tests need Debian's Chromium")
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="package")
def visit(page: Page, gallery: str) -> Visit:
    def go(screen: str, size: tuple[int, int], locale: str = "zh") -> Page:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{gallery}{'/en' if locale == 'en' else ''}/g/{screen}")
        page.evaluate(CHECKS)
        return page

    return go
