"""A judge falls ill on the day: another takes the seat. What was marked stays with whoever marked it."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest

from api.plumbing.ids import encode_id
from api.results.ledger import verify_item
from tests.judging.conftest import Marking, marking_of
from tests.judging.marking import codes, enter, facts, op, send
from tests.world import Client, World


class Day(msgspec.Struct):
    """A running session before two judges; a third one of the contest stands by."""

    world: World
    marking: Marking
    organiser: Client
    reserve: Client
    panel: str

    async def judge_of(self, client: Client) -> str:
        found = await self.world.fetchval(
            "SELECT id FROM judge WHERE contest_id = $1 AND account_id = $2",
            self.marking.contest.contest, client.account_id,
        )  # fmt: skip
        return encode_id("judge", found)

    async def replace(
        self, judge: Client, other: Client, *, rev: int = 1, who: Client | None = None, **more: Any
    ) -> Any:
        body = {
            "judge": await self.judge_of(judge),
            "by": await self.judge_of(other),
            "reason": "突发疾病",
            **more,
        }
        return await (who or self.organiser).post(
            f"/api/v1/panels/{self.panel}/replacements", json=body, headers={"if-match": f'"r{rev}"'}
        )

    async def owners(self) -> list[list[int]]:
        """Whose each sheet is: 0 the chief, 1 the other judge, 2 the reserve."""
        people = [each.account_id for each in (*self.marking.judges, self.reserve)]
        return [[people.index(await self._owner(sheet)) for sheet in row] for row in self.marking.sheets]

    async def _owner(self, sheet: UUID) -> UUID:
        owner: UUID = await self.world.fetchval("SELECT account_id FROM sheet WHERE id = $1", sheet)
        return owner

    async def acts(self) -> list[dict[str, Any]]:
        return await self.world.fetch(
            "SELECT kind, account_id, payload FROM ledger WHERE chain = $1 AND kind LIKE 'panel.%'",
            self.marking.contest.item,
        )


async def judge(world: World, marking: Marking, code: str, unit: UUID | None = None) -> Client:
    client = await world.client("judge", "contest", marking.contest.contest)
    await world.execute(
        "INSERT INTO judge (contest_id, account_id, code, unit_id) VALUES ($1, $2, $3, $4)",
        marking.contest.contest, client.account_id, code, unit,
    )  # fmt: skip
    return client


@pytest.fixture
async def day(world: World) -> Day:
    marking = await marking_of(world, judges=2)
    panel = await world.fetchval("SELECT id FROM panel WHERE item_id = $1", marking.contest.item)
    organiser = await world.client("organiser", "contest", marking.contest.contest)
    return Day(world, marking, organiser, await judge(world, marking, "A-09"), encode_id("panel", panel))


async def test_sheets_without_a_mark_go_to_the_new_judge_and_begun_ones_stay(world, day):
    ill = day.marking.judges[1]
    await enter(ill, day.marking.sheets[0][1], op("C1", "8"))

    answer = await day.replace(ill, day.reserve)

    assert (answer.status_code, [seat["code"] for seat in answer.json()["seats"]]) == (200, ["A-01", "A-09"])
    assert answer.headers["etag"] == '"r2"'
    assert await day.owners() == [[0, 1], [0, 2]]
    assert await facts(world, day.marking.sheets[0][1]) == [("C1", 1, "scored", "8")]
    assert codes(await enter(day.reserve, day.marking.sheets[1][1], op("C1", "9"))) == ["accepted"]
    assert codes(await enter(ill, day.marking.sheets[0][1], op("C2", "70"))) == ["accepted"]
    assert (await send(ill, day.marking.sheets[1][1], op("C1", "9"))).status_code in (200, 404)
    assert await facts(world, day.marking.sheets[1][1]) == [("C1", 1, "scored", "9")]


async def test_both_find_the_session_and_their_own_sheets_in_it(day):
    ill = day.marking.judges[1]
    await enter(ill, day.marking.sheets[0][1], op("C1", "8"))
    await day.replace(ill, day.reserve)

    for client, code, station in ((ill, "A-02", 1), (day.reserve, "A-09", 2)):
        [session] = (await client.get("/api/v1/sessions")).json()
        grid = (await client.get(f"/api/v1/sessions/{session['id']}/stations")).json()
        assert (grid["judge"], [each["station"] for each in grid["stations"]]) == (code, [station])


async def test_begun_sheets_go_along_only_where_that_is_asked_for_and_keep_their_marks(world, day, db):
    ill = day.marking.judges[1]
    await enter(ill, day.marking.sheets[0][1], op("C1", "8"))

    await day.replace(ill, day.reserve, begun=True)

    assert await day.owners() == [[0, 2], [0, 2]]
    assert codes(await enter(ill, day.marking.sheets[0][1], op("C2", "70"))) == ["not_assigned"]
    assert codes(await enter(day.reserve, day.marking.sheets[0][1], op("C2", "70"))) == ["accepted"]
    given = await world.fetch(
        "SELECT criterion, account_id FROM mark_revision WHERE sheet_id = $1 ORDER BY seq",
        day.marking.sheets[0][1],
    )
    assert [tuple(row.values()) for row in given] == [("C1", ill.account_id), ("C2", day.reserve.account_id)]
    async with db.reading() as connection:
        assert (
            await verify_item(connection, day.marking.contest.item, day.marking.contest.season, None)
        ).sound


@pytest.mark.parametrize("state", ["submitted", "signed"])
async def test_sheet_that_was_handed_in_stays(world, day, state):
    ill, sheet = day.marking.judges[1], day.marking.sheets[0][1]
    await enter(ill, sheet, op("C1", "8"))
    for step in ("submitted", "signed")[: 1 + (state == "signed")]:
        await world.execute("UPDATE sheet SET state = $2 WHERE id = $1", sheet, step)

    await day.replace(ill, day.reserve, begun=True)

    assert await day.owners() == [[0, 1], [0, 2]]


async def test_ledger_says_who_replaced_whom_and_why(day):
    answer = await day.replace(day.marking.judges[1], day.reserve)

    assert answer.status_code == 200
    [act] = await day.acts()
    assert (act["kind"], act["account_id"]) == ("panel.judge_replaced", day.organiser.account_id)
    assert msgspec.json.decode(act["payload"]) == {
        "judge": await day.judge_of(day.marking.judges[1]), "by": await day.judge_of(day.reserve), "sheets": 2, "begun": False,
        "reason": "突发疾病",
    }  # fmt: skip


async def test_chiefs_seat_takes_the_chiefs_role_along(world, day):
    await world.grant(
        day.marking.judge.account_id,
        "chief_judge",
        "item",
        day.marking.contest.item,
        day.marking.contest.contest,
    )
    await world.execute(
        "UPDATE access_grant SET reason = 'panel' WHERE scope_id = $1", day.marking.contest.item
    )

    await day.replace(day.marking.judge, day.reserve)

    chiefs = await world.fetch(
        "SELECT account_id FROM access_grant WHERE role = 'chief_judge' AND scope_id = $1 AND revoked_at IS NULL",
        day.marking.contest.item,
    )
    assert [row["account_id"] for row in chiefs] == [day.reserve.account_id]


async def test_judge_from_a_contestants_unit_takes_no_seat(world, day):
    firm = await world.organisation(kind="enterprise", tier="base")
    await world.execute("UPDATE entry SET unit_id = $2 WHERE id = $1", day.marking.entries[0], firm)
    partial = await judge(world, day.marking, "A-10", firm)

    answer = await day.replace(day.marking.judges[1], partial)

    assert (answer.status_code, answer.json()["code"]) == (409, "judge_avoidance")
    assert (await day.owners(), await day.acts()) == ([[0, 1], [0, 1]], [])


async def test_what_names_nobody_or_comes_too_late_changes_nothing(world, day):
    ill, chief = day.marking.judges[1], day.marking.judge
    strange = await marking_of(world, judges=1)
    other = await world.fetchval("SELECT id FROM judge WHERE contest_id = $1", strange.contest.contest)

    async def refused(answer: Any) -> tuple[int, str, str]:
        body = answer.json()
        return answer.status_code, body["code"], (body.get("errors") or [{"code": ""}])[0]["code"]

    assert await refused(await day.replace(ill, chief)) == (422, "invalid_fields", "judge_twice")
    assert await refused(await day.replace(day.reserve, day.reserve)) == (
        422,
        "invalid_fields",
        "judge_unknown",
    )
    assert await refused(await day.replace(ill, ill, by=encode_id("judge", other))) == (
        422,
        "invalid_fields",
        "judge_unknown",
    )
    assert await refused(await day.replace(ill, day.reserve, reason="  ")) == (422, "reason_needed", "")
    assert await refused(await day.replace(ill, day.reserve, rev=7)) == (412, "stale", "")
    stranger = await world.client("organiser", "contest", strange.contest.contest)
    assert await refused(await day.replace(ill, day.reserve, who=stranger)) == (404, "not_found", "")
    await world.execute(
        "UPDATE publication SET state = 'closed' WHERE item_id = $1", day.marking.contest.item
    )
    assert await refused(await day.replace(ill, day.reserve)) == (409, "results_closed", "")
    assert (await day.owners(), await day.acts()) == ([[0, 1], [0, 1]], [])


async def test_nobody_gets_two_voices_on_one_piece_of_work(world, day):
    """A judge who comes back, to another seat, has begun a sheet there already: the seat's own sheet of that work does not move."""
    ill, chief = day.marking.judges[1], day.marking.judge
    await enter(ill, day.marking.sheets[0][1], op("C1", "8"))
    await day.replace(ill, day.reserve)

    answer = await day.replace(chief, ill, rev=2)

    assert answer.status_code == 200, answer.text
    assert await day.owners() == [[0, 1], [1, 2]]


async def test_mark_and_replacement_at_the_same_moment_leave_the_sheet_with_whoever_marked(world, day):
    ill = day.marking.judges[1]

    answers = await asyncio.gather(
        day.replace(ill, day.reserve), *(send(ill, row[1], op("C1", "8")) for row in day.marking.sheets)
    )

    assert answers[0].status_code == 200
    for row, owner in zip(day.marking.sheets, await day.owners(), strict=True):
        assert owner[1] == (1 if await facts(world, row[1]) else 2)
