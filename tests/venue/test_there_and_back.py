"""A session goes to the workshop and comes back: every mark once, standings as if it had never been away."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from api.results import commands as results
from api.results.ledger import verify_item
from tests.judging.marking import codes, enter, facts, op
from tests.venue.conftest import centre_of


def key():
    return {"Idempotency-Key": str(uuid4())}


async def submit(judge, sheet, world, to="submitted", **more):
    seq = await world.fetchval("SELECT seq FROM sheet WHERE id = $1", sheet)
    answer = await judge.post(
        f"/api/v1/sheets/{encode_id('sheet', sheet)}/transitions", json={"to": to, "seq": seq, **more}
    )
    assert answer.status_code == 200, answer.text


async def judged(centre, venue, *, value="8"):
    """Every sheet of the session marked, submitted and signed on the venue server, then the session closed."""
    assert (await venue.run(centre.session)).status_code == 200
    chief = await venue.judge(centre.marking.judge)
    for column, judge in enumerate(centre.marking.judges):
        here = await venue.judge(judge)
        for row in centre.marking.sheets:
            assert codes(await enter(here, row[column], op("C1", value), op("C2", "70"))) == ["accepted"] * 2
            await submit(here, row[column], venue.world)
            await submit(chief, row[column], venue.world, "signed")
    await venue.run(centre.session, "paused", reason="收卷")
    closed = await venue.run(centre.session, "closed", reason="结束")
    assert closed.status_code == 200, closed.text


async def rows(world, sheet):
    return await world.fetch(
        "SELECT m.* FROM sheet s JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id "
        "WHERE s.id = $1 ORDER BY m.seq",
        sheet,
    )


async def test_everything_comes_back_and_nothing_is_missing(centre, venue):
    arrived = await venue.take_in(await centre.handed_out())
    assert (arrived.stations, arrived.judges, arrived.marks, arrived.again) == (2, 2, 0, False)
    await judged(centre, venue)

    report = await centre.brought(await venue.facts(centre.session))

    tallies = {each["kind"]: (each["sent"], each["new"]) for each in report["tallies"]}
    assert tallies["mark"] == (8, 8)
    assert tallies["sheet_move"] == (8, 8)
    assert (report["sheets"], report["equal"], report["gaps"], report["complete"]) == (4, 4, [], True)
    for row in centre.marking.sheets:
        for sheet in row:
            assert await rows(centre.world, sheet) == await rows(venue.world, sheet)
            assert len(await facts(centre.world, sheet)) == 2
    states = await centre.world.fetch(
        "SELECT state FROM sheet WHERE session_id = $1 UNION SELECT state FROM judging_session WHERE id = $1",
        centre.session,
    )
    assert {row["state"] for row in states} == {"signed", "closed"}


async def test_chains_and_ledger_hold_afterwards(centre, venue):
    await venue.take_in(await centre.handed_out())
    await judged(centre, venue)
    await centre.brought(await venue.facts(centre.session))

    contest = centre.marking.contest
    async with centre.world.db.reading() as connection:
        verification = await verify_item(connection, contest.item, contest.season, None)
    kinds = await centre.world.fetch(
        "SELECT kind, payload::text FROM ledger WHERE season_id = $1 AND chain = $2 ORDER BY seq", contest.season, contest.item
    )  # fmt: skip

    assert verification.broken == []
    named = [row["kind"] for row in kinds]
    assert named[0] == "session.handed_out"
    assert named[-1] == "session.brought_back"
    assert named.count("sheet.signed") == 4
    assert all('"venue"' in row["payload"] for row in kinds if row["kind"].startswith("sheet."))


async def test_standings_equal_a_recomputation_of_the_same_marks_at_the_centre(world, venue):
    away, stayed = await centre_of(world, judges=5), await centre_of(world, judges=5, state="running")
    await venue.take_in(await away.handed_out())
    await judged(away, venue, value="7.5")
    await away.brought(await venue.facts(away.session))
    for column, judge in enumerate(stayed.marking.judges):
        for row in stayed.marking.sheets:
            await enter(judge, row[column], op("C1", "7.5"), op("C2", "70"))

    totals = []
    for place in (away, stayed):
        await results.refresh_standings(world.db, place.marking.contest.item)
        board = (
            await place.organiser.get(
                f"/api/v1/items/{encode_id('item', place.marking.contest.item)}/standings"
            )
        ).json()
        totals.append([(row["rank"], row.get("total"), row.get("values")) for row in board["rows"]])

    assert totals[0] == totals[1]
    assert len(totals[0]) == 2


async def test_marks_given_before_go_along_and_count_on(centre, venue):
    marking = centre.marking
    await centre.world.execute("UPDATE judging_session SET state = 'running' WHERE id = $1", centre.session)
    first = op("C1", "6")
    await enter(marking.judge, marking.sheet, first)
    await centre.world.execute("UPDATE judging_session SET state = 'paused' WHERE id = $1", centre.session)
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    here = await venue.judge(marking.judge)

    # The tablet had not heard the answer of the centre: it sends the same operation here.
    again = await enter(here, marking.sheet, first, op("C1", "7", 1))
    report = await centre.brought(await venue.facts(centre.session))

    assert [each["status"] for each in again] == ["duplicate", "accepted"]
    assert report["tallies"][0] == {"kind": "mark", "sent": 2, "new": 1}
    assert await facts(centre.world, marking.sheet) == [("C1", 1, "scored", "6"), ("C1", 2, "scored", "7")]


async def test_facts_may_come_as_often_as_there_is_a_link(centre, venue):
    marking = centre.marking
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    here = await venue.judge(marking.judge)
    await enter(here, marking.sheet, op("C1", "6"))
    early = await venue.facts(centre.session)
    await enter(here, marking.sheet, op("C2", "50"))
    late = await venue.facts(centre.session)

    new = [
        next(each["new"] for each in (await centre.brought(content))["tallies"] if each["kind"] == "mark")
        for content in (early, late, late, early)
    ]

    assert new == [1, 1, 0, 0]
    assert len(await facts(centre.world, marking.sheet)) == 2


async def test_earlier_bundle_after_a_later_one_takes_nothing_away(centre, venue):
    marking = centre.marking
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    here = await venue.judge(marking.judge)
    early = await venue.facts(centre.session)
    await enter(here, marking.sheet, op("C1", "6"), op("C2", "50"))
    await submit(here, marking.sheet, venue.world)
    await centre.brought(await venue.facts(centre.session))

    report = await centre.brought(early)

    assert {"kind": "older", "station": 1, "judge": "A-01", "done": None, "of": None} in report["gaps"]
    assert report["equal"] == 3
    assert len(await facts(centre.world, marking.sheet)) == 2
    assert await centre.world.fetchval("SELECT state FROM sheet WHERE id = $1", marking.sheet) == "submitted"


async def test_report_names_every_gap(centre, venue):
    marking = centre.marking
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    here = await venue.judge(marking.judge)
    await enter(here, marking.sheet, op("C1", "6"), op("C2", "50"))
    await submit(here, marking.sheet, venue.world)
    beat = {"storage": str(uuid4()), "unsent": 3, "clock": datetime.now(UTC).isoformat()}
    await here.post(f"/api/v1/sessions/{encode_id('session', centre.session)}/heartbeat", json=beat)

    report = await centre.brought(await venue.facts(centre.session))

    gaps = [
        (each["kind"], each["station"], each["judge"], each["done"], each["of"]) for each in report["gaps"]
    ]
    assert gaps == [
        ("sheet_unsigned", 1, "A-01", 2, 2),
        ("sheet_open", 1, "A-02", 0, 2),
        ("sheet_open", 2, "A-01", 0, 2),
        ("sheet_open", 2, "A-02", 0, 2),
        ("tablet_holds", None, "A-01", 0, 3),
    ]
    assert not report["complete"]


async def test_hands_clock_signatures_and_paper_come_back_once(centre, venue):
    marking = centre.marking
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    here = await venue.judge(marking.judge)
    session = f"/api/v1/sessions/{encode_id('session', centre.session)}"
    now = datetime.now(UTC).isoformat()
    hand = await here.post(f"{session}/incidents", json={"kind": "help", "occurred_at": now}, headers=key())
    keeper = await venue.world.client(account=centre.organiser.account_id)
    await keeper.post(f"/api/v1/incidents/{hand.json()['id']}/answers", json={"state": "seen"}, headers=key())
    said = await keeper.post(f"{session}/broadcasts", json={"text": "10分钟后继续"}, headers=key())
    read = await here.post(f"/api/v1/broadcasts/{said.json()['id']}/receipt")
    assert (said.status_code, read.status_code) == (201, 204), said.text
    withdrawn = await keeper.post(f"/api/v1/broadcasts/{said.json()['id']}/withdrawal")
    assert withdrawn.status_code == 200, withdrawn.text
    pressed = await here.post(f"{session}/clock", json={"kind": "start", "occurred_at": now}, headers=key())
    assert pressed.status_code in (200, 201), pressed.text
    for row in marking.sheets:
        await enter(here, row[0], op("C1", "6"), op("C2", "50"))
        await submit(here, row[0], venue.world)
    own = (await here.get(f"{session}/own-signature")).json()
    signed = await here.post(f"{session}/own-signature", json={"hash": own["hash"]}, headers=key())
    assert signed.status_code in (200, 201), signed.text
    content = await venue.facts(centre.session)

    report = await centre.brought(content)
    await centre.take_back("评分已交回")

    new = {each["kind"]: each["new"] for each in report["tallies"]}
    once = (
        "incident",
        "clock_event",
        "judge_signature",
        "broadcast",
        "broadcast_receipt",
        "broadcast_withdrawal",
    )
    assert {name: new[name] for name in once} == dict.fromkeys(once, 1)
    shown = (await centre.organiser.get(f"{session}/broadcasts")).json()
    assert [(each["text"], each["read"]) for each in shown] == [("10分钟后继续", 1)]
    assert shown[0]["withdrawn_at"] is not None
    acts = await centre.world.fetch(
        "SELECT kind FROM ledger WHERE chain = $1 AND kind LIKE 'broadcast.%'", marking.contest.item
    )
    assert [act["kind"] for act in acts] == ["broadcast.sent", "broadcast.withdrawn"]
    signature = (await marking.judge.get(f"{session}/own-signature")).json()
    assert (signature["hash"], signature["void"]) == (own["hash"], False)
    assert signature["signed_at"] is not None


async def test_absent_contestant_at_the_venue_is_absent_at_the_centre(centre, venue):
    await venue.take_in(await centre.handed_out())
    entrant = await venue.world.fetchval(
        "SELECT entry_id FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id WHERE a.session_id = $1 AND a.station = 2",
        centre.session,
    )
    keeper = await venue.world.client(account=centre.organiser.account_id)
    answer = await keeper.post(
        f"/api/v1/entries/{encode_id('entry', entrant)}/standing",
        json={"to": "absent", "reason": "没有到场"}, headers={"If-Match": '"r1"'},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text

    for _ in range(2):
        await centre.brought(await venue.facts(centre.session))

    rows = await centre.world.fetch(
        "SELECT e.standing, count(c.*) AS changes FROM entry e LEFT JOIN entry_standing_change c ON c.entry_id = e.id "
        "WHERE e.item_id = $1 GROUP BY e.id ORDER BY e.standing", centre.marking.contest.item,
    )  # fmt: skip
    assert [(row["standing"], row["changes"]) for row in rows] == [("absent", 1), ("present", 0)]


async def test_judge_who_falls_ill_is_replaced_at_the_venue(centre, venue):
    world, marking = centre.world, centre.marking
    ill, reserve = marking.judges[1], await world.client("judge", "contest", marking.contest.contest)
    spare = await world.fetchval(
        "INSERT INTO judge (contest_id, account_id, code) VALUES ($1, $2, 'A-09') RETURNING id",
        marking.contest.contest, reserve.account_id,
    )  # fmt: skip
    seat = await world.fetchval("SELECT id FROM judge WHERE account_id = $1", ill.account_id)
    panel = await world.fetchval("SELECT panel_id FROM judging_session WHERE id = $1", centre.session)
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    keeper = await venue.world.client(account=centre.organiser.account_id)

    replaced = await keeper.post(
        f"/api/v1/panels/{encode_id('panel', panel)}/replacements", headers={"If-Match": '"r1"'},
        json={"judge": encode_id("judge", seat), "by": encode_id("judge", spare), "reason": "突发疾病"},
    )  # fmt: skip
    assert replaced.status_code == 200, replaced.text
    here = await venue.judge(reserve)
    assert codes(await enter(here, marking.sheets[0][1], op("C1", "6"))) == ["accepted"]
    report = await centre.brought(await venue.facts(centre.session))

    assert report["equal"] == 4
    accounts = await world.fetch(
        "SELECT DISTINCT account_id FROM sheet WHERE session_id = $1", centre.session
    )
    assert {row["account_id"] for row in accounts} == {marking.judge.account_id, reserve.account_id}


@pytest.mark.parametrize("value", ["8.25", "11"])
async def test_venue_knows_the_plan(centre, venue, value):
    """The step is 0.5 and the maximum 10."""
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    here = await venue.judge(centre.marking.judge)

    [result] = await enter(here, centre.marking.sheet, op("C1", value))

    assert result["code"] in ("too_precise", "out_of_range")
