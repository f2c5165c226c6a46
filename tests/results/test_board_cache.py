"""One copy of a board for all readers, dropped when PostgreSQL notifies a new version."""

import asyncio

from api.plumbing.ids import encode_id
from api.plumbing.metrics import BOARDS_BUILT
from api.results.commands import refresh_standings
from tests.results.builders import mark


def built() -> float:
    return BOARDS_BUILT._value.get()


async def url_of(world):
    contest = await world.contest()
    return contest, f"/api/v1/public/rankings/{encode_id('item', contest.item)}"


async def test_a_cold_board_is_built_once_however_many_ask(world, anonymous):
    _, url = await url_of(world)
    before = built()

    answers = await asyncio.gather(*(anonymous.get(url) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert built() - before == 1


async def test_unchanged_board_answers_304_without_body(world, anonymous):
    _, url = await url_of(world)
    tag = (await anonymous.get(url)).headers["etag"]

    answer = await anonymous.get(url, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content) == (304, b"")


async def test_new_marks_reach_readers_through_the_notification(world, db, anonymous):
    contest, url = await url_of(world)
    entry = await world.entry(contest, name="甲")
    sheets = await world.sheets(contest, [entry], await world.judges(contest))
    first = await anonymous.get(url)
    await mark(world, contest, sheets, ["甲"])

    await refresh_standings(db, contest.item)
    async with asyncio.timeout(10):
        while (answer := await anonymous.get(url)).headers["etag"] == first.headers["etag"]:
            await asyncio.sleep(0.01)

    assert answer.json()["judged"] == 0  # theory is missing
    assert answer.json()["rows"][0]["name"] == "甲"


async def test_problem_of_an_unknown_board_is_not_kept(anonymous):
    url = "/api/v1/public/rankings/itm_00000000000000000000000000"

    assert [(await anonymous.get(url)).status_code for _ in range(2)] == [404, 404]


async def test_internal_header_never_leaves(world, anonymous):
    _, url = await url_of(world)

    assert "sbq-board" not in (await anonymous.get(url)).headers


async def test_cached_board_carries_the_security_headers(world, anonymous):
    _, url = await url_of(world)
    await anonymous.get(url)

    assert "content-security-policy" in (await anonymous.get(url)).headers
