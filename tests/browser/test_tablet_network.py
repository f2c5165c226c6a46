"""Networks that lie: portals, proxies, refusals of somebody else, and clocks that are set. A mark waits until the server itself has it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit, quiet
from tests.browser.marking import Seeded, deductions, seed_session
from tests.browser.site import Site
from tests.browser.test_tablet_offline import (
    HELD,
    SEND_FINISHED,
    come_in,
    hall,
    marks,
    open_after_pulse,
    open_sheet,
    pick,
    ready_to_go_offline,
    room,
)

__all__ = ["hall", "room"]

pytestmark = pytest.mark.browser

PORTAL = "<!doctype html><title>Welcome</title><p>Please accept the terms of this network.</p>"
BEAT = "() => dispatchEvent(new Event('online'))"


def portal(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, content_type="text/html", body=PORTAL)


@pytest.mark.parametrize("status", [200, 404, 413, 503])
def test_what_a_portal_says_is_no_answer(visit: Visit, site: Site, room: Seeded, status: int) -> None:
    page = come_in(visit, room.judges[0])
    # Who signs in through the portal alone is nobody, and nothing would be sent to it.
    open_after_pulse(page, room.session)
    page.route("**/api/**", portal(status))

    with page.expect_response("**/marks:batch"):
        pick(page, 1, 2)
    page.locator("[data-hand]").tap()
    page.locator("#hand button[value=equipment]").tap()
    with page.expect_response("**/heartbeat"):
        page.evaluate(BEAT)
    expect(page.locator("#saved")).to_have_attribute("data-state", "waiting")
    assert page.evaluate(HELD) == [{"status": "waiting", "criterion": "J01", "value": "2"}]
    page.unroute("**/api/**")
    page.evaluate(BEAT)
    page.wait_for_function(SEND_FINISHED)

    assert marks(site, room.session) == [(1, "J01", 1, "2")]
    raised = site.ask("SELECT kind FROM incident WHERE session_id = $1", room.session_id)
    assert [row["kind"] for row in raised] == ["equipment"]


def test_raised_hand_is_not_taken_for_sent_by_a_portal(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(quiet(visit), room.judges[0])
    page.wait_for_load_state("networkidle")
    page.route("**/incidents", portal(200))
    with page.expect_response("**/incidents"):
        page.locator("[data-hand]").tap()
        page.locator("#hand button[value=safety]").tap()
    page.unroute("**/incidents")
    page.evaluate(BEAT)
    page.wait_for_function(SEND_FINISHED)

    raised = site.ask("SELECT kind FROM incident WHERE session_id = $1", room.session_id)
    assert [row["kind"] for row in raised] == ["safety"]


def test_portal_is_not_called_the_server(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    page.route("**/api/**", portal(200))
    page.goto("/judge/outbox")
    expect(page.locator("body[data-ready]")).to_be_attached()

    expect(page.locator("[data-box-state]")).not_to_contain_text("已连接服务器")


@pytest.mark.parametrize("status", [429, 500])
def test_server_that_is_not_well_is_asked_again(visit: Visit, site: Site, room: Seeded, status: int) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    ill: list[int] = []

    def answer(route: Route) -> None:
        if ill:
            route.continue_()
            return
        ill.append(status)
        route.fulfill(status=status, content_type="application/problem+json", body='{"code": "busy"}')

    page.route("**/marks:batch", answer)
    pick(page, 1, 2)
    page.wait_for_function(SEND_FINISHED)

    assert ill == [status]
    assert marks(site, room.session) == [(1, "J01", 1, "2")]


def test_right_that_was_taken_is_told_at_the_mark(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.route(
        "**/marks:batch",
        lambda route: route.fulfill(
            status=403,
            content_type="application/problem+json",
            body='{"code": "forbidden", "detail": "您没有评分的权限", "detail_en": "You may not mark"}',
        ),
    )
    pick(page, 1, 2)

    expect(page.locator("#crit-01 .refused")).to_contain_text("您没有评分的权限")
    assert [each["status"] for each in page.evaluate(HELD)] == ["refused"]


def test_session_that_ended_while_offline_keeps_its_marks_until_the_judge_is_back(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    ready_to_go_offline(page, room.session)
    page.context.set_offline(True)
    pick(page, 1, 2)
    expect(page.locator("#crit-01[data-saved=here]")).to_be_attached()
    site.ask(
        "UPDATE sign_in_session SET revoked_at = now() WHERE account_id = $1 RETURNING 1", room.accounts[0]
    )

    page.context.set_offline(False)
    expect(page.locator("[data-saved-note]")).to_contain_text("登录已过期")
    page.goto(room.judges[0])
    page.wait_for_function(SEND_FINISHED)

    assert marks(site, room.session) == [(1, "J01", 1, "2")]


def test_marks_that_no_server_takes_do_not_hold_up_the_others(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.context.set_offline(True)
    for number in (1, 2, 3):
        pick(page, number, 2)
    expect(page.locator(".crit[data-saved=here]")).to_have_count(3)
    page.evaluate(SPOIL, "J02")
    page.context.set_offline(False)

    expect(page.locator("#saved")).to_have_attribute("data-state", "trouble")
    expect(page.locator("#crit-02 .refused")).to_be_visible()

    assert marks(site, room.session) == [(1, "J01", 1, "2"), (1, "J03", 1, "2")]


# One of the records that wait is no operation that a server reads.
SPOIL = """
(criterion) => new Promise((resolve) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onsuccess = () => {
    const transaction = open.result.transaction(["outbox"], "readwrite");
    const store = transaction.objectStore("outbox");
    const all = store.getAll();
    all.onsuccess = () => { for (const op of all.result) if (op.criterion === criterion) store.put({ ...op, op_id: "x" }); };
    transaction.oncomplete = () => { open.result.close(); resolve(); };
  };
})
"""
CLOCK = "const plain = Date.now.bind(Date); Date.now = () => plain() + Number(localStorage.shift ?? 0);"


def test_clock_that_was_a_day_ahead_does_not_hold_back_a_sheet(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(1))
    page = come_in(visit, room.judges[0])
    page.context.add_init_script(CLOCK)
    page.evaluate("() => { localStorage.shift = 86400000; }")
    open_sheet(page, room.session)
    pick(page, 1, 0)
    page.wait_for_function(SEND_FINISHED)
    page.locator(".sheet-foot__submit").tap()
    expect(page.locator("[data-undo]")).to_be_visible()

    page.evaluate("() => { localStorage.shift = 0; }")

    expect(page.locator(".station-tile[data-state=submitted]")).to_have_count(1)


def test_page_that_comes_slowly_comes(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    ready_to_go_offline(page, room.session)

    def late(route: Route) -> None:
        # Longer than the worker waits before it opens what was put aside; of this page nothing was.
        page.wait_for_timeout(2700)
        route.continue_()

    page.context.route("**/own", late)
    page.goto(f"/judge/s/{room.session}/own")

    expect(page.locator("h1")).to_be_visible()


def test_page_of_a_portal_is_never_put_aside_as_a_file(visit: Visit, room: Seeded) -> None:
    page = visit()
    page.context.route(
        "**/css/pick.css*",
        lambda route: portal(200)(route) if route.request.service_worker else route.continue_(),
    )
    page.goto(room.judges[0])
    assert page.evaluate(INSTALL) == "redundant"

    page.context.unroute("**/css/pick.css*")

    assert page.evaluate(INSTALL) == "activated"


INSTALL = """
async () => {
  const found = await navigator.serviceWorker.register("/judge/worker.js", { scope: "/judge" });
  const worker = found.installing ?? found.waiting ?? found.active;
  while (!["redundant", "activated"].includes(worker.state)) {
    await new Promise((next) => { worker.addEventListener("statechange", next, { once: true }); });
  }
  return worker.state;
}
"""


def test_new_version_leaves_the_pages_of_other_sessions(visit: Visit, room: Seeded, hall: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    ready_to_go_offline(page, room.session)
    account = page.locator("[data-judge-page]").get_attribute("data-account")
    page.evaluate(OTHER_SESSION, ["another", account])

    page.reload()
    ready_to_go_offline(page, room.session)

    page.wait_for_function("async () => !await caches.has('judge-older')")
    assert page.evaluate("() => caches.has('judge-old')")


# Two versions of before: only the newer one of them still has pages of a session that lies here.
OTHER_SESSION = """
async ([session, account]) => {
  await caches.open("judge-older");
  const old = await caches.open("judge-old");
  await old.put(`/judge/s/${session}/shell/stations`, new Response("old"));
  await new Promise((resolve) => {
    const open = indexedDB.open("shibaiqian-judge");
    open.onsuccess = () => {
      const transaction = open.result.transaction(["packs"], "readwrite");
      transaction.objectStore("packs").put({ account, id: session, taken: 0, sheets: [], lines: [] });
      transaction.oncomplete = () => { open.result.close(); resolve(); };
    };
  });
}
"""


def test_stopped_session_is_not_opened_again_and_again(visit: Visit, site: Site, hall: Seeded) -> None:
    page = come_in(quiet(visit), hall.judges[0])
    page.wait_for_load_state("networkidle")
    site.ask(
        "UPDATE judging_session SET state = 'paused', rev = rev + 1 WHERE id = $1 RETURNING 1",
        hall.session_id,
    )
    opened: list[str] = []
    page.on("framenavigated", lambda frame: opened.append(frame.url))
    page.route("**/pack", lambda route: route.abort())

    page.goto(f"/judge/s/{hall.session}/w/01")
    expect(page.locator("[data-served-strip], [data-sheet-strip]:not([hidden])")).to_contain_text("已暂停")
    with page.expect_request("**/heartbeat"):
        page.evaluate(BEAT)

    assert len(opened) == 1


def test_pages_put_aside_wait_for_a_server_that_starts(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    ready_to_go_offline(page, room.session)
    page.evaluate(FORGET_PACKS)
    page.context.set_offline(True)
    page.route(
        "**/pack", lambda route: route.fulfill(status=503, content_type="application/problem+json", body="{}")
    )
    page.goto(f"/judge/s/{room.session}/w/01")
    expect(page.locator("#saved")).to_contain_text("正在取评分表")
    with page.expect_response("**/pack"):
        page.context.set_offline(False)
    page.unroute("**/pack")

    expect(page.locator("body[data-ready]")).to_be_attached()
    pick(page, 1, 2)
    page.wait_for_function(SEND_FINISHED)
    assert marks(site, room.session) == [(1, "J01", 1, "2")]


FORGET_PACKS = """
() => new Promise((resolve) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onsuccess = () => {
    const transaction = open.result.transaction(["packs"], "readwrite");
    transaction.objectStore("packs").clear();
    transaction.oncomplete = () => { open.result.close(); resolve(); };
  };
})
"""


def test_way_to_the_sessions_does_not_end_at_the_door_without_network(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    ready_to_go_offline(page, room.session)
    page.context.set_offline(True)

    page.locator(".judge-foot a").first.tap()
    expect(page.locator("#said")).to_contain_text("场次列表打不开")
    page.goto("/judge/outbox")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.locator(".judge-head__act a").tap()

    expect(page.locator(".station-tile").first).to_be_visible()
    page.context.set_offline(False)
    page.locator(".judge-foot a").first.tap()
    page.wait_for_url("**/judge?all=true")
