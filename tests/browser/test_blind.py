"""J15 by hand: two layers drawn, marked, signed, and decoded by two people; what the tablet got names nobody (BLIND-1)."""

import contextlib
import secrets
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Error, Page, Response, expect

from api.access.passwords import HASHER
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from tests.browser.conftest import PHONE, TABLET, Visit, offences
from tests.browser.marking import CRITERIA, _link, twelve_judgements
from tests.browser.site import Site, apart
from tests.world import Contest, World

pytestmark = pytest.mark.browser


class Room(NamedTuple):
    """A blind item of two layers with two contestants: links of those who work here, and what no judge may read."""

    contest: str
    item: str
    officers: tuple[str, str]
    supervisor: str
    login: str
    organiser: str
    judges: tuple[str, str]
    secret: frozenset[str]


@pytest.fixture
def room(site: Site) -> Room:
    return apart(_seed(site))


async def _seed(site: Site) -> Room:
    db = await Db.connect(site.settings)
    try:
        async with World(None, db, site.settings) as world:
            season = await world.fetchval("SELECT season_id FROM contest WHERE slug LIKE '%-final-early'")
            contest = await world.contest(
                plan=twelve_judgements(), season=season, blind_layers=2, live="progress"
            )
            names = [f"隐{secrets.token_hex(4)}名" for _ in range(2)]
            entries = [
                await world.entry(contest, name=name, unit_name=f"密{secrets.token_hex(4)}厂")
                for name in names
            ]
            numbers = [
                row["number"]
                for row in await world.fetch("SELECT number FROM entry WHERE item_id = $1", contest.item)
            ]
            judges = await world.judges(contest, 2)
            await world.grant(judges[0].account_id, "chief_judge", "contest", contest.contest)
            await _session(world, contest)
            officers = [await _officer(world, contest, layer) for layer in (1, 2)]
            supervisor = await _somebody(world, "3000", "赵监督")
            await world.grant(supervisor, "supervisor", "contest", contest.contest)
            organiser = await _somebody(world, "4000", "经办人")
            await world.grant(organiser, "organiser", "contest", contest.contest)
            login = await world.fetchval("SELECT login FROM account WHERE id = $1", supervisor)
            first, second = [await _link(world, site, judge.account_id) for judge in judges]
            return Room(
                encode_id("contest", contest.contest),
                encode_id("item", contest.item),
                (await _link(world, site, officers[0]), await _link(world, site, officers[1])),
                await _link(world, site, supervisor),
                login,
                await _link(world, site, organiser),
                (first, second),
                frozenset({*names, *numbers, *(encode_id("entry", entry) for entry in entries), *map(str, entries)}),
            )  # fmt: skip
    finally:
        await db.close()


async def _session(world: World, contest: Contest) -> None:
    await world.execute(
        "INSERT INTO judging_session (season_id, item_id, stage_id, panel_id, position, name_zh, starts_at, ends_at, stations) "
        "SELECT $1, $2, $3, id, 1, '第1场', now(), now() + interval '3 hours', 2 FROM panel WHERE item_id = $2",
        contest.season, contest.item, contest.practical_stage,
    )  # fmt: skip


async def _somebody(world: World, pin: str, name: str) -> UUID:
    account = await world.account(name)
    await world.execute("UPDATE account SET pin_hash = $2 WHERE id = $1", account, HASHER.hash(pin))
    return account


async def _officer(world: World, contest: Contest, layer: int) -> UUID:
    account = await _somebody(world, f"200{layer}", f"加密裁判{layer}")
    await world.execute(
        "INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id, blind_layer) "
        "VALUES ($1, 'encryption_officer', 'blind_layer', $2, $3, $4)",
        account, contest.item, contest.contest, layer,
    )  # fmt: skip
    return account


def come(visit: Visit, link: str, size: tuple[int, int], received: list[str] | None = None) -> Page:
    page = visit(size=size)
    if received is not None:
        page.on("response", lambda answer: keep(answer, received))
    page.goto(link)
    return page


