"""Takes pictures of screens into screenshots/ (not kept in the repository): `python -m tests.frontend.gallery.shoot home@1280x800`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.frontend.gallery.browser import launch
from tests.frontend.gallery.server import gallery_server

FOLDER = Path("screenshots")


def shoot(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with gallery_server() as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.on("console", lambda message: print(message.type, message.text))
        page.on("pageerror", lambda error: print("error", error))
        for one in wanted:
            name, _, rest = one.partition("@")
            size, _, full = rest.partition("+")
            width, height = (int(part) for part in (size or "1280x800").split("x"))
            page.set_viewport_size({"width": width, "height": height})
            prefix, screen = ("/en", name[3:]) if name.startswith("en:") else ("", name)
            page.goto(f"{address}{prefix}/g/{screen}")
            page.screenshot(path=FOLDER / f"{name.replace(':', '-')}-{width}.png", full_page=bool(full))
        browser.close()


if __name__ == "__main__":
    shoot(sys.argv[1:])
