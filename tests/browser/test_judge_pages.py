"""Judges at work: fourteen taps a sheet, plain forms where the script fails, two tablets, and the chief's signature."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, TABLET, Visit, offences, quiet
from tests.browser.marking import CRITERIA, Seeded, seed_session
from tests.browser.site import Site

pytestmark = pytest.mark.browser

COUNT_TAPS = """
window.taps = Number(sessionStorage.taps ?? 0);
addEventListener("pointerup", (event) => {
  if (event.target.closest?.("a, button, input, label, summary")) sessionStorage.taps = ++window.taps;
}, true);
"""
SHEET = "/w/01"


@pytest.fixture
def room(site: Site) -> Seeded:
    return seed_session(site)


def come_in(visit: Visit, link: str, size: tuple[int, int] = TABLET, **more: object) -> Page:
    page = visit(size=size, **more)
    page.goto(link)
    return page


def pick(page: Page, number: int, value: int) -> None:
    page.locator(f"#crit-{number:02} .pick").nth(value).tap()


def fill_plainly(page: Page) -> None:
    """As somebody does whose script does not run."""
    page.locator(".station-tile").first.tap()
    for number in range(1, CRITERIA + 1):
        page.locator(f"#crit-{number:02} .pick").nth(2).tap()
    page.locator(".sheet-foot__submit").tap()


def test_sheet_takes_fourteen_taps_and_the_chief_signs(visit: Visit, site: Site, room: Seeded) -> None:
    """TAP-1, NOJS-1 and SJ8 in one session; BLIND-1 over every byte that either tablet got."""
    received: list[str] = []
    tablet = visit(size=TABLET)
    tablet.context.add_init_script(COUNT_TAPS)
    tablet.on("response", lambda answer: received.append(answer.text()) if answer.ok else None)
    tablet.goto(room.judges[0])

    tablet.locator(".station-tile").first.tap()
    for number in range(1, CRITERIA + 1):
        pick(tablet, number, 3)
    expect(tablet.locator("#saved")).to_have_attribute("data-state", "saved")
    expect(tablet.locator("#sheet-foot")).to_contain_text(f"{CRITERIA}/{CRITERIA}")
    tablet.locator(".sheet-foot__submit").tap()
    # The judge may take it back for eight seconds; then it is on its way.
    expect(tablet.locator(".station-tile[data-state=submitted]")).to_have_count(1, timeout=20_000)

    assert tablet.evaluate("window.taps") == 14

    plain = come_in(visit, room.judges[1], script=False)
    plain.on("response", lambda answer: received.append(answer.text()) if answer.ok else None)
    fill_plainly(plain)
    expect(plain.locator(".station-tile[data-state=submitted]")).to_have_count(1)

    tablet.goto(f"/judge/s/{room.session}/sign")
    expect(tablet.locator(".sign-off tbody")).to_contain_text("80.00")
    tablet.locator("button[value=sign]").tap()
    expect(tablet.locator(".strip--ok")).to_contain_text("签字")

    assert len(received) > 10
    assert not {secret for secret in room.secret for text in received if secret in text}


def test_judge_pages_are_for_gloves_and_for_everybody(visit: Visit, room: Seeded) -> None:
    """A11Y-1, A11Y-2 with 64 px and LAY-1, on tablet and phone."""
    page = come_in(visit, room.judges[0])
    pick_page = f"/judge/s/{room.session}{SHEET}"

    for path in ("/judge?all=true", f"/judge/s/{room.session}", pick_page, f"/judge/s/{room.session}/sign"):
        page.goto(path)
        for size in (TABLET, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert offences(page, least=64) == [], (path, size)


def test_two_tablets_choose_between_both_values(visit: Visit, site: Site, room: Seeded) -> None:
    first = come_in(quiet(visit), room.judges[0])
    second = come_in(quiet(visit), room.judges[0])
    for tablet in (first, second):
        tablet.goto(f"/judge/s/{room.session}{SHEET}")
        # Its own look at the server is over: from now on it knows of no other tablet.
        tablet.wait_for_load_state("networkidle")

    pick(first, 1, 2)
    expect(first.locator("#saved")).to_have_attribute("data-state", "saved")
    pick(second, 1, 3)
    expect(second.locator("#crit-01 .conflict button")).to_have_count(2)
    pick(second, 2, 1)
    expect(second.locator("#crit-02[data-saved=received]")).to_be_attached()
    # One row saved does not make the other one saved.
    expect(second.locator("#saved")).to_have_attribute("data-state", "trouble")
    second.locator("#crit-01 [data-keep-here]").tap()

    expect(second.locator("#crit-01 .pick").nth(3).locator("input")).to_be_checked()
    expect(second.locator(".conflict")).to_have_count(0)
    expect(second.locator("#saved")).to_have_attribute("data-state", "saved")
    first.reload()
    expect(first.locator("#crit-01 .pick").nth(3).locator("input")).to_be_checked()


def test_lost_connection_never_says_saved(visit: Visit, room: Seeded) -> None:
    tablet = come_in(visit, room.judges[0])
    tablet.goto(f"/judge/s/{room.session}{SHEET}")
    expect(tablet.locator("body[data-ready]")).to_be_attached()
    tablet.context.set_offline(True)

    pick(tablet, 1, 2)

    expect(tablet.locator("#saved")).to_have_attribute("data-state", "waiting")
    expect(tablet.locator("#crit-01[data-saved=here]")).to_be_attached()
    tablet.context.set_offline(False)
    pick(tablet, 1, 3)
    expect(tablet.locator("#saved")).to_have_attribute("data-state", "saved")


def test_demo_judge_measures_and_sees_the_tolerance(visit: Visit, site: Site) -> None:
    """J5: within or outside is said before the judge goes on."""
    tablet = visit("judge", size=TABLET)
    if "/judge/s/" not in tablet.url:
        tablet.locator(".session-list a[data-state=running]").first.tap()
    tablet.locator(".station-tile:not([data-state=locked], [data-state=submitted])").first.tap()
    field = tablet.locator(".meas input").first
    row = tablet.locator(".crit").filter(has=field).first

    if tablet.locator("#pad").is_hidden():
        field.tap()
    tablet.locator("#pad [data-key='0']").tap()

    expect(row.locator(".meas__verdict")).to_have_attribute("data-state", re.compile("within|outside"))
    expect(tablet.locator("[data-pad-verdict]")).to_have_attribute("data-state", re.compile("within|outside"))
