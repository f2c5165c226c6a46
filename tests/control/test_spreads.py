"""Judges who lie apart: by an absolute limit, told once all have submitted, and changed or let stand by those whose it is."""

import pytest

from api.plumbing.ids import encode_id
from tests.control.conftest import controlled_item, post
from tests.judging.marking import facts

RULES = {"spread": {"criterion": "10", "criteria": {"C1": "1"}}}


@pytest.fixture
async def apart(world):
    """Everybody gave 甲 80 in C2 but the second judge, who gave 95; submitted and not signed."""
    it = await controlled_item(world, signed=False)
    await it.rules(**RULES)
    await set_mark(it, 1, 95)
    return it


async def set_mark(it, judge, value, criterion="C2", rev=2):
    async with it.world.db.transaction() as connection:
        account = it.judges[judge].account_id
        await connection.execute(
            "SELECT revise_mark($1, $2, $3, 'scored', $4, '{}', $5)",
            it.sheets[0][judge], criterion, rev - 1, value, account,
        )  # fmt: skip


async def session_of(it):
    found = await it.world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", it.contest.item)
    return encode_id("session", found)


async def spreads(it, client=None):
    answer = await (client or it.chief).get(f"/api/v1/sessions/{await session_of(it)}/spreads")
    assert answer.status_code == 200, answer.text
    return answer.json()


def flagged(shown):
    return [
        (s["station"], each["criterion"], each["spread"]) for s in shown["stations"] for each in s["spreads"]
    ]


async def test_spread_over_the_limit_is_shown_with_the_criteria_concerned_only(apart):
    shown = await spreads(apart)

    assert flagged(shown) == [(1, "C2", "15")]
    [spread] = shown["stations"][0]["spreads"]
    assert spread["limit"] == "10"
    assert [mark["value"] for mark in spread["marks"]] == ["80", "95", "80", "80", "80"]


async def test_spread_at_the_limit_is_none(apart):
    await set_mark(apart, 1, 90, rev=3)

    assert flagged(await spreads(apart)) == []


async def test_nobody_sees_anothers_marks_until_all_have_submitted(apart):
    await apart.world.execute("UPDATE sheet SET state = 'open' WHERE id = $1", apart.sheets[0][4])

    chief = await spreads(apart)
    submitted = await spreads(apart, apart.judges[1])
    with_own_open = await spreads(apart, apart.judges[4])

    assert (chief["stations"][0]["waiting"], chief["stations"][0]["spreads"]) == (["A-05"], [])
    assert submitted["stations"][0]["spreads"] == []
    assert [each["station"] for each in with_own_open["stations"]] == [2, 3]


async def test_judge_changes_the_own_mark_and_the_sheet_stays_submitted(apart):
    sheet = apart.sheets[0][1]

    answer = await post(
        apart.judges[1],
        f"/sheets/{encode_id('sheet', sheet)}/reconsideration",
        {"criterion": "C2", "value": "85", "base_rev": 2},
    )

    assert answer.status_code == 201, answer.text
    assert flagged(answer.json()) == []
    assert (await facts(apart.world, sheet))[-1] == ("C2", 3, "scored", "85")
    assert await apart.world.fetchval("SELECT state FROM sheet WHERE id = $1", sheet) == "submitted"


@pytest.mark.parametrize(
    ("judge", "criterion", "rev", "status", "code"),
    [
        (1, "C1", 1, 409, "spread_none"),
        (1, "C2", 1, 409, "spread_none"),
        (2, "C2", 1, 404, "not_found"),
    ],
)
async def test_only_the_own_mark_of_that_revision_and_on_that_criterion(
    apart, judge, criterion, rev, status, code
):
    sheet = encode_id("sheet", apart.sheets[0][1])

    answer = await post(
        apart.judges[judge],
        f"/sheets/{sheet}/reconsideration",
        {"criterion": criterion, "value": "5", "base_rev": rev},
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_signed_sheet_is_not_reconsidered(apart):
    await apart.world.execute("UPDATE sheet SET state = 'signed' WHERE id = $1", apart.sheets[0][1])

    answer = await post(
        apart.judges[1],
        f"/sheets/{encode_id('sheet', apart.sheets[0][1])}/reconsideration",
        {"criterion": "C2", "value": "85", "base_rev": 2},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "spread_none")


async def test_chief_judge_lets_it_stand_and_it_speaks_of_these_marks_only(apart):
    body = {"station": 1, "criterion": "C2", "lowest": "80", "highest": "95", "reason": "工件确有争议，保留"}
    path = f"/sessions/{await session_of(apart)}/spread-decisions"

    decided = await post(apart.chief, path, body)
    stale = await post(apart.chief, path, {**body, "highest": "90"})
    await set_mark(apart, 1, 96, rev=3)
    later = await spreads(apart)

    [spread] = decided.json()["stations"][0]["spreads"]
    assert (spread["decided"], spread["decided_by"]) == ("工件确有争议，保留", "A-01")
    assert (stale.status_code, stale.json()["code"]) == (409, "spread_none")
    assert later["stations"][0]["spreads"][0]["decided"] is None
    assert "spread.decided" in await apart.ledger()


async def test_nobody_but_the_chief_judge_decides(apart):
    body = {"station": 1, "criterion": "C2", "lowest": "80", "highest": "95", "reason": "保留"}
    elsewhere = await apart.world.contest()
    stranger = await apart.world.client("chief_judge", "contest", elsewhere.contest)
    path = f"/sessions/{await session_of(apart)}/spread-decisions"

    assert (await post(apart.judges[1], path, body)).status_code == 403
    assert (await post(stranger, path, body)).status_code == 404
    assert (await stranger.get(f"/api/v1/sessions/{await session_of(apart)}/spreads")).status_code == 404


async def test_whole_sheets_have_a_limit_of_their_own(world):
    it = await controlled_item(world, signed=False)
    await it.rules(spread={"sheet": "5"})
    await set_mark(it, 1, 86)

    shown = await spreads(it)

    assert flagged(shown) == [(1, None, "6")]


async def test_without_a_limit_nothing_is_flagged(world):
    it = await controlled_item(world, signed=False)
    await set_mark(it, 1, 10)

    assert flagged(await spreads(it)) == []


async def test_no_name_and_no_number_is_in_it(apart):
    answer = await apart.judges[1].get(f"/api/v1/sessions/{await session_of(apart)}/spreads")

    assert "甲" not in answer.text
    assert "ent_" not in answer.text
