"""What centre and venue wrote differently: the organiser settles it with a reason, once, and the page says who did and when."""

import html
import re
from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from tests.frontend.forms import page_of, send
from tests.frontend.test_venue_pages import at
from tests.venue.conftest import centre_of, empty_venue, new_venue, venue
from tests.venue.test_standings_away import absent_at, entrant_of, note

__all__ = ["empty_venue", "new_venue", "venue"]


@pytest.fixture
async def differing(world, venue):
    """Absent in the workshop, disqualified at the centre: the report lists it."""
    centre = await centre_of(world)
    await venue.take_in(await centre.handed_out())
    await absent_at(venue, centre)
    await centre.take_back("弄错了场次")
    await note(centre.organiser, await entrant_of(centre.world, centre.session), "disqualified", "冒名")
    await venue.take_in(await centre.handed_out())
    report = await centre.brought(await venue.facts(centre.session))
    assert len(report["differences"]) == 1
    return centre


def form_of(page):
    """The fields of the form that settles the first difference."""
    form = page.partition('data-difference="standing"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(session|number|difference|key)" value="([^"]*)"', form))


async def settle(centre, page, reason, **more):
    return await send(
        centre.organiser, at(centre), page, act="settle", reason=reason, **(form_of(page) | more)
    )


async def settled_of(centre):
    rows = await centre.world.fetch(
        "SELECT s.reason FROM venue_settlement s JOIN venue_handout h ON h.id = s.handout_id WHERE h.session_id = $1",
        centre.session,
    )
    return [row["reason"] for row in rows]


async def test_a_difference_is_settled_with_a_reason_and_says_by_whom(differing):
    centre = differing
    page = await page_of(centre.organiser, at(centre))
    assert "1处须由人处理" in page

    answer = await settle(centre, page, "查看监控，确系冒名顶替")

    assert answer.status_code == 303, answer.text
    name = await centre.world.fetchval(
        "SELECT display_name FROM account WHERE id = $1", centre.organiser.account_id
    )
    for _ in range(2):
        page = html.unescape(await page_of(centre.organiser, at(centre)))
        settled = page.partition('data-difference="standing" data-state="settled"')[2].partition("</li>")[0]
        assert "已处理" in settled
        assert "查看监控，确系冒名顶替" in settled
        assert name in settled
        assert "<time" in settled
        assert 'value="settle"' not in page
        # It stays in sight once the session is back.
        await centre.take_back("评分已交回") if "在场地服务器上" in page else None
    [row] = await centre.world.fetch(
        "SELECT account_id FROM ledger WHERE chain = $1 AND kind = 'session.difference_settled'",
        centre.marking.contest.item,
    )
    assert row["account_id"] == centre.organiser.account_id


async def test_without_a_reason_nothing_is_settled_and_the_field_says_so(differing):
    centre = differing
    page = await page_of(centre.organiser, at(centre))

    answer = await settle(centre, page, " ")

    assert answer.status_code == 422
    assert f'id="settle-{encode_id("session", centre.session)}-2-' in answer.text
    assert "-error" in answer.text.partition('data-difference="standing"')[2].partition("</form>")[0]
    assert await settled_of(centre) == []


async def test_nobody_settles_twice_what_is_not_listed_or_without_the_right(differing):
    centre = differing
    page = await page_of(centre.organiser, at(centre))
    unlisted = await settle(centre, page, "已核实", difference="standing:9:present:absent")
    first = await settle(centre, page, "已核实")
    again = await settle(centre, page, "另有说法", key=str(uuid4()))
    chief = await centre.world.client("chief_judge", "contest", centre.marking.contest.contest)

    assert (unlisted.status_code, first.status_code, again.status_code) == (409, 303, 409)
    assert "没有这一处不一致" in unlisted.text
    assert "已有人处理" in again.text
    assert 'value="settle"' not in await page_of(chief, at(centre))
    refused = await chief.post(
        f"/api/v1/sessions/{encode_id('session', centre.session)}/venue/settlements",
        json={"number": 2, "difference": "standing:1:disqualified:absent", "reason": "已核实"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert refused.status_code == 403
    assert await settled_of(centre) == ["已核实"]
