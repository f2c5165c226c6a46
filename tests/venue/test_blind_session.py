"""A session of a blind item goes to the workshop under its stations alone, and is decoded at the centre once it is back."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.plumbing.ids import encode_id, parse_id
from api.venue.bundles import unseal
from api.venue.schemas import SessionBundle
from tests.judging.blind import Blind, blind_of
from tests.judging.marking import codes, enter, op
from tests.venue.conftest import OCTETS, Venue
from tests.venue.test_there_and_back import submit


class Away:
    """The session of a blind item, handed out; requests are its organiser's."""

    def __init__(self, blind: Blind) -> None:
        self.blind, self.world, self.organiser = blind, blind.world, blind.office.organiser
        self.session: UUID = parse_id("session", blind.sessions[0]["id"])
        self.path = f"/api/v1/sessions/{blind.sessions[0]['id']}/venue"

    async def hand_out(self) -> Any:
        return await self.organiser.post(
            self.path, json={"label": "一号车间"}, headers={"Idempotency-Key": str(uuid4())}
        )

    async def handed_out(self) -> bytes:
        answer = await self.hand_out()
        assert answer.status_code == 201, answer.text
        return (await self.organiser.get(f"{self.path}/bundle")).content

    async def bring(self, content: bytes) -> Any:
        return await self.organiser.post(f"{self.path}/facts", content=content, headers=OCTETS)

    async def judge_at(self, venue: Venue) -> None:
        """Everything marked, submitted and signed there, and the session closed."""
        assert (await venue.run(self.session)).status_code == 200
        chief = await venue.world.client(account=await self.chief())
        for number, sheet in enumerate(await self.sheets()):
            judge = await venue.world.client(account=sheet["account_id"])
            assert codes(await enter(judge, sheet["id"], op("C1", str(number % 10)), op("C2", "70"))) == ["accepted"] * 2  # fmt: skip
            await submit(judge, sheet["id"], venue.world)
            await submit(chief, sheet["id"], venue.world, "signed")
        closed = await venue.run(self.session, "closed")
        assert closed.status_code == 200, closed.text

    async def sheets(self) -> list[Any]:
        return await self.world.fetch(
            "SELECT s.id, s.account_id FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided "
            "WHERE s.session_id = $1 ORDER BY a.station, s.id",
            self.session,
        )

    async def chief(self) -> UUID:
        found: UUID = await self.world.fetchval(
            "SELECT j.account_id FROM panel_judge pj JOIN judge j ON j.id = pj.judge_id WHERE pj.chief AND j.contest_id = $1",
            self.blind.contest.contest,
        )
        return found


@pytest.fixture
async def away(world):
    blind = await blind_of(world)
    await blind.number()
    return Away(blind)


async def test_bundle_has_every_station_and_no_link(world, away):
    content = await away.handed_out()

    bundle = unseal(content, "session").body(SessionBundle)
    text = bundle.__repr__()
    assert [(place.station, place.standing) for place in bundle.places] == [(n, "present") for n in (1, 2, 3, 4)]  # fmt: skip
    entries = await world.fetch("SELECT id, number FROM entry WHERE item_id = $1", away.blind.contest.item)
    for row in entries:
        assert str(row["id"]) not in text
        assert row["id"].hex not in text
        assert encode_id("entry", row["id"]) not in text
    assert not any(code in text for code in away.blind.lists[1])


async def test_marks_of_a_day_away_are_decoded_at_the_centre(world, away, venue):
    await venue.take_in(await away.handed_out())
    await away.judge_at(venue)

    report = await away.bring(await venue.facts(away.session))
    await away.organiser.post(
        f"{away.path}/return", json={"reason": "已经带回"},
        headers={"If-Match": (await away.organiser.get(away.path)).headers["etag"]},
    )  # fmt: skip
    opened = [await away.blind.open(layer) for layer in (2, 1)]

    assert report.json()["complete"], report.text
    assert [each.status_code for each in opened] == [201, 201]
    placed = await world.fetch(
        "SELECT a.station, ae.entry_id FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id WHERE a.session_id = $1",
        away.session,
    )
    lists = away.blind.lists
    assert {(row["station"], encode_id("entry", row["entry_id"])) for row in placed} == {
        (int(place.split()[1]), lists[1][number]) for place, number in lists[2].items()
    }


async def test_nothing_is_opened_while_the_session_is_away(world, away, venue):
    """What came back once may be followed by more: nobody marks what is known already."""
    await venue.take_in(await away.handed_out())
    await away.judge_at(venue)
    assert (await away.bring(await venue.facts(away.session))).json()["complete"]

    answer = await away.blind.open(2)

    assert (answer.status_code, answer.json()["code"]) == (409, "session_at_venue")
    assert await world.fetchval("SELECT count(*) FROM layer_opening WHERE item_id = $1", away.blind.contest.item) == 0  # fmt: skip


async def test_session_does_not_leave_once_decoding_has_begun(away):
    await away.blind.finish()
    before = (await away.organiser.get(away.path)).json()["settled"]
    assert (await away.blind.open(2)).status_code == 201

    answer = await away.hand_out()

    # The page offers it no more.
    assert (before, (await away.organiser.get(away.path)).json()["settled"]) == (False, True)
    assert (answer.status_code, answer.json()["code"]) == (409, "layer_opened_already")
