"""SAVE-3, OFF-1…4, LOCK-1 and SHARE-1: what is on the tablet is never lost, never doubled, and never called saved too early."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import TABLET, Visit
from tests.browser.marking import CRITERIA, Seeded, seed_session
from tests.browser.site import Site

pytestmark = pytest.mark.browser

STATIONS = 40

# What the tablet holds, read as another page of it would.
HELD = """
() => new Promise((resolve, reject) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction(["outbox"]).objectStore("outbox").getAll();
    all.onsuccess = () => { open.result.close(); resolve(all.result.map(({ status, criterion, value }) => ({ status, criterion, value }))); };
  };
})
"""
KEPT = """
async (session) => {
  const kept = async () => (await navigator.serviceWorker.ready).active?.state === "activated"
    && await caches.match(`/judge/s/${session}/shell/criterion`) && await caches.match("/judge/shell/door");
  while (!await kept()) await new Promise((next) => setTimeout(next, 50));
}
"""
# What the server wrote there is no count of what lies on the tablet.
SEND_FINISHED = "() => document.querySelector('#saved[data-known]')?.dataset.state === 'saved'"


@pytest.fixture
def room(site: Site) -> Seeded:
    return seed_session(site)


@pytest.fixture
def hall(site: Site) -> Seeded:
    return seed_session(site, stations=STATIONS)


def come_in(visit: Visit, link: str) -> Page:
    page = visit(size=TABLET)
    page.goto(link)
    expect(page.locator("body[data-ready]")).to_be_attached()
    return page


def ready_to_go_offline(page: Page, session: str) -> None:
    """The worker has taken over and holds the session's pages."""
    page.evaluate(KEPT, session)


def open_sheet(page: Page, session: str, station: int = 1) -> None:
    page.goto(f"/judge/s/{session}/w/{station:02}")
    expect(page.locator("body[data-ready]")).to_be_attached()


def open_after_pulse(page: Page, session: str) -> None:
    """The first pulse has been answered: the tablet takes the session for running."""
    # That of this page: the one before may still be answered.
    with page.expect_response(lambda answer: answer.url.endswith("/heartbeat") and "/w/" in answer.frame.url):
        open_sheet(page, session)


def pick(page: Page, number: int, value: int) -> None:
    page.locator(f"#crit-{number:02} .pick").nth(value).tap()


def marks(site: Site, session: str) -> list[tuple[int, str, int, str]]:
    """(station, criterion, rev, value) of every revision."""
    from api.plumbing.ids import parse_id

    rows = site.ask(
        "SELECT a.station, m.criterion, m.rev, m.value::text AS value FROM sheet s JOIN attempt a ON a.id = s.attempt_id "
        "JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id WHERE s.session_id = $1 "
        "ORDER BY a.station, m.criterion, m.rev",
        parse_id("session", session),
    )
    return [(row["station"], row["criterion"], row["rev"], row["value"]) for row in rows]


def test_off_1_whole_session_offline_with_reload_and_reopening(
    visit: Visit, site: Site, hall: Seeded
) -> None:
    page = come_in(visit, hall.judges[0])
    ready_to_go_offline(page, hall.session)
    context: BrowserContext = page.context
    context.set_offline(True)

    for station in range(1, STATIONS + 1):
        if station == 20:
            # Closed and opened again in the middle of it, out of the worker's hands.
            page.close()
            page = context.new_page()
        open_sheet(page, hall.session, station)
        page.evaluate(
            "() => { for (const row of document.querySelectorAll('.crit')) row.querySelectorAll('.pick input')[2].click(); }"
        )
        page.wait_for_function("() => document.querySelectorAll('.crit[data-saved=here]').length === 12")
    page.reload()
    expect(page.locator("#crit-01 .pick input").nth(2)).to_be_checked()
    assert len(page.evaluate(HELD)) == STATIONS * CRITERIA
    expect(page.locator("#saved")).to_contain_text("480")
    context.set_offline(False)
    page.wait_for_function(SEND_FINISHED)

    assert page.evaluate(HELD) == []
    assert marks(site, hall.session) == [
        (station, f"J{number:02}", 1, "2")
        for station in range(1, STATIONS + 1)
        for number in range(1, CRITERIA + 1)
    ]


