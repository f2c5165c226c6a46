"""Places in the next tier: previews bind nobody, final results offer, substitutes move up."""

import msgspec
import pytest

from api.plumbing.ids import encode_id
from tests.results.builders import MARKS, THEORY, final_item, step

QUOTA = {"quota": {"code": "top-2", "version": 1, "name": "前2名晋级", "places": 2, "substitutes": 1}}


async def way_up(world, quota=QUOTA):
    """A city contest whose fitters go up to one item of a provincial contest."""
    contest = await world.contest(tier="city")
    above = await world.contest(season=contest.season)
    await world.execute(
        "UPDATE contest SET next_contest_id = $2 WHERE id = $1", contest.contest, above.contest
    )
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest, msgspec.json.encode(quota).decode(),
    )  # fmt: skip
    return contest, above


@pytest.fixture
async def final(world):
    contest, above = await way_up(world)
    entries, organiser = await final_item(world, contest, MARKS, THEORY)
    return contest, above, entries, organiser


def url(contest):
    return f"/api/v1/items/{encode_id('item', contest.item)}/slots"


async def offer(client, contest, key="offer"):
    return await client.post(url(contest), json={}, headers={"Idempotency-Key": key})


async def test_final_result_offers_the_places_with_a_reason_for_everybody(final):
    contest, above, entries, organiser = final

    answer = await offer(organiser, contest)

    body = answer.json()
    assert answer.status_code == 201, answer.text
    assert (body["preview"], body["to_item"]) == (False, encode_id("item", above.item))
    assert [(row["name"], row["outcome"], row["state"]) for row in body["rows"]] == [
        ("乙", "in", "offered"),
        ("甲", "in", "offered"),
        ("丙", "substitute", None),
    ]
    assert all(row["reasons"] and row["reasons"][0]["zh"] and row["reasons"][0]["en"] for row in body["rows"])


async def test_before_final_there_is_a_preview_and_no_slot(world):
    contest, _ = await way_up(world)
    _, organiser = await final_item(world, contest, MARKS, THEORY)
    await step(organiser, contest, "withdrawn", reason="复核")

    preview = await organiser.get(url(contest))
    refused = await offer(organiser, contest)

    assert preview.json()["preview"] is True
    assert [row["outcome"] for row in preview.json()["rows"]] == ["in", "in", "substitute"]
    assert (refused.status_code, refused.json()["code"]) == (409, "result_not_final")
    assert await world.fetchval("SELECT count(*) FROM slot WHERE from_item_id = $1", contest.item) == 0


async def test_a_host_s_own_registrar_reads_ranks_no_sooner_than_anybody(world, final):
    contest, _, _, organiser = final
    host = await world.fetchval("SELECT host_id FROM contest WHERE id = $1", contest.contest)
    registrar = await world.client("registrar", "organisation", host)
    publication = f"/api/v1/items/{encode_id('item', contest.item)}/publication"

    published = (await registrar.get(url(contest))).json()["rows"]
    tag = (await organiser.get(publication)).headers["etag"]
    await organiser.patch(publication, json={"frozen": True}, headers={"If-Match": tag})
    frozen = (await registrar.get(url(contest))).json()["rows"]
    tag = (await organiser.get(publication)).headers["etag"]
    await organiser.patch(publication, json={"frozen": False}, headers={"If-Match": tag})
    await step(organiser, contest, "withdrawn", reason="复核")
    withdrawn = (await registrar.get(url(contest))).json()["rows"]

    assert (len(published), frozen, withdrawn) == (3, [], [])
    assert len((await organiser.get(url(contest))).json()["rows"]) == 3


async def test_places_are_not_offered_twice(world, final):
    contest, _, _, organiser = final
    await offer(organiser, contest)

    again = await offer(organiser, contest, "another key")
    replayed = await offer(organiser, contest)

    assert (again.status_code, again.json()["code"]) == (409, "slots_offered")
    assert replayed.headers["idempotent-replayed"] == "true"
    assert await world.fetchval("SELECT count(*) FROM slot WHERE from_item_id = $1", contest.item) == 2


