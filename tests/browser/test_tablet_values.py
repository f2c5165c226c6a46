"""What fingers and keyboards can enter beside the right number, by keyboard alone too; voices are told once."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from scoring import Panel, Plan, Rounding, Sum
from scoring.plans.plan import Band, Measured
from tests.browser.conftest import DESKTOP, Visit, quiet
from tests.browser.marking import Seeded, deductions, every_kind, seed_session
from tests.browser.site import Site
from tests.browser.test_tablet_offline import (
    HELD,
    SEND_FINISHED,
    come_in,
    marks,
    open_sheet,
    pick,
    ready_to_go_offline,
)

pytestmark = pytest.mark.browser

STEADY = """
(selector) => {
  window.changes = [];
  new MutationObserver((found) => { for (const each of found) changes.push(each.target.textContent); })
    .observe(document.querySelector(selector), { childList: true, subtree: true, characterData: true });
}
"""


@pytest.fixture
def room(site: Site) -> Seeded:
    return seed_session(site, deductions(3))


def type_deduction(page: Page, number: int, typed: str) -> None:
    row = page.locator(f"#crit-{number:02}")
    if row.locator(".pick__typed").is_hidden():
        row.locator(".pick--custom").tap()
    row.locator(".pick__typed input").fill(typed)
    row.locator(".pick__typed input").press("Enter")


def test_points_that_are_no_points_are_told_and_not_kept(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    pick(page, 1, 1)
    page.wait_for_function(SEND_FINISHED)

    for typed in ("abc", "1..5", "--1", "1,5,5", "99", "-1", "0.3", "1e1", "9" * 60, "½"):
        page.evaluate("() => document.querySelector('#said').replaceChildren()")
        type_deduction(page, 1, typed)
        expect(page.locator("#said .strip--err")).to_be_visible()
        assert page.evaluate(HELD) == [], typed
    # The rest of the sheet works on, here and after opening it again.
    pick(page, 2, 0)
    expect(page.locator("#crit-02[data-saved=received]")).to_be_attached()
    page.reload()
    expect(page.locator("body[data-ready]")).to_be_attached()

    assert marks(site, room.session) == [(1, "D01", 1, "7.5"), (1, "D02", 1, "8")]


def test_points_are_read_as_they_are_meant(visit: Visit, site: Site) -> None:
    ways = ("2.5", "２．５", "2,5", "2。5", " 2.50 ", "02.5", ".5")
    room = seed_session(site, deductions(len(ways)))
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)

    for number, typed in enumerate(ways, 1):
        type_deduction(page, number, typed)
        expect(page.locator(f"#crit-{number:02}[data-saved=received]")).to_be_attached()

    assert [value for *_, value in marks(site, room.session)] == ["5.5"] * 6 + ["7.5"]


def test_value_that_lies_here_and_cannot_be_read_closes_no_sheet(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.context.set_offline(True)
    pick(page, 1, 1)
    expect(page.locator("#crit-01[data-saved=here]")).to_be_attached()
    page.evaluate(TWIST)
    page.context.set_offline(False)

    expect(page.locator("#crit-01 .refused")).to_be_visible()
    page.reload()
    pick(page, 2, 0)
    expect(page.locator("#crit-02[data-saved=received]")).to_be_attached()

    assert marks(site, room.session) == [(1, "D02", 1, "8")]


TWIST = """
() => new Promise((resolve) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onsuccess = () => {
    const transaction = open.result.transaction(["outbox"], "readwrite");
    const store = transaction.objectStore("outbox");
    const all = store.getAll();
    all.onsuccess = () => { for (const op of all.result) store.put({ ...op, value: "abc" }); };
    transaction.oncomplete = () => { open.result.close(); resolve(); };
  };
})
"""


def test_choice_that_changes_quickly_ends_at_the_last(visit: Visit, site: Site) -> None:
    room = seed_session(site, every_kind())
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.evaluate(
        "() => { for (let tap = 0; tap < 21; tap += 1) document.querySelectorAll('#crit-05 .pick input')[tap % 2].click(); }"
    )
    last = page.locator("#crit-05 input:checked").input_value()
    page.wait_for_function(SEND_FINISHED)

    written = marks(site, room.session)
    assert written[-1][3] == last
    assert [rev for _, _, rev, _ in written] == list(range(1, len(written) + 1))


def test_pad_leaves_other_controls_to_the_keyboard(visit: Visit, site: Site) -> None:
    room = seed_session(site, every_kind())
    page = come_in(visit, room.judges[0])
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    open_sheet(page, room.session)
    expect(page.locator("#pad")).to_be_visible()

    page.keyboard.type("60.0")
    expect(page.locator("[data-pad-value]")).to_have_text("60.0")
    page.locator("[data-hand]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#hand")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#hand")).to_be_hidden()
    expect(page.locator("#pad")).to_be_visible()
    page.locator("#crit-10 .pick--custom input").focus()
    page.keyboard.press("Space")
    page.keyboard.type("1.5")
    page.keyboard.press("Enter")
    page.wait_for_function(SEND_FINISHED)

    assert [mark for mark in marks(site, room.session) if mark[1] == "B4"] == [(1, "B4", 1, "6.5")]


def test_focus_stays_where_it_was_while_the_list_is_counted(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    page.context.route(
        "**/marks:batch",
        lambda route: route.fulfill(
            status=404,
            content_type="application/problem+json",
            body='{"code": "not_found", "detail": "没有"}',
        ),
    )
    open_sheet(page, room.session)
    pick(page, 1, 0)
    expect(page.locator("#crit-01 .refused")).to_be_visible()
    page.goto("/judge/outbox")
    button = page.locator("[data-box=trouble] [data-drop]").first
    button.focus()

    page.evaluate(STEADY, "[data-box=trouble]")
    page.evaluate("() => document.dispatchEvent(new CustomEvent('judge:changed', { detail: {} }))")
    page.wait_for_function("() => document.querySelector('[data-box-state]').textContent !== ''")

    expect(button).to_be_focused()
    assert page.evaluate("changes") == []


def test_same_warning_is_said_once(visit: Visit, room: Seeded) -> None:
    page = come_in(quiet(visit), room.judges[0])
    beat = {
        "at": "2026-01-01T00:00:00Z", "drift_ms": 86_400_000, "state": "running", "moves": 0, "seq": 0, "missing": []
    }  # fmt: skip
    page.route("**/heartbeat", lambda route: route.fulfill(json=beat))
    open_sheet(page, room.session)
    expect(page.locator("[data-alerts] .strip")).to_be_visible()
    page.evaluate(STEADY, "[data-alerts]")

    for _ in range(2):
        with page.expect_response("**/heartbeat"):
            page.evaluate("() => dispatchEvent(new Event('online'))")
        page.wait_for_load_state("networkidle")

    assert page.evaluate("changes") == []


def test_seconds_that_run_are_not_read_aloud(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(1))
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    pick(page, 1, 0)
    page.wait_for_function(SEND_FINISHED)
    page.locator(".sheet-foot__submit").tap()

    expect(page.locator("[data-undo]")).to_have_attribute("aria-live", "off")
    expect(page.locator("[data-saved-note]")).to_have_attribute("aria-live", "off")


def test_small_count_is_typed_as_well(visit: Visit, site: Site) -> None:
    room = seed_session(site, every_kind())
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.locator("#pad [data-key=close]").dispatch_event("click")
    field = page.locator("#crit-06 .stepper input")

    field.fill("９")
    field.press("Tab")
    page.wait_for_function(SEND_FINISHED)
    field.fill("12")
    field.press("Tab")

    expect(page.locator("#said")).to_contain_text("12超出0–9")
    expect(field).to_have_value("9")
    assert marks(site, room.session) == [(1, "A6", 1, "9")]


def test_measure_is_corrected_by_keyboard_alone(visit: Visit, site: Site) -> None:
    room = seed_session(site, every_kind())
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    for key in "60.01":
        page.locator(f"#pad [data-key='{key}']").tap()
    page.locator("#pad [data-key=next]").tap()
    # The pad goes on once the value is stored, and takes the keys with it.
    expect(page.locator("[data-pad-title]")).to_contain_text("02")

    page.locator("#crit-01 .meas input").focus()
    page.keyboard.press("Backspace")
    expect(page.locator("[data-pad-title]")).to_contain_text("01")
    expect(page.locator("[data-pad-value]")).to_have_text("60.0")
    page.keyboard.type("2")
    page.keyboard.press("Escape")
    page.wait_for_function(SEND_FINISHED)

    assert [mark[3] for mark in marks(site, room.session) if mark[1] == "A1"][-1] == "60.02"


def test_focus_stays_at_the_reason_that_was_pressed(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    pick(page, 1, 1)
    page.wait_for_function(SEND_FINISHED)
    reason = page.locator("#crit-01 .reason").nth(2)

    reason.focus()
    page.keyboard.press("Space")

    expect(page.locator("#crit-01 .reason[aria-pressed=true]")).to_have_count(1)
    expect(reason).to_be_focused()


def test_measure_below_nothing_is_typed_with_a_minus(visit: Visit, site: Site) -> None:
    """Only where the criterion allows one; by the pad's key and by the keyboard's, and no key is smaller than the others."""
    band = Band(points=Decimal(10), low=Decimal(-4), high=Decimal(4))
    parts = (
        Measured(key="A1", title="燕尾角度偏差", title_en="Angle", bands=(band,), minimum=Decimal(-60), maximum=Decimal(60), unit="′"),
        Measured(key="A2", title="外形尺寸", title_en="Size", bands=(band,), maximum=Decimal(60), unit="mm"),
    )  # fmt: skip
    root = Sum(key="practical", title="实操", title_en="Practical", panel=Panel(size=2), rounding=Rounding(), parts=parts)  # fmt: skip
    room = seed_session(site, Plan(code="signed", version=1, title="角度", root=root))
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    minus = page.locator("#pad [data-key=minus]")

    expect(minus).to_be_visible()
    for key in page.locator("#pad .num-pad__keys .button").all():
        box = key.bounding_box()
        assert box is not None and box["height"] >= 64 and box["width"] >= 64
    for key in ("minus", "2", "next"):
        page.locator(f"#pad [data-key='{key}']").tap()
    expect(page.locator("#crit-01[data-saved=received]")).to_be_attached()
    # The next one begins at nothing.
    expect(page.locator("[data-pad-title]")).to_contain_text("02")
    expect(minus).to_be_hidden()
    page.keyboard.type("-3")
    page.keyboard.press("Enter")
    expect(page.locator("#crit-02[data-saved=received]")).to_be_attached()
    assert [value for *_, value in marks(site, room.session)] == ["-2", "3"]

    page.locator("#crit-01 .meas input").tap()
    page.locator("#pad [data-key=clear]").tap()
    page.keyboard.type("-05")
    page.keyboard.press("Enter")

    expect(page.locator("#crit-01[data-saved=received] .meas input")).to_have_value("-5")


def test_sentence_of_a_step_is_there_at_the_first_tap(visit: Visit, site: Site) -> None:
    room = seed_session(site)
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)

    pick(page, 1, 2)
    expect(page.locator("#bench-01")).to_contain_text("锉纹方向一致")
    pick(page, 3, 1)
    page.wait_for_function(SEND_FINISHED)

    # It stays, and it is the only one.
    expect(page.locator(".bench:visible")).to_have_count(1)
    expect(page.locator("#bench-03")).to_be_visible()


def test_value_that_was_not_taken_is_not_counted(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    pick(page, 2, 0)
    expect(page.locator("#sheet-foot")).to_contain_text("1/3")
    expect(page.locator("#crit-02[data-saved=received]")).to_be_attached()
    page.context.set_offline(True)
    pick(page, 1, 1)
    expect(page.locator("#sheet-foot")).to_contain_text("2/3")
    page.evaluate(TWIST)
    page.context.set_offline(False)

    expect(page.locator("#crit-01 .refused")).to_be_visible()
    expect(page.locator("#sheet-foot")).to_contain_text("1/3")
    expect(page.locator(".sheet-foot__strip [data-state=done]")).to_have_count(1)


RETURN = """
WITH held AS (SELECT * FROM sheet WHERE session_id = $1 AND account_id = $2), moved AS (
    INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head, reason)
    SELECT season_id, id, 1, 'submitted', 'open', seq, head, '第1项漏量一个面' FROM held
) SELECT id FROM held
"""


def test_returned_sheet_says_so_on_the_tablet_and_after_reload(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = come_in(visit, room.judges[0])
    site.ask(RETURN, room.session_id, room.accounts[0])
    page.goto(f"/judge/s/{room.session}")
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page.locator(".station-tile[data-state=returned] .icon--back")).to_be_visible()
    open_sheet(page, room.session)
    strip = page.locator("[data-sheet-strip]")
    expect(strip).to_contain_text("裁判长已退回第1项漏量一个面")

    # Out of what the tablet took along.
    ready_to_go_offline(page, room.session)
    page.context.set_offline(True)
    page.reload()

    expect(strip).to_contain_text("第1项漏量一个面")
    expect(strip.locator(".icon--back")).to_be_visible()


def test_hand_is_raised_when_the_server_has_it(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    ready_to_go_offline(page, room.session)
    page.context.set_offline(True)
    page.locator("[data-hand]").tap()
    page.locator("#hand [value=equipment]").tap()
    said = page.locator("#said")

    expect(said).to_contain_text("举手还没有发出：设备故障")
    expect(said).to_contain_text("当面喊裁判长")
    expect(page.locator("#saved")).to_have_attribute("data-state", "waiting")
    pick(page, 1, 1)
    expect(page.locator("#saved")).to_contain_text("2项待传")
    # Nothing is claimed of contact once it was tried in vain.
    page.reload()
    expect(said).to_contain_text("举手还没有发出：设备故障")
    expect(page.locator("#saved")).to_contain_text("2项待传")

    page.context.set_offline(False)
    expect(said).to_contain_text("已举手：设备故障", timeout=20_000)


def test_chief_who_keeps_the_time_is_not_lost(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    site.ask("DELETE FROM tablet WHERE session_id = $1", room.session_id)

    page.goto(f"/judge/s/{room.session}/time")

    row = page.locator("[aria-labelledby=tablets-title] tbody tr").first
    expect(row).to_contain_text("A-01", timeout=20_000)
    expect(row.locator(".icon--check")).to_be_visible()
    expect(page.locator("#said")).to_be_empty()
