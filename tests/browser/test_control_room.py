"""SO10 in a real browser: marks of two judges come in live, a hand within two seconds, a silent line is said; O10 walked by two people;
A11Y and LAY of the pages of those who control, at 40 stations × 5 judges too."""

import os
import re
import secrets
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest
from playwright.sync_api import Page, expect

from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Visit, offences
from tests.browser.marking import _link, twelve_judgements
from tests.browser.site import Site, apart
from tests.browser.test_main_job import call
from tests.browser.test_tablet_offline import open_sheet, pick
from tests.world import World

pytestmark = pytest.mark.browser

LOOKED_AT = os.environ.get("SHIBAIQIAN_LOOK")
PORTRAIT, LANDSCAPE, WIDE = (820, 1180), (1024, 768), (1440, 900)
LIVE = 2_000


class Hall(NamedTuple):
    """A running session. `links` are of the organiser, the chief judge, a second judge and the supervisor."""

    session: str
    item: str
    organiser: str
    chief: str
    judge: str
    supervisor: str
    sheets: list[list[UUID]]
    accounts: list[UUID]
    session_id: UUID


def hall_of(site: Site, stations: int = 2, judges: int = 2, rules: object = None) -> Hall:
    return apart(_hall(site, stations, judges, rules))


async def _hall(site: Site, stations: int, judges: int, rules: object) -> Hall:
    db = await Db.connect(site.settings)
    try:
        async with World(None, db, site.settings) as world:
            season = await world.fetchval("SELECT season_id FROM contest WHERE slug LIKE '%-final-early'")
            plan = twelve_judgements()
            panel = msgspec.structs.replace(plan.root.panel, size=judges)
            plan = msgspec.structs.replace(plan, root=msgspec.structs.replace(plan.root, panel=panel))
            contest = await world.contest(plan=plan, season=season)
            seats = await world.judges(contest, judges)
            entries = [await world.entry(contest, name=f"隐{secrets.token_hex(3)}") for _ in range(stations)]
            sheets = await world.sheets(contest, entries, seats)
            await world.grant(seats[0].account_id, "chief_judge", "item", contest.item, contest.contest)
            if rules is not None:
                await world.execute(
                    "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
                    contest.contest, msgspec.json.encode(rules).decode(),
                )  # fmt: skip
            links = [await _link(world, site, seat.account_id) for seat in seats[:2]]
            others = []
            for role in ("organiser", "supervisor"):
                account = await world.account(role)
                await world.grant(account, role, "contest", contest.contest)
                others.append(await _link(world, site, account))
            session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
            return Hall(
                encode_id("session", session), encode_id("item", contest.item), others[0], *links, others[1], sheets,
                [seat.account_id for seat in seats], session,
            )  # fmt: skip
    finally:
        await db.close()


def come(visit: Visit, link: str, size: tuple[int, int] = DESKTOP, **more: bool) -> Page:
    page = visit(size=size, **more)
    page.goto(link)
    return page


def look(page: Page, name: str, *sizes: tuple[int, int], least: int = 44) -> None:
    for size in sizes:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if LOOKED_AT:
            page.screenshot(path=Path(LOOKED_AT) / f"{name}-{size[0]}.png", full_page=True)
        assert offences(page, least=least) == [], (name, size)


def test_marks_of_two_judges_and_a_hand_come_in_live(visit: Visit, site: Site) -> None:
    hall = hall_of(site)
    room = come(visit, hall.organiser)
    room.goto(f"/org/sessions/{hall.session}/control")
    cells = room.locator(".room__station").first.locator(".room__cell")
    expect(cells).to_have_count(2)
    expect(cells.nth(0)).to_have_attribute("data-state", "untouched")

    for seat, link in enumerate((hall.chief, hall.judge)):
        judge = come(visit, link, TABLET)
        open_sheet(judge, hall.session)
        pick(judge, 1, 2)
        expect(cells.nth(seat)).to_have_attribute("data-state", "marking", timeout=LIVE)
        expect(cells.nth(seat).locator("b")).to_contain_text("1")
    call(
        judge, f"/sessions/{hall.session}/incidents",
        {"kind": "equipment", "station": 2, "occurred_at": "2021-03-01T12:00:00+08:00"},
    )  # fmt: skip
    expect(room.locator(".hand[data-state=raised]")).to_be_visible(timeout=LIVE)
    look(room, "control-room-two", PHONE, DESKTOP)

    room.click("button[value=settled]")
    expect(room.locator(".hand[data-state=raised]")).to_have_count(0)
    cells.nth(1).click()
    expect(room.locator("h1")).to_contain_text("A-02")


