"""A judge's tablet: what it takes along, what it says of itself, raised hands, the clock, and the judge's own signature."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.access.authentication import token_hash
from api.access.passwords import hash_secret
from api.judging.clocks import clock_at
from api.judging.tablet_schemas import ClockEvent
from api.plumbing.ids import encode_id
from tests.judging.conftest import marking_of
from tests.judging.marking import enter, op

NOON = "2021-03-01T12:00:00+08:00"


@pytest.fixture
async def session(world, marking):
    found = await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", marking.sheet)
    return f"/api/v1/sessions/{encode_id('session', found)}"


def beat(storage, unsent=0, **more):
    return {"storage": str(storage), "unsent": unsent, "clock": datetime.now(UTC).isoformat(), **more}


def key():
    return {"Idempotency-Key": str(uuid4())}


async def test_pack_holds_own_sheets_and_present_marks(marking, session):
    await enter(marking.judge, marking.sheet, op("C1", "7"), op("C1", "8", 1, reasons=["复测"]))

    answer = await marking.judge.get(f"{session}/pack")

    pack = answer.json()
    assert [line["rule"]["key"] for line in pack["lines"]] == ["C1", "C2"]
    assert [(sheet["station"], sheet["seq"]) for sheet in pack["sheets"]] == [(1, 2), (2, 0)]
    mark = pack["sheets"][0]["marks"]["C1"]
    assert (mark["value"], mark["rev"], mark["reasons"]) == ("8", 2, ["复测"])
    assert pack["judge"] == "A-01"


async def test_unchanged_pack_costs_no_body(marking, session):
    first = await marking.judge.get(f"{session}/pack")

    again = await marking.judge.get(f"{session}/pack", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_returned_sheet_comes_with_its_reason_until_it_is_submitted_again(world, marking, session):
    chief = await world.client("chief_judge", "contest", marking.contest.contest)
    path = f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/transitions"

    async def told():
        pack = (await marking.judge.get(f"{session}/pack")).json()
        grid = (await marking.judge.get(f"{session}/stations")).json()
        lines = [line for station in grid["stations"] for line in station["sheets"]]
        return [sheet["returned"] for sheet in pack["sheets"]], [line["returned"] for line in lines]

    await submit_all(marking, 0)
    before = await told()
    await chief.post(path, json={"to": "open", "seq": 2, "reason": "第1项漏量一个面"})
    returned = await told()
    await marking.judge.post(path, json={"to": "submitted", "seq": 2})

    assert before == ([None, None], [False, False])
    assert returned == (["第1项漏量一个面", None], [True, False])
    assert await told() == before


async def test_pack_is_nameless_and_not_a_strangers(world, marking, session):
    stranger = await world.client("judge", "contest", marking.contest.contest)
    numbers = await world.fetch("SELECT number FROM entry WHERE item_id = $1", marking.contest.item)

    pack = (await marking.judge.get(f"{session}/pack")).text

    assert "试甲" not in pack
    assert not any(row["number"] in pack for row in numbers)
    assert not any(encode_id("entry", entry) in pack for entry in marking.entries)
    assert (await stranger.get(f"{session}/pack")).status_code == 404


async def test_pack_of_forty_stations_and_twelve_criteria_is_below_500_kb(world):
    from tests.browser.marking import twelve_judgements

    place = await marking_of(world, judges=1, entries=40, plan=twelve_judgements())
    for [sheet] in place.sheets:
        await enter(place.judge, sheet, *(op(f"J{number:02}", "2") for number in range(1, 13)))
    found = await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", place.sheet)

    pack = await place.judge.get(f"/api/v1/sessions/{encode_id('session', found)}/pack")

    assert len(pack.content) <= 500_000
    assert sum(len(sheet["marks"]) for sheet in pack.json()["sheets"]) == 480


async def test_beat_answers_with_the_servers_clock_and_what_has_moved(marking, session):
    before = (await marking.judge.post(f"{session}/heartbeat", json=beat(uuid4()))).json()
    await enter(marking.judge, marking.sheet, op("C1", "7"))
    late = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()

    after = (await marking.judge.post(f"{session}/heartbeat", json=beat(uuid4()) | {"clock": late})).json()

    assert (before["seq"], after["seq"]) == (0, 1)
    assert before["state"] == "running"
    assert -125_000 < after["drift_ms"] < -115_000


async def test_off_4_storage_that_was_cleared_is_told_what_it_held(marking, session):
    cleared, new = uuid4(), uuid4()
    await marking.judge.post(f"{session}/heartbeat", json=beat(cleared, 12, troubled=1))

    answer = (await marking.judge.post(f"{session}/heartbeat", json=beat(new))).json()
    other = (await marking.judges[1].post(f"{session}/heartbeat", json=beat(uuid4()))).json()
    first = (await marking.judge.post(f"{session}/heartbeat", json=beat(cleared, 12))).json()
    await marking.judge.post(f"{session}/heartbeat", json=beat(cleared, 0))
    sent = (await marking.judge.post(f"{session}/heartbeat", json=beat(new))).json()

    assert [each["unsent"] for each in answer["missing"]] == [13]
    assert other["missing"] == [], "another judge's marks are not theirs"
    assert first["missing"] == [], "a younger storage is none that the older one has lost"
    assert sent["missing"] == []


async def test_lost_tablet_is_seen_by_who_runs_the_session_only(world, marking, session):
    await marking.judge.post(f"{session}/heartbeat", json=beat(uuid4(), 6, battery=17, station=2))
    await world.execute("UPDATE tablet SET seen_at = now() - interval '5 minutes'")
    chief = await world.client("chief_judge", "contest", marking.contest.contest)

    [tablet] = (await chief.get(f"{session}/tablets")).json()

    assert (tablet["judge"], tablet["unsent"], tablet["battery"], tablet["station"]) == ("A-01", 6, 17, 2)
    assert tablet["silent_s"] >= 300
    assert (await marking.judge.get(f"{session}/tablets")).status_code == 403


async def test_raised_hand_reaches_the_chief_who_answers(world, marking, session):
    chief = await world.client("chief_judge", "contest", marking.contest.contest)
    hand = {"kind": "equipment", "station": 1, "occurred_at": NOON}
    once = key()
    sent = [await marking.judge.post(f"{session}/incidents", json=hand, headers=once) for _ in range(2)]

    [incident] = (await chief.get(f"{session}/incidents")).json()
    answer = await chief.post(
        f"/api/v1/incidents/{incident['id']}/answers",
        json={"state": "settled", "note": "换了一把游标卡尺"},
        headers=key(),
    )

    assert [each.status_code for each in sent] == [201, 201]
    assert (incident["kind"], incident["station"], incident["by"]) == ("equipment", 1, "A-01")
    assert answer.json()["answers"][0]["state"] == "settled"
    assert (await marking.judge.get(f"{session}/incidents")).json()[0]["answers"][0][
        "note"
    ] == "换了一把游标卡尺"
    assert (await marking.judges[1].get(f"{session}/incidents")).json() == []


async def test_stranger_raises_no_hand_here(world, marking, session):
    other = await world.contest()
    stranger = await world.client("judge", "contest", other.contest)

    answer = await stranger.post(
        f"{session}/incidents", json={"kind": "help", "occurred_at": NOON}, headers=key()
    )

    assert answer.status_code == 404
    assert (
        await world.fetchval("SELECT count(*) FROM incident WHERE by_account = $1", stranger.account_id) == 0
    )


async def press(client, session, kind, **more):
    body = {"kind": kind, "occurred_at": datetime.now(UTC).isoformat(), **more}
    return await client.post(f"{session}/clock", json=body, headers=key())


async def test_clock_is_pressed_in_order_and_pauses_give_a_reason(world, marking, session):
    keeper = await world.client("timekeeper", "contest", marking.contest.contest)

    refused = [
        await press(keeper, session, "stop"),
        await press(keeper, session, "pause"),
        await press(marking.judge, session, "start"),
    ]
    started = await press(keeper, session, "start")
    paused = await press(keeper, session, "pause", reason="停电")
    made_up = await press(keeper, session, "make_up", station=2, make_up_s=90, reason="换刀片")

    assert [each.json()["code"] for each in refused] == ["clock_order", "reason_needed", "forbidden_right"]
    assert started.json()["clocks"][0]["running"] is True
    assert paused.json()["clocks"][0]["running"] is False
    assert [(each["station"], each["make_up_s"]) for each in made_up.json()["clocks"]] == [(None, 0), (2, 90)]
    assert (await marking.judge.get(f"{session}/clock")).json()["events"][1]["reason"] == "停电"


# minute   0      10      15     20      30      40
# session  start  pause   .      resume  .       now     ran 10 + 20 = 30
# station  .      .       .      .       stop    .       ran 10 + 10 = 20
def test_station_runs_with_its_session_less_its_own_stops():
    noon = datetime(2021, 3, 1, 4, tzinfo=UTC)

    def event(kind, minute, station=None, make_up_s=None):
        at = noon + timedelta(minutes=minute)
        return ClockEvent(
            kind=kind, station=station, occurred_at=at, make_up_s=make_up_s, reason=None, by="A-01", at=at
        )

    clocks = clock_at(
        [
            event("start", 0),
            event("pause", 10),
            event("make_up", 15, 3, 60),
            event("resume", 20),
            event("stop", 30, 3),
        ],
        noon + timedelta(minutes=40),
    ).clocks

    assert [(each.station, each.running, each.ran_ms // 60_000, each.make_up_s) for each in clocks] == [
        (None, True, 30, 0),
        (3, False, 20, 60),
    ]


async def by_badge(world, client):
    """The judge's client once more, signed in as by badge and PIN 4719."""
    await world.execute(
        "UPDATE account SET pin_hash = $2 WHERE id = $1", client.account_id, await hash_secret("4719")
    )
    await world.execute(
        "UPDATE sign_in_session SET kind = 'judge' WHERE token_hash = $1",
        token_hash(client.cookies["sbq_session"]),
    )


