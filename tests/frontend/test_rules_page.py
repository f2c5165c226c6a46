"""The page of the rules of control: one form, faults at their fields, nothing of somebody else's overwritten unseen."""

import html
import re
from decimal import Decimal

import pytest

from api.contests.rules import ContestRules, SpreadRule
from api.plumbing.ids import encode_id
from frontend.pages.rule_fields import rules_from, values_of
from scoring import QuotaRule
from tests.frontend.forms import hidden, page_of

FORM = {
    "recheck": "yes", "top": "10", "top_percent": "", "rest_percent": "20", "errors_percent": "5",
    "criterion": "1", "sheet": "8", "criterion_fitter": "0.5", "sheet_fitter": "", "years": "3", "one_per_unit": "yes",
}  # fmt: skip


@pytest.fixture
async def office(world):
    contest = await world.contest(state="published")
    client = await world.client("organiser", "contest", contest.contest)
    return contest, client, f"/org/c/{encode_id('contest', contest.contest)}/rules"


async def send(client, path, **fields):
    return await client.post(path, data={"csrf_token": client.headers["x-csrf-token"], **fields})


async def rules_of(client, contest):
    answer = await client.get(f"/api/v1/contests/{encode_id('contest', contest.contest)}/rules")
    return answer.json()


def field_error(page, name):
    found = re.search(rf'id="{name}-error"[^>]*>(.*?)</span>', html.unescape(page), re.S)
    return found[1] if found else ""


async def test_rules_of_control_are_saved_as_the_next_revision_and_shown_again(office):
    contest, client, path = office
    page = await page_of(client, path)

    answer = await send(client, path, rev=hidden(page, "rev"), **FORM)

    assert (answer.status_code, answer.headers["location"]) == (303, path), answer.text
    found = await rules_of(client, contest)
    assert found["revision"] == 1
    assert found["rules"]["recheck"] == {"top": 10, "rest_percent": "20", "errors_percent": "5"}
    assert found["rules"]["spread"] == {"criterion": "1", "sheet": "8"}
    assert found["rules"]["spreads"] == {"fitter": {"criterion": "0.5"}}
    assert found["rules"]["avoidance"] == {"years": 3, "one_judge_per_unit": True}
    shown = await page_of(client, path)
    assert re.search(r'id="rest_percent"[^>]* value="20"', shown)
    assert re.search(r'id="criterion_fitter"[^>]* value="0.5"', shown)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("rest_percent", "10", "不得低于15%"),
        ("rest_percent", "", "0到100之间"),
        ("errors_percent", "101", "0到100之间"),
        ("top", "", "前几名或前百分之几"),
        ("top", "2.5", "之间的整数"),
        ("criterion", "一", "之间的数"),
        ("criterion", "-1", "之间的数"),
        ("sheet_fitter", "NaN", "之间的数"),
        ("years", "21", "0到20之间"),
    ],
)
async def test_fault_is_said_at_its_field_and_nothing_is_saved(office, field, text, said):
    contest, client, path = office

    answer = await send(client, path, rev="0", **(FORM | {field: text}))

    assert answer.status_code == 422
    assert said in field_error(answer.text, field)
    assert re.search(rf'id="{field}"[^>]* value="{text}"', answer.text)
    assert (await rules_of(client, contest))["revision"] == 0


async def test_form_that_is_out_of_date_shows_both_and_saves_nothing(office):
    contest, client, path = office
    page = await page_of(client, path)
    await send(client, path, rev=hidden(page, "rev"), **(FORM | {"top": "6"}))

    answer = await send(client, path, rev=hidden(page, "rev"), **FORM)

    assert answer.status_code == 412
    assert "别人刚改为：6" in answer.text
    assert re.search(r'id="top"[^>]* value="10"', answer.text)
    found = await rules_of(client, contest)
    assert (found["revision"], found["rules"]["recheck"]["top"]) == (1, 6)
    again = await send(client, path, rev=hidden(answer.text, "rev"), **FORM)
    assert again.status_code == 303


