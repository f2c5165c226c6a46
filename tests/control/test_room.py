"""The control room: every sheet and tablet of a session in one answer, nameless, and told of what happens."""

import json
from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from tests.control.conftest import controlled_item, post
from tests.judging.conftest import marking_of
from tests.judging.marking import enter, op


@pytest.fixture
async def running(world):
    """Two entries before three judges, all sheets open."""
    it = await marking_of(world, judges=3)
    await world.grant(it.judges[0].account_id, "chief_judge", "item", it.contest.item, it.contest.contest)
    return it


async def session_of(world, it):
    return await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", it.contest.item)


async def room(world, it, client=None):
    client = client or await world.client("organiser", "contest", it.contest.contest)
    answer = await client.get(f"/api/v1/sessions/{encode_id('session', await session_of(world, it))}/control")
    assert answer.status_code == 200, answer.text
    return answer.json()


def states(shown):
    return [[(cell["state"], cell["done"]) for cell in station["cells"]] for station in shown["stations"]]


async def test_every_cell_says_how_far_its_sheet_is(world, running):
    await enter(running.judges[0], running.sheets[0][0], op("C1", "9"))
    for judge in (1, 2):
        await enter(running.judges[judge], running.sheets[0][judge], op("C1", "9"), op("C2", "80"))
    await world.execute("UPDATE sheet SET state = 'submitted' WHERE id = $1", running.sheets[0][2])

    shown = await room(world, running)

    assert states(shown) == [
        [("marking", 1), ("ready", 2), ("submitted", 2)],
        [("untouched", 0)] * 3,
    ]
    assert (shown["submitted"], shown["sheets"]) == (1, 6)
    assert [judge["judge"] for judge in shown["judges"]] == ["A-01", "A-02", "A-03"]


async def test_absent_and_returned_are_said(world, running):
    await world.execute("UPDATE entry SET standing = 'absent' WHERE id = $1", running.entries[1])
    await world.execute(
        "INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head, reason) "
        "SELECT season_id, id, 1, 'submitted', 'open', 0, head, '漏评' FROM sheet WHERE id = $1",
        running.sheets[0][1],
    )

    shown = await room(world, running)

    assert [cell["state"] for cell in shown["stations"][0]["cells"]] == ["untouched", "returned", "untouched"]
    assert {cell["state"] for cell in shown["stations"][1]["cells"]} == {"absent"}
    assert shown["sheets"] == 3


async def test_tablets_say_when_they_spoke_and_a_lost_one_stays_in_sight(world, running):
    session = await session_of(world, running)
    account = running.judges[1].account_id
    add = (
        "INSERT INTO tablet (session_id, account_id, storage, battery, charging, unsent, troubled, others, drift_ms, seen_at) "
        "VALUES ($1, $2, $3, 38, false, $4, 0, 0, 0, now() - make_interval(secs => $5))"
    )
    await world.execute(add, session, account, uuid4(), 31, 540)
    await world.execute(add, session, account, uuid4(), 2, 3)

    shown = await room(world, running)

    judge = shown["judges"][1]
    assert (judge["unsent"], judge["lost"], judge["battery"]) == (33, 1, 38)
    assert judge["silent_s"] < 30
    assert shown["unsent"] == 33
    assert shown["judges"][0]["silent_s"] is None


async def test_open_spreads_and_raised_hands_stand_at_their_station(world):
    it = await controlled_item(world, signed=False)
    await it.rules(spread={"criterion": "5"})
    async with world.db.transaction() as connection:
        await connection.execute(
            "SELECT revise_mark($1, 'C2', 1, 'scored', 95, '{}', $2)",
            it.sheets[1][1],
            it.judges[1].account_id,
        )
    session = encode_id("session", await session_of(world, it))
    raised = await post(
        it.judges[2], f"/sessions/{session}/incidents",
        {"kind": "equipment", "station": 3, "occurred_at": "2021-03-01T12:00:00+08:00"},
    )  # fmt: skip
    assert raised.status_code == 201, raised.text

    shown = await room(world, it)

    assert [(each["spreads"], each["hands"]) for each in shown["stations"]] == [(0, 0), (1, 0), (0, 1)]


async def test_the_room_is_nameless_for_everybody(world, running):
    client = await world.client("chief_judge", "contest", running.contest.contest)
    session = encode_id("session", await session_of(world, running))

    answer = await client.get(f"/api/v1/sessions/{session}/control")

    assert "试甲" not in answer.text
    assert '"ent_' not in answer.text
    assert "QG-" not in answer.text


async def test_a_judge_and_a_stranger_see_no_room(world, running):
    session = encode_id("session", await session_of(world, running))
    elsewhere = await world.contest()
    stranger = await world.client("organiser", "contest", elsewhere.contest)

    assert (await running.judges[1].get(f"/api/v1/sessions/{session}/control")).status_code == 403
    assert (await stranger.get(f"/api/v1/sessions/{session}/control")).status_code == 404


async def test_marks_sheets_and_hands_are_told_to_judges_and_organisers_without_a_mark(world, running):
    count = "SELECT audience, kind, data::text AS data FROM live_event WHERE contest_id = $1 ORDER BY seq"
    session = encode_id("session", await session_of(world, running))
    await enter(running.judges[0], running.sheets[0][0], op("C1", "9"), op("C2", "80"))
    desk = getattr(world.app, "litestar", world.app).state.desk
    await desk.nudges.close()
    await running.judges[0].post(
        f"/api/v1/sheets/{encode_id('sheet', running.sheets[0][0])}/transitions",
        json={"to": "submitted", "seq": 2},
    )
    await post(
        running.judges[1], f"/sessions/{session}/incidents",
        {"kind": "help", "occurred_at": "2021-03-01T12:00:00+08:00"},
    )  # fmt: skip

    told = await world.fetch(count, running.contest.contest)

    for audience in ("judge", "org"):
        assert [row["kind"] for row in told if row["audience"] == audience] == ["marks", "sheet", "incident"]
    assert not [row for row in told if row["audience"] in ("public", "unit")]
    assert {field for row in told if row["kind"] != "sheet" for field in json.loads(row["data"])} == {
        "item",
        "session",
    }
