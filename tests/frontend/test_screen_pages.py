"""S1, S2 and the pages of those who run them, as they are asked for and sent."""

import html
import re

import pytest

from api.plumbing.ids import encode_id
from frontend.views.venue import qr_of
from tests.frontend.forms import hidden, page_of, send
from tests.results.builders import MARKS, THEORY, final_item


def at(contest, page="screens"):
    return f"/org/c/{encode_id('contest', contest.contest)}/{page}"


@pytest.fixture
async def hall(world):
    """A final, frozen item whose screen waits for the ceremony."""
    contest = await world.contest()
    _, organiser = await final_item(world, contest, MARKS, THEORY)
    await world.execute("UPDATE publication SET frozen = true WHERE item_id = $1", contest.item)
    page = await page_of(organiser, at(contest))
    show = f"reveal:{encode_id('item', contest.item)}"
    answer = await send(
        organiser, at(contest), page, act="add", key=hidden(page, "key"), name="主席台", show=show
    )
    assert answer.status_code == 303, answer.text
    code = await world.fetchval("SELECT code FROM screen WHERE contest_id = $1", contest.contest)
    return contest, organiser, f"/screen/{code}"


async def test_one_tap_reveals_one_and_the_screen_follows(hall, world, visitor):
    contest, _, screen = hall
    presenter = await world.client("presenter", "contest", contest.contest)
    address = at(contest, "e/fitter/ceremony")
    await send(
        presenter,
        address,
        page := await page_of(presenter, address),
        act="start",
        places="3",
        key=hidden(page, "key"),
    )
    assert "待揭晓" in (waiting := await page_of(visitor, screen))
    assert not any(f">{name}<" in waiting for name in MARKS)

    page = await page_of(presenter, address)
    assert "丙" in page
    for _ in range(2):  # a second tap on the same page is the same step
        answer = await send(presenter, address, page, act="go", position="1", rev=hidden(page, "rev"))
        assert answer.status_code == 303
    shown = await page_of(visitor, screen)
    assert "丙" in shown
    assert ">甲<" not in shown

    page = await page_of(presenter, address)
    await send(presenter, address, page, act="go", position="0", rev=hidden(page, "rev"))
    assert ">丙<" not in await page_of(visitor, screen)


async def test_a_screen_is_pointed_to_a_notice_and_an_unchanged_one_costs_nothing(hall, visitor):
    contest, organiser, screen = hall
    page = await page_of(organiser, at(contest))

    answer = await send(
        organiser,
        at(contest),
        page,
        act="point",
        screen=hidden(page, "screen"),
        rev="1",
        show="notice:",
        notice="午休",
    )

    assert answer.status_code == 303, answer.text
    first = await visitor.get(screen)
    assert "午休" in first.text
    again = await visitor.get(screen, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_notice_without_words_is_refused_and_said(hall):
    contest, organiser, _ = hall
    page = await page_of(organiser, at(contest))

    answer = await send(organiser, at(contest), page, act="add", key="k" * 12, name="走廊", show="notice:")

    assert answer.status_code == 422
    assert "公告要写文字" in answer.text


async def test_a_board_on_a_screen_is_what_the_public_sees(hall, visitor):
    contest, organiser, screen = hall
    page = await page_of(organiser, at(contest))
    show = f"board:{encode_id('item', contest.item)}"
    await send(organiser, at(contest), page, act="point", screen=hidden(page, "screen"), rev="1", show=show)

    shown = await page_of(visitor, screen)

    assert "hall-middle" in shown
    assert "hall-row" not in shown
    assert "3/3" in shown


async def test_an_unknown_screen_is_not_found(visitor):
    assert (await visitor.get("/screen/aaaaaaaaaa")).status_code == 404


async def test_the_address_of_a_screen_stands_there_to_be_typed_scanned_and_copied(hall, settings):
    contest, organiser, screen = hall

    page = await page_of(organiser, at(contest))
    english = await page_of(organiser, f"/en{at(contest)}")

    row = html.unescape(page).partition("主席台</h2>")[2]
    assert f">{settings.base_url}{screen}</p>" in row
    assert qr_of(f"{settings.base_url}{screen}") in row
    assert re.search(r' id="(at-[^"]+)">[^<]+</p>.*data-copy="\1"', row, re.S)
    assert f">{settings.base_url}/en{screen}</p>" in html.unescape(english)
