"""Sheets with much on them: long words in every mode, fifty refusals, fingers faster than the disk, and a clock that two people keep."""

from decimal import Decimal

import pytest
from playwright.sync_api import Route, expect

from scoring import Judged, Panel, Plan, Rounding, Sum
from tests.browser.conftest import PHONE, TABLET, Visit, offences, quiet
from tests.browser.marking import deductions, seed_session
from tests.browser.site import Site
from tests.browser.test_tablet_offline import SEND_FINISHED, come_in, open_sheet, pick
from tests.browser.test_tablet_storage import WRITE

pytestmark = pytest.mark.browser

LONG = "按图样要求对燕尾配合面进行锉削与修整并保证各配合面的平面度垂直度与表面粗糙度" * 3
WORD = "Flächenrechtwinkligkeitsprüfungsprotokollnummer" * 2


def long_words() -> Plan:
    """Titles as long as any notice has them, one of them without a place to break."""
    parts = tuple(
        Judged(
            key=f"L{number}",
            title=LONG if number % 2 else WORD,
            title_en=WORD,
            kind=kind,
            maximum=Decimal(maximum),
        )
        for number, (kind, maximum) in enumerate(
            [("judgement_0_3", 3), ("deduction", 8), ("free", 9), ("pass_fail", 1), ("free", 300)], 1
        )
    )
    root = Sum(
        key="practical",
        title=LONG[:38],
        title_en=WORD,
        panel=Panel(size=2),
        rounding=Rounding(),
        parts=parts,
    )
    return Plan(code="long", version=1, title="长标题", root=root)


@pytest.mark.parametrize("mode", ["", "care", "glove"])
def test_long_words_stay_inside_the_page(visit: Visit, site: Site, mode: str) -> None:
    room = seed_session(site, long_words())
    page = come_in(visit, room.judges[0])
    if mode:
        page.evaluate("mode => localStorage.setItem(mode, 'on')", mode)

    for path in (
        f"/judge/s/{room.session}#by-item",
        f"/judge/s/{room.session}/w/01",
        f"/judge/s/{room.session}/c/2",
    ):
        page.goto(path)
        expect(page.locator("body[data-ready]")).to_be_attached()
        for size in (TABLET, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert offences(page, least=64) == [], (path, size)


def test_fifty_refusals_are_listed_and_decided_one_by_one(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(12))
    page = come_in(visit, room.judges[0])
    main = page.locator("[data-judge-page]")
    record = {
        "account": main.get_attribute("data-account"), "session": room.session, "sheet": "sht_gone", "state": "scored",
        "value": "8", "reasons": [], "base_rev": 0, "entered_at": "2026-01-01T08:00:00Z", "status": "refused",
        "detail": "没有这张评分表", "detail_en": "No such sheet",
    }  # fmt: skip
    page.evaluate(
        WRITE,
        [
            record | {"op_id": f"op-{each}", "criterion": f"D{each % 12 + 1:02}", "station": each}
            for each in range(1, 51)
        ],
    )

    page.goto("/judge/outbox")
    rows = page.locator("[data-box=trouble] .box__row")
    expect(rows).to_have_count(50)
    expect(page.locator("#saved")).to_contain_text("50项需处理")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert offences(page, least=44) == []
    rows.nth(20).locator("[data-drop]").tap()

    expect(rows).to_have_count(49)
    expect(page.locator("[data-box=trouble]")).not_to_contain_text("sht_gone")


def test_two_reasons_at_once_are_both_kept(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(2))
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    pick(page, 1, 1)
    page.wait_for_function(SEND_FINISHED)

    page.evaluate(
        "() => { const two = document.querySelectorAll('#crit-01 .reason'); two[0].click(); two[1].click(); }"
    )
    page.wait_for_function(SEND_FINISHED)

    kept = site.ask(
        "SELECT m.reasons FROM mark_revision m JOIN sheet s ON s.id = m.sheet_id AND s.season_id = m.season_id "
        "WHERE s.session_id = $1 ORDER BY m.rev DESC LIMIT 1",
        room.session_id,
    )
    assert kept[0]["reasons"] == ["划痕", "尺寸"]


def test_clock_that_somebody_else_stopped_stands(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(1))
    one, other = come_in(visit, room.judges[0]), come_in(visit, room.judges[0])
    for page in (one, other):
        page.goto(f"/judge/s/{room.session}/time")
    one.locator(".clock__main").tap()
    expect(other.locator(".clock__face [data-running=yes]")).to_be_visible()

    one.locator("button[value=stop]").tap()

    expect(other.locator(".clock__face [data-running=no]")).to_be_visible()
    expect(other.locator("button[value=resume].clock__main")).to_be_visible()


def test_gloves_are_led_to_the_row_that_is_meant(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(4))
    page = come_in(visit, room.judges[0])
    page.evaluate("() => localStorage.setItem('glove', 'on')")
    open_sheet(page, room.session)
    pick(page, 1, 0)
    expect(page.locator("#crit-02")).to_be_visible()
    page.locator("[data-glove-step='1']").tap()
    pick(page, 3, 0)
    expect(page.locator("#crit-04")).to_be_visible()

    page.locator("[data-next-open]").tap()
    expect(page.locator("#crit-02")).to_be_visible()
    pick(page, 2, 0)
    expect(page.locator("#crit-03")).to_be_visible()
    page.locator(".sheet-foot__submit").tap()

    expect(page.locator("#crit-04")).to_be_visible()
    expect(page.locator(".crit:visible")).to_have_count(1)


def test_station_that_was_given_to_another_takes_no_mark(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(2))
    page = come_in(quiet(visit), room.judges[0])
    open_sheet(page, room.session)
    page.wait_for_load_state("networkidle")

    def without(route: Route) -> None:
        answer = route.fetch(headers=route.request.headers | {"if-none-match": ""})
        route.fulfill(response=answer, json=answer.json() | {"sheets": []})

    page.route("**/pack", without)
    page.route(
        "**/heartbeat",
        lambda route: route.fulfill(
            json={
                "at": "2026-01-01T00:00:00Z",
                "drift_ms": 0,
                "state": "paused",
                "moves": 9,
                "seq": 0,
                "missing": [],
            }
        ),
    )
    page.evaluate("() => dispatchEvent(new Event('online'))")

    expect(page.locator("#said")).to_contain_text("没有这个工位")
    expect(page.locator("#sheet")).to_be_hidden()
