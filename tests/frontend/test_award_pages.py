"""SA1: what an authority reads, answers and decides on the pages."""

import re
from uuid import uuid4

import msgspec
import pytest

from api.plumbing.ids import encode_id
from scoring import CheckItem, hebei_provincial
from tests.results.builders import MARKS, THEORY, final_item


@pytest.fixture
async def proposed(world):
    """A final provincial item with proposals, none of them checked yet; the authority is signed in."""
    contest = await world.contest()
    rules = {"awards": hebei_provincial(level_target="technician")}
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest, msgspec.json.encode(rules).decode(),
    )  # fmt: skip
    await final_item(world, contest, MARKS, THEORY)
    authority = await world.client("award_authority", "contest", contest.contest)
    answer = await authority.post(
        f"/api/v1/contests/{encode_id('contest', contest.contest)}/award-proposals",
        json={},
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code == 201, answer.text
    return contest, authority


def batch_of(contest):
    return f"/award/{encode_id('contest', contest.contest)}~hebei-may-day-medal"


async def first(authority, contest, **query):
    page = await authority.get(batch_of(contest), params=query)
    assert page.status_code == 200, page.text
    who = re.search(r"who=(prp_\w+)", page.text)
    assert who
    return who[1], page.text


def token(text):
    return re.search(r'name="csrf_token" value="(\w+)"', text)[1]


async def test_lists_are_shown_by_award_with_what_is_left_to_do(proposed):
    contest, authority = proposed

    page = await authority.get("/award")

    assert page.status_code == 200, page.text
    assert "河北省五一劳动奖章" in page.text
    assert batch_of(contest).replace("/", "&#x2f;") in page.text or batch_of(contest) in page.text


async def test_file_says_what_has_to_be_found_out(proposed):
    contest, authority = proposed
    who, _ = await first(authority, contest)

    page = await authority.get(batch_of(contest), params={"who": who})

    assert "须人工审核" in page.text
    assert "竞赛未在开赛前备案" in page.text
    assert "具有职工身份？" in page.text


async def test_answer_to_a_question_is_kept(world, proposed):
    contest, authority = proposed
    who, _ = await first(authority, contest)
    page = (await authority.get(batch_of(contest), params={"who": who})).text

    answer = await authority.post(
        f"{batch_of(contest)}/{who}/check",
        data={"csrf_token": token(page), "question": "discipline", "answer": "no"},
    )

    assert answer.status_code == 303
    rows = await world.fetch(
        "SELECT question, answer FROM award_check WHERE contest_id = $1", contest.contest
    )
    assert rows == [{"question": "discipline", "answer": False}]


async def test_refusing_without_a_reason_is_answered_at_the_field(proposed):
    contest, authority = proposed
    who, _ = await first(authority, contest)
    page = (await authority.get(batch_of(contest), params={"who": who})).text

    answer = await authority.post(
        f"{batch_of(contest)}/{who}",
        data={"csrf_token": token(page), "act": "refuse", "rev": "0", "reason": ""},
    )

    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text


async def test_decision_with_reason_is_kept_and_shown(world, proposed):
    contest, authority = proposed
    who, text = await first(authority, contest)
    page = (await authority.get(batch_of(contest), params={"who": who})).text

    answer = await authority.post(
        f"{batch_of(contest)}/{who}",
        data={"csrf_token": token(page), "act": "return", "rev": "0", "reason": "补单位意见"},
    )

    assert answer.status_code == 303
    decided = await world.fetch(
        "SELECT decision, reason FROM award_decision d JOIN award_proposal p ON p.id = d.proposal_id WHERE p.contest_id = $1",
        contest.contest,
    )
    assert decided == [{"decision": "returned", "reason": "补单位意见"}]


async def test_form_without_the_token_changes_nothing(world, proposed):
    contest, authority = proposed
    who, _ = await first(authority, contest)
    del authority.headers["x-csrf-token"]

    answer = await authority.post(
        f"{batch_of(contest)}/{who}", data={"act": "return", "rev": "0", "reason": "补单位意见"}
    )

    assert answer.status_code == 403
    assert (
        await world.fetchval(
            "SELECT count(*) FROM award_decision d JOIN award_proposal p ON p.id = d.proposal_id WHERE p.contest_id = $1",
            contest.contest,
        )
        == 0
    )


async def test_another_authority_finds_no_list(world, proposed):
    contest, _ = proposed
    stranger = await world.client("award_authority", "contest", (await world.contest()).contest)

    assert (await stranger.get(batch_of(contest))).status_code == 404


async def test_english_list_speaks_english(proposed):
    contest, authority = proposed

    page = await authority.get("/en" + batch_of(contest))

    assert "Hebei May Day Labour Medal" in page.text
    assert "A person must check" in page.text or "a person must check" in page.text


async def test_file_shows_the_facts_that_the_rule_rests_on(proposed):
    contest, authority = proposed
    who, _ = await first(authority, contest)

    page = (await authority.get(batch_of(contest), params={"who": who})).text
    english = (await authority.get(f"/en{batch_of(contest)}", params={"who": who})).text

    for words in ("依据的事实", "授奖名次 1", "职工身份 未知", "开赛前备案 否"):
        assert words in page
    assert "filed before the start no" in english


async def test_checklist_of_the_rule_is_answered_on_the_page(world, proposed):
    contest, authority = proposed
    rules = {"awards": [
        msgspec.structs.replace(rule, checklist=(CheckItem(code="veto", title="单位否决事项"),))
        for rule in hebei_provincial(level_target="technician")
    ]}  # fmt: skip
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 2, $2, '')",
        contest.contest, msgspec.json.encode(rules).decode(),
    )  # fmt: skip
    who, _ = await first(authority, contest)
    page = (await authority.get(batch_of(contest), params={"who": who})).text

    form = {"csrf_token": token(page), "answer": "yes"}
    unknown = await authority.post(
        f"{batch_of(contest)}/{who}/check", data=form | {"question": "check:other"}
    )
    answer = await authority.post(f"{batch_of(contest)}/{who}/check", data=form | {"question": "check:veto"})

    assert "单位否决事项：审核无异议？" in page
    assert unknown.status_code == 400
    assert answer.status_code == 303
    kept = "SELECT answer FROM award_check WHERE contest_id = $1 AND question = 'check:veto'"
    assert await world.fetchval(kept, contest.contest) is True
