"""Another badge or link for a judge: shown once, the old one ends, and the contest's ledger says so."""

import html
import re

from api.access.authentication import token_hash
from api.plumbing.ids import encode_id
from tests.frontend.forms import page_of, send
from tests.frontend.test_organiser_pages import item_page, office, outside  # noqa: F401


async def a_judge(world, contest):
    [client] = await world.judges(contest, 1)
    judge = await world.fetchval("SELECT id FROM judge WHERE contest_id = $1", contest.contest)
    return client, f"/org/c/{outside(contest)}/e/fitter/judges/{encode_id('judge', judge)}/way"


async def kinds(world, contest):
    rows = await world.fetch("SELECT kind FROM ledger WHERE chain = $1 ORDER BY seq", contest.contest)
    return [row["kind"] for row in rows]


def shown(answer, name):
    assert answer.status_code == 200, answer.text
    return html.unescape(re.search(rf"data-{name}>([^<]+)<", answer.text)[1])


async def test_new_badge_is_shown_once_and_ends_the_old_one(world, office, visitor):  # noqa: F811
    contest, client = office
    judge, path = await a_judge(world, contest)
    page = await page_of(client, item_page(contest, "panel"))
    assert path in html.unescape(page)

    first = await send(client, path, page, act="badge")
    second = await send(client, path, page, act="badge")

    old, new = shown(first, "badge"), shown(second, "badge")
    assert old != new
    assert new not in await page_of(client, item_page(contest, "panel"))
    kept = await world.fetchval("SELECT badge_hash FROM account WHERE id = $1", judge.account_id)
    assert (kept == token_hash(new), kept == token_hash(old)) == (True, False)
    assert re.fullmatch(r"\d{4}", shown(second, "pin"))
    assert await kinds(world, contest) == ["judge.badge_renewed"] * 2


async def test_new_link_ends_the_one_before(world, office, visitor):  # noqa: F811
    contest, client = office
    _, path = await a_judge(world, contest)
    page = await page_of(client, item_page(contest, "panel"))

    links = [shown(await send(client, path, page, act="link"), "way-in") for _ in range(2)]

    tokens = [link.rpartition("/")[2] for link in links]
    codes = [
        (await visitor.post("/api/v1/sign-in/link", json={"token": token})).status_code for token in tokens
    ]
    assert codes == [401, 200]
    assert await kinds(world, contest) == ["judge.link_renewed"] * 2


async def test_judge_of_another_contest_is_not_found_and_nothing_is_noted(world, office):  # noqa: F811
    contest, client = office
    other = await world.contest()
    stranger, path = await a_judge(world, other)
    page = await page_of(client, item_page(contest, "panel"))

    crossed = path.replace(outside(other), outside(contest))
    answers = [await send(client, each, page, act="badge") for each in (path, crossed)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert await world.fetchval("SELECT badge_hash FROM account WHERE id = $1", stranger.account_id) is None
    assert await kinds(world, other) == await kinds(world, contest) == []


async def test_chief_judge_who_looks_after_no_account_is_offered_none(world):
    contest = await world.contest()
    await world.judges(contest)
    chief = await world.client("chief_judge", "contest", contest.contest)

    assert 'id="ways"' not in await page_of(chief, item_page(contest, "panel"))


async def test_badge_is_printed_as_a_card_without_the_pin(world, office):  # noqa: F811
    """Contest, number and code to scan; whoever finds the card does not come in with it."""
    contest, client = office
    _, path = await a_judge(world, contest)
    page = await page_of(client, item_page(contest, "panel"))

    answer = await send(client, path, page, act="badge")

    name = await world.fetchval("SELECT name_zh FROM contest WHERE id = $1", contest.contest)
    card = re.search(r'<section class="judge-badge on-paper">.*?</section>', answer.text, re.S)[0]
    assert all(
        word in html.unescape(card) for word in (name, "A-01", shown(answer, "badge"), "data:image/svg")
    )
    assert f">{shown(answer, 'pin')}<" not in card
    assert "data-print" in answer.text
    link = await send(client, path, page, act="link")
    assert "on-paper" not in link.text
    assert "data-print" not in link.text
