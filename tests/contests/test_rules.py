"""Quota and award rules: each change is a revision, locked parts stay, and no rule names what does not exist."""

import msgspec
import pytest
import pytest_asyncio

from api.contests.rule_checks import rules_errors
from api.contests.rule_presets import rule_presets
from api.contests.rules import ContestRules
from tests.organisations.watching import nothing_written


@pytest_asyncio.fixture
async def contest(province):
    return await province.contest()


async def rules_of(province, contest):
    return await province.organiser.get(f"/api/v1/contests/{contest['id']}/rules")


async def put(province, contest, rules, tag='"r1"'):
    return await province.organiser.put(
        f"/api/v1/contests/{contest['id']}/rules", json=rules, headers={"If-Match": tag}
    )


async def test_contest_begins_with_the_rules_of_its_preset(province, contest):
    answer = await rules_of(province, contest)

    assert answer.headers["etag"] == '"r1"'
    assert [rule["code"] for rule in answer.json()["rules"]["awards"]] == [
        "hebei-may-day-medal",
        "hebei-technical-expert",
        "hebei-level-promotion",
    ]
    assert "/rules/awards" in answer.json()["locked"]


async def test_adjustable_part_becomes_the_next_revision(province, contest, world):
    rules = (await rules_of(province, contest)).json()["rules"]
    rules["quota"]["places"] = 5
    rules["awards"][0]["back_fill"] = True

    changed = await put(province, contest, rules)

    assert changed.status_code == 200, changed.text
    assert (changed.json()["revision"], changed.headers["etag"]) == (2, '"r2"')
    assert changed.json()["rules"]["quota"]["places"] == 5
    assert (await rules_of(province, contest)).json() == changed.json()


def without_medal(rules):
    del rules["awards"][0]


def ten_medals(rules):
    rules["awards"][0]["cut"]["places"] = 10


def more_awards(rules):
    rules["awards"].append({**rules["awards"][1], "code": "own-award", "name": "自设奖"})


def quota_by_total(rules):
    rules["quota"]["minimum_total"] = "60"


def other_quota_for_one_item(rules):
    rules["quotas"] = {"fitter": {**rules["quota"], "places": 30}}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (without_medal, "/awards/hebei-may-day-medal"),
        (ten_medals, "/awards/hebei-may-day-medal/cut/places"),
        (more_awards, "/awards/own-award"),
        (quota_by_total, "/quota/minimum_total"),
        (other_quota_for_one_item, "/quotas"),
    ],
)
async def test_locked_part_is_refused_by_its_path(province, world, contest, errors_of, change, pointer):
    rules = (await rules_of(province, contest)).json()["rules"]
    change(rules)
    async with nothing_written(world):
        answer = await put(province, contest, rules)

    assert answer.status_code == 422
    assert errors_of(answer) == [(pointer, "preset_locked")]
    assert f"/rules{pointer}" in answer.json()["errors"][0]["detail"]


async def test_rules_on_an_old_revision_are_refused(province, world, contest):
    rules = (await rules_of(province, contest)).json()["rules"]
    await put(province, contest, rules)
    async with nothing_written(world):
        answer = await put(province, contest, rules)

    assert (answer.status_code, answer.json()["code"], answer.json()["current"]["revision"]) == (
        412,
        "stale",
        2,
    )


@pytest_asyncio.fixture
async def free_contest(province, world):
    """A contest without preset: no part is locked."""
    from api.plumbing.ids import encode_id

    made = await world.contest(organisation=province.root, season=province.season_node, state="draft")
    return {"id": encode_id("contest", made.contest)}


AWARD = {"code": "first", "version": 1, "name": "一等奖", "name_en": "First", "authority": "union", "field": "item", "cut": {"places": 1}}  # fmt: skip
QUOTA = {"code": "up", "version": 1, "name": "晋级", "places": 3}


@pytest.mark.parametrize(
    ("rules", "errors"),
    [
        ({"quotas": {"nobody": QUOTA}}, [("/quotas/nobody", "rule_item_unknown")]),
        ({"awards": [AWARD, AWARD]}, [("/awards", "code_repeated")]),
        ({"awards": [{**AWARD, "excludes": ["second"]}]}, [("/awards/0/excludes", "rule_award_unknown")]),
        (
            {"awards": [{**AWARD, "field": "trade", "deciding_items": {"fitter": "nobody"}}]},
            [("/awards/0/deciding_items/fitter", "rule_item_unknown")],
        ),
    ],
)
async def test_rule_must_name_what_exists(province, world, free_contest, errors_of, rules, errors):
    async with nothing_written(world):
        answer = await put(province, free_contest, rules, tag='"r0"')

    assert answer.status_code == 422
    assert errors_of(answer) == errors


