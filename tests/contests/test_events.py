"""An event is held once; several contests may take its results: a provincial contest that is also the qualifier of another."""

import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id, parse_id
from tests.contests.conftest import province_of
from tests.organisations.watching import nothing_written


@pytest_asyncio.fixture
async def pair(province):
    """A contest with two items, and a second one in the same event that runs none of its own."""
    first = await province.contest()
    second = await province.contest(event_id=first["event_id"], items=[], starts_on="2021-02-28")
    return first, second


def path_of(contest, item):
    return f"/api/v1/contests/{contest['id']}/taken-items/{item['id']}"


async def take(province, contest, item, tag=None, method="PUT", client=None):
    tag = tag or (await province.organiser.get(f"/api/v1/contests/{contest['id']}")).headers["etag"]
    return await (client or province.organiser).request(
        method, path_of(contest, item), headers={"If-Match": tag}
    )


async def test_second_contest_takes_the_results_of_the_first(province, pair):
    first, second = pair

    taken = await take(province, second, first["items"][0])

    assert taken.status_code == 200, taken.text
    assert [item["id"] for item in taken.json()["items"]] == [first["items"][0]["id"]]
    assert taken.json()["items"][0]["contest_id"] == first["id"]
    assert taken.json()["rev"] == second["rev"] + 1
    event = (await province.organiser.get(f"/api/v1/events/{first['event_id']}")).json()
    assert [(each["id"], len(each["runs"]), each["takes"]) for each in event["contests"]] == [
        (first["id"], 2, []),
        (second["id"], 0, [first["items"][0]["id"]]),
    ]


async def test_taken_twice_is_taken_once(province, world, pair):
    first, second = pair
    await take(province, second, first["items"][0])
    async with nothing_written(world):
        again = await take(province, second, first["items"][0])

    assert again.status_code == 200
    assert len(again.json()["items"]) == 1


async def test_contest_is_published_with_nothing_but_taken_items(province, pair):
    first, second = pair
    bare = await province.move(second, "published")
    await take(province, second, first["items"][0])

    assert (bare.status_code, bare.json()["code"]) == (409, "contest_not_ready")
    assert (await province.move(second, "published")).status_code == 200


async def test_contest_runs_with_the_field_of_a_taken_item_and_ends_with_its_result(province, world, pair):
    first, second = pair
    await take(province, second, first["items"][0])
    await province.move(second, "published")
    early = await province.move(second, "running")
    await province.accepted_entry(first["items"][0])
    began = await province.move(second, "running")
    unfinished = await province.move(second, "finished")

    assert (early.status_code, began.status_code) == (409, 200)
    assert (unfinished.status_code, first["items"][0]["name_zh"] in unfinished.json()["detail"]) == (
        409,
        True,
    )


async def test_days_of_an_event_are_those_of_its_contests(province, pair):
    first, second = pair
    event = f"/api/v1/events/{first['event_id']}"
    before = (await province.organiser.get(event)).json()

    await province.organiser.patch(
        f"/api/v1/contests/{second['id']}",
        json={"ends_on": "2021-03-09", "name_zh": "选拔赛"},
        headers={"If-Match": '"r1"'},
    )

    after = (await province.organiser.get(event)).json()
    assert (before["starts_on"], before["ends_on"]) == ("2021-02-28", "2021-03-03")
    assert (after["starts_on"], after["ends_on"]) == ("2021-02-28", "2021-03-09")
    assert after["name_zh"] == first["name_zh"]


async def test_taken_item_is_let_go_and_own_one_is_not(province, world, pair):
    first, second = pair
    await take(province, second, first["items"][0])

    gone = await take(province, second, first["items"][0], method="DELETE")
    async with nothing_written(world):
        again = await take(province, second, first["items"][0], method="DELETE")
        own = await take(province, first, first["items"][0], method="DELETE")

    assert (gone.status_code, gone.json()["items"]) == (200, [])
    assert again.status_code == 404
    assert (own.status_code, own.json()["code"]) == (409, "item_own")


async def test_item_that_has_entries_or_stands_in_the_rules_is_kept(province, world, pair):
    first, second = pair
    fitter, welder = first["items"]
    await take(province, second, fitter)
    await take(province, second, welder)
    entry = await province.accepted_entry(fitter)
    await world.execute(
        "UPDATE entry SET contest_id = $2 WHERE id = $1", entry, parse_id("contest", second["id"])
    )
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) "
        """VALUES ($1, 2, '{"quotas": {"welder": {"code": "up", "version": 1, "name": "晋级", "places": 3}}}', '')""",
        parse_id("contest", second["id"]),
    )
    async with nothing_written(world):
        entered = await take(province, second, fitter, method="DELETE")
        ruled = await take(province, second, welder, method="DELETE")

    assert (entered.status_code, entered.json()["code"]) == (409, "entries_exist")
    assert (ruled.status_code, ruled.json()["code"]) == (409, "item_in_rules")


async def test_item_of_another_event_is_refused(province, world, pair):
    _, second = pair
    other = await province.contest()
    async with nothing_written(world):
        answer = await take(province, second, other["items"][0])

    assert (answer.status_code, answer.json()["code"]) == (409, "item_of_other_event")


async def test_item_whose_code_the_contest_has_is_refused(province, world, pair):
    first, _ = pair
    third = await province.contest(event_id=first["event_id"], items=["fitter"])
    async with nothing_written(world):
        answer = await take(province, third, first["items"][0])

    assert (answer.status_code, answer.json()["code"]) == (409, "item_exists")


async def test_old_version_and_running_contest_are_refused(province, world, pair):
    first, second = pair
    await take(province, second, first["items"][0])
    async with nothing_written(world):
        stale = await take(province, second, first["items"][1], tag='"r1"')
    await province.move(second, "published")
    await province.accepted_entry(first["items"][0])
    await province.move(second, "running")
    async with nothing_written(world):
        late = await take(province, second, first["items"][1])

    assert stale.status_code == 412
    assert (late.status_code, late.json()["code"]) == (409, "contest_settled")


@pytest.mark.parametrize("holds", ["contest", "item"])
async def test_who_may_change_only_one_of_the_two_links_nothing(province, world, pair, holds):
    first, second = pair
    own = second if holds == "contest" else first
    one_sided = await world.client("organiser", "contest", parse_id("contest", own["id"]))
    async with nothing_written(world):
        answer = await take(province, second, first["items"][0], client=one_sided)

    assert answer.status_code == 404


async def test_contest_joins_no_event_of_somebody_else_or_of_another_season(province, world, errors_of, pair):
    first, _ = pair
    stranger = await province_of(world)
    async with nothing_written(world):
        foreign = await stranger.post("/contests", stranger.body(event_id=first["event_id"]))
        unknown = await province.post("/contests", province.body(event_id="evt_" + "0" * 26))
        none = await province.post("/contests", province.body(items=[]))

    assert errors_of(foreign) == errors_of(unknown) == [("/event_id", "reference_unknown")]
    assert errors_of(none) == [("/items", "items_missing")]


async def test_event_is_not_found_where_none_of_its_contests_is_seen(province, world, pair):
    first, second = pair
    helper = await world.client("organiser", "contest", parse_id("contest", second["id"]))
    stranger = await province_of(world)

    partly = await helper.get(f"/api/v1/events/{first['event_id']}")

    assert [each["id"] for each in partly.json()["contests"]] == [second["id"]]
    assert (await stranger.organiser.get(f"/api/v1/events/{first['event_id']}")).status_code == 404
    assert (await helper.get(f"/api/v1/events/{encode_id('event', province.root)}")).status_code == 404
