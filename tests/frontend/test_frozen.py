"""FRZ-1: after the freeze no new mark is in any byte that the public can fetch, and nothing that moves tells of one."""

import html
import re
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

from api.access.endpoints import endpoints_of
from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from tests.live.streaming import stream
from tests.results.builders import MARKS, add_theory, mark

UNIQUE = Decimal("61.37")
NOT_CRAWLED = ("/static", "/metrics", "/openapi", "/health", "/logout", "/login/link")
LINK = re.compile(r'(?:href|src|action|hx-get)="([^"]+)"')


@pytest.fixture
async def frozen(world, db):
    """Three entries, all marked and frozen."""
    contest = await world.contest()
    entries = {name: await world.entry(contest, name=f"{name}冻") for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, list(MARKS))
    await add_theory(world, contest, entries)
    await refresh_standings(db, contest.item)
    await freeze(world, contest)
    return contest, entries, sheets


async def freeze(world, contest):
    organiser = await world.client("organiser", "contest", contest.contest)
    url = f"/api/v1/items/{encode_id('item', contest.item)}/publication"
    tag = (await organiser.get(url)).headers["etag"]
    answer = await organiser.patch(url, json={"frozen": True}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def correct(world, db, contest, sheets):
    """A mark that nobody had before, from every judge."""
    for sheet in sheets[0]:
        account = await world.fetchval("SELECT account_id FROM sheet WHERE id = $1", sheet)
        [code] = await world.fetch(
            "SELECT code FROM enter_marks($1::uuid[], $2::uuid[], $3::uuid[], '{C2}', '{scored}', $4::numeric[], '{\"\"}', '{1}', array[now()], array[NULL]::text[])",
            [sheet], [account], [uuid4()], [UNIQUE],
        )  # fmt: skip
        assert code["code"] == "accepted"
    assert await refresh_standings(db, contest.item)


async def crawl(site, client: httpx.AsyncClient, world, contest, entries) -> dict[str, tuple[str, str]]:
    """Every public address that leads to or from this contest: address → (ETag, everything sent)."""
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)
    known = {
        "contest_id": encode_id("contest", contest.contest), "item_id": encode_id("item", contest.item), "slug": slug,
        "item": "fitter", "code": "absent",
    }  # fmt: skip
    waiting = [
        re.sub(r"\{([^}:]+)(?::[^}]*)?\}", lambda found: known.get(found[1], "absent"), endpoint.path)
        for endpoint in endpoints_of(site.litestar.routes, "/")
        if endpoint.method == "GET" and endpoint.right is None and not endpoint.path.endswith("/events")
    ]
    rank = f"/c/{slug}/e/fitter/rank"
    waiting += [f"{rank}?q=冻", *(f"{rank}?why={encode_id('entry', entry)}" for entry in entries.values())]
    seen: dict[str, tuple[str, str]] = {}
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(NOT_CRAWLED):
            continue
        for headers in ({}, {"HX-Request": "true"}):
            answer = await client.get(path, headers=headers)
            seen[path + str(headers)] = (answer.headers.get("etag", ""), f"{answer.headers} {answer.text}")
        seen[path] = seen[path + "{}"]
        links = [html.unescape(link) for link in LINK.findall(answer.text)]
        waiting += [
            link
            for link in links
            if link.startswith("/") and (slug in link or encode_id("item", contest.item) in link)
        ]
    return seen


async def test_frz_1_no_public_byte_and_no_public_tag_knows_what_came_after_the_freeze(
    site, visitor, world, db, frozen
):
    contest, entries, sheets = frozen
    path = f"/api/v1/contests/{encode_id('contest', contest.contest)}/events"
    before = await crawl(site, visitor, world, contest, entries)

    async with stream(site, path) as live:
        await live.until("ready")
        await correct(world, db, contest, sheets)
        after = await crawl(site, visitor, world, contest, entries)
        async with stream(site, path, query="since=0") as replayed:
            await replayed.until("ready")

    board = (await world.client("organiser", "contest", contest.contest)).get
    standing = (await board(f"/api/v1/items/{encode_id('item', contest.item)}/standings")).json()["rows"]
    [row] = [row for row in standing if row["entry"] == encode_id("entry", entries["甲"])]
    secrets = {row["total"], str(UNIQUE), row["parts"][1]}
    assert all(re.fullmatch(r"\d\d\.\d\d+", secret) for secret in secrets), row
    assert len(after) > 20
    assert (
        f"/c/{await world.fetchval('SELECT slug FROM contest WHERE id = $1', contest.contest)}/e/fitter/rank"
        in after
    )
    for address, (tag, sent) in after.items():
        assert not any(secret in sent for secret in secrets), address
        assert encode_id("entry", entries["甲"]) not in sent or "why=" in address, address
        assert tag == before[address][0], address
    # Nothing is told, nothing is counted: the last id is what it was.
    assert [event["type"] for event in live.events] == ["ready"]
    assert live.events[0]["id"] == replayed.events[-1]["id"]
    assert not any(secret in replayed.text for secret in secrets)
