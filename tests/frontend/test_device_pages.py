"""A tablet becomes a device at the centre, by the page alone, and a judge's PIN counts on it until it is withdrawn."""

import re
from html import unescape

import httpx
import msgspec
import pytest

from api.access.authentication import token_hash
from api.access.passwords import hash_secret
from api.access.sessions import DEVICE_COOKIE
from api.plumbing.ids import encode_id
from tests.frontend.forms import page_of, send

BADGE = "jd9-badge-for-a-test"


@pytest.fixture
async def office(world):
    contest = await world.contest()
    return contest, await world.client("organiser", "contest", contest.contest)


@pytest.fixture
def strict(site):
    """The same program outside demo mode: the demo takes PINs anywhere."""
    state = site.litestar.state
    demo = state.settings
    state.settings = msgspec.structs.replace(demo, demo=False)
    yield
    state.settings = demo


def at(contest, locale=""):
    return f"{locale}/org/c/{encode_id('contest', contest.contest)}/devices"


async def enrolled(client, contest, name="3号平板"):
    return await send(client, at(contest), await page_of(client, at(contest)), act="enrol", name=name)


@pytest.mark.parametrize("locale", ["", "/en"])
async def test_organiser_enrols_the_tablet_in_hand_and_sees_that_it_is_and_when(office, visitor, locale):
    contest, organiser = office
    before = unescape(await page_of(organiser, at(contest, locale)))

    answer = await enrolled(organiser, contest)
    after = unescape(await page_of(organiser, at(contest, locale)))

    assert 'data-state="not-enrolled"' in before
    assert answer.status_code == 303, answer.text
    assert DEVICE_COOKIE in answer.headers["set-cookie"]
    card = re.search(r'data-state="enrolled".*?</section>', after, re.S)[0]  # type: ignore[index]
    assert "3号平板" in card
    assert "3号平板" not in (await visitor.get("/judge")).text
    assert re.search(r'<time datetime="\d{4}-', card)
    assert ("已登记" if not locale else "Enrolled") in card
    assert 'name="act" value="enrol"' not in after


async def test_enrolled_tablet_takes_a_pin_and_a_withdrawn_one_does_not(world, office, strict):
    contest, organiser = office
    judges = await world.judges(contest)
    await world.execute(
        "UPDATE account SET badge_hash = $2, pin_hash = $3 WHERE id = $1",
        judges[0].account_id, token_hash(BADGE), await hash_secret("4711"),
    )  # fmt: skip
    await enrolled(organiser, contest)
    secret = organiser.cookies[DEVICE_COOKIE]

    async def try_pin() -> int:
        async with httpx.AsyncClient(
            transport=organiser._transport, base_url="http://testserver", cookies={DEVICE_COOKIE: secret}
        ) as tablet:
            body = {"badge": BADGE, "pin": "4711"}
            return (await tablet.post("/api/v1/sign-in/badge", json=body)).status_code

    on = await try_pin()
    page = await page_of(organiser, at(contest))
    device = re.search(r'name="device" value="([^"]+)"', page)[1]  # type: ignore[index]
    gone = await send(organiser, at(contest), page, act="withdraw", device=device)
    off = await try_pin()

    assert (on < 300, gone.status_code, off) == (True, 303, 401)
    assert 'data-state="not-enrolled"' in await page_of(organiser, at(contest))
    assert "已撤销" in await page_of(organiser, at(contest))


async def test_name_is_needed_and_what_was_typed_stays(office):
    contest, organiser = office

    answer = await enrolled(organiser, contest, name=" ")

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_enrolling_again_leaves_one_device(world, office):
    contest, organiser = office
    page = await page_of(organiser, at(contest))
    await send(organiser, at(contest), page, act="enrol", name="一")
    await send(organiser, at(contest), page, act="enrol", name="二")

    rows = await world.fetch(
        "SELECT name FROM device WHERE contest_id = $1 AND revoked_at IS NULL", contest.contest
    )

    assert [row["name"] for row in rows] == ["二"]


async def test_who_may_not_enrol_finds_no_page(world, office):
    contest, _ = office
    other = await world.contest()
    stranger = await world.client("organiser", "contest", other.contest)
    clerk = await world.client("data_clerk", "contest", contest.contest)

    assert (await stranger.get(at(contest))).status_code == 404
    assert (await clerk.get(at(contest))).status_code in (403, 404)


async def test_links_lead_there_from_the_contest_the_panel_and_the_judges_door(world, office, visitor):
    contest, organiser = office
    await world.judges(contest)
    base = at(contest).removesuffix("/devices")

    for path in (base, f"{base}/e/fitter/panel"):
        assert f'href="{at(contest)}"' in await page_of(organiser, path)
    assert 'href="/org/devices"' in (await visitor.get("/judge")).text
    asked = await visitor.get("/org/devices")
    chosen = await organiser.get("/org/devices")

    assert "/login" in asked.headers["location"]
    assert (chosen.status_code, chosen.headers["location"]) == (303, at(contest))


async def test_handing_over_signs_the_organiser_out_and_shows_the_judges_door(office):
    contest, organiser = office
    await enrolled(organiser, contest)
    page = await page_of(organiser, at(contest))

    answer = await send(organiser, "/logout", page, to="judge")

    assert (answer.status_code, answer.headers["location"]) == (303, "/judge")
    assert (await organiser.get(at(contest))).status_code in (302, 303, 401)
    door = (await organiser.get("/judge")).text
    # The tablet says what it is called, and no longer asks to be enrolled.
    assert ("3号平板" in door, "/org/devices" in door) == (True, False)