async def test_a_declined_place_goes_to_the_substitute(final):
    contest, _, _, organiser = final
    first = (await offer(organiser, contest)).json()["rows"][0]

    answer = await organiser.post(
        f"/api/v1/slots/{first['slot']}/transitions",
        json={"to": "declined", "reason": "工作冲突"},
        headers={"If-Match": '"r1"'},
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["substitute"]
    rows = (await organiser.get(url(contest))).json()["rows"]
    assert {row["name"]: row["state"] for row in rows} == {"乙": "declined", "甲": "offered", "丙": "offered"}


async def test_a_declined_place_cannot_be_accepted_afterwards(final):
    contest, _, _, organiser = final
    slot = (await offer(organiser, contest)).json()["rows"][0]["slot"]
    for to, rev in (("declined", 1), ("accepted", 2)):
        answer = await organiser.post(
            f"/api/v1/slots/{slot}/transitions", json={"to": to}, headers={"If-Match": f'"r{rev}"'}
        )

    assert (answer.status_code, answer.json()["code"]) == (409, "forbidden_transition")


async def test_unit_answers_for_its_own_people_only(world, final):
    contest, _, entries, organiser = final
    unit = await world.organisation("甲单位" + str(contest.item)[:8])
    await world.execute("UPDATE entry SET unit_id = $2 WHERE id = $1", entries["甲"], unit)
    rows = {row["name"]: row for row in (await offer(organiser, contest)).json()["rows"]}
    registrar = await world.client("registrar", "organisation", unit)

    own = await registrar.post(
        f"/api/v1/slots/{rows['甲']['slot']}/transitions",
        json={"to": "accepted"},
        headers={"If-Match": '"r1"'},
    )
    other = await registrar.post(
        f"/api/v1/slots/{rows['乙']['slot']}/transitions",
        json={"to": "accepted"},
        headers={"If-Match": '"r1"'},
    )

    assert (own.status_code, other.status_code) == (200, 404)


async def test_unit_does_not_answer_after_the_day_and_the_organiser_may(world, final):
    contest, _, entries, organiser = final
    unit = await world.organisation("迟单位" + str(contest.item)[:8])
    await world.execute("UPDATE entry SET unit_id = $2 WHERE id = $1", entries["甲"], unit)
    offered = await organiser.post(
        url(contest), json={"answer_by": "2021-03-02T00:00:00+08:00"}, headers={"Idempotency-Key": "late"}
    )
    slot = {row["name"]: row["slot"] for row in offered.json()["rows"]}["甲"]
    registrar = await world.client("registrar", "organisation", unit)

    late = await registrar.post(
        f"/api/v1/slots/{slot}/transitions", json={"to": "accepted"}, headers={"If-Match": '"r1"'}
    )
    by_organiser = await organiser.post(
        f"/api/v1/slots/{slot}/transitions", json={"to": "declined"}, headers={"If-Match": '"r1"'}
    )

    assert (late.status_code, late.json()["code"]) == (409, "answer_too_late")
    assert "3月1日24:00" in late.json()["detail"]
    assert by_organiser.status_code == 200, by_organiser.text
    substitute = by_organiser.json()["substitute"]
    assert await world.fetchval(
        "SELECT answer_by IS NULL FROM slot WHERE state = 'offered' AND substitute_for IS NOT NULL AND from_item_id = $1",
        contest.item,
    ), substitute


async def test_no_item_of_the_trade_above_is_said_so(world):
    contest = await world.contest(tier="city")
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest,
        msgspec.json.encode(QUOTA).decode(),
    )
    _, organiser = await final_item(world, contest, MARKS, THEORY)

    answer = await offer(organiser, contest)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_next_tier")


RULE = {"code": "own", "version": 1, "name": "晋级"}
UNITS = {"甲": "甲厂", "乙": "乙厂", "丙": "甲厂"}


async def previewed(world, rule):
    """The outcome of each, by name, under a rule; 乙 is first, then 甲, then 丙. 甲 and 丙 are from one unit."""
    contest, _ = await way_up(world, {"quota": RULE | rule})
    entries, organiser = await final_item(world, contest, MARKS, THEORY)
    for name, unit in UNITS.items():
        await world.execute("UPDATE entry SET unit_name = $2 WHERE id = $1", entries[name], unit)
    rows = (await organiser.get(url(contest))).json()["rows"]
    return contest, organiser, {row["name"]: (row["outcome"], row["reasons"][-1]["code"]) for row in rows}


async def test_a_cap_counts_the_entries_of_one_unit(world):
    _, _, shown = await previewed(world, {"caps": {"unit": 1}})

    assert shown == {"乙": ("in", "within_quota"), "甲": ("in", "within_quota"), "丙": ("out", "cap_full")}


async def test_a_composition_keeps_a_place_for_those_who_fit(world):
    kept = {"column": "unit", "values": ["甲厂"], "at_least": 2}
    _, _, shown = await previewed(world, {"places": 2, "composition": [kept]})

    assert shown == {"乙": ("out", "reserved"), "甲": ("in", "within_quota"), "丙": ("in", "within_quota")}


async def test_the_host_has_a_place_on_top_and_the_slot_says_so(world):
    contest, organiser, shown = await previewed(
        world, {"places": 1, "host": {"unit": ["甲厂"]}, "host_places": 1}
    )
    await offer(organiser, contest)

    assert shown == {"乙": ("in", "within_quota"), "甲": ("in", "host_place"), "丙": ("out", "quota_full")}
    kinds = await world.fetch("SELECT kind FROM slot WHERE from_item_id = $1 ORDER BY place", contest.item)
    assert [row["kind"] for row in kinds] == ["quota", "host"]


async def test_a_share_of_the_field_goes_up(world):
    _, _, shown = await previewed(world, {"share": {"of": "1", "out_of": "3"}})

    assert [outcome for outcome, _ in shown.values()] == ["in", "out", "out"]


async def test_a_column_that_is_not_recorded_leaves_the_place_open(world):
    _, _, shown = await previewed(world, {"caps": {"region": 1}})

    assert set(shown.values()) == {("open", "column_unknown")}


async def test_a_place_given_up_too_late_stays_empty(world):
    contest, organiser, _ = await previewed(
        world, {"places": 1, "substitutes": 1, "replace_until": "2020-01-01"}
    )
    first = (await offer(organiser, contest)).json()["rows"][0]

    answer = await organiser.post(
        f"/api/v1/slots/{first['slot']}/transitions", json={"to": "declined"}, headers={"If-Match": '"r1"'}
    )

    assert answer.json()["substitute"] is None
    last = (await organiser.get(url(contest))).json()["rows"][0]["reasons"][-1]
    assert last["code"] == "declined_late"
