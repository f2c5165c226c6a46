"""Contestants on phones: one's own rank in two taps (C1, C2), inside WeChat (WX-1), without script (NOJS-1), every name drawn (FONT-1), light (PERF-1)."""

import gzip

import pytest
from playwright.sync_api import Page, Response, expect

from api.results.own import lookup_digits, ticket_code
from tests.browser.conftest import CHECKS, PHONE, Visit, offences
from tests.browser.site import Site
from tests.browser.test_judge_pages import COUNT_TAPS

pytestmark = pytest.mark.browser

MOST_BYTES = 60 * 1024
MOST_SHIFT = 0.05
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 "
    "MicroMessenger/8.0.50 Language/zh_CN"
)
# The largest step of the slider that WeChat lays over a page.
LARGE_TEXT = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync("html { font-size: 23.8px !important }");
    document.adoptedStyleSheets.push(sheet); }"""
RANKED = """
SELECT e.id, e.number, c.slug, i.code FROM publication p JOIN item i ON i.id = p.item_id JOIN contest c ON c.id = i.contest_id
JOIN entry e ON e.item_id = i.id AND e.state = 'accepted'
WHERE p.state = 'final' AND c.slug LIKE '%-final-early' ORDER BY c.slug, i.code, e.number LIMIT 1
"""
SHIFT = """() => new Promise((done) => { let sum = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value; })
      .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 500); })"""
# A glyph that no font has is the same box as the last code point there is.
UNDRAWN = """(text) => {
  const drawn = (letter) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 48;
    const pen = canvas.getContext("2d");
    pen.font = `32px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(letter, 4, 36);
    return canvas.toDataURL();
  };
  const box = drawn("\\u{10FFFF}"), nothing = drawn(" ");
  return [...text].filter((letter) => [box, nothing].includes(drawn(letter)));
}"""
NAMES = "艾尼瓦尔·吐尔逊江𠮷䶮林䂮𬭼ئۇيغۇرÄé−±≤◷✓"


class Ticket:
    """What somebody has on paper: the address of the QR code, the number, the digits."""

    def __init__(self, site: Site) -> None:
        [row] = site.ask(RANKED)
        self.address = f"/r/{ticket_code(site.settings, row['id'])}"
        self.digits = lookup_digits(site.settings, row["id"])
        self.number: str = row["number"]
        self.ranking = f"/c/{row['slug']}/e/{row['code']}/rank"


@pytest.fixture(scope="module")
def ticket(site: Site) -> Ticket:
    return Ticket(site)


def taps(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.taps ?? 0)"))


def shows_own_row(page: Page, ticket: Ticket) -> None:
    card = page.locator(".own-card")
    expect(card).to_contain_text(ticket.number)
    assert card.bounding_box()["y"] < PHONE[1] / 2, "one's own row is the first thing on the page"


def test_tap_2_c1_the_code_shows_ones_own_row_without_a_tap(visit: Visit, ticket: Ticket) -> None:
    page = visit(size=PHONE)

    page.goto(ticket.address)

    shows_own_row(page, ticket)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_nojs_1_number_and_digits_show_it_too(visit: Visit, ticket: Ticket, script: bool) -> None:
    """C2: at most two taps beside the keys, from the ranking that everybody is sent."""
    page = visit(size=PHONE, script=script)
    if script:
        page.add_init_script(COUNT_TAPS)
    page.goto(ticket.ranking)

    page.click("a[href='/r']")
    page.fill("[name=number]", ticket.number)
    page.fill("[name=digits]", ticket.digits)
    if script:
        assert taps(page) == 1
    page.keyboard.press("Enter")

    page.wait_for_url("**/r/*")
    shows_own_row(page, ticket)


def test_wx_1_public_pages_hold_inside_wechat_at_its_largest_text(
    visit: Visit, site: Site, ticket: Ticket
) -> None:
    page = visit(size=PHONE, agent=WECHAT)

    for path in ("/", ticket.ranking.rpartition("/e/")[0], ticket.ranking, ticket.address, "/r"):
        page.goto(path)
        page.evaluate(LARGE_TEXT)
        assert offences(page) == [], path
        assert page.locator("a[download], [onclick*=print]").count() == 0, path


def test_font_1_every_name_is_drawn(visit: Visit) -> None:
    page = visit()
    page.goto("/")

    assert page.evaluate(UNDRAWN, NAMES) == []
    assert page.evaluate(UNDRAWN, "\U0010fffe") == ["\U0010fffe"]


@pytest.mark.parametrize("page_of", ["address", "ranking"])
def test_perf_1_own_rank_is_light_and_asks_nobody_else(
    visit: Visit, site: Site, ticket: Ticket, page_of: str
) -> None:
    page = visit(size=PHONE)
    answers: list[Response] = []
    # A method of the list itself is nothing that playwright can wrap.
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108

    page.goto(getattr(ticket, page_of), wait_until="networkidle")

    assert {answer.url.partition("/")[2].partition("/")[2].partition("/")[0] for answer in answers} == {
        site.url.removeprefix("http://")
    }
    sizes = {answer.url: len(gzip.compress(answer.body())) for answer in answers}
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert page.evaluate(SHIFT) <= MOST_SHIFT


def test_english_own_rank_speaks_english(visit: Visit, ticket: Ticket) -> None:
    page = visit(size=PHONE, locale="en")

    page.goto(f"/en{ticket.address}")
    page.evaluate(CHECKS)

    assert page.evaluate("checks.foreign()") == []