def test_broadcast_appears_on_a_sheet_that_is_open_and_on_a_tablet_that_comes_later(
    visit: Visit, site: Site
) -> None:
    hall = hall_of(site)
    sheet, away = come(visit, hall.chief, TABLET), come(visit, hall.judge, TABLET)
    for tablet in (sheet, away):
        open_sheet(tablet, hall.session)
    away.context.set_offline(True)
    room = come(visit, hall.organiser)
    room.goto(f"/org/sessions/{hall.session}/control")
    room.locator(".control__acts a").first.click()
    room.fill("#text", "请各工位暂停，10分钟后继续")
    look(room, "broadcast-form", PHONE, PORTRAIT, WIDE)
    room.click("button[value=broadcast]")

    notice = sheet.locator("[data-broadcast]")
    expect(notice).to_contain_text("10分钟后继续")
    pick(sheet, 1, 2)
    look(sheet, "broadcast-sheet", PHONE, PORTRAIT, LANDSCAPE, least=64)
    notice.locator("button").tap()
    expect(notice).to_have_count(0)
    expect(sheet.locator("#crit-01 .pick input").nth(2)).to_be_checked()
    expect(room.locator(".hand").filter(has_text="10分钟后继续")).to_contain_text("已读1/2", timeout=15_000)
    sheet.goto(f"/judge/s/{hall.session}")
    expect(sheet.locator("body[data-ready]")).to_be_attached()
    expect(notice).to_have_count(0)

    expect(away.locator("[data-broadcast]")).to_have_count(0)
    away.context.set_offline(False)
    expect(away.locator("[data-broadcast]")).to_contain_text("10分钟后继续", timeout=30_000)
    away.context.set_offline(True)
    # Read without network: gone here at once, and the server hears of it later.
    away.locator("[data-broadcast] button").tap()
    expect(away.locator("[data-broadcast]")).to_have_count(0)
    away.context.set_offline(False)
    expect(room.locator(".hand").filter(has_text="10分钟后继续")).to_contain_text("已读2/2", timeout=30_000)


def test_tab_in_the_background_holds_no_line_and_catches_up_when_it_is_seen_again(
    visit: Visit, site: Site
) -> None:
    hall = hall_of(site)
    sheet = come(visit, hall.judge, TABLET)
    with sheet.expect_request("**/events"):
        open_sheet(sheet, hall.session)
    seen = "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }"

    with sheet.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        sheet.evaluate(seen, True)
    room = come(visit, hall.organiser)
    room.goto(f"/org/sessions/{hall.session}/control")
    said = call(room, f"/sessions/{hall.session}/broadcasts", {"text": "10分钟后继续"})
    assert said is not None
    expect(sheet.locator("[data-broadcast]")).to_have_count(0)

    sheet.evaluate(seen, False)
    expect(sheet.locator("[data-broadcast]")).to_contain_text("10分钟后继续")


def test_forty_stations_and_five_judges_hold_at_every_width_and_say_when_the_line_is_silent(
    visit: Visit, site: Site
) -> None:
    hall = hall_of(site, 40, 5)
    for place, (state, battery, unsent, silent) in enumerate(
        (("submitted", 86, 0, 2), ("submitted", 64, 0, 44), ("open", 71, 0, 3), ("open", 38, 31, 540))
    ):
        site.ask(
            "UPDATE sheet SET state = $3 WHERE session_id = $1 AND account_id = $2 AND attempt_id IN "
            "(SELECT id FROM attempt WHERE session_id = $1 AND station <= 24)",
            hall.session_id, hall.accounts[place], state,
        )  # fmt: skip
        site.ask(
            "INSERT INTO tablet (session_id, account_id, storage, battery, charging, unsent, troubled, others, drift_ms, seen_at) "
            "VALUES ($1, $2, $3, $4, false, $5, 0, 0, 0, now() - make_interval(secs => $6))",
            hall.session_id, hall.accounts[place], uuid4(), battery, unsent, silent,
        )  # fmt: skip
    room = come(visit, hall.organiser)
    room.goto(f"/org/sessions/{hall.session}/control")

    expect(room.locator(".room__cell")).to_have_count(200)
    expect(room.locator(".tablets [data-touch=offline]")).to_contain_text("31项待传")
    expect(room.locator(".tablets [data-touch=late]")).to_have_count(1)
    look(room, "control-room", PHONE, PORTRAIT, LANDSCAPE, WIDE)
    room.goto(f"/en/org/sessions/{hall.session}/control")
    look(room, "control-room-en", PHONE, WIDE)

    room.clock.install()
    room.goto(f"/org/sessions/{hall.session}/control")
    before = room.locator(".room").inner_text()
    room.context.set_offline(True)
    room.clock.run_for(45_000)
    expect(room.locator("[data-stale]")).to_contain_text("数据停在")
    assert room.locator(".room").inner_text() == before


