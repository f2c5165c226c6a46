"""Big screens: named, pointed from afar, never more than the public may see."""

from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from tests.live.streaming import stream
from tests.results.builders import MARKS, add_theory, mark


def screens_of(contest):
    return f"/api/v1/contests/{encode_id('contest', contest.contest)}/screens"


async def add(client, contest, **body):
    item = encode_id("item", contest.item)
    body = {"name": "主席台", "view": "board", "item": item} | body
    return await client.post(screens_of(contest), json=body, headers={"Idempotency-Key": str(uuid4())})


@pytest.fixture
async def hall(world):
    contest = await world.contest()
    return contest, await world.client("organiser", "contest", contest.contest)


async def test_a_screen_shows_the_board_that_anybody_may_see(world, db, anonymous, hall):
    contest, organiser = hall
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, list(MARKS))
    await add_theory(world, contest, entries)
    await refresh_standings(db, contest.item)
    screen = (await add(organiser, contest)).json()

    shown = (await anonymous.get(f"/api/v1/public/screens/{screen['code']}")).json()

    assert [row["name"] for row in shown["board"]["rows"]] == ["乙", "甲", "丙"]
    assert shown["moves"] == {}
    seen = (await organiser.get(screens_of(contest))).json()
    assert seen[0]["seen_at"] is not None

    await world.execute("UPDATE publication SET frozen = true WHERE item_id = $1", contest.item)
    frozen = await anonymous.get(f"/api/v1/public/screens/{screen['code']}")
    assert frozen.json()["board"]["rows"] == []
    assert not any(name in frozen.text for name in ("甲", "89.65"))


async def test_places_gained_are_counted_from_a_minute_ago(world, db, anonymous, hall, settings):
    contest, organiser = hall
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets[:1], ["甲"])
    await add_theory(world, contest, entries)
    await refresh_standings(db, contest.item)
    await age(settings, contest)
    await mark(world, contest, sheets[1:], ["乙", "丙"])
    await refresh_standings(db, contest.item)
    screen = (await add(organiser, contest)).json()

    shown = (await anonymous.get(f"/api/v1/public/screens/{screen['code']}")).json()

    gained = {row["name"]: shown["moves"].get(row["entry"]) for row in shown["board"]["rows"]}
    assert gained["乙"] == 1
    assert gained["甲"] == -1


async def age(settings, contest):
    """Make the standings older, as only the owner of the tables could."""
    import asyncpg

    table = "standings_snapshot_rest"
    connection = await asyncpg.connect(settings.owner_url)
    try:
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await connection.execute(
            f"UPDATE {table} SET at = at - interval '2 minutes' WHERE item_id = $1", contest.item
        )
        await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    finally:
        await connection.close()


async def test_the_organiser_points_a_screen_elsewhere_and_it_is_told(app, world, anonymous, hall):
    contest, organiser = hall
    screen = (await add(organiser, contest)).json()
    path = f"/api/v1/contests/{encode_id('contest', contest.contest)}/events"

    async with stream(app, path) as told:
        await told.until("ready")
        answer = await organiser.patch(
            f"/api/v1/screens/{screen['id']}",
            json={"view": "notice", "notice": "午休，13:30继续", "item": encode_id("item", contest.item)},
            headers={"If-Match": '"r1"'},
        )
        [event] = await told.until("screen")

    assert answer.status_code == 200, answer.text
    assert event["data"] == {"screen": screen["id"], "rev": 2, "reload": False}
    shown = (await anonymous.get(f"/api/v1/public/screens/{screen['code']}")).json()
    assert (shown["view"], shown["notice"], shown.get("board")) == ("notice", "午休，13:30继续", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"item": None}, "screen_without_content"),
        ({"view": "notice"}, "screen_without_content"),
        ({"item": "itm_00000000000000000000000000"}, "screen_without_content"),
    ],
)
async def test_a_screen_needs_something_to_show(world, hall, body, code):
    contest, organiser = hall

    answer = await add(organiser, contest, **body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await world.fetchval("SELECT count(*) FROM screen WHERE contest_id = $1", contest.contest) == 0


async def test_an_item_of_another_contest_is_not_shown(world, hall):
    contest, organiser = hall
    other = await world.contest()

    answer = await add(organiser, contest, item=encode_id("item", other.item))

    assert answer.json()["code"] == "screen_without_content"


async def test_one_name_is_one_screen(hall):
    contest, organiser = hall
    await add(organiser, contest)

    again = await organiser.post(
        screens_of(contest),
        json={"name": "主席台", "view": "notice", "notice": "欢迎"},
        headers={"Idempotency-Key": "other-one"},
    )

    assert (again.status_code, again.json()["code"]) == (409, "screen_name_taken")


async def test_a_stale_pointing_changes_nothing(hall):
    contest, organiser = hall
    screen = (await add(organiser, contest)).json()

    answer = await organiser.patch(
        f"/api/v1/screens/{screen['id']}",
        json={"view": "notice", "notice": "欢迎"},
        headers={"If-Match": '"r7"'},
    )

    assert (answer.status_code, answer.json()["current"]["view"]) == (412, "board")


async def test_an_unknown_code_shows_nothing(anonymous):
    assert (await anonymous.get("/api/v1/public/screens/aaaaaaaaaa")).status_code == 404
