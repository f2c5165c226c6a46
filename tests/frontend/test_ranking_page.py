"""P5: what the public ranking shows, from the same query as the API."""

import pytest

from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from tests.results.builders import MARKS, THEORY, add_theory, final_item, mark


async def address(world, contest):
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)
    return f"/c/{slug}/e/fitter/rank"


async def test_final_ranking_shows_ranks_names_and_parts(world, visitor):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)

    answer = await visitor.get(await address(world, contest))

    assert answer.status_code == 200, answer.text
    assert answer.text.index("乙") < answer.text.index("甲") < answer.text.index("丙")
    assert "89.80" in answer.text
    assert "etag" in answer.headers


async def test_equal_totals_are_explained(world, visitor, db):
    contest = await world.contest()
    entries = {name: await world.entry(contest, name=name) for name in ("甲", "乙")}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    # 0.3 × 80 + 0.7 × 89 = 86.3 = 0.3 × 73 + 0.7 × 92
    await mark(world, contest, sheets, ["甲", "乙"], {"甲": ("9", "80"), "乙": ("9", "83")})
    await add_theory(world, contest, entries, {"甲": "80", "乙": "73"})
    await refresh_standings(db, contest.item)
    url = await address(world, contest)

    page = await visitor.get(url)
    why = await visitor.get(url, params={"why": encode_id("entry", entries["乙"])})

    assert "为什么" in page.text
    assert "总分同为86.30" in why.text
    assert "实操决定：乙列前，甲列后。" in why.text


async def test_english_page_lies_below_en_and_holds_no_chinese_words_of_ours(world, visitor):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)

    answer = await visitor.get("/en" + await address(world, contest))

    assert answer.status_code == 200
    assert '<html lang="en"' in answer.text
    assert "名次" not in answer.text


async def test_public_page_is_the_same_for_everybody_and_holds_no_token(world, visitor):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    url = await address(world, contest)
    organiser = await world.client("organiser", "contest", contest.contest)

    assert (await visitor.get(url)).content == (await organiser.get(url)).content
    assert "X-CSRF-Token" not in (await organiser.get(url)).text


@pytest.mark.parametrize("path", ["/c/nowhere/e/fitter/rank", "/en/c/nowhere/e/fitter/rank"])
async def test_unknown_ranking_is_a_page_that_says_what_next(visitor, path):
    answer = await visitor.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"] in answer.text


async def test_static_files_are_kept_for_a_year_and_answer_304(visitor):
    first = await visitor.get("/static/css/tokens.css?v=1")
    again = await visitor.get("/static/css/tokens.css", headers={"If-None-Match": first.headers["etag"]})

    assert "immutable" in first.headers["cache-control"]
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/static/../api/app.py", "/static/%2e%2e/rendering.py", "/static/nothing.css"]
)
async def test_only_static_files_are_sent(visitor, path):
    assert (await visitor.get(path)).status_code == 404


async def test_part_and_page_of_one_address_are_kept_apart(world, visitor):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    url = await address(world, contest)

    part = await visitor.get(url, headers={"HX-Request": "true"})
    page = await visitor.get(url)
    restored = await visitor.get(url, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" not in part.text
    assert 'id="ranking"' in part.text
    assert "<html" in page.text
    assert restored.content == page.content


async def test_ranking_of_an_open_item_asks_again_and_a_final_one_does_not(world, visitor, db):
    live = await world.contest()
    sheets = await world.sheets(live, [await world.entry(live)], await world.judges(live))
    await mark(world, live, sheets, ["甲"])
    await refresh_standings(db, live.item)
    final = await world.contest()
    await final_item(world, final, MARKS, THEORY)

    assert 'hx-trigger="every 30s"' in (await visitor.get(await address(world, live))).text
    assert 'hx-trigger="every 30s"' not in (await visitor.get(await address(world, final))).text
