"""Tickets to one's own rank, as a unit and an organiser hand them out, one or all (UX C1, C2)."""

import re
from html import unescape

import pytest

from api.plumbing.ids import encode_id
from api.results.own import lookup_digits, ticket_code

UNITS = "UPDATE entry SET unit_id = $2 WHERE id = $1"


@pytest.fixture
async def place(world):
    """A contest with two accepted entries of one unit and one of another, and the unit's registrar."""
    contest = await world.contest(state="published")
    firm = await world.organisation(kind="enterprise", tier=None, parent=contest.organisation)
    own = [await world.entry(contest, name=f"本厂{number}") for number in (1, 2)]
    other = await world.entry(contest, name="别厂的人")
    for entry in own:
        await world.execute(UNITS, entry, firm)
    return contest, own, other, await world.client("registrar", "organisation", firm)


def link(settings, entry):
    return f"/r/{ticket_code(settings, entry)}"


@pytest.mark.parametrize("locale", ["", "/en"])
async def test_unit_comes_from_its_list_to_all_its_tickets_and_to_no_others(world, settings, place, locale):
    contest, own, other, registrar = place
    listed = (await registrar.get(f"{locale}/unit")).text
    assert f'href="{locale}/unit/tickets"' in listed

    page = unescape((await registrar.get(f"{locale}/unit/tickets")).text)

    assert page.count("data:image/svg+xml") == 2
    for entry in own:
        assert f"{settings.base_url}{link(settings, entry)}" in page
        assert lookup_digits(settings, entry) in page
        assert await world.fetchval("SELECT number FROM entry WHERE id = $1", entry) in page
    assert "别厂的人" not in page
    assert lookup_digits(settings, other) not in page
    assert "data-print" in page
    assert f"{settings.base_url}/r<" in page


async def test_one_ticket_is_printed_alone_and_leads_to_the_page_it_promises(visitor, settings, place):
    _, own, _, registrar = place
    path = f"/unit/tickets?entry={encode_id('entry', own[0])}"
    assert path in unescape((await registrar.get("/unit")).text)

    page = unescape((await registrar.get(path)).text)

    assert page.count('class="ticket"') == 1
    assert (await visitor.get(re.search(r'href="(/r/[^"]+)"', page)[1])).status_code == 200  # type: ignore[index]
    assert "/unit/tickets?contest=" in page


async def test_organiser_prints_those_of_the_contest(world, place):
    contest, own, other, _ = place
    office = await world.client("organiser", "contest", contest.contest)
    base = f"/org/c/{encode_id('contest', contest.contest)}"
    approved = unescape((await office.get(f"{base}/regs?state=approved")).text)

    every = await office.get(f"{base}/tickets")
    one = await office.get(f"{base}/tickets?entry={encode_id('entry', other)}")

    assert f'href="{base}/tickets"' in approved
    assert f"{base}/tickets?entry={encode_id('entry', other)}" in approved
    assert every.text.count('class="ticket"') == 3
    assert (one.text.count('class="ticket"'), "别厂的人" in one.text) == (1, True)


async def test_ticket_of_another_unit_or_of_an_entry_that_does_not_count_is_not_found(world, place):
    contest, own, other, registrar = place
    await world.execute("UPDATE entry SET state = 'withdrawn' WHERE id = $1", own[0])

    answers = [
        await registrar.get(f"/unit/tickets?entry={encode_id('entry', each)}") for each in (other, own[0])
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_contestant_who_signs_in_ends_at_their_own_rank(world, visitor, settings, place):
    contest, own, _, _ = place
    person = await world.fetchval("SELECT person_id FROM entry_member WHERE entry_id = $1", own[0])
    contestant = await world.client("contestant", "contest", contest.contest)
    account = contestant.account_id
    await world.execute("UPDATE account SET person_id = $2 WHERE id = $1", account, person)

    begun = await contestant.get("/login")
    mine = await contestant.get("/my")

    assert (begun.status_code, begun.headers["location"]) == (303, "/my")
    assert (mine.status_code, mine.headers["location"]) == (303, link(settings, own[0]))