@pytest.mark.parametrize(
    "rules",
    [
        {"quota": {**QUOTA, "places": 0}},
        {"quota": {"code": "up", "version": 1, "name": "晋级"}},
        {"awards": [{**AWARD, "cut": {}}]},
        {"awards": [{**AWARD, "cut": {"share": "1.5"}}]},
        {"awards": [{**AWARD, "conditions": ["level_below_target"]}]},
        {"awards": [{**AWARD, "authority": "club"}]},
        {"prizes": []},
    ],
)
async def test_rule_that_scoring_cannot_hold_is_refused(province, world, free_contest, rules):
    async with nothing_written(world):
        answer = await put(province, free_contest, rules, tag='"r0"')

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")


async def test_first_rules_of_a_contest_without_any_are_revision_1(province, free_contest):
    answer = await put(province, free_contest, {"quota": QUOTA, "awards": [AWARD]}, tag='"r0"')

    assert (answer.status_code, answer.json()["revision"]) == (200, 1)


async def test_trade_with_two_items_needs_the_one_that_decides(province, free_contest, world, errors_of):
    from api.plumbing.ids import parse_id

    await world.execute(
        "WITH made AS (INSERT INTO item (season_id, event_id, contest_id, trade_code, code, name_zh, kind, team_size, plan_id) "
        "SELECT season_id, event_id, contest_id, trade_code, 'fitter-pair', '钳工双人', 'pair', 2, plan_id FROM item "
        "WHERE contest_id = $1 RETURNING contest_id, id) INSERT INTO contest_item SELECT * FROM made",
        parse_id("contest", free_contest["id"]),
    )
    trade_award = {**AWARD, "field": "trade"}
    async with nothing_written(world):
        open_question = await put(province, free_contest, {"awards": [trade_award]}, tag='"r0"')
    decided = await put(
        province,
        free_contest,
        {"awards": [{**trade_award, "deciding_items": {"fitter": "fitter"}}]},
        tag='"r0"',
    )

    assert errors_of(open_question) == [("/awards/0/deciding_items/fitter", "deciding_item_missing")]
    assert decided.status_code == 200


async def test_rules_of_a_finished_contest_are_settled(province, world):
    from api.plumbing.ids import encode_id

    made = await world.contest(organisation=province.root, season=province.season_node, state="finished")
    async with nothing_written(world):
        answer = await put(province, {"id": encode_id("contest", made.contest)}, {}, tag='"r0"')

    assert answer.json()["code"] == "contest_settled"


async def test_rules_of_real_notices_are_there_to_start_from(province):
    every = (await province.organiser.get("/api/v1/rule-presets")).json()["data"]
    quotas = (await province.organiser.get("/api/v1/rule-presets", params={"kind": "quotas"})).json()["data"]

    assert {"hebei-2025", "bands-10-20-30", "three-per-region"} <= {preset["code"] for preset in every}
    assert all(preset["quotas"] and not preset["awards"] for preset in quotas)
    assert all(preset["title_zh"] and preset["title_en"] and preset["source"] for preset in every)


@pytest.mark.parametrize(
    "preset", [each for each in rule_presets() if not each.unknown_columns], ids=lambda each: each.code
)
def test_a_preset_without_unknown_columns_can_be_put_in_force(preset):
    rules = ContestRules(quota=next(iter(preset.quotas), None), awards=preset.awards)

    assert rules_errors(rules, {"fitter": "fitter"}) == []


COLUMN = {"column": "shoe_size", "values": ("44",), "at_least": 1}


@pytest.mark.parametrize(
    ("rules", "pointer", "code"),
    [
        ({"quota": {"caps": {"shoe_size": 2}}}, "/quota/caps", "rule_column_unknown"),
        ({"quota": {"places": 3, "composition": [COLUMN]}}, "/quota/composition/0/column", "rule_column_unknown"),
        ({"award": {"where": {"shoe_size": ["44"]}}}, "/awards/0/where", "rule_column_unknown"),
        ({"award": {"caps": [{"by": "shoe_size"}]}}, "/awards/0/caps/0/by", "rule_column_unknown"),
        ({"award": {"ladder": {"cases": [{"awards": ["none"], "up": 1}]}}}, "/awards/0/ladder/cases/0/awards", "rule_award_unknown"),
        ({"award": {"checklist": [{"code": "Über", "title": "x"}]}}, "/awards/0/checklist/0/code", "check_code_invalid"),
    ],
)  # fmt: skip
def test_what_the_product_does_not_record_is_no_part_of_a_rule(rules, pointer, code):
    named = {"code": "x", "version": 1, "name": "规则"}
    award = named | {"name_en": "Rule", "authority": "union", "field": "item", "cut": {"places": 1}}
    document = msgspec.convert(
        {
            "quota": named | rules["quota"] if "quota" in rules else None,
            "awards": [award | rules["award"]] if "award" in rules else [],
        },
        ContestRules,
    )

    (error,) = rules_errors(document, {"fitter": "fitter"})

    assert (error.pointer, error.code) == (pointer, code)
