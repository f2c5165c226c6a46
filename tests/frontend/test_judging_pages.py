"""SJ1–SJ3 and SJ8: what a judge taps becomes marks, once; what is not taken stays on the page; no name is in any byte."""

import re
from decimal import Decimal

import pytest

from api.plumbing.ids import encode_id

NAME = "𠮷例明唯一"
UNIT = "沧州唯一管道厂"


@pytest.fixture
async def room(world):
    """One entry with a name found nowhere else, five judges, a running session; also what a judge's addresses need."""
    contest = await world.contest()
    entry = await world.entry(contest, name=NAME, unit_name=UNIT)
    judges = await world.judges(contest)
    sheets = await world.sheets(contest, [entry], judges)
    session = encode_id(
        "session", await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
    )
    return contest, judges, sheets[0], session


def fields(text):
    """The hidden fields of a form as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))


async def values(world, sheet):
    rows = await world.fetch(
        "SELECT criterion, rev, state, value FROM mark_revision WHERE sheet_id = $1 ORDER BY seq", sheet
    )
    return [(row["criterion"], row["rev"], row["state"], row["value"]) for row in rows]


async def test_judge_who_is_in_goes_to_the_running_session(room):
    _, judges, _, session = room

    answer = await judges[0].get("/judge")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/judge/s/{session}")


async def test_plain_form_saves_what_was_typed_and_submits(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9.5", "mark.C2": "80", "act": "submit"}

    answer = await judges[0].post(url, data=form)

    assert (answer.status_code, answer.headers.get("location")) == (303, f"/judge/s/{session}"), answer.text
    assert await values(world, sheets[0]) == [
        ("C1", 1, "scored", Decimal("9.5")),
        ("C2", 1, "scored", Decimal(80)),
    ]
    assert await world.fetchval("SELECT state FROM sheet WHERE id = $1", sheets[0]) == "submitted"


async def test_same_form_sent_twice_counts_once(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9.5", "act": "save"}

    for _ in range(2):
        await judges[0].post(url, data=form)

    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal("9.5"))]


async def test_one_tap_gets_its_receipt(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "7", "criterion": "C1"}

    answer = await judges[0].post(f"{url}/marks", data=form, headers={"HX-Request": "true"})

    assert answer.status_code == 200, answer.text
    assert 'name="rev.C1" value="1"' in answer.text
    assert "1/2" in answer.text
    assert "<html" not in answer.text


async def test_value_that_is_not_taken_stays_on_the_page_with_the_reason(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "12.5", "act": "save"}

    answer = await judges[0].post(url, data=form)

    assert answer.status_code == 422
    assert 'value="12.5"' in answer.text
    assert "超出0–10" in answer.text
    assert await values(world, sheets[0]) == []


async def test_two_tablets_show_both_values_and_lose_none(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    first = fields((await judges[0].get(url)).text)
    second = fields((await judges[0].get(url)).text)
    await judges[0].post(url, data=first | {"mark.C1": "7", "act": "save"})

    answer = await judges[0].post(url, data=second | {"mark.C1": "8", "act": "save"})
    kept = await judges[0].post(url, data=fields(answer.text) | {"mark.C1": "8", "keep.C1": "here"})

    assert answer.status_code == 422
    assert 'name="keep.C1" value="here"' in answer.text
    assert kept.status_code == 303, kept.text
    assert await values(world, sheets[0]) == [
        ("C1", 1, "scored", Decimal(7)),
        ("C1", 2, "scored", Decimal(8)),
    ]


async def test_not_attempted_is_an_answer_and_no_zero(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"state.C1": "not_attempted"}

    await judges[0].post(url, data=form)

    assert await values(world, sheets[0]) == [("C1", 1, "not_attempted", None)]


async def test_incomplete_sheet_is_not_submitted(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9.5", "act": "submit"}

    answer = await judges[0].post(url, data=form)

    assert answer.status_code == 409 or answer.status_code == 422
    assert await world.fetchval("SELECT state FROM sheet WHERE id = $1", sheets[0]) == "open"
    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal("9.5"))]


async def test_chief_signs_when_all_have_submitted(world, room):
    contest, judges, sheets, session = room
    chief = await world.client("chief_judge", "contest", contest.contest)
    url = f"/judge/s/{session}/w/01"
    before = await chief.get(f"/judge/s/{session}/sign")
    for judge in judges:
        form = fields((await judge.get(url)).text) | {"mark.C1": "9", "mark.C2": "80", "act": "submit"}
        assert (await judge.post(url, data=form)).status_code == 303

    page = await chief.get(f"/judge/s/{session}/sign")
    answer = await chief.post(f"/judge/s/{session}/sign", data=fields(page.text))

    assert "A-01没有提交" in before.text
    assert "89.00" in page.text
    assert answer.status_code == 303, answer.text
    assert (
        await world.fetchval(
            "SELECT count(*) FROM sheet WHERE item_id = $1 AND state = 'signed'", contest.item
        )
        == 5
    )


async def test_no_name_unit_or_number_is_in_any_byte_a_judge_gets(world, room):
    contest, judges, _, session = room
    number = await world.fetchval("SELECT number FROM entry WHERE item_id = $1", contest.item)
    entry = encode_id("entry", await world.fetchval("SELECT id FROM entry WHERE item_id = $1", contest.item))
    chief = await world.client("chief_judge", "contest", contest.contest)
    pages = [
        await judges[0].get(f"{prefix}/judge/s/{session}{tail}")
        for prefix in ("", "/en")
        for tail in ("", "/w/01")
    ]
    pages.append(await chief.get(f"/judge/s/{session}/sign"))

    for page in pages:
        assert page.status_code == 200, page.text
        assert not {secret for secret in (NAME, UNIT, number, entry) if secret in page.text}


async def test_another_judges_station_is_not_found(world, room):
    _, _, _, session = room
    other = await world.contest()
    stranger = await world.client("judge", "contest", other.contest)

    assert (await stranger.get(f"/judge/s/{session}/w/01")).status_code == 404


async def test_wrong_badge_is_answered_on_the_page_without_the_pin(visitor):
    answer = await visitor.post("/judge", data={"code": "no such badge 000000000000", "pin": "4711"})

    assert answer.status_code in (401, 422)
    assert "4711" not in answer.text
    assert 'name="pin"' in answer.text
