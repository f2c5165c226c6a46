"""The control room of a blind item: everything is there before it is decoded, and nobody's name or unit; then corrections by two."""

from datetime import date
from uuid import UUID

import pytest

from api.plumbing.ids import encode_id
from tests.control.conftest import post
from tests.control.test_conflicts import employ
from tests.judging.blind import Blind, blind_of
from tests.judging.marking import enter, op
from tests.world import Client, World


@pytest.fixture
async def blind(world: World) -> Blind:
    """Two layers drawn; nothing is marked yet."""
    blind = await blind_of(world)
    await blind.number()
    return blind


async def chief_of(blind: Blind) -> Client:
    account = await blind.world.fetchval(
        "SELECT j.account_id FROM panel_judge pj JOIN judge j ON j.id = pj.judge_id WHERE pj.chief AND j.contest_id = $1",
        blind.contest.contest,
    )
    return await blind.world.client(account=account)


def session_path(blind: Blind) -> str:
    return f"/api/v1/sessions/{blind.sessions[0]['id']}"


async def sheet_at(blind: Blind, station: int) -> tuple[UUID, Client]:
    [row] = await blind.world.fetch(
        "SELECT s.id, s.account_id FROM sheet s JOIN attempt a ON a.id = s.attempt_id JOIN judge j ON j.id = s.judge_id "
        "WHERE a.item_id = $1 AND a.station = $2 ORDER BY j.code DESC LIMIT 1",
        blind.contest.item, station,
    )  # fmt: skip
    return row["id"], await blind.world.client(account=row["account_id"])


async def rules(blind: Blind, document: str) -> None:
    await blind.world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        blind.contest.contest, document,
    )  # fmt: skip


async def test_room_shows_every_station_before_decoding(blind):
    await blind.office.move(blind.sessions[0], "running")
    sheet, judge = await sheet_at(blind, 2)
    await enter(judge, sheet, op("C1", "5"))

    shown = (await (await chief_of(blind)).get(f"{session_path(blind)}/control")).json()

    assert [station["station"] for station in shown["stations"]] == [1, 2, 3, 4]
    assert (shown["sheets"], shown["submitted"]) == (20, 0)
    [cell] = [each for each in shown["stations"][1]["cells"] if each["sheet"] == encode_id("sheet", sheet)]
    assert (cell["state"], cell["done"]) == ("marking", 1)


async def test_spreads_are_flagged_and_a_judge_reconsiders_before_decoding(blind):
    await rules(blind, '{"spread": {"criterion": "3"}}')
    await blind.office.move(blind.sessions[0], "running")
    rows = await blind.world.fetch(
        "SELECT s.id, s.account_id FROM sheet s JOIN attempt a ON a.id = s.attempt_id WHERE a.item_id = $1 AND a.station = 1",
        blind.contest.item,
    )
    judges = [await blind.world.client(account=row["account_id"]) for row in rows]
    for number, (row, judge) in enumerate(zip(rows, judges, strict=True)):
        await enter(judge, row["id"], op("C1", "9" if number == 0 else "5"), op("C2", "5"))
    await blind.world.execute("UPDATE sheet SET state = 'submitted' WHERE item_id = $1 AND seq > 0", blind.contest.item)  # fmt: skip

    shown = (await (await chief_of(blind)).get(f"{session_path(blind)}/spreads")).json()
    answer = await post(
        judges[0], f"/sheets/{encode_id('sheet', rows[0]['id'])}/reconsideration",
        {"criterion": "C1", "base_rev": 1, "value": "6"},
    )  # fmt: skip

    assert [each["spread"] for each in shown["stations"][0]["spreads"]] == ["4"]
    assert answer.status_code == 201, answer.text


async def test_recheck_is_not_drawn_from_a_standing_that_nobody_is_in(blind):
    await rules(blind, '{"recheck": {"top": 1}}')
    path = f"/items/{blind.item}/recheck"

    open_sheets = await post(blind.office.organiser, path, {"number": 0})
    await blind.finish()
    sealed = await post(blind.office.organiser, path, {"number": 0})

    assert (open_sheets.status_code, open_sheets.json()["code"]) == (409, "recheck_too_early")
    assert (sealed.status_code, sealed.json()["code"]) == (409, "standing_incomplete")
    assert (
        await blind.world.fetchval("SELECT count(*) FROM recheck WHERE item_id = $1", blind.contest.item) == 0
    )


async def test_correction_waits_for_the_decoding_and_then_takes_two(blind):
    await blind.finish()
    sheet, _ = await sheet_at(blind, 1)
    chief, path = await chief_of(blind), f"/sheets/{encode_id('sheet', sheet)}"
    body = {"criterion": "C2", "state": "scored", "value": "88"}
    early = await chief.post(f"/api/v1{path}/correction-preview", json=body)
    for layer in (2, 1):
        assert (await blind.open(layer)).status_code == 201

    seen = (await chief.post(f"/api/v1{path}/correction-preview", json=body)).json()
    asked = await post(
        chief, f"{path}/corrections", {**body, "base_rev": seen["base_rev"], "reason": "抄录错误"}
    )
    made = await post(blind.office.organiser, f"/corrections/{asked.json()['id']}/confirmation")

    assert (early.status_code, early.json()["code"]) == (409, "blind_not_decoded")
    assert asked.status_code == 201, asked.text
    assert made.json()["outcome"] == "made"
    entries = await blind.world.fetch("SELECT id FROM entry WHERE item_id = $1", blind.contest.item)
    for answer in (early, asked):
        assert not any(encode_id("entry", row["id"]) in answer.text for row in entries)


async def test_chief_judge_of_a_blind_item_reads_no_unit_of_a_contestant(world, blind):
    unit = await world.organisation()
    name = await world.fetchval("SELECT name_zh FROM organisation WHERE id = $1", unit)
    [entry] = await world.fetch("SELECT id FROM entry WHERE item_id = $1 LIMIT 1", blind.contest.item)
    await world.execute("UPDATE entry SET unit_id = $2 WHERE id = $1", entry["id"], unit)
    _, judge = await sheet_at(blind, 1)
    await blind.finish()
    await employ(world, judge, unit, date(2015, 1, 1))
    path = f"/api/v1/items/{blind.item}/conflicts"

    told = await (await chief_of(blind)).get(path)
    organiser = await blind.office.organiser.get(path)

    assert [each["code"] for each in told.json()] == ["A-05"]
    assert name not in told.text
    assert name in organiser.text
    for layer in (2, 1):
        assert (await blind.open(layer)).status_code == 201
    assert name in (await (await chief_of(blind)).get(path)).text
