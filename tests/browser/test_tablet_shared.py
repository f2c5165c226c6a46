"""Two pages of one tablet, two judges at it, and fingers that tap twice: whose a mark is never changes, and nothing is sent twice."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import TABLET, Visit
from tests.browser.marking import Seeded, deductions, seed_session
from tests.browser.site import Site
from tests.browser.test_tablet_offline import (
    HELD,
    SEND_FINISHED,
    badge,
    come_in,
    enter_badge,
    marks,
    open_sheet,
    pick,
    ready_to_go_offline,
    room,
)

__all__ = ["badge", "room"]

pytestmark = pytest.mark.browser

ACTS = """
() => new Promise((resolve, reject) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction(["acts"]).objectStore("acts").getAll();
    all.onsuccess = () => { open.result.close(); resolve(all.result.map(({ kind, status }) => [kind, status])); };
  };
})
"""


def sheet_states(site: Site, room: Seeded) -> set[str]:
    rows = site.ask("SELECT state FROM sheet WHERE session_id = $1", room.session_id)
    return {row["state"] for row in rows}


def opened(context: BrowserContext, session: str) -> Page:
    page = context.new_page()
    open_sheet(page, session)
    return page


def filled(visit: Visit, site: Site, stations: int = 1) -> tuple[Seeded, Page]:
    """A sheet of two deductions that waits for its submit button."""
    room = seed_session(site, deductions(2), stations=stations)
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.locator("[data-full-rest]").tap()
    expect(page.locator("#sheet-foot")).to_contain_text("2/2")
    page.wait_for_function(SEND_FINISHED)
    return room, page


def test_submit_tapped_twice_is_taken_back_by_one_undo(visit: Visit, site: Site) -> None:
    room, page = filled(visit, site)
    page.evaluate(
        "() => { const b = document.querySelector('.sheet-foot__submit'); b.click(); b.click(); b.click(); }"
    )
    expect(page.locator("[data-undo]")).to_be_visible()

    assert page.evaluate(ACTS) == [["submit", "waiting"]]


def test_leaving_right_after_handing_in_hands_in(visit: Visit, site: Site) -> None:
    room, page = filled(visit, site)
    page.locator(".sheet-foot__submit").tap()
    expect(page.locator("[data-undo]")).to_be_visible()

    page.locator(".judge-out button").tap()
    page.wait_for_url("**/judge")

    assert sheet_states(site, room) == {"submitted", "open"}


def test_bulk_handing_in_is_taken_back_as_one(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(1), stations=3)
    page = come_in(visit, room.judges[0])
    page.goto(f"/judge/s/{room.session}/c/1")
    expect(page.locator("body[data-ready]")).to_be_attached()
    # Nothing is complete: the way to hand in is told, not hidden; and each station is named once.
    expect(page.locator("[data-to-hand-in]")).to_contain_text("还没有评完的工位")
    assert page.locator("[data-criterion-rows] .crit").first.inner_text().count("01") == 1
    for row in range(3):
        page.locator("[data-criterion-rows] .crit").nth(row).locator(".pick").first.tap()
    expect(page.locator("[data-submit-complete]")).to_contain_text("3个工位")
    expect(page.locator("[data-to-hand-in]")).to_be_hidden()
    page.locator("[data-submit-complete]").tap()

    expect(page.locator("#said")).to_contain_text("3个工位已提交")
    page.locator("[data-undo]").tap()
    expect(page.locator("[data-undo]")).to_have_count(0)

    assert page.evaluate(ACTS) == []


def test_page_of_the_judge_before_takes_no_mark(visit: Visit, site: Site, room: Seeded) -> None:
    old = come_in(visit, room.judges[0])
    open_sheet(old, room.session)
    new = old.context.new_page()
    new.goto(f"/judge/s/{room.session}")
    expect(new.locator("body[data-ready]")).to_be_attached()
    new.locator(".judge-out button").tap()
    new.wait_for_url("**/judge")
    new.goto(room.judges[1])
    open_sheet(new, room.session)

    expect(old.locator(".crit")).to_have_count(0)
    assert new.evaluate(HELD) == []
    assert marks(site, room.session) == []


def test_judge_who_left_without_network_is_not_in_after_it_is_back(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    ready_to_go_offline(page, room.session)
    context = page.context
    context.set_offline(True)
    page.locator(".judge-out button").tap()
    page.wait_for_url("**/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(f"/judge/s/{room.session}/w/01")
    page.wait_for_url("**/judge")
    expect(page.locator("form.sign-in")).to_be_visible()
    expect(page.locator(".crit")).to_have_count(0)
    assert context.request.get("/api/v1/me").status == 401


def test_unlocked_without_network_over_somebody_elses_session(
    visit: Visit, site: Site, room: Seeded, badge: tuple[str, str]
) -> None:
    page = visit(size=TABLET)
    page.goto("/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    enter_badge(page, *badge)
    page.wait_for_url("**/judge/s/**")
    ready_to_go_offline(page, room.session)
    page.locator(".judge-out button").tap()
    page.wait_for_url("**/judge")
    page.goto(room.judges[1])
    open_sheet(page, room.session)
    page.goto(f"/judge/s/{room.session}")
    expect(page.locator("body[data-ready]")).to_be_attached()
    context = page.context
    context.set_offline(True)
    page.locator(".judge-out button").tap()
    page.wait_for_url("**/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    enter_badge(page, *badge)
    page.wait_for_url("**/judge/s/**")
    open_sheet(page, room.session)
    pick(page, 1, 2)
    expect(page.locator("#crit-01[data-saved=here]")).to_be_attached()

    context.set_offline(False)

    expect(page.locator("[data-saved-note]")).to_contain_text("登录已过期")
    assert page.evaluate(HELD) == [{"status": "waiting", "criterion": "J01", "value": "2"}]
    assert marks(site, room.session) == []
    # A PIN, and they are sent.
    page.goto("/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    enter_badge(page, *badge)
    page.wait_for_url("**/judge/s/**")
    page.wait_for_function(SEND_FINISHED)
    assert marks(site, room.session) == [(1, "J01", 1, "2")]


def test_page_out_of_the_browsers_memory_is_loaded_anew(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)

    with page.expect_navigation():
        page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }")


def test_two_pages_of_one_tablet_send_each_mark_once(visit: Visit, site: Site, room: Seeded) -> None:
    first = come_in(visit, room.judges[0])
    open_sheet(first, room.session)
    ready_to_go_offline(first, room.session)
    second = opened(first.context, room.session)
    first.context.set_offline(True)
    for page, value in ((first, 1), (second, 2), (first, 3)):
        pick(page, 1, value)
        for each in (first, second):
            expect(each.locator("#crit-01 .pick input").nth(value)).to_be_checked()
    pick(second, 2, 0)
    expect(second.locator("#crit-02[data-saved=here]")).to_be_attached()

    first.context.set_offline(False)
    for page in (first, second):
        page.evaluate("() => dispatchEvent(new Event('online'))")
    for page in (first, second):
        page.wait_for_function(SEND_FINISHED)

    assert marks(site, room.session) == [
        (1, "J01", 1, "1"), (1, "J01", 2, "2"), (1, "J01", 3, "3"), (1, "J02", 1, "0")
    ]  # fmt: skip


def test_page_closed_while_it_sends_loses_and_doubles_nothing(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.route("**/marks:batch", lambda route: route.fetch() and None)
    with page.expect_request("**/marks:batch"):
        pick(page, 1, 2)
    pick(page, 2, 3)
    expect(page.locator("#crit-02[data-saved=here]")).to_be_attached()
    context = page.context
    page.close()

    page = context.new_page()
    open_sheet(page, room.session)
    page.wait_for_function(SEND_FINISHED)

    assert marks(site, room.session) == [(1, "J01", 1, "2"), (1, "J02", 1, "3")]


def test_sheet_taken_back_without_network_stays_open(visit: Visit, site: Site) -> None:
    room, page = filled(visit, site)
    ready_to_go_offline(page, room.session)
    page.context.set_offline(True)
    page.locator(".sheet-foot__submit").tap()
    page.locator("[data-undo]").tap()
    page.wait_for_url("**/w/01")
    expect(page.locator("body[data-ready]")).to_be_attached()
    pick(page, 1, 1)
    page.context.set_offline(False)
    page.wait_for_function(SEND_FINISHED)

    assert page.evaluate(ACTS) == []
    assert sheet_states(site, room) == {"open"}


@pytest.mark.parametrize("status", [403, 409])
def test_hand_in_that_was_refused_is_listed_with_its_reason(visit: Visit, site: Site, status: int) -> None:
    room, page = filled(visit, site)
    page.context.route(
        "**/transitions",
        lambda route: route.fulfill(
            status=status,
            content_type="application/problem+json",
            body='{"code": "session_closed", "detail": "本场已结束", "detail_en": "It is over"}',
        ),
    )
    page.locator(".sheet-foot__submit").tap()
    expect(page.locator("[data-drop-act]")).to_be_visible()

    page.goto("/judge/outbox")

    row = page.locator("[data-box=trouble] .box__row")
    expect(row).to_contain_text("提交评分表")
    expect(row).to_contain_text("本场已结束")
    row.locator("[data-drop-act]").tap()
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")


def test_list_of_what_waits_keeps_its_judges_code(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    page.context.route("**/marks:batch", lambda route: route.abort())
    open_sheet(page, room.session)
    pick(page, 1, 1)
    expect(page.locator("#crit-01[data-saved=here]")).to_be_attached()
    page.goto("/judge/outbox")
    expect(page.locator("[data-fill=judge]")).to_have_text("A-01")

    page.goto(room.judges[1])

    expect(page.locator("[data-others]")).to_contain_text("A-01的1项待传")


def test_fifth_digit_is_not_a_second_attempt(visit: Visit, badge: tuple[str, str]) -> None:
    page = visit(size=TABLET)
    page.goto("/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.fill("#code", badge[0])

    page.evaluate(
        "() => { for (const digit of '00000') document.querySelector(`[data-pin-key='${digit}']`).click(); }"
    )
    expect(page.locator("[data-focus-first], .error-summary").first).to_be_visible()

    assert len(sent) == 1


def test_sheet_handed_in_leaves_from_the_page_of_the_signature(visit: Visit, site: Site) -> None:
    """Who goes on to sign at once keeps nothing back, and signs what has arrived."""
    room, page = filled(visit, site)
    page.locator(".sheet-foot__submit").tap()
    expect(page.locator("[data-undo]")).to_be_visible()

    page.goto(f"/judge/s/{room.session}/own")
    expect(page.locator("#saved")).to_have_attribute("data-state", "waiting")
    expect(page.locator("main")).to_contain_text("还没有提交")

    expect(page.locator("main")).not_to_contain_text("还没有提交")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert sheet_states(site, room) == {"submitted", "open"}
