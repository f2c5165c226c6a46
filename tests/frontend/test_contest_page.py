"""P2 and P3: a contest with its dates and items, and how an item is marked."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.results.builders import MARKS, THEORY, final_item


async def slug_of(world, contest):
    return await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)


@pytest.fixture
async def open_contest(world):
    """A contest that takes registrations for an item with 40 places."""
    contest = await world.contest(state="published", capacity=40, per_delegation=3)
    now = datetime.now(UTC)
    await world.execute(
        "UPDATE contest SET registration_opens_at = $2, registration_closes_at = $3 WHERE id = $1",
        contest.contest, now - timedelta(days=3), now + timedelta(days=3),
    )  # fmt: skip
    await world.entry(contest)
    return contest


async def test_contest_page_shows_dates_items_and_the_way_in(world, visitor, open_contest):
    slug = await slug_of(world, open_contest)

    answer = await visitor.get(f"/c/{slug}")

    assert answer.status_code == 200, answer.text
    assert "报名中" in answer.text
    assert "个人赛，每个代表队每项限报3个" in answer.text
    assert f'href="/c/{slug}/e/fitter"' in answer.text
    assert "<strong>1</strong>/40人" in answer.text
    assert "timeline" in answer.text


async def test_item_page_says_how_it_is_marked_and_leads_to_registration(world, visitor, open_contest):
    slug = await slug_of(world, open_contest)

    answer = await visitor.get(f"/c/{slug}/e/fitter")

    assert "闭卷，满分100分" in answer.text
    assert "5名裁判，去掉1个最高分和1个最低分，取平均" in answer.text
    assert 'href="/my/reg/itm_' in answer.text
    assert "日程还没有公布" in answer.text


async def test_item_page_leads_to_the_published_ranking(world, visitor):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    slug = await slug_of(world, contest)

    answer = await visitor.get(f"/c/{slug}/e/fitter")

    assert f"已公布{len(MARKS)}人的名次" in answer.text
    assert f'href="/c/{slug}/e/fitter/rank"' in answer.text
    assert "第1场 实操" in answer.text


async def test_item_page_names_nobody(world, visitor):
    """Names stand in the ranking, where its audience is decided."""
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)

    answer = await visitor.get(f"/c/{await slug_of(world, contest)}/e/fitter")

    assert not [name for name in MARKS if name in answer.text]


async def test_english_pages_speak_english(world, visitor, open_contest):
    slug = await slug_of(world, open_contest)

    contest = await visitor.get(f"/en/c/{slug}")
    item = await visitor.get(f"/en/c/{slug}/e/fitter")

    assert "at most 3 per delegation" in contest.text
    assert "5 judges, 1 highest and 1 lowest dropped, mean" in item.text
    assert f'href="/en/c/{slug}"' in item.text


@pytest.mark.parametrize("state", ["draft"])
async def test_draft_is_not_found(world, visitor, state):
    contest = await world.contest(state=state)
    slug = await slug_of(world, contest)

    assert (await visitor.get(f"/c/{slug}")).status_code == 404
    assert (await visitor.get(f"/c/{slug}/e/fitter")).status_code == 404


async def test_unknown_item_is_not_found(world, visitor, open_contest):
    assert (await visitor.get(f"/c/{await slug_of(world, open_contest)}/e/nothing")).status_code == 404