def test_without_script_the_room_is_a_plain_page_that_reloads(visit: Visit, site: Site) -> None:
    hall = hall_of(site)
    room = come(visit, hall.organiser, script=False)
    room.goto(f"/org/sessions/{hall.session}/control")

    assert room.locator(".room__cell").count() == 4
    assert 'http-equiv="refresh"' in room.content()
    room.locator(".room__cell").first.click()
    assert "A-01" in room.locator("h1").inner_text()


def test_o10_correction_by_two_people_with_nothing_held_against_the_pages(visit: Visit, site: Site) -> None:
    hall = hall_of(site, rules={"recheck": {"top": 1}, "spread": {"criterion": "1"}})
    apart(_filled(site, hall))
    chief, second = come(visit, hall.chief), come(visit, hall.supervisor)
    chief.goto(f"/org/sheets/{encode_id('sheet', hall.sheets[0][1])}")
    look(chief, "control-sheet", PHONE, WIDE)
    chief.locator("a[href*='criterion=J01']").click()
    chief.fill("#value", "0")
    chief.fill("#reason", "登分时看错一行")
    chief.click("button[value=preview]")
    expect(chief.locator(".sides")).to_contain_text("0")
    look(chief, "correction-ask", PHONE, WIDE)
    chief.click("button[value=ask]")
    chief.wait_for_url(re.compile("/org/corrections/"))
    expect(chief.locator("button[value=confirm]")).to_have_count(0)

    second.goto(chief.url)
    look(second, "correction", PHONE, WIDE)
    second.click("button[value=confirm]")
    expect(second.locator(".title-block .state--good")).to_contain_text("已更正")

    chief.goto(f"/org/items/{hall.item}/check")
    chief.click("button[value=draw]")
    expect(chief.locator(".checks li").first).to_be_visible()
    look(chief, "control-check", PHONE, WIDE)
    second.goto(f"/org/items/{hall.item}/check")
    look(second, "control-check-supervisor", PHONE, WIDE)


def test_tap_j10_judge_changes_the_own_mark_in_two_taps(visit: Visit, site: Site) -> None:
    hall = hall_of(site, rules={"spread": {"criterion": "1"}})
    apart(_filled(site, hall, state="submitted"))
    judge = come(visit, hall.judge)
    judge.goto(f"/judge/s/{hall.session}/diff")
    expect(judge.locator(".spread")).to_have_count(1)
    look(judge, "spreads", PHONE, PORTRAIT, least=64)

    judge.locator(".spread__own button").nth(2).click()

    expect(judge.locator(".spread")).to_have_count(0)


async def _filled(site: Site, hall: Hall, state: str = "signed") -> None:
    """Every sheet full of threes, but the second judge's first mark at the first station, which is one."""
    db = await Db.connect(site.settings)
    try:
        async with World(None, db, site.settings) as world:
            for station, row in enumerate(hall.sheets):
                for seat, sheet in enumerate(row):
                    keys = [f"J{number:02}" for number in range(1, 13)]
                    values = [Decimal(1 if (station, seat, key) == (0, 1, "J01") else 3) for key in keys]
                    count = len(keys)
                    await world.execute(
                        "SELECT count(*) FROM enter_marks($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], "
                        "$7::text[], $8::int[], $9::timestamptz[], $10::text[])",
                        [sheet] * count, [hall.accounts[seat]] * count, [uuid4() for _ in keys], keys, ["scored"] * count,
                        values, [""] * count, [0] * count, [await world.fetchval("SELECT now()")] * count, [None] * count,
                    )  # fmt: skip
                    steps = ("submitted", "signed") if state == "signed" else ("submitted",)
                    for step in steps:
                        await world.execute("UPDATE sheet SET state = $2 WHERE id = $1", sheet, step)
    finally:
        await db.close()
