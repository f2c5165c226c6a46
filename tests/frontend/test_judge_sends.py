"""What waits on a tablet leaves from every page of the judges, and each of them says how far it is saved."""

import re

import pytest

from api.plumbing.ids import encode_id
from frontend.locales import texts

TAILS = ("", "/w/01", "/c/1", "/hand", "/own", "/sign", "/time", "/diff")


@pytest.fixture
async def session(world):
    """A running session whose first judge is the chief too; their client and the session's name in addresses."""
    contest = await world.contest()
    judges = await world.judges(contest, 2)
    await world.grant(judges[0].account_id, "chief_judge", "contest", contest.contest)
    await world.sheets(contest, [await world.entry(contest)], judges)
    found = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
    chief = await world.client(account=judges[0].account_id)
    return contest, chief, encode_id("session", found)


async def test_every_page_of_the_judges_sends_what_waits(session):
    """A sheet handed in waits eight seconds on the tablet: whatever page is open then has to send it."""
    _, chief, name = session
    account = encode_id("account", chief.account_id)
    paths = [
        *(f"/judge/s/{name}{tail}" for tail in TAILS),
        "/judge?all=true",
        "/judge/chief",
        f"/paper/s/{name}",
    ]

    for path in [*paths, *(f"/en{path}" for path in paths)]:
        page = (await chief.get(path)).text
        assert re.search(r'src="/judge/app/[0-9a-f]+/main.js"', page), path
        assert f'data-account="{account}"' in page, path
        assert page.count("data-saved-badge") == 1, path
        assert page.count('id="words"') == page.count('id="said"') == 1, path


async def test_pages_that_tell_of_sheets_are_read_again_once_they_left(session):
    _, chief, name = session

    telling = [
        tail for tail in TAILS if "data-tells-sheets" in (await chief.get(f"/judge/s/{name}{tail}")).text
    ]

    assert telling == ["/own", "/sign"]


async def test_who_types_paper_has_no_tablet(world, session):
    contest, _, name = session
    clerk = await world.client("data_clerk", "contest", contest.contest)

    page = (await clerk.get(f"/paper/s/{name}")).text

    assert "data-judge-page" not in page
    assert "data-saved-badge" not in page
    assert "/judge/app/" not in page


async def test_script_has_the_words_that_a_plain_page_says():
    for locale in ("zh", "en"):
        assert {"tablet.left_since", "tablet.read_again"} <= set(texts(locale).written())


async def test_raised_hand_leads_back_to_the_sheet_that_it_was_raised_at(session):
    _, chief, name = session

    at_station = (await chief.get(f"/judge/s/{name}/hand?station=1")).text
    anywhere = (await chief.get(f"/judge/s/{name}/hand")).text

    assert f'href="/judge/s/{name}/w/01"' in at_station
    assert f'href="/judge/s/{name}/w/01"' not in anywhere
    assert f'href="/judge/s/{name}"' in anywhere
