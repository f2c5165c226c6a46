"""TAP-1, TAP-2 (J4, J5, J9, J12), PERF-1 of SJ3, the pad, undo, the modes, export, and A11Y and LAY of the tablet's own pages."""

import gzip
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, TABLET, Visit, offences
from tests.browser.marking import Seeded, deductions, every_kind, seed_session
from tests.browser.site import Site
from tests.browser.test_judge_pages import COUNT_TAPS
from tests.browser.test_tablet_offline import (
    SEND_FINISHED,
    come_in,
    marks,
    open_after_pulse,
    open_sheet,
    pick,
)

pytestmark = pytest.mark.browser

PORTRAIT = (768, 1024)
MOST_SCRIPT = 40 * 1024


@pytest.fixture
def room(site: Site) -> Seeded:
    return seed_session(site, every_kind())


def counted(visit: Visit, room: Seeded) -> Page:
    """A judge at the grid, whose taps are counted from now on."""
    page = come_in(visit, room.judges[0])
    page.context.add_init_script(COUNT_TAPS)
    page.reload()
    expect(page.locator("body[data-ready]")).to_be_attached()
    return page


def taps(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.taps ?? 0)"))


def keys(page: Page, typed: str) -> None:
    for key in typed:
        page.locator(f"#pad [data-key='{key}']").tap()


def submitted(page: Page) -> None:
    expect(page.locator(".station-tile[data-state=submitted]")).to_have_count(1, timeout=20_000)


def values(site: Site, session: str) -> dict[str, str]:
    return {criterion: value for _, criterion, _, value in marks(site, session)}


def test_tap_2_j4_four_faults_of_twelve_deductions_in_fourteen_taps(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions())
    page = counted(visit, room)

    page.locator(".station-tile").first.tap()
    expect(page.locator("body[data-ready]")).to_be_attached()
    for number in (2, 5, 6, 9):
        page.locator(f"#crit-{number:02} .pick").nth(1).tap()
        page.locator(f"#crit-{number:02} .reason").first.tap()
    page.locator("[data-full-rest]").tap()
    expect(page.locator("#sheet-foot")).to_contain_text("12/12")
    page.locator(".sheet-foot__submit").tap()
    submitted(page)

    assert taps(page) <= 14
    assert values(site, room.session) == {
        f"D{number:02}": "7.5" if number in (2, 5, 6, 9) else "8" for number in range(1, 13)
    }
    reasons = site.ask(
        "SELECT DISTINCT reasons FROM mark_revision m JOIN sheet s ON s.id = m.sheet_id AND s.season_id = m.season_id "
        "WHERE s.session_id = $1 ORDER BY 1",
        room.session_id,
    )
    assert [row["reasons"] for row in reasons] == [[], ["其余满分"], ["划痕"]]


