"""The control room and a session that is away: what is decided in the workshop comes back, what is not is refused there."""

from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from tests.judging.blind import blind_of
from tests.judging.marking import enter, op
from tests.venue.conftest import centre_of
from tests.venue.test_blind_session import Away
from tests.venue.test_there_and_back import submit


def key():
    return {"Idempotency-Key": str(uuid4())}


async def rules(world, centre, document='{"spread": {"criterion": "3"}, "recheck": {"top": 1}}'):
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        centre.marking.contest.contest, document,
    )  # fmt: skip


async def apart(world, marking, judges):
    """Both judges have submitted the first station, 9 and 5 on C1."""
    for number, judge in enumerate(judges):
        sheet = marking.sheets[0][number]
        await enter(judge, sheet, op("C1", "5" if number else "9"), op("C2", "70"))
        await submit(judge, sheet, world)


async def corrected(centre):
    """C2 of the first sheet, asked for by the chief judge and made by the organiser."""
    sheet = f"/api/v1/sheets/{encode_id('sheet', centre.marking.sheet)}"
    asked = await ask(centre.marking.judge, sheet)
    assert asked.status_code == 201, asked.text
    return await centre.organiser.post(
        f"/api/v1/corrections/{asked.json()['id']}/confirmation", headers=key()
    )


async def ask(chief, sheet, rev=1):
    body = {"criterion": "C2", "state": "scored", "value": "71", "base_rev": rev, "reason": "抄录错误"}
    return await chief.post(f"{sheet}/corrections", json=body, headers=key())


async def decide(chief, session, low="5", high="9"):
    body = {"station": 1, "criterion": "C1", "lowest": low, "highest": high, "reason": "评分依据不同"}
    path = f"/api/v1/sessions/{encode_id('session', session)}/spread-decisions"
    return await chief.post(path, json=body, headers=key())


@pytest.fixture
async def paused(world):
    """A session that was interrupted at the centre: one station submitted, the judges apart."""
    centre = await centre_of(world, state="running")
    await rules(world, centre)
    await apart(world, centre.marking, centre.marking.judges)
    await world.execute("UPDATE judging_session SET state = 'paused' WHERE id = $1", centre.session)
    return centre


async def test_corrected_sheet_goes_to_the_workshop_and_comes_back(paused, venue):
    assert (await corrected(paused)).json()["outcome"] == "made"

    arrived = await venue.take_in(await paused.handed_out())
    assert (await venue.run(paused.session)).status_code == 200
    here = await venue.judge(paused.marking.judge)
    await enter(here, paused.marking.sheets[1][0], op("C1", "5"))
    report = await paused.brought(await venue.facts(paused.session))

    assert arrived.marks == 5
    assert {each["kind"]: each["new"] for each in report["tallies"]}["mark"] == 1


async def test_nothing_of_the_control_room_changes_while_it_is_away(paused):
    sheet = f"/api/v1/sheets/{encode_id('sheet', paused.marking.sheet)}"
    waiting = (await ask(paused.marking.judge, sheet)).json()["id"]
    await paused.handed_out()

    answers = [
        await paused.organiser.post(f"/api/v1/corrections/{waiting}/confirmation", headers=key()),
        await ask(paused.marking.judge, f"/api/v1/sheets/{encode_id('sheet', paused.marking.sheets[0][1])}"),
        await decide(paused.marking.judge, paused.session),
        await paused.marking.judge.post(
            f"{sheet}/reconsideration", json={"criterion": "C1", "base_rev": 1, "value": "6"}, headers=key()
        ),
        await paused.marking.judge.post(
            f"{sheet}/transitions", json={"to": "open", "seq": 2, "reason": "重看"}
        ),
    ]

    assert [(each.status_code, each.json().get("code")) for each in answers] == [
        (409, "session_at_venue")
    ] * 5


async def test_decision_and_second_thought_at_the_venue_come_back_once(world, venue, paused):
    await venue.take_in(await paused.handed_out())
    await venue.run(paused.session)
    chief, other = [await venue.judge(judge) for judge in paused.marking.judges]
    sheet = f"/api/v1/sheets/{encode_id('sheet', paused.marking.sheets[0][1])}"
    thought = await other.post(
        f"{sheet}/reconsideration", json={"criterion": "C1", "base_rev": 1, "value": "5.5"}, headers=key()
    )
    assert thought.status_code == 201, thought.text
    decided = await decide(chief, paused.session, "5.5")
    assert decided.status_code == 201, decided.text

    for _ in range(2):
        report = await paused.brought(await venue.facts(paused.session))

    assert report["equal"] == report["sheets"]
    sql = "SELECT d.id, d.lowest, d.highest, d.reason, d.at FROM spread_decision d JOIN attempt a ON a.id = d.attempt_id WHERE a.session_id = $1"
    assert await world.fetch(sql, paused.session) == await venue.world.fetch(sql, paused.session) != []
    kinds = await world.fetch("SELECT kind FROM ledger WHERE chain = $1", paused.marking.contest.item)
    assert [row["kind"] for row in kinds].count("spread.decided") == 1


async def test_what_two_people_and_a_result_decide_is_refused_at_the_venue(venue, paused):
    await venue.take_in(await paused.handed_out())
    chief = await venue.judge(paused.marking.judge)

    answer = await ask(chief, f"/api/v1/sheets/{encode_id('sheet', paused.marking.sheet)}")

    assert (answer.status_code, answer.json()["code"]) == (409, "decided_at_centre")


async def test_absence_in_a_blind_item_is_recorded_at_the_centre(world, venue):
    """Nobody can say there yet whose station it is, so that it would be lost on the way back."""
    blind = await blind_of(world)
    await blind.number()
    away = Away(blind)
    await venue.take_in(await away.handed_out())
    entrant = await venue.world.fetchval("SELECT entry_id FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id WHERE a.session_id = $1 LIMIT 1", away.session)  # fmt: skip
    keeper = await venue.world.client(account=away.organiser.account_id)

    answer = await keeper.post(
        f"/api/v1/entries/{encode_id('entry', entrant)}/standing",
        json={"to": "absent", "reason": "没有到场"}, headers={"If-Match": '"r1"'},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (409, "decided_at_centre")