def keep(answer: Response, received: list[str]) -> None:
    """What came, unless the tablet has left the page before all of it was here: then nobody reads it, either."""
    with contextlib.suppress(Error):
        if answer.ok:
            received.append(answer.text())


def number_layer(page: Page, room: Room) -> str:
    """Commit, write the slip, draw; gives the code on the slip."""
    page.goto(f"/blind/{room.item}")
    page.locator("button[value=commit]").tap()
    code = page.locator(".slip__code").first.inner_text()
    assert offences(page) == []
    page.fill("#code", code)
    page.fill("#lot", "七号")
    page.locator("button[value=draw]").tap()
    expect(page.locator(".blind-list tbody tr")).to_have_count(2)
    assert offences(page) == []
    return code


def decode(page: Page, room: Room, layer: int, code: str) -> None:
    """Two PINs and the code of the envelope, and one tap."""
    page.goto(f"/blind/{room.item}")
    assert offences(page) == []
    page.fill("#secret", f"200{layer}")
    page.fill("#login", room.login)
    page.fill("#second_secret", "3000")
    page.fill("#code", code)
    page.locator("button[value=open]").tap()
    expect(page.locator(".strip--ok")).to_contain_text("已解密2/2")
    expect(page.locator(".blind-list tbody tr")).to_have_count(2)


def mark_all(tablet: Page) -> None:
    """Every station of the session, and handed in."""
    for station in ("01", "02"):
        tablet.locator(".station-tile").filter(has_text=station).first.tap()
        for number in range(1, CRITERIA + 1):
            tablet.locator(f"#crit-{number:02} .pick").nth(2).tap()
        tablet.locator(".sheet-foot__submit").tap()
        done = tablet.locator(".station-tile[data-state=submitted]")
        expect(done).to_have_count(int(station), timeout=20_000)


def test_two_layers_are_drawn_marked_and_decoded_by_two_people(visit: Visit, site: Site, room: Room) -> None:
    officers = [come(visit, link, TABLET) for link in room.officers]
    codes = [number_layer(officer, room) for officer in officers]
    organiser = come(visit, room.organiser, TABLET)
    draw = f"/org/c/{room.contest}/e/fitter/draw"
    organiser.goto(draw)
    assert offences(organiser) == []
    organiser.locator("button[value=start]").tap()

    received: list[str] = []
    tablets = [come(visit, link, TABLET, received) for link in room.judges]
    for tablet in tablets:
        mark_all(tablet)
    officers[1].goto(f"/blind/{room.item}")
    expect(officers[1].locator("button[value=open]")).to_have_count(0)
    tablets[0].goto(tablets[0].url.split("?")[0].rstrip("/") + "/sign")
    tablets[0].locator("button[value=sign]").tap()
    expect(tablets[0].locator(".strip--ok")).to_contain_text("签字")
    organiser.goto(draw)
    organiser.locator("summary.button").first.tap()
    organiser.locator("button[value=close]").tap()
    expect(organiser.locator("button[value=close]")).to_have_count(0)

    # Whoever takes a phone sees the same, and the supervisor how far it is.
    officers[1].set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    decode(officers[1], room, 2, codes[1])
    supervisor = come(visit, room.supervisor, TABLET)
    supervisor.goto(f"/blind/{room.item}")
    expect(supervisor.locator("#layer-2")).to_contain_text("已解密2/2")
    decode(officers[0], room, 1, codes[0])
    names = officers[0].locator(".blind-list tbody").inner_text()

    assert len([secret for secret in room.secret if secret in names]) == 4
    supervisor.goto(f"/blind/{room.item}")
    expect(supervisor.locator(".strip--ok")).to_contain_text("2/2")
    assert offences(supervisor) == []
    assert len(received) > 20
    assert not {secret for secret in room.secret for text in received if secret in text}