def test_tap_2_j5_a_measure_takes_six_taps_and_shows_its_verdict_before_it_is_left(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = counted(visit, room)
    page.locator(".station-tile").first.tap()
    expect(page.locator("#pad")).to_be_visible()

    for typed, verdict in (("60.01", "within"), ("24.08", "outside"), ("0.03", "within")):
        before = taps(page)
        keys(page, typed)
        expect(page.locator("[data-pad-verdict]")).to_have_attribute("data-state", verdict)
        size = page.locator("[data-pad-value]").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        page.locator("#pad [data-key=next]").tap()
        expect(page.locator("[data-pad-value]")).to_have_text("")
        assert taps(page) - before <= 6
        assert size >= 40
    page.wait_for_function(SEND_FINISHED)

    assert values(site, room.session) == {"A1": "60.01", "A2": "24.08", "A3": "0.03"}


def test_value_out_of_range_is_not_left_and_an_implausible_one_is_asked_once(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    follow = page.locator("#pad [data-key=next]")

    keys(page, "600")
    follow.tap()
    expect(page.locator("[data-pad-message]")).to_contain_text("600超出0–300")
    page.locator("#pad [data-key=clear]").tap()
    keys(page, "240.3")
    follow.tap()
    expect(page.locator("[data-pad-message]")).to_contain_text("240.3 mm")
    follow.tap()
    expect(page.locator("[data-pad-title]")).to_contain_text("02")
    page.wait_for_function(SEND_FINISHED)

    assert values(site, room.session) == {"A1": "240.3"}


def test_lock_1_number_that_is_being_typed_is_kept_and_not_saved(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = come_in(visit, room.judges[0])
    open_after_pulse(page, room.session)
    keys(page, "60.0")
    site.ask(
        "UPDATE judging_session SET state = 'paused', rev = rev + 1 WHERE id = $1 RETURNING 1",
        room.session_id,
    )

    page.evaluate("() => dispatchEvent(new Event('online'))")

    expect(page.locator("#crit-01 .refused")).to_contain_text("60")
    expect(page.locator("#crit-01 .refused")).to_contain_text("未被接受")
    expect(page.locator("#pad")).to_be_hidden()
    assert marks(site, room.session) == []


def test_tap_2_j9_one_criterion_at_every_station_takes_one_tap_a_mark(visit: Visit, site: Site) -> None:
    stations = 5
    room = seed_session(site, deductions(1), stations=stations)
    page = counted(visit, room)
    page.goto(f"/judge/s/{room.session}/c/1")
    expect(page.locator("body[data-ready]")).to_be_attached()
    before = taps(page)

    for row in range(stations):
        page.locator("[data-criterion-rows] .crit").nth(row).locator(".pick").first.tap()
    page.locator("[data-submit-complete]").tap()

    expect(page.locator(".station-tile[data-state=submitted]")).to_have_count(stations, timeout=20_000)
    assert taps(page) - before == stations + 1
    assert marks(site, room.session) == [(station, "D01", 1, "8") for station in range(1, stations + 1)]


def test_tap_2_j12_a_hand_is_raised_in_two_taps_with_and_without_network(
    visit: Visit, site: Site, room: Seeded
) -> None:
    page = counted(visit, room)
    open_sheet(page, room.session)
    raised = "SELECT kind, station FROM incident WHERE session_id = $1 ORDER BY at"
    before = taps(page)

    page.locator("[data-hand]").tap()
    page.locator("#hand button[value=equipment]").tap()
    expect(page.locator("#said")).to_contain_text("设备故障")
    assert taps(page) - before == 2
    page.wait_for_function(SEND_FINISHED)
    page.context.set_offline(True)
    page.locator("[data-hand]").tap()
    page.locator("#hand button[value=safety]").tap()
    expect(page.locator("#saved")).to_have_attribute("data-state", "waiting")
    page.context.set_offline(False)
    page.wait_for_function(SEND_FINISHED)

    assert [tuple(row) for row in site.ask(raised, room.session_id)] == [("equipment", 1), ("safety", 1)]


def test_submitted_sheet_may_be_taken_back_for_a_while(visit: Visit, site: Site) -> None:
    room = seed_session(site, deductions(2))
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.locator("[data-full-rest]").tap()
    expect(page.locator("#sheet-foot")).to_contain_text("2/2")
    page.locator(".sheet-foot__submit").tap()

    page.locator("[data-undo]").tap()
    page.wait_for_url("**/w/01")
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.locator("#crit-01 .pick").nth(1).tap()
    page.wait_for_function(SEND_FINISHED)

    assert [
        row["state"]
        for row in site.ask("SELECT DISTINCT state FROM sheet WHERE session_id = $1", room.session_id)
    ] == ["open"]
    assert (1, "D01", 2, "7.5") in marks(site, room.session)


def test_submit_leads_to_the_first_gap(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.locator("#pad [data-key=close]").dispatch_event("click")

    page.locator(".sheet-foot__submit").tap()

    expect(page.locator("#pad")).to_be_visible()
    assert page.url.endswith("/w/01")


def test_small_counts_have_a_plus_and_a_minus(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    page.locator("#pad [data-key=close]").dispatch_event("click")

    for _ in range(3):
        page.locator("#crit-06 [data-step-by='1']").tap()
    page.locator("#crit-06 [data-step-by='-1']").tap()
    page.wait_for_function(SEND_FINISHED)

    assert values(site, room.session) == {"A6": "2"}


def test_modes_are_remembered_and_gloves_see_one_criterion_at_a_time(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    for mode in ("glove", "glare", "care"):
        page.locator(f"[data-mode-switch={mode}]").tap()

    open_sheet(page, room.session)

    assert (
        page.evaluate("document.documentElement.dataset.mode.split(' ').sort().join()") == "care,glare,glove"
    )
    page.locator("#pad [data-key=close]").dispatch_event("click")
    expect(page.locator(".crit:visible")).to_have_count(1)
    for _ in range(4):
        page.locator("[data-glove-step='1']").tap()
    expect(page.locator("#crit-05")).to_be_visible()
    assert page.locator("#crit-05 .pick").first.evaluate("one => one.getBoundingClientRect().height") >= 100


def test_unsent_marks_are_written_to_a_file_and_taken_in_elsewhere(
    visit: Visit, site: Site, room: Seeded, tmp_path: Path
) -> None:
    page = come_in(visit, room.judges[0])
    page.context.route("**/marks:batch", lambda route: route.abort())
    open_sheet(page, room.session)
    page.locator("#pad [data-key=close]").dispatch_event("click")
    pick(page, 7, 2)
    expect(page.locator("#crit-07[data-saved=here]")).to_be_attached()
    page.goto("/judge/outbox")
    expect(page.locator("[data-box-count=waiting]")).to_have_text("1")

    with page.expect_download() as download:
        page.locator("[data-export]").tap()
    file = tmp_path / "unsent.json"
    download.value.save_as(file)
    other = come_in(visit, room.judges[0])
    other.goto("/judge/outbox")
    expect(other.locator("body[data-ready]")).to_be_attached()
    other.locator("[data-import]").set_input_files(file)
    expect(other.locator("[data-box-count=received]")).to_have_text("1")

    written = json.loads(file.read_text("utf-8"))
    assert [(op["criterion"], op["value"]) for sheet in written["sheets"] for op in sheet["ops"]] == [
        ("B1", "2")
    ]
    assert not any(secret in file.read_text("utf-8") for secret in room.secret)
    assert marks(site, room.session) == [(1, "B1", 1, "2")]


def test_perf_1_script_of_the_sheet_is_small(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    scripts: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: (
            scripts.__setitem__(answer.url, len(gzip.compress(answer.body())))
            if answer.request.resource_type == "script"
            else None
        ),
    )

    open_sheet(page, room.session)

    assert len(scripts) > 5
    assert sum(scripts.values()) <= MOST_SCRIPT


@pytest.mark.parametrize("mode", ["", "glove", "glare", "care"])
def test_tablet_pages_are_for_everybody_in_every_mode(visit: Visit, room: Seeded, mode: str) -> None:
    """A11Y-1, A11Y-2 with 64 px, LAY-1."""
    page = come_in(visit, room.judges[0])
    if mode:
        page.evaluate("mode => localStorage.setItem(mode, 'on')", mode)
    sheet, grid = f"/judge/s/{room.session}/w/01", f"/judge/s/{room.session}"

    for path in (grid, f"{grid}#by-item", sheet, f"{grid}/c/7", f"{grid}/hand?station=1", "/judge/outbox"):
        page.goto(path)
        if "/hand" not in path:
            expect(page.locator("body[data-ready]")).to_be_attached()
        for size in (TABLET, PORTRAIT, PHONE) if not mode else (TABLET, PORTRAIT):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert offences(page, least=64) == [], (path, size)


FITS = """
() => {
  const foot = document.querySelector(".sheet-foot").getBoundingClientRect();
  const cut = [...document.querySelectorAll(".fcf, .fcf > span, .pick span, .judge-head span")]
    .filter((one) => one.getClientRects().length && !one.closest(".unseen"))
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"
      || one.closest(".crit__label")?.getBoundingClientRect().right < one.getBoundingClientRect().right - 1);
  return {
    page: document.documentElement.scrollHeight, foot: Math.round(foot.height), bottom: Math.round(foot.bottom),
    cut: cut.map((one) => one.className + " " + one.textContent),
  };
}
"""


def covered(page: Page, selector: str) -> bool:
    """Whether something else lies over the middle of it."""
    return page.locator(selector).evaluate(
        "(one) => { const box = one.getBoundingClientRect();"
        " return !one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"
    )


def test_whole_sheet_fits_a_tablet_and_the_pad_covers_no_way_on(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    room = seed_session(site, every_kind())
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    # It begins with a measure, so that the pad is open.
    assert not covered(page, "[data-next-open]") and not covered(page, ".sheet-foot__submit")
    assert not covered(page, "#pad [data-key=next]")
    page.screenshot(path=tmp_path / "pad.png")
    page.locator("#pad [data-key=close]").tap()
    expect(page.locator("#pad")).to_be_hidden()

    fits = page.evaluate(FITS)
    page.screenshot(path=tmp_path / "sheet.png")

    assert page.locator("[data-full-rest]").is_visible()
    assert fits["page"] <= 768 and fits["foot"] <= 84 and fits["bottom"] <= 768 and fits["cut"] == [], fits

    page.evaluate("() => { document.documentElement.dataset.mode = 'care'; }")
    page.screenshot(path=tmp_path / "care.png")
    assert page.evaluate(FITS)["cut"] == []
    page.evaluate("() => { document.documentElement.dataset.mode = 'glove'; }")
    page.locator("#crit-01 .meas input").tap()
    page.screenshot(path=tmp_path / "glove.png")
    assert not covered(page, "[data-glove-step='1']") and not covered(page, "#pad [data-key=close]")
    assert not covered(page, "[data-next-open]") and not covered(page, ".sheet-foot__submit")
