"""The recheck: drawn after submission, recorded by somebody who did not mark, everything after too many errors, and no result without it."""

import asyncio

import pytest

from api.contests.rules import RecheckRule
from api.control.sampling import drawn_entries
from api.plumbing.ids import encode_id
from tests.control.conftest import controlled_item, post
from tests.control.test_corrections import ask, confirm
from tests.results.builders import step

# Twenty results: the first two ranks and 3 of the 18 others.
FIELD = {f"选手{number:02d}": (str(10 - number // 4), str(90 - number)) for number in range(20)}
RULE = {"top": 2}


@pytest.fixture
async def field(world):
    it = await controlled_item(world, marks=FIELD)
    await it.rules(recheck=RULE)
    return it


async def draw(it, number=0, client=None):
    return await post(client or it.organiser, f"/items/{it.item}/recheck", {"number": number})


async def state(it):
    return (await it.supervisor.get(f"/api/v1/items/{it.item}/recheck")).json()


async def record(it, line, outcome="ok", client=None, **more):
    recheck = (await state(it))["current"]["id"]
    body = {"outcome": outcome, "facts": line["facts"], **more}
    return await post(client or it.supervisor, f"/rechecks/{recheck}/checks/{line['key']}", body)


async def test_sample_is_the_top_and_the_drawn_rest_and_can_be_drawn_again_from_its_seed(field):
    answer = await draw(field)

    sample = answer.json()["current"]
    assert answer.status_code == 201, answer.text
    assert [line["because"] for line in sample["entries"]].count("top") == 2
    assert (sample["of"], sample["algorithm"]) == (5, "sha256-order:1")
    standings = (await field.organiser.get(f"/api/v1/items/{field.item}/standings")).json()["rows"]
    rest = [row["entry"] for row in standings if row["rank"] > 2]
    again = drawn_entries(RecheckRule(top=2), bytes.fromhex(sample["seed"]), rest)
    stations = {encode_id("entry", entry): place for place, entry in enumerate(field.entries.values(), 1)}
    drawn = {line["station"] for line in sample["entries"] if line["because"] == "drawn"}
    assert drawn == {stations[entry] for entry in again}


async def test_sample_is_drawn_after_submission_only(field):
    await field.world.execute("UPDATE sheet SET state = 'open' WHERE id = $1", field.sheets[3][0])

    answer = await draw(field)

    assert (answer.status_code, answer.json()["code"]) == (409, "recheck_too_early")
    assert "1张" in answer.json()["detail"]


async def test_without_a_rule_nothing_is_drawn_and_nothing_is_asked(controlled):
    answer = await draw(controlled)

    assert (answer.status_code, answer.json()["code"]) == (409, "recheck_not_asked")
    await controlled.steps("closed", "confirmed", "provisional")


async def test_two_who_draw_at_once_draw_one_sample(field):
    answers = await asyncio.gather(draw(field), draw(field, client=field.chief))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (
        await field.world.fetchval("SELECT count(*) FROM recheck WHERE item_id = $1", field.contest.item) == 1
    )


async def test_result_is_not_confirmed_before_the_recheck_is_done(field):
    await field.steps("closed")
    missing = await step(field.organiser, field.contest, "confirmed")
    lines = (await draw(field)).json()["current"]["entries"]
    for line in lines[:-1]:
        assert (await record(field, line)).status_code == 201
    one_left = await step(field.organiser, field.contest, "confirmed")

    done = (await record(field, lines[-1])).json()
    confirmed = await step(field.organiser, field.contest, "confirmed")

    assert (missing.status_code, missing.json()["code"]) == (409, "recheck_missing")
    assert (one_left.json()["code"], one_left.json()["detail"][:4]) == ("recheck_open", "还有1份")
    assert (done["current"]["done"], done["current"]["rate"]) == (True, "0.00")
    assert confirmed.status_code == 200


async def test_error_stays_open_until_it_is_corrected_and_checked_again(world):
    it = await controlled_item(world, marks=FIELD)
    await it.rules(recheck={**RULE, "errors_percent": "50"})
    line = next(each for each in (await draw(it)).json()["current"]["entries"] if each["because"] == "top")

    found = (await record(it, line, "error", note="第2项应为60")).json()
    correction = (await ask(it, entry=line["station"] - 1, value="60")).json()
    await confirm(it.supervisor, correction["id"])
    now = next(each for each in (await state(it))["current"]["entries"] if each["key"] == line["key"])
    other = await it.world.client("data_clerk", "contest", it.contest.contest)
    old = await record(it, line, client=other)
    own = await record(it, now)
    again = (await record(it, now, client=other)).json()

    of_line = [each for each in found["current"]["entries"] if each["key"] == line["key"]]
    assert [(each["open"], each["errors"], each["outcome"]) for each in of_line] == [(True, 1, "error")]
    assert (old.status_code, old.json()["code"]) == (409, "recheck_moved")
    # Who made the correction has given a mark, too.
    assert (own.status_code, own.json()["code"]) == (409, "recheck_own_marks")
    checked = next(each for each in again["current"]["entries"] if each["key"] == line["key"])
    assert (checked["open"], checked["errors"], again["current"]["rate"]) == (False, 1, "20.00")


async def test_more_errors_than_the_limit_let_everything_be_checked(field):
    line = (await draw(field)).json()["current"]["entries"][0]

    # One of five is 20 %, above 5 %.
    after = (await record(field, line, "error", note="第2项应为60")).json()["current"]

    assert (after["everything"], after["of"], after["errors"]) == (True, 20, 1)
    assert "recheck.everything" in await field.ledger()


async def test_a_mark_that_comes_after_the_check_opens_it_again(field):
    lines = (await draw(field)).json()["current"]["entries"]
    for line in lines:
        await record(field, line)
    correction = (await ask(field, entry=lines[0]["station"] - 1, value="1")).json()
    await confirm(field.supervisor, correction["id"])

    assert (await state(field))["current"]["checked"] == 4


async def test_whoever_comes_up_to_the_top_is_checked_as_well(field):
    """The first drop out; who has rank 1 and 2 now was perhaps not in the sample."""
    lines = (await draw(field)).json()["current"]["entries"]
    for line in lines:
        await record(field, line)
    for line in [each for each in lines if each["because"] == "top"]:
        for judge in (0, 1, 2, 3):
            correction = (await ask(field, entry=line["station"] - 1, judge=judge, value="1", client=field.organiser)).json()  # fmt: skip
            await confirm(field.chief, correction["id"])
    for line in (await state(field))["current"]["entries"]:
        if line["open"]:
            await record(field, line)
    await field.steps("closed")

    refused = await step(field.organiser, field.contest, "confirmed")
    extended = (await draw(field, number=1)).json()["current"]

    stations = {3, 4} - {line["station"] for line in lines}
    if stations:
        assert refused.json()["code"] == "recheck_open"
    assert {3, 4} <= {line["station"] for line in extended["entries"]}


async def test_nobody_checks_their_own_marks(field):
    line = (await draw(field)).json()["current"]["entries"][0]

    answer = await record(field, line, client=field.chief)

    assert (answer.status_code, answer.json()["code"]) == (409, "recheck_own_marks")


async def test_an_error_is_told(field):
    line = (await draw(field)).json()["current"]["entries"][0]

    answer = await record(field, line, "error", note="  ")

    assert (answer.status_code, answer.json()["code"]) == (422, "recheck_note")


async def test_nobody_from_outside_and_nobody_without_the_right_takes_part(field):
    elsewhere = await field.world.contest()
    stranger = await field.world.client("supervisor", "contest", elsewhere.contest)
    line = (await draw(field)).json()["current"]["entries"][0]

    assert (await record(field, line, client=stranger)).status_code == 404
    assert (await stranger.get(f"/api/v1/items/{field.item}/recheck")).status_code == 404
    assert (await record(field, line, client=field.organiser)).status_code == 403
    assert (await record(field, {**line, "key": "att_00000000000000000000000000"})).status_code == 404


async def test_a_blind_items_list_names_stations_and_no_entry(world):
    it = await controlled_item(world, blind_layers=1, live="progress")
    await it.rules(recheck=RULE)

    answer = await draw(it, client=it.chief)

    assert answer.status_code == 201
    assert "ent_" not in answer.text
    assert "QG-" not in answer.text