def test_other_parts_of_the_rules_and_limits_of_single_criteria_stay():
    quota = QuotaRule(code="up", version=1, name="晋级", name_en="Up", places=3)
    spreads = {"fitter": SpreadRule(criteria={"C1": Decimal(1)})}
    before = ContestRules(quota=quota, spreads=spreads)

    after = rules_from(values_of(before, ["fitter"]), before, ["fitter"])

    assert after == before


async def test_without_the_tick_nothing_is_rechecked(office):
    contest, client, path = office

    await send(client, path, rev="0", **{name: text for name, text in FORM.items() if name != "recheck"})

    assert "recheck" not in (await rules_of(client, contest))["rules"]


async def test_reader_sees_them_and_nobody_else_changes_them(world, office):
    contest, _, path = office
    chief = await world.client("chief_judge", "contest", contest.contest)
    stranger = await world.client("organiser", "contest", (await world.contest()).contest)

    shown = await page_of(chief, path)

    assert "<form" in shown
    assert 'name="rev"' not in shown
    assert "保存规则" not in shown
    assert (await send(chief, path, rev="0", **FORM)).status_code == 403
    assert (await stranger.get(path)).status_code == 404


async def test_rules_of_a_contest_that_is_over_are_shown_without_a_form(world):
    contest = await world.contest(state="finished")
    client = await world.client("organiser", "contest", contest.contest)
    path = f"/org/c/{encode_id('contest', contest.contest)}/rules"

    assert "规则不能再改" in await page_of(client, path)
    assert (await send(client, path, rev="0", **FORM)).status_code == 409


async def test_tasks_lead_to_the_rules_in_both_languages(office):
    _, client, path = office

    assert f'href="{path}"' in await page_of(client, path.removesuffix("/rules"))
    assert "Recheck, spreads and avoidance" in await page_of(client, f"/en{path}")


async def test_limits_of_single_criteria_are_shown_with_their_names_and_changed(office):
    contest, client, path = office
    page = await page_of(client, path)
    first, second = sorted(set(re.findall(r'name="(limit:fitter:[^"]+)"', page)))[:2]

    await send(client, path, rev=hidden(page, "rev"), **FORM, **{first: "0.5", second: "2"})
    shown = await page_of(client, path)
    await send(client, path, rev=hidden(shown, "rev"), **FORM, **{first: "", second: "2"})

    assert "单独设限的评分项：2个" in shown
    assert re.search(rf'name="{first}"[^>]* value="0.5"', shown)
    own = (await rules_of(client, contest))["rules"]["spreads"]["fitter"]["criteria"]
    assert own == {second.rpartition(":")[2]: "2"}


async def test_limit_of_a_criterion_that_is_no_number_is_said_at_its_field(office):
    contest, client, path = office
    page = await page_of(client, path)
    name = re.search(r'name="(limit:fitter:[^"]+)"', page)[1]

    answer = await send(client, path, rev=hidden(page, "rev"), **FORM, **{name: "很大"})

    assert answer.status_code == 422
    assert "之间的数" in field_error(answer.text, name)
    assert (await rules_of(client, contest))["revision"] == 0


async def test_limit_for_the_whole_contest_stands_beside_its_criterion(office, world):
    contest, client, path = office
    key = re.search(r'name="limit:fitter:([^"]+)"', await page_of(client, path))[1]
    found = await client.get(f"/api/v1{path.removeprefix('/org').replace('/c/', '/contests/')}")
    rules = {"spread": {"criteria": {key: "1.5"}}}
    await client.put(
        f"/api/v1{path.removeprefix('/org').replace('/c/', '/contests/')}",
        json=rules,
        headers={"If-Match": found.headers["etag"]},
    )

    assert re.search(rf'name="limit::{key}"[^>]* value="1.5"', await page_of(client, path))