def test_off_2_reply_lost_after_commit_counts_once(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        # The server has it; the tablet does not hear of it.
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/marks:batch", lose)
    pick(page, 1, 3)
    page.wait_for_function(SEND_FINISHED)

    assert lost == [200]
    assert marks(site, room.session) == [(1, "J01", 1, "3")]


LOWEST_OF_DUEL = "() => document.querySelector('.conflict').getBoundingClientRect().bottom"
TOP_OF_FOOT = "() => document.querySelector('#sheet-foot').getBoundingClientRect().top"


def test_off_3_two_tablets_offline_show_both_and_overwrite_nothing(
    visit: Visit, site: Site, room: Seeded
) -> None:
    first, second = come_in(visit, room.judges[0]), come_in(visit, room.judges[0])
    for tablet in (first, second):
        open_sheet(tablet, room.session)
        ready_to_go_offline(tablet, room.session)
        tablet.context.set_offline(True)
    pick(first, 9, 2)
    # Twice on the second: its second base would fit the first one's revision by chance.
    pick(second, 9, 1)
    expect(second.locator("#crit-09[data-saved=here]")).to_be_attached()
    pick(second, 9, 3)
    for tablet in (first, second):
        expect(tablet.locator("#crit-09[data-saved=here]")).to_be_attached()

    first.context.set_offline(False)
    first.wait_for_function(SEND_FINISHED)
    second.context.set_offline(False)

    duel = second.locator("#crit-09 .duel")
    expect(duel.locator(".duel__side")).to_have_count(2)
    expect(duel).to_contain_text("3")
    expect(duel).to_contain_text("2")
    expect(second.locator("#saved")).to_have_attribute("data-state", "trouble")
    # Both sides with their buttons stand above the foot, wherever the row was.
    assert second.evaluate(LOWEST_OF_DUEL) <= second.evaluate(TOP_OF_FOOT)
    assert marks(site, room.session) == [(1, "J09", 1, "2")]

    duel.locator("button", has_text="保留 3").tap()
    second.wait_for_function(SEND_FINISHED)

    assert marks(site, room.session) == [(1, "J09", 1, "2"), (1, "J09", 2, "3")]


def test_off_4_cleared_storage_is_told_how_many_are_missing(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    page.route("**/marks:batch", lambda route: route.abort())
    open_sheet(page, room.session)
    for number in (1, 2, 3):
        pick(page, number, 2)
    with page.expect_response(lambda answer: answer.url.endswith("/heartbeat")) as beat:
        page.evaluate("() => dispatchEvent(new Event('online'))")
    assert beat.value.ok
    page.goto("/health")
    page.context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin",
        {
            "origin": page.url.removesuffix("/health"),
            "storageTypes": "indexeddb,cache_storage,service_workers,local_storage",
        },
    )

    open_sheet(page, room.session)

    expect(page.locator("[data-missing]")).to_have_attribute("data-missing", "3")
    expect(page.locator("[data-missing]")).to_contain_text("3项")


def test_lock_1_value_under_the_finger_is_kept_and_not_saved(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_after_pulse(page, room.session)
    site.ask(
        "UPDATE judging_session SET state = 'paused', rev = rev + 1 WHERE id = $1 RETURNING 1",
        room.session_id,
    )

    pick(page, 4, 3)

    row = page.locator("#crit-04")
    expect(row.locator(".refused")).to_contain_text("3未被接受")
    expect(page.locator("#saved")).to_have_attribute("data-state", "trouble")
    expect(page.locator("[data-sheet-strip]")).to_contain_text("已暂停")
    assert marks(site, room.session) == []
    page.reload()
    expect(row.locator(".refused")).to_contain_text("3未被接受")
    assert [each["value"] for each in page.evaluate(HELD)] == ["3"]


def test_save_3_badge_never_says_saved_while_anything_waits(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.evaluate(WATCH)
    chance = secrets.SystemRandom()

    for tap in range(200):
        if tap % 20 == 10:
            page.context.set_offline(offline=bool(tap % 40 == 10))
        page.evaluate(
            "async ([row, value]) => { document.querySelectorAll('.crit')[row].querySelectorAll('.pick input')[value].click();"
            " await new Promise(requestAnimationFrame); }",
            [chance.randrange(CRITERIA), chance.randrange(4)],
        )
    page.context.set_offline(False)
    page.wait_for_function(SEND_FINISHED)

    seen = page.evaluate("() => watched")
    assert seen["samples"] > 50
    assert seen["wrong"] == []


# In every frame: if the badge says saved before and after the queue was counted, the queue was empty.
WATCH = """
() => new Promise((begun) => {
  window.watched = { samples: 0, wrong: [] };
  const saved = () => document.querySelector("#saved").dataset.state === "saved";
  const open = indexedDB.open("shibaiqian-judge");
  open.onsuccess = () => {
    const look = () => {
      const before = saved();
      const count = open.result.transaction(["outbox"]).objectStore("outbox").count();
      count.onsuccess = () => {
        watched.samples += 1;
        if (before && saved() && count.result) watched.wrong.push(count.result);
        requestAnimationFrame(look);
      };
    };
    look();
    begun();
  };
})
"""

SPY = """
window.readHere = [];
for (const [kind, names] of [[IDBObjectStore, ["get", "getAll", "openCursor"]], [IDBIndex, ["get", "getAll", "openCursor"]]]) {
  for (const name of names) {
    const plain = kind.prototype[name];
    kind.prototype[name] = function (...given) {
      const request = plain.apply(this, given);
      request.addEventListener("success", () => {
        const result = request.result instanceof IDBCursor ? request.result.value : request.result;
        readHere.push(JSON.stringify(result) ?? "");
      });
      return request;
    };
  }
}
"""


def test_share_1_the_next_judge_sees_a_count_and_nothing_else(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    context = page.context
    context.route("**/marks:batch", lambda route: route.abort())
    open_sheet(page, room.session)
    for number in (1, 2, 5):
        pick(page, number, 1)
    expect(page.locator("#crit-05[data-saved=here]")).to_be_attached()
    account = page.locator("[data-judge-page]").get_attribute("data-account") or ""
    page.close()

    context.add_init_script(SPY)
    second = context.new_page()
    second.goto(room.judges[1])
    open_sheet(second, room.session)
    expect(second.locator("[data-others]")).to_contain_text("A-01的3项待传")
    second.goto("/judge/outbox")
    expect(second.locator("[data-box-count=waiting]")).to_have_text("0")

    read = "".join(second.evaluate("() => readHere"))
    assert account not in second.content()
    assert '"op_id"' not in read
    assert second.locator(".crit [checked], .box__row").count() == 0


@pytest.fixture
def badge(site: Site, room: Seeded) -> Iterator[tuple[str, str]]:
    """Badge and PIN of the first judge."""
    from api.access.authentication import token_hash
    from api.access.passwords import hash_secret
    from tests.browser.site import apart

    number = "skb_" + secrets.token_urlsafe(18)
    site.ask(
        "UPDATE account SET badge_hash = $2, pin_hash = $3 WHERE id = $1 RETURNING 1",
        room.accounts[0],
        token_hash(number),
        apart(hash_secret("4719")),
    )
    yield number, "4719"


def enter_badge(page: Page, number: str, pin: str) -> None:
    page.fill("#code", number)
    for digit in pin:
        page.locator(f"[data-pin-key='{digit}']").tap()


def test_judge_unlocked_here_today_may_unlock_without_network_and_nobody_else(
    visit: Visit, room: Seeded, badge: tuple[str, str]
) -> None:
    page = visit(size=TABLET)
    page.goto("/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()
    enter_badge(page, *badge)
    page.wait_for_url("**/judge/s/**")
    ready_to_go_offline(page, room.session)
    page.context.set_offline(True)
    page.locator(".judge-out button").tap()
    page.wait_for_url("**/judge")
    expect(page.locator("body[data-ready]")).to_be_attached()

    enter_badge(page, "skb_somebody-elses-badge", badge[1])
    expect(page.locator("#said")).to_contain_text("离线解锁")
    enter_badge(page, badge[0], "0000")
    expect(page.locator("#said")).to_contain_text("不对")
    enter_badge(page, *badge)
    page.wait_for_url("**/judge/s/**")

    expect(page.locator(".station-tile").first).to_be_visible()
    expect(page.locator("[data-fill=judge]")).to_have_text("A-01")