async def submit_all(marking, judge):
    for row in marking.sheets:
        sheet = row[judge]
        client = marking.judges[judge]
        await enter(client, sheet, op("C1", "7"), op("C2", "80"))
        path = f"/api/v1/sheets/{encode_id('sheet', sheet)}/transitions"
        assert (await client.post(path, json={"to": "submitted", "seq": 2})).status_code == 200


async def test_judge_signs_own_sheets_with_the_pin(world, marking, session):
    judge = marking.judge
    path = f"{session}/own-signature"
    await by_badge(world, judge)
    early = (await judge.get(path)).json()
    refused = await judge.post(path, json={"hash": early["hash"], "pin": "4719"})
    await submit_all(marking, 0)

    looked_at = (await judge.get(path)).json()
    wrong = await judge.post(path, json={"hash": looked_at["hash"], "pin": "0000"})
    stale = await judge.post(path, json={"hash": early["hash"], "pin": "4719"})
    signed = await judge.post(path, json={"hash": looked_at["hash"], "pin": "4719"})

    assert refused.json()["code"] == "own_sheets_open"
    assert early["open"] == [1, 2]
    assert looked_at["asks_pin"] is True
    assert (wrong.json()["code"], stale.json()["code"]) == ("pin_wrong", "sheet_moved")
    assert signed.json()["signed_at"] is not None
    assert (
        await world.fetchval("SELECT count(*) FROM judge_signature WHERE account_id = $1", judge.account_id)
        == 1
    )


async def test_signature_is_void_once_a_sheet_moves(world, marking, session):
    path = f"{session}/own-signature"
    await submit_all(marking, 0)
    looked_at = (await marking.judge.get(path)).json()
    await marking.judge.post(path, json={"hash": looked_at["hash"]})
    await world.execute("UPDATE sheet SET state = 'open' WHERE id = $1", marking.sheet)
    await enter(marking.judge, marking.sheet, op("C1", "8", 1))

    found = (await marking.judge.get(path)).json()

    assert (found["void"], found["signed_at"]) == (True, None)


async def test_five_wrong_pins_rest_a_minute(world, marking, session):
    await by_badge(world, marking.judge)
    path = f"{session}/own-signature"
    looked_at = (await marking.judge.get(path)).json()

    codes = [
        (await marking.judge.post(path, json={"hash": looked_at["hash"], "pin": "0000"})).json()["code"]
        for _ in range(6)
    ]

    assert codes == ["pin_wrong"] * 5 + ["sign_in_locked"]
