"""What is printed: tickets several on a page, and the list of a draw with lines to sign; buttons stay on the screen."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import TABLET


def shown(page, selector: str) -> int:
    return page.locator(selector).filter(visible=True).count()


def test_tickets_are_printed_ten_on_a_page_without_buttons(visit):
    page = visit("organiser", size=TABLET)
    contests = page.locator(".contest-row__title a").evaluate_all("all => all.map(one => one.href)")
    for contest in contests:
        page.goto(f"{contest}/tickets")
        if page.locator(".ticket").count() > 10:
            break
    count = page.locator(".ticket").count()
    assert shown(page, "[data-print]") == 1

    page.emulate_media(media="print")
    sizes = page.locator(".ticket").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    )
    printed = page.pdf(prefer_css_page_size=True)

    assert shown(page, ".button") == 0
    assert len({round(size["x"]) for size in sizes}) == 2
    pages = len(re.findall(rb"/Type /Page\b(?!s)", printed))
    assert pages <= count // 10 + 2


def test_list_of_a_draw_is_printed_with_lines_to_sign(visit, site):
    [row] = site.ask(
        "SELECT c.id, i.code FROM item i JOIN contest c ON c.id = i.contest_id JOIN draw d ON d.item_id = i.id "
        "WHERE i.live = 'by_name' AND i.blind_layers = 0 LIMIT 1"
    )
    from api.plumbing.ids import encode_id

    page = visit("organiser", size=TABLET)
    page.goto(f"{site.url}/org/c/{encode_id('contest', row['id'])}/e/{row['code']}/draw")
    expect(page.locator("[data-print]")).to_be_visible()
    assert shown(page, ".signed-list__signs") == 0

    page.emulate_media(media="print")

    assert shown(page, ".signed-list__signs") == 1
    assert shown(page, "button, .button, nav") == 0
