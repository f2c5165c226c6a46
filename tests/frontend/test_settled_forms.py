"""What the server would refuse is not offered: of a result that is out, of a contest that is over, and before the sessions are planned."""

from tests.frontend.forms import page_of, send
from tests.frontend.test_organiser_pages import item_page, outside
from tests.results.builders import MARKS, THEORY, final_item


def main_of(page):
    return page.partition("<main")[2].partition("</main")[0]


async def test_panel_and_sessions_of_a_result_that_is_out_are_shown_without_forms(world):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "organisation", contest.organisation)

    panel = main_of(await page_of(organiser, item_page(contest, "panel")))
    draw = main_of(await page_of(organiser, item_page(contest, "draw")))

    assert "裁判组不能再改" in panel
    assert "A-01" in panel
    assert all(f'value="{act}"' not in panel for act in ("seat", "add", "replace"))
    assert "场次和抽签不能再改" in draw
    assert "<form" not in draw
    assert "final, so the panel stays" in await page_of(organiser, "/en" + item_page(contest, "panel"))


async def test_chief_is_offered_no_session_of_a_result_that_is_out(world):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    chief = await world.client("chief_judge", "contest", contest.contest)

    page = main_of(await page_of(chief, "/judge/chief"))

    assert "场次和抽签不能再改" in page
    assert 'value="pause"' not in page


async def test_open_item_keeps_its_forms(world):
    contest = await world.contest()
    entry = await world.entry(contest)
    await world.sheets(contest, [entry], await world.judges(contest))
    organiser = await world.client("organiser", "organisation", contest.organisation)

    assert 'value="seat"' in await page_of(organiser, item_page(contest, "panel"))
    assert 'value="pause"' in await page_of(organiser, item_page(contest, "draw"))


async def test_entry_rules_of_a_contest_that_is_over_are_read_only(world):
    contest = await world.contest(state="finished")
    organiser = await world.client("organiser", "organisation", contest.organisation)

    page = await page_of(organiser, f"/org/c/{outside(contest)}/info")

    assert "报名条件不能再改" in page
    assert 'value="entry_rules"' not in page


async def test_encryption_officer_draws_once_the_organiser_has_planned_the_sessions(world):
    contest = await world.contest(state="published")
    await world.entry(contest)
    officer = await world.client("encryption_officer", "contest", contest.contest)
    organiser = await world.client("organiser", "organisation", contest.organisation)
    path = item_page(contest, "draw")

    before = main_of(await page_of(officer, path))
    await world.judges(contest)
    unplanned = main_of(await page_of(officer, path))
    asked = await send(officer, path, await page_of(officer, "/account"), act="draw", stations="2")
    page = await page_of(organiser, path)
    planned = await send(organiser, path, page, act="plan", stations="2")
    ready = await page_of(officer, path)
    drawn = await send(officer, path, ready, act="draw")

    assert "抽签前先组成裁判组" in before
    assert f"/org/c/{outside(contest)}/e/fitter/panel" in before
    assert "请主办单位先在这一页排好场次" in unplanned
    assert "<form" not in before + unplanned
    assert asked.status_code == 409
    assert "排场次" in asked.text
    assert planned.status_code == 303, planned.text
    assert 'name="stations"' not in ready
    assert drawn.status_code == 303, drawn.text
    made = await world.fetch("SELECT by_account FROM draw WHERE item_id = $1", contest.item)
    assert [row["by_account"] for row in made] == [officer.account_id]


async def test_sessions_are_planned_once(world):
    contest = await world.contest(state="published")
    await world.entry(contest)
    await world.judges(contest)
    organiser = await world.client("organiser", "organisation", contest.organisation)
    path = item_page(contest, "draw")
    page = await page_of(organiser, path)

    await send(organiser, path, page, act="plan", stations="2")
    again = await send(organiser, path, page, act="plan", stations="2")

    assert again.status_code == 409
    assert await world.fetchval("SELECT count(*) FROM judging_session WHERE item_id = $1", contest.item) == 1
