"""One copy of a board for all readers, dropped when PostgreSQL notifies a new version."""

import asyncio

import httpx
import pytest

from api.plumbing.ids import encode_id
from api.plumbing.metrics import BOARDS_BUILT
from api.plumbing.turns import Turns
from api.results import board_cache
from api.results.board_cache import BoardCache
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


async def test_a_cold_board_of_512_rows_is_built_once_for_300_who_ask_in_every_way(world, db, anonymous):
    contest, url = await url_of(world)
    await anonymous.get(url)
    await world.execute(
        "INSERT INTO entry (season_id, contest_id, item_id, state, number) "
        "SELECT $1, $2, $3, 'accepted', 'QG-' || n FROM generate_series(1001, 1512) n",
        contest.season, contest.contest, contest.item,
    )  # fmt: skip
    await refresh_standings(db, contest.item)
    # Until the notification has come the empty board of before is kept; later it would rightly let ours be built anew.
    async with asyncio.timeout(10):
        while len((await anonymous.get(url)).json()["rows"]) < 512:
            await asyncio.sleep(0.01)
    cache: BoardCache = world.app.litestar.state.board_cache
    cache.forget(None)
    before = built()

    answers = await asyncio.gather(
        *(anonymous.get(url, headers={"If-None-Match": '"old"'} if n % 2 else {}) for n in range(300))
    )

    assert {(answer.status_code, len(answer.json()["rows"])) for answer in answers} == {(200, 512)}
    assert len({answer.content for answer in answers}) == 1
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


class Handler:
    """A board of `size` bytes, or whatever a test makes of it; it knows who asked and how many ask at once."""

    def __init__(self, size=10, status=200, headers=()):
        self.size, self.status, self.headers = size, status, [(b"sbq-board", b"one"), *headers]
        self.asked, self.at_once, self.most_at_once = [], 0, 0

    async def __call__(self, scope, receive, send):
        self.asked.append((scope["path"], scope["query_string"], dict(scope["headers"])))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": b"x" * self.size})


def board(query="", name="one"):
    return f"http://testserver/c/{name}/e/fitter/rank{query}"


def reader(handler):
    cache = BoardCache(handler, Turns())
    cache.listening = True
    return cache, httpx.AsyncClient(transport=httpx.ASGITransport(cache))


async def test_search_after_search_stays_within_the_bytes_and_keeps_what_is_read(monkeypatch):
    """Every text typed into the search once took a place of the cache, up to gigabytes, and put out the boards that all read."""
    handler = Handler(size=1000)
    cache, client = reader(handler)
    monkeypatch.setattr(board_cache, "MOST_BYTES", 60_000)

    for number in range(100):
        await client.get(board(f"?q={number}"))
        await client.get(board())

    assert cache._bytes == sum(copy.size for copy in cache._copies.values()) <= 60_000
    assert [query for _, query, _ in handler.asked].count(b"") == 1
    cache.forget("one")
    assert (cache._bytes, len(cache._copies)) == (0, 0)


async def test_query_nobody_would_type_is_not_kept():
    handler = Handler()
    cache, client = reader(handler)

    await client.get(board("?q=" + "x" * 600))

    assert len(cache._copies) == 0


async def test_board_is_asked_for_without_cookie_and_token_and_a_set_cookie_is_not_kept():
    handler = Handler(headers=[(b"set-cookie", b"sbq_session=somebody")])
    cache, client = reader(handler)

    await client.get(board(), headers={"cookie": "sbq_session=me", "authorization": "Bearer me"})

    [(_, _, headers)] = handler.asked
    assert not {b"cookie", b"authorization"} & headers.keys()
    assert len(cache._copies) == 0


async def test_readers_never_see_the_limits_of_somebodys_token(world, anonymous):
    """RateLimit fields of the first reader's token were once kept with the board."""
    contest, url = await url_of(world)
    client = await world.client("organiser", "contest", contest.contest)
    made = await client.post(
        "/api/v1/tokens", json={"name": "对接", "scopes": ["read"]}, headers={"idempotency-key": "board-tok"}
    )
    await anonymous.get(url, headers={"authorization": f"Bearer {made.json()['token']}"})

    assert "ratelimit" not in (await anonymous.get(url)).headers


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("HEAD", 200)])
async def test_what_makes_no_copy_is_not_waited_for_one_after_the_other(method, status):
    handler = Handler(status=status)
    _, client = reader(handler)

    await asyncio.gather(*(client.request(method, board()) for _ in range(10)))

    assert len(handler.asked) == 10
    assert handler.most_at_once >= 9


async def test_a_board_waits_for_a_mark_under_way(world, anonymous):
    _, url = await url_of(world)
    await anonymous.get(url)
    turns = world.app.litestar.state.turns

    with turns.first():
        reading = asyncio.create_task(anonymous.get(url))
        began = asyncio.get_running_loop().time()
        assert (await reading).status_code == 200
        waited = asyncio.get_running_loop().time() - began

    assert waited >= turns._patience
