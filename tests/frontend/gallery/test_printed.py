"""What leaves the printer: the sheet or the card, as many pages as there are of them, and nothing of the page around it."""

import re

import pytest
from playwright.sync_api import Page

from tests.frontend.gallery.conftest import Visit
from tests.frontend.gallery.test_screens import TABLET

pytestmark = pytest.mark.browser

SHOWN = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height > 1
    && [...one.childNodes].some((part) => part.nodeType === 3 && part.textContent.trim())).map((one) => one.textContent.trim())"""


def printed(page: Page) -> tuple[list[str], int, tuple[float, float]]:
    """The words on paper, how many pages there are, and the size of one in millimetres."""
    page.emulate_media(media="print")
    words = page.evaluate(SHOWN)
    file = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="screen")
    wide, high = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", file).groups()
    pages = len(re.findall(rb"/Type /Page\b(?!s)", file))
    return words, pages, (float(wide) * 25.4 / 72, float(high) * 25.4 / 72)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_each_blank_sheet_is_a_page_of_a4(visit: Visit, locale: str) -> None:
    words, pages, size = printed(visit("paper-blank", TABLET, locale))

    assert pages == 2
    assert size == pytest.approx((210, 297), abs=1)
    assert not {"打印", "Print", "总览", "Overview"} & set(words)
    assert words.count("A-01") == 2


def test_badge_is_one_card_of_a6_without_pin(visit: Visit) -> None:
    page = visit("judge-way", TABLET)
    pin = page.locator("[data-pin]").inner_text()
    words, pages, size = printed(page)

    assert pages == 1
    assert size == pytest.approx((105, 148), abs=1)
    assert words[:3] == ["2021年河北省职工职业技能大赛", "裁判", "A-01"]
    assert pin not in words
    assert len(words) == 5
