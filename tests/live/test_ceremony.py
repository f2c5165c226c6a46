"""The reveal: computed once, one step a tap, back again, and nothing of it in the hall before its time (UX O12, S2)."""

import msgspec
import pytest

from api.plumbing.ids import encode_id
from tests.live.streaming import stream
from tests.live.test_screens import add
from tests.results.builders import MARKS, THEORY, final_item, step

RULES = {
    "awards": [
        {
            "code": "first",
            "version": 1,
            "name": "一等奖",
            "name_en": "First prize",
            "authority": "hrss",
            "field": "item",
            "cut": {"places": 1},
        }
    ]
}


def url_of(contest):
    return f"/api/v1/items/{encode_id('item', contest.item)}/ceremony"


async def freeze(organiser, contest):
    url = f"/api/v1/items/{encode_id('item', contest.item)}/publication"
    tag = (await organiser.get(url)).headers["etag"]
    assert (await organiser.patch(url, json={"frozen": True}, headers={"If-Match": tag})).status_code == 200


async def start(client, contest, places=10, key="ceremony-1"):
    return await client.post(url_of(contest), json={"places": places}, headers={"Idempotency-Key": key})


async def go(client, contest, position, rev):
    return await client.put(
        f"{url_of(contest)}/position", json={"position": position}, headers={"If-Match": f'"r{rev}"'}
    )


@pytest.fixture
async def ready(world):
    """A final item, frozen for the public, with a screen in the hall and a presenter."""
    contest = await world.contest()
    _, organiser = await final_item(world, contest, MARKS, THEORY)
    await freeze(organiser, contest)
    presenter = await world.client("presenter", "contest", contest.contest)
    screen = (await add(organiser, contest, view="reveal")).json()
    return contest, organiser, presenter, f"/api/v1/public/screens/{screen['code']}"


async def test_the_last_place_comes_first_and_the_hall_sees_no_step_before_its_time(ready, anonymous):
    contest, _, presenter, screen = ready
    begun = await start(presenter, contest)
    assert begun.status_code == 201, begun.text
    assert [(each["rank"], each["name"]) for each in begun.json()["steps"]] == [
        (3, "丙"),
        (2, "甲"),
        (1, "乙"),
    ]

    before = await anonymous.get(screen)
    assert (before.json()["ceremony"]["position"], before.json()["ceremony"]["steps"]) == (0, [])
    assert not any(name in before.text for name in MARKS)

    for position in (1, 2, 3):
        assert (await go(presenter, contest, position, position)).status_code == 200
        shown = await anonymous.get(screen)
        names = [each["name"] for each in shown.json()["ceremony"]["steps"]]
        assert names == ["丙", "甲", "乙"][:position]

    back = await go(presenter, contest, 2, 4)
    assert back.status_code == 200
    assert "乙" not in (await anonymous.get(screen)).text


async def test_one_tap_twice_is_one_step(ready, anonymous):
    contest, _, presenter, screen = ready
    await start(presenter, contest)

    first = await go(presenter, contest, 1, 1)
    second = await go(presenter, contest, 1, 1)

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["current"]["position"] == 1


async def test_the_hall_is_told_how_far_and_never_whom(app, ready):
    contest, _, presenter, _ = ready
    path = f"/api/v1/contests/{encode_id('contest', contest.contest)}/events"

    async with stream(app, path) as hall:
        await hall.until("ready")
        await start(presenter, contest)
        await go(presenter, contest, 2, 1)
        events = await hall.until("ceremony", 2)

    assert [event["data"]["position"] for event in events] == [0, 2]
    assert not any(name in hall.text for name in MARKS)


async def test_without_a_presenter_nothing_moves(ready, anonymous, world):
    contest, _, presenter, screen = ready
    await start(presenter, contest)
    await go(presenter, contest, 1, 1)

    await world.execute(
        "UPDATE sign_in_session SET revoked_at = now() WHERE account_id = $1", presenter.account_id
    )

    assert (await anonymous.get(screen)).json()["ceremony"]["position"] == 1
    successor = await world.client("presenter", "contest", contest.contest)
    assert (await go(successor, contest, 2, 2)).status_code == 200


async def test_only_a_final_result_that_is_frozen_is_revealed(world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    early = await start(organiser, contest)
    final = await world.contest()
    _, host = await final_item(world, final, MARKS, THEORY)

    open_to_all = await start(host, final)

    assert (early.status_code, early.json()["code"]) == (409, "ceremony_not_final")
    assert (open_to_all.status_code, open_to_all.json()["code"]) == (409, "ceremony_not_frozen")


async def test_withdrawing_the_result_ends_the_ceremony(ready, anonymous):
    contest, organiser, presenter, screen = ready
    await start(presenter, contest)
    await go(presenter, contest, 3, 1)

    assert (await step(organiser, contest, "withdrawn", reason="第2场计时有误")).status_code == 200

    assert (await anonymous.get(screen)).json()["ceremony"] is None
    assert (await go(presenter, contest, 2, 2)).status_code == 404


async def test_there_is_no_step_past_the_first_place(ready):
    contest, _, presenter, _ = ready
    await start(presenter, contest, places=2)

    answer = await go(presenter, contest, 3, 1)

    assert (answer.status_code, answer.json()["code"]) == (422, "ceremony_no_such_step")


async def test_judges_and_strangers_see_no_steps(ready, world):
    contest, _, presenter, _ = ready
    await start(presenter, contest)
    chief = await world.client("chief_judge", "contest", contest.contest)
    stranger = await world.client("presenter", "contest", (await world.contest()).contest)

    assert (await chief.get(url_of(contest))).status_code == 403
    assert (await stranger.get(url_of(contest))).status_code == 404


async def test_the_award_stands_beside_the_place(world):
    contest = await world.contest()
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest,
        msgspec.json.encode(RULES).decode(),
    )
    _, organiser = await final_item(world, contest, MARKS, THEORY)
    await freeze(organiser, contest)

    steps = (await start(organiser, contest)).json()["steps"]

    assert [(each["name"], each["award"]) for each in steps] == [("丙", ""), ("甲", ""), ("乙", "一等奖")]
