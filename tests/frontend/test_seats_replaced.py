"""A judge was replaced in the workshop: the centre's page of the panel says from whom to whom, when and why."""

import re

import pytest

from api.plumbing.ids import encode_id
from tests.frontend.forms import page_of
from tests.venue.conftest import centre_of, empty_venue, new_venue, venue
from tests.venue.test_standing_aside import reserve

__all__ = ["empty_venue", "new_venue", "reserve", "venue"]


@pytest.fixture
async def centre(world):
    return await centre_of(world)


def row_of(page, code):
    return page.partition(f'<b class="nowrap">{code}</b>')[2].partition("</tr>")[0]


async def test_a_seat_that_was_given_away_at_the_venue_says_to_whom(centre, venue, reserve):
    path = f"/org/c/{encode_id('contest', centre.marking.contest.contest)}/e/fitter/panel"
    codes = re.findall(r'<b class="nowrap">([^<]+)</b>', await page_of(centre.organiser, path))
    await venue.take_in(await centre.handed_out())
    assert (await reserve.seat_at(venue)).status_code == 200
    before = await page_of(centre.organiser, path)

    await centre.brought(await venue.facts(centre.session))

    page, english = [await page_of(centre.organiser, at) for at in (path, f"/en{path}")]
    old = codes[1]
    assert "data-replaced" not in before
    assert "场地已由A-09替换" in row_of(page, old)
    assert f"在场地替换{old}" in row_of(page, "A-09")
    assert page.count("data-replaced") == 2
    assert f"<b>{old} → A-09</b>" in page
    assert "突发疾病" in page
    assert "Replaced by A-09 at the venue" in row_of(english, old)
