"""What a judge sees, and who answers for a sheet."""

import json
import re

import pytest

from api.plumbing.ids import encode_id
from tests.judging.conftest import Marking, marking_of
from tests.judging.marking import codes, enter, op
from tests.world import Client


async def chief_of(world, marking: Marking) -> Client:
    """The chief judge's own sign-in."""
    return await world.client("chief_judge", "item", marking.contest.item, contest=marking.contest.contest)


async def move(client: Client, sheet, to: str, seq: int, **more):
    return await client.post(
        f"/api/v1/sheets/{encode_id('sheet', sheet)}/transitions", json={"to": to, "seq": seq, **more}
    )


def full() -> list[dict]:
    """Both criteria answered."""
    return [op("C1", "8.5"), op("C2", "80")]


async def test_sheet_shows_bounds_and_what_stands_there(marking):
    await enter(marking.judge, marking.sheet, op("C1", "8.50", reasons=["划痕"]))

    sheet = (await marking.judge.get(f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}")).json()

    first, second = sheet["criteria"]
    assert (first["number"], first["rule"]["key"], first["rule"]["maximum"], first["rule"]["step"]) == (
        1,
        "C1",
        "10",
        "0.5",
    )
    assert (first["current"]["value"], first["current"]["rev"], first["current"]["reasons"]) == (
        "8.50",
        1,
        ["划痕"],
    )
    assert second["current"] is None
    assert (sheet["state"], sheet["seq"], sheet["judge"], sheet["station"]) == ("open", 1, "A-01", 1)


async def test_station_grid_counts_what_is_answered(marking):
    await enter(
        marking.judge, marking.sheet, op("C1", "8"), op("C2", "80"), op("C1", None, 1, state="cleared")
    )
    await enter(marking.judge, marking.sheets[1][0], op("C1"))

    sessions = (await marking.judge.get("/api/v1/sessions")).json()
    grid = (await marking.judge.get(f"/api/v1/sessions/{sessions[0]['id']}/stations")).json()

    assert [(s["station"], [(x["judge"], x["done"], x["of"]) for x in s["sheets"]]) for s in grid["stations"]] == [
        (1, [("A-01", 1, 2)]), (2, [("A-01", 1, 2)]),
    ]  # fmt: skip
    assert (grid["judge"], grid["chief"]) == ("A-01", True)


async def test_chief_judge_sees_every_sheet_of_the_session(world, marking):
    chief = await chief_of(world, marking)
    session = (await marking.judge.get("/api/v1/sessions")).json()[0]["id"]

    grid = (await chief.get(f"/api/v1/sessions/{session}/stations")).json()

    assert [len(station["sheets"]) for station in grid["stations"]] == [2, 2]
    assert (await chief.get(f"/api/v1/sheets/{grid['stations'][0]['sheets'][1]['sheet']}")).status_code == 200


async def test_judge_finds_neither_sheets_nor_sessions_of_others(world, marking):
    other = await marking_of(world, judges=1, entries=1)
    session = (await marking.judge.get("/api/v1/sessions")).json()[0]["id"]
    colleague = (await world.judges(await world.contest(), 1))[0]

    assert (
        await marking.judge.get(f"/api/v1/sheets/{encode_id('sheet', marking.sheets[0][1])}")
    ).status_code == 404
    assert (await other.judge.get(f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}")).status_code == 404
    assert (await other.judge.get(f"/api/v1/sessions/{session}/stations")).status_code == 404
    assert (await colleague.get("/api/v1/sessions")).json() == []


async def test_judge_without_a_sheet_in_a_session_of_the_own_contest_does_not_find_it(world, marking):
    session = (await marking.judge.get("/api/v1/sessions")).json()[0]["id"]
    reserve = await world.client("judge", "contest", marking.contest.contest)

    assert (await reserve.get(f"/api/v1/sessions/{session}/stations")).status_code == 404


async def test_no_byte_a_judge_receives_tells_who_is_marked(world):
    """No name, number or unit; and no id-like token that public, unit or contestant pages hold."""
    marking = await marking_of(world, judges=2, blind_layers=1, live="progress")
    firm = await world.organisation("听雨轩机械厂", kind="enterprise")
    await world.execute(
        "UPDATE person_version SET name = '欧阳试锋' WHERE id IN (SELECT person_version_id FROM entry_member WHERE entry_id = $1)",
        marking.entries[0],
    )
    await world.execute(
        "UPDATE entry SET unit_id = $2, number = 'ZB-777' WHERE id = $1", marking.entries[0], firm
    )
    session = (await marking.judge.get("/api/v1/sessions")).json()[0]["id"]

    answers = [
        await marking.judge.get("/api/v1/sessions"),
        await marking.judge.get(f"/api/v1/sessions/{session}/stations"),
        await marking.judge.get(f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}"),
        await marking.judge.post(f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/marks:batch", json={"ops": full()}),
        await move(marking.judge, marking.sheet, "submitted", 2),
    ]  # fmt: skip

    seen = "".join(answer.text + json.dumps(dict(answer.headers)) for answer in answers)
    assert [answer.status_code for answer in answers] == [200] * 5
    for hidden in ("欧阳试锋", "听雨轩", "ZB-777"):
        assert hidden not in seen
    public = {
        encode_id("item", marking.contest.item),
        encode_id("contest", marking.contest.contest),
        encode_id("season", marking.contest.season),
    }
    public |= {encode_id("entry", entry) for entry in marking.entries}
    tokens = set(re.findall(r"\b[a-z]{3}_[0-9A-Z]{26}\b", seen))
    assert not tokens & public
    assert {token[:3] for token in tokens} <= {"ses", "sht", "pan"}


async def test_no_refusal_to_a_judge_tells_who_is_marked_either(world):
    marking = await marking_of(world, judges=2, blind_layers=1, live="progress")
    await world.execute(
        "UPDATE person_version SET name = '欧阳试锋' WHERE id IN (SELECT person_version_id FROM entry_member WHERE entry_id = $1)",
        marking.entries[0],
    )
    await world.execute("UPDATE entry SET number = 'ZB-777' WHERE id = $1", marking.entries[0])
    item, contest = encode_id("item", marking.contest.item), encode_id("contest", marking.contest.contest)
    entry, own = encode_id("entry", marking.entries[0]), encode_id("sheet", marking.sheet)
    judge = marking.judges[1]

    answers = [
        *[
            await judge.get(f"/api/v1{path}")
            for path in (
                f"/items/{item}/standings", f"/items/{item}/draws", f"/items/{item}/redraws", f"/items/{item}/theory-marks",
                f"/items/{item}/panels", f"/items/{item}/publication", f"/items/{item}/ledger", f"/items/{item}/slots",
                f"/contests/{contest}/entries", f"/contests/{contest}/judges", f"/contests/{contest}/award-preview",
                f"/entries/{entry}", f"/sheets/{own}",
            )
        ],
        await move(judge, marking.sheet, "submitted", 0),
        await move(judge, marking.sheets[0][1], "submitted", 0),
    ]  # fmt: skip

    seen = "".join(answer.text + json.dumps(dict(answer.headers)) for answer in answers)
    assert {answer.status_code for answer in answers} <= {403, 404, 422, 409}
    assert not [hidden for hidden in ("欧阳试锋", "ZB-777", entry) if hidden in seen]


async def test_complete_sheet_is_submitted_signed_and_noted(world, marking):
    chief = await chief_of(world, marking)
    await enter(marking.judge, marking.sheet, *full())

    submitted = await move(marking.judge, marking.sheet, "submitted", 2)
    signed = await move(chief, marking.sheet, "signed", 2)

    assert (submitted.json()["state"], signed.json()["state"]) == ("submitted", "signed")
    rows = await world.fetch(
        "SELECT to_state, t.seq, t.head = s.head AS head, by_account FROM sheet_transition t JOIN sheet s ON s.id = t.sheet_id WHERE s.id = $1 ORDER BY position",
        marking.sheet,
    )
    assert [tuple(row.values()) for row in rows] == [
        ("submitted", 2, True, marking.judge.account_id), ("signed", 2, True, chief.account_id),
    ]  # fmt: skip
    kinds = await world.fetch(
        "SELECT kind FROM ledger WHERE season_id = $1 AND subject = $2 ORDER BY seq",
        marking.contest.season,
        marking.sheet,
    )
    assert [row["kind"] for row in kinds] == ["sheet.submitted", "sheet.signed"]
    assert [step["by"] for step in signed.json()["transitions"]] == ["A-01", None]


async def test_blank_mark_keeps_a_sheet_open_and_is_named(world, marking):
    await enter(marking.judge, marking.sheet, op("C1", "8"), op("C1", None, 1, state="cleared"))

    refused = await move(marking.judge, marking.sheet, "submitted", 2)

    assert (refused.status_code, refused.json()["code"]) == (409, "sheet_incomplete")
    assert "第1、2项" in refused.json()["detail"]
    assert (
        await world.fetchval("SELECT count(*) FROM sheet_transition WHERE sheet_id = $1", marking.sheet) == 0
    )


async def test_not_attempted_is_an_answer(marking):
    await enter(marking.judge, marking.sheet, op("C1"), op("C2"))

    assert (await move(marking.judge, marking.sheet, "submitted", 2)).status_code == 200


async def test_sheet_of_an_absent_contestant_is_submitted_empty(world, marking):
    await world.execute("UPDATE entry SET standing = 'absent' WHERE id = $1", marking.entries[0])

    assert (await move(marking.judge, marking.sheet, "submitted", 0)).status_code == 200


async def test_sheet_that_moved_since_it_was_looked_at_is_not_signed(world, marking):
    await enter(marking.judge, marking.sheet, *full())

    refused = await move(marking.judge, marking.sheet, "submitted", 1)

    assert (refused.json()["code"], refused.json()["current"]["seq"]) == ("sheet_moved", 2)


@pytest.mark.parametrize("state", ["submitted", "signed"])
async def test_returned_sheet_takes_marks_again(world, marking, state):
    chief = await chief_of(world, marking)
    await enter(marking.judge, marking.sheet, *full())
    await move(marking.judge, marking.sheet, "submitted", 2)
    if state == "signed":
        await move(chief, marking.sheet, "signed", 2)

    assert (await move(chief, marking.sheet, "open", 2)).json()["code"] == "reason_needed"
    assert (await move(chief, marking.sheet, "open", 2, reason="第2项漏看")).status_code == 200
    assert codes(await enter(marking.judge, marking.sheet, op("C2", "81", 1))) == ["accepted"]


async def test_only_the_owner_submits_and_only_the_chief_signs(world, marking):
    chief = await chief_of(world, marking)
    await enter(marking.judge, marking.sheet, *full())

    assert (await move(marking.judges[1], marking.sheet, "submitted", 2)).status_code == 404
    assert (await move(chief, marking.sheet, "submitted", 2)).status_code == 404
    assert (await move(chief, marking.sheet, "signed", 2)).json()["code"] == "forbidden_transition"
    await move(marking.judge, marking.sheet, "submitted", 2)
    assert (await move(marking.judges[1], marking.sheet, "signed", 2)).status_code == 404


async def test_sheet_is_not_reopened_under_a_result_that_counts_on_it(world, marking):
    chief = await chief_of(world, marking)
    await enter(marking.judge, marking.sheet, *full())
    await move(marking.judge, marking.sheet, "submitted", 2)
    await world.execute("UPDATE publication SET state = 'closed' WHERE item_id = $1", marking.contest.item)

    assert (await move(chief, marking.sheet, "open", 2, reason="漏看")).json()["code"] == "results_closed"
