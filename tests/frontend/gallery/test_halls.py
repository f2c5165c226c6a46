"""SCR-1: a big screen is read from the back of a hall and touched by nobody."""

import pytest

from tests.frontend.gallery import SCREENS
from tests.frontend.gallery.conftest import Visit

pytestmark = pytest.mark.browser

FULL = (1920, 1080)
HALLS = [name for name in SCREENS if name.startswith("hall")]

SMALL = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(one).fontSize) < 27.9).map((one) => one.className + " " + one.textContent.slice(0, 20))"""
FOCUSABLE = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex], [contenteditable]")].length"""
SCROLLS = "() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight"
SPILT = """() => { const frame = document.querySelector(".hall-frame").getBoundingClientRect();
    return [...document.querySelectorAll(".hall-frame *")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().width
      && (one.getBoundingClientRect().right > frame.right + 1 || one.getBoundingClientRect().bottom > frame.bottom + 1))
      .map((one) => one.className.baseVal ?? one.className + " " + one.textContent.slice(0, 20)); }"""


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("screen", HALLS)
def test_scr_1_no_scroll_no_small_word_nothing_to_focus(visit: Visit, screen: str, locale: str) -> None:
    page = visit(screen, FULL, locale)

    assert not page.evaluate(SCROLLS)
    assert page.evaluate(SMALL) == []
    assert page.evaluate(FOCUSABLE) == 0
    assert page.evaluate(SPILT) == []
    assert page.evaluate("checks.overflow()") == []


def test_scr_1_ten_rows_of_78_pixels(visit: Visit) -> None:
    page = visit("hall", FULL)

    heights = page.eval_on_selector_all(
        ".hall-page:not([hidden]) .hall-row", "rows => rows.map(row => row.getBoundingClientRect().height)"
    )
    sizes = {
        part: page.eval_on_selector(f".hall-row__{part}", "one => parseFloat(getComputedStyle(one).fontSize)")
        for part in ("rank", "name", "team")
    }

    assert heights == [78.0] * 10
    assert sizes == {"rank": 52, "name": 44, "team": 36}
