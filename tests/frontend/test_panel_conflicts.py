"""SO8: who must stand aside is said on the panel's page before the server has to refuse: word, icon, colour, unit and days."""

import html
import re
from datetime import date

import pytest

from api.plumbing.ids import encode_id
from tests.control.test_conflicts import employ, enter_from, rule
from tests.frontend.forms import page_of
from tests.judging.conftest import marking_of


@pytest.fixture
async def panel(world):
    """A drawn item with two seated judges and a third of the contest; the page's address."""
    it = await marking_of(world, judges=2, state="planned")
    third = await world.client("judge", "contest", it.contest.contest)
    await world.execute(
        "INSERT INTO judge (contest_id, account_id, code) VALUES ($1, $2, 'A-09')",
        it.contest.contest,
        third.account_id,
    )
    unit = await world.organisation()
    path = f"/org/c/{encode_id('contest', it.contest.contest)}/e/fitter/panel"
    return it, third, unit, path


def row_of(page, code):
    rows = re.findall(r"<tr.*?</tr>", html.unescape(page), re.S)
    return next(row for row in rows if f">{code}</b>" in row)


async def test_judge_who_could_be_chosen_shows_the_unit_the_days_and_how_many(world, panel):
    it, third, unit, path = panel
    await employ(world, third, unit, date(2015, 1, 1))
    await enter_from(world, it, unit)
    organiser = await world.client("organiser", "contest", it.contest.contest)

    page = await page_of(organiser, path)

    row = row_of(page, "A-09")
    assert 'data-state="aside"' in row
    assert "须回避：与选手同单位" in row
    assert "icon--diamond" in row
    assert await world.fetchval("SELECT name_zh FROM organisation WHERE id = $1", unit) in row
    assert "2015年1月1日起在该单位" in row
    assert "1名选手" in row
    assert "须回避" not in row_of(page, "A-01")
    # Also where a substitute is chosen.
    assert re.search(r"<option[^>]*>A-09[^<]*须回避</option>", page)


async def test_seated_judge_whose_employment_has_ended_shows_both_days(world, panel):
    it, _, unit, path = panel
    await employ(world, it.judges[1], unit, date(2015, 1, 1), date(2021, 3, 3))
    await enter_from(world, it, unit)
    organiser = await world.client("organiser", "contest", it.contest.contest)

    row = row_of(await page_of(organiser, path), "A-02")

    assert "2015年1月1日至2021年3月2日在该单位" in row
    assert "there from 1 Jan 2015 to 2 Mar 2021" in row_of(await page_of(organiser, f"/en{path}"), "A-02")


async def test_unit_of_registration_is_told_as_such(world, panel):
    it, third, unit, path = panel
    await world.execute("UPDATE judge SET unit_id = $2 WHERE account_id = $1", third.account_id, unit)
    await enter_from(world, it, unit)
    organiser = await world.client("organiser", "contest", it.contest.contest)

    assert "本赛事登记的单位" in row_of(await page_of(organiser, path), "A-09")


async def test_two_judges_of_one_unit_name_each_other_where_the_rules_allow_one(world, panel):
    it, _, unit, path = panel
    await world.execute(
        "UPDATE judge SET unit_id = $2 WHERE contest_id = $1 AND code <> 'A-01'", it.contest.contest, unit
    )
    organiser = await world.client("organiser", "contest", it.contest.contest)
    assert "同单位裁判" not in await page_of(organiser, path)
    await rule(world, it, one_judge_per_unit=True)

    page = await page_of(organiser, path)

    assert "A-09" in row_of(page, "A-02")
    assert "A-02" in row_of(page, "A-09")
    assert "同单位裁判" not in row_of(page, "A-01")
