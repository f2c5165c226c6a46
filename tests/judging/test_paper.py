"""Paper sheets: typed twice, blind to each other, compared field by field, and only then marks."""

from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from tests.judging.marking import enter, facts, op


@pytest.fixture
async def clerks(world, marking):
    return [await world.client("data_clerk", "contest", marking.contest.contest) for _ in range(3)]


@pytest.fixture
async def chief(world, marking):
    return await world.client("chief_judge", "contest", marking.contest.contest)


def copy(c1="8.5", c2="80"):
    values = {"C1": c1, "C2": c2}
    return {
        "answers": {
            key: {"state": "not_attempted"} if value is None else {"state": "scored", "value": value}
            for key, value in values.items()
        }
    }


async def type_in(client, sheet, body):
    return await client.post(
        f"/api/v1/sheets/{encode_id('sheet', sheet)}/paper-copies",
        json=body,
        headers={"Idempotency-Key": str(uuid4())},
    )


async def transfer(client, sheet):
    return await client.post(f"/api/v1/sheets/{encode_id('sheet', sheet)}/paper-transfer")


async def test_two_copies_that_agree_become_marks_once(world, marking, clerks, chief):
    first = await type_in(clerks[0], marking.sheet, copy("8.50", None))
    second = await type_in(clerks[1], marking.sheet, copy("8.5", None))

    done = [await transfer(chief, marking.sheet) for _ in range(2)]

    assert (first.json()["state"], second.json()["state"]) == ("one", "agrees")
    assert [answer.json()["state"] for answer in done] == ["transferred"] * 2
    assert await facts(world, marking.sheet) == [("C1", 1, "scored", "8.5"), ("C2", 1, "not_attempted", None)]
    told = await world.fetchval(
        "SELECT count(*) FROM ledger WHERE kind = 'sheet.transcribed' AND chain = $1", marking.contest.item
    )
    assert told >= 1


async def test_copies_that_differ_name_the_field_to_clerks_and_the_values_to_the_chief_only(
    world, marking, clerks, chief
):
    await type_in(clerks[0], marking.sheet, copy("8", "80"))

    second = (await type_in(clerks[1], marking.sheet, copy("6", "80"))).json()
    session = encode_id(
        "session", await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", marking.sheet)
    )
    [seen, *_] = (await chief.get(f"/api/v1/sessions/{session}/paper")).json()
    refused = await transfer(chief, marking.sheet)

    assert [(each["number"], each["first"], each["second"]) for each in second["differences"]] == [
        (1, None, None)
    ]
    assert seen["differences"][0]["first"]["value"] == "8"
    assert refused.json()["code"] == "paper_differs"
    assert await facts(world, marking.sheet) == []


async def test_clerk_reads_nothing_of_the_other_copy(world, marking, clerks):
    await type_in(clerks[0], marking.sheet, copy("7.5", "61"))
    session = encode_id(
        "session", await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", marking.sheet)
    )

    shown = (await clerks[1].get(f"/api/v1/sessions/{session}/paper")).text

    assert '"7.5"' not in shown
    assert '"61"' not in shown


async def test_clerk_who_finds_an_own_slip_types_it_again_and_a_third_is_turned_away(marking, clerks, chief):
    await type_in(clerks[0], marking.sheet, copy("8", "80"))
    await type_in(clerks[1], marking.sheet, copy("6", "80"))

    third = await type_in(clerks[2], marking.sheet, copy("8", "80"))
    again = await type_in(clerks[1], marking.sheet, copy("8", "80"))

    assert third.json()["code"] == "paper_two_clerks"
    assert (again.json()["state"], again.json()["mine"]) == ("agrees", 2)


async def test_every_field_is_answered_as_the_plan_allows(marking, clerks):
    answer = await type_in(
        clerks[0],
        marking.sheet,
        {"answers": {"C1": {"state": "scored", "value": "12.5"}, "C9": {"state": "not_attempted"}}},
    )

    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert answer.status_code == 422
    assert errors == {
        "/answers/C1": "out_of_range",
        "/answers/C2": "value_missing",
        "/answers/C9": "unknown_criterion",
    }


async def test_paper_overwrites_no_mark_of_the_tablet(world, marking, clerks, chief):
    await enter(marking.judge, marking.sheet, op("C1", "7"))
    for clerk in clerks[:2]:
        await type_in(clerk, marking.sheet, copy("8", "80"))

    answer = await transfer(chief, marking.sheet)

    assert answer.json()["code"] == "paper_conflict"
    assert await facts(world, marking.sheet) == [("C1", 1, "scored", "7")]


async def test_who_typed_it_does_not_transfer_it(world, marking, clerks):
    await world.grant(clerks[0].account_id, "chief_judge", "contest", marking.contest.contest)
    both = await world.client(account=clerks[0].account_id)
    await type_in(both, marking.sheet, copy())
    await type_in(clerks[1], marking.sheet, copy())

    assert (await transfer(both, marking.sheet)).json()["code"] == "paper_own_copy"


async def test_submitted_sheet_takes_nothing_from_paper(world, marking, clerks, chief):
    await enter(marking.judge, marking.sheet, op("C1", "8.5"))
    await world.execute("UPDATE sheet SET state = 'submitted' WHERE id = $1", marking.sheet)
    for clerk in clerks[:2]:
        await type_in(clerk, marking.sheet, copy())

    assert (await transfer(chief, marking.sheet)).json()["code"] == "paper_refused"
