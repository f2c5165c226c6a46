"""A judge who takes a seat in the workshop comes from no contestant's unit, although units stay at the centre."""

import gzip
from uuid import UUID

import msgspec
import pytest

from api.plumbing.ids import encode_id
from tests.judging.marking import codes, enter, op
from tests.venue.conftest import Centre, Venue
from tests.venue.test_there_and_back import key, rows
from tests.venue.test_two_venues import second_session
from tests.world import Client


class Reserve(msgspec.Struct):
    """A judge of the contest who has no seat yet, and the unit they were registered with."""

    centre: Centre
    client: Client
    judge: UUID
    unit: UUID

    async def seat_at(self, venue: Venue):
        """Put them on the second judge's seat there, as the keeper."""
        world, ill = self.centre.world, self.centre.marking.judges[1]
        seat = await world.fetchval("SELECT id FROM judge WHERE account_id = $1", ill.account_id)
        panel = await world.fetchval(
            "SELECT panel_id FROM judging_session WHERE id = $1", self.centre.session
        )
        keeper = await venue.world.client(account=self.centre.organiser.account_id)
        return await keeper.post(
            f"/api/v1/panels/{encode_id('panel', panel)}/replacements", headers={"If-Match": '"r1"'},
            json={"judge": encode_id("judge", seat), "by": encode_id("judge", self.judge), "reason": "突发疾病"},
        )  # fmt: skip

    async def enter_their_unit(self) -> None:
        """An accepted entry comes from the same unit."""
        await self.centre.world.execute(
            "UPDATE entry SET unit_id = $2 WHERE id = $1", self.centre.marking.entries[0], self.unit
        )


@pytest.fixture
async def reserve(centre):
    world, contest = centre.world, centre.marking.contest.contest
    client = await world.client("judge", "contest", contest)
    unit = await world.organisation()
    judge = await world.fetchval(
        "INSERT INTO judge (contest_id, account_id, code, unit_id) VALUES ($1, $2, 'A-09', $3) RETURNING id",
        contest, client.account_id, unit,
    )  # fmt: skip
    return Reserve(centre, client, judge, unit)


async def test_judge_of_a_contestants_unit_takes_no_seat_at_the_venue(centre, venue, reserve):
    await reserve.enter_their_unit()
    await venue.take_in(await centre.handed_out())

    answer = await reserve.seat_at(venue)

    assert (answer.status_code, answer.json()["code"]) == (409, "judge_avoidance")
    assert "A-09" in answer.json()["detail"]


async def test_session_with_such_a_judge_is_not_started_there_either(centre, venue, reserve):
    await reserve.enter_their_unit()
    ill = centre.marking.judges[1].account_id
    await centre.world.execute("UPDATE judge SET unit_id = $2 WHERE account_id = $1", ill, reserve.unit)
    await venue.take_in(await centre.handed_out())

    answer = await venue.run(centre.session)

    assert (answer.status_code, answer.json()["code"]) == (409, "judge_avoidance")


async def test_bundle_says_who_stands_aside_and_neither_unit_nor_contestant(centre, reserve):
    await reserve.enter_their_unit()

    text = gzip.decompress((await centre.handed_out()).split(b"\n", 2)[2]).decode()

    seats = {each["code"]: each.get("barred") for each in msgspec.json.decode(text)["judges"]}
    assert seats == {"A-01": False, "A-02": False, "A-09": True}
    name = await centre.world.fetchval("SELECT name_zh FROM organisation WHERE id = $1", reserve.unit)
    assert str(reserve.unit) not in text
    assert name not in text


async def test_judges_device_at_the_venue_learns_nothing_of_it(centre, venue, reserve):
    await reserve.enter_their_unit()
    await venue.take_in(await centre.handed_out())
    judge = await venue.judge(centre.marking.judge)
    session = encode_id("session", centre.session)

    paths = (f"/api/v1/sessions/{session}/stations", f"/api/v1/sessions/{session}/pack")
    answers = [await judge.get(path) for path in paths]

    assert [each.status_code for each in answers] == [200] * 2
    assert not [each for each in answers if "A-09" in each.text or "barred" in each.text]


async def test_two_judges_of_one_unit_where_the_rules_allow_one(centre, venue, reserve):
    chief = centre.marking.judge.account_id
    await centre.world.execute("UPDATE judge SET unit_id = $2 WHERE account_id = $1", chief, reserve.unit)
    await centre.world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        centre.marking.contest.contest, '{"avoidance": {"one_judge_per_unit": true}}',
    )  # fmt: skip
    await venue.take_in(await centre.handed_out())

    answer = await reserve.seat_at(venue)

    assert (answer.status_code, answer.json()["code"]) == (409, "judges_of_one_unit")


async def test_nobody_new_becomes_a_judge_at_the_venue(centre, venue, reserve):
    """The centre would not know whose marks come back, and nobody there can say from which unit somebody comes."""
    await venue.take_in(await centre.handed_out())
    keeper = await venue.world.client(account=centre.organiser.account_id)
    contest = encode_id("contest", centre.marking.contest.contest)

    answer = await keeper.post(
        f"/api/v1/contests/{contest}/judges",
        json={"account": encode_id("account", centre.organiser.account_id), "code": "A-10"},
        headers=key(),
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "decided_at_centre")


async def test_what_came_to_be_meanwhile_is_named_and_nothing_is_lost(centre, venue, reserve):
    """The entry is accepted while the reserve judge already marks: the marks come back, and the report asks for a person."""
    world, sheet = centre.world, centre.marking.sheets[0][1]
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    assert (await reserve.seat_at(venue)).status_code == 200
    here = await venue.judge(reserve.client)
    assert codes(await enter(here, sheet, op("C1", "6"))) == ["accepted"]
    content = await venue.facts(centre.session)
    await reserve.enter_their_unit()

    report, again = await centre.brought(content), await centre.brought(content)

    named = [(each["kind"], each["judge"]) for each in report["differences"]]
    assert named == [("judge_avoidance", "A-09")]
    assert again["differences"] == report["differences"]
    assert len(await rows(world, sheet)) == 1
    acts = await world.fetch(
        "SELECT kind, payload->>'reason' AS reason FROM ledger WHERE chain = $1 AND kind = 'panel.judge_replaced'",
        centre.marking.contest.item,
    )
    assert [row["reason"] for row in acts] == ["突发疾病"]


async def test_nothing_is_to_be_settled_where_nobody_stands_aside(centre, venue, reserve):
    await venue.take_in(await centre.handed_out())
    assert (await reserve.seat_at(venue)).status_code == 200

    assert (await centre.brought(await venue.facts(centre.session)))["differences"] == []


async def test_replacement_that_two_sessions_bring_is_told_once(centre, venue, reserve):
    """One panel judges both sessions, and each brings what was done with it."""
    other = await second_session(centre)
    await centre.world.execute(
        "UPDATE judging_session SET panel_id = (SELECT panel_id FROM judging_session WHERE id = $1) WHERE id = $2",
        centre.session, other.session,
    )  # fmt: skip
    for place in (centre, other):
        await venue.take_in(await place.handed_out())
    assert (await reserve.seat_at(venue)).status_code == 200

    reports = [await place.brought(await venue.facts(place.session)) for place in (centre, other)]

    acts = [next(each for each in report["tallies"] if each["kind"] == "act") for report in reports]
    assert [(each["sent"], each["new"]) for each in acts] == [(1, 1), (1, 0)]
    told = "SELECT count(*) FROM ledger WHERE chain = $1 AND kind = 'panel.judge_replaced'"
    assert await centre.world.fetchval(told, centre.marking.contest.item) == 1
