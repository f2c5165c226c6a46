"""Items and their plans: a plan that is in use never changes; before that a new version takes its place, checked node by node."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id, parse_id
from scoring import Plan
from tests.organisations.watching import nothing_written
from tests.plans import two_part_plan


@pytest_asyncio.fixture
async def contest(province):
    return await province.contest()


@pytest_asyncio.fixture
async def free_item(province, world):
    """An item of a contest without preset: no part of its plan is locked. (item id, contest of the world)"""
    made = await world.contest(organisation=province.root, season=province.season_node, state="published")
    return encode_id("item", made.item), made


def document(plan: Plan) -> dict[str, Any]:
    """A plan as JSON, to be spoilt."""
    return msgspec.json.decode(msgspec.json.encode(plan))


async def put_plan(province, item, plan, tag='"r1"'):
    return await province.organiser.put(f"/api/v1/items/{item}/plan", json=plan, headers={"If-Match": tag})


async def test_new_version_takes_the_place_of_an_unused_plan(province, free_item, world):
    item, _ = free_item
    plan = document(two_part_plan()) | {"version": 2, "title": "新方案"}

    changed = await put_plan(province, item, plan)
    read = await province.organiser.get(f"/api/v1/items/{item}/plan")

    assert changed.status_code == 200, changed.text
    assert (read.json(), read.headers["etag"]) == (changed.json(), '"r2"')
    assert read.json()["plan"]["title"] == "新方案"
    kinds = await world.fetch("SELECT kind FROM ledger WHERE chain = $1", parse_id("item", item))
    assert [row["kind"] for row in kinds] == ["item.plan"]


async def test_stages_follow_the_plan(province, free_item):
    item, _ = free_item
    plan = document(two_part_plan())
    practical = plan["root"]["parts"][1]["node"]
    second = practical | {
        "key": "module-b",
        "title": "模块二",
        "parts": [practical["parts"][0] | {"key": "D1"}],
    }
    plan["root"]["parts"] = [
        plan["root"]["parts"][0], {"weight": "0.4", "node": practical}, {"weight": "0.3", "node": second},
    ]  # fmt: skip

    await put_plan(province, item, plan)

    shown = (await province.organiser.get(f"/api/v1/items/{item}")).json()
    assert [(stage["kind"], stage["node"]) for stage in shown["stages"]] == [
        ("theory", "theory"), ("practical", "practical"), ("practical", "module-b"),
    ]  # fmt: skip


def heavier(plan):
    plan["root"]["parts"][0]["weight"] = "0.5"


def twice_the_key(plan):
    plan["root"]["parts"][1]["node"]["parts"][1]["key"] = "C1"


def odd_step(plan):
    plan["root"]["parts"][1]["node"]["parts"][0]["step"] = "0.3"


def nan_maximum(plan):
    plan["root"]["parts"][1]["node"]["parts"][0]["maximum"] = "NaN"


def huge_maximum(plan):
    plan["root"]["parts"][1]["node"]["parts"][0]["maximum"] = "1e400"


def all_judges_dropped(plan):
    plan["root"]["parts"][1]["node"]["panel"] |= {"drop_high": 3, "drop_low": 2}


def unknown_tie(plan):
    plan["ties"][0]["key"] = "elegance"


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (heavier, ("/total", "weights_sum")),
        (twice_the_key, ("/total/practical/C1", "key_repeated")),
        (odd_step, ("/total/practical/C1", "step_not_dividing")),
        (nan_maximum, ("/total/practical/C1", "number_unusable")),
        (huge_maximum, ("/total/practical/C1", "number_unusable")),
        (all_judges_dropped, ("/total/practical", "panel_drop")),
        (unknown_tie, ("/ties", "tie_unknown")),
    ],
)
async def test_fault_of_a_plan_is_named_with_its_node(province, world, free_item, errors_of, spoil, error):
    item, _ = free_item
    plan = document(two_part_plan())
    spoil(plan)
    async with nothing_written(world):
        answer = await put_plan(province, item, plan)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert errors_of(answer) == [error]
    assert answer.json()["errors"][0]["detail_en"]


async def test_misspelt_part_of_a_plan_is_refused(province, world, free_item):
    item, _ = free_item
    plan = document(two_part_plan())
    plan["root"]["parts"][1]["node"]["panel"]["drop_hihg"] = 1
    async with nothing_written(world):
        answer = await put_plan(province, item, plan)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")


async def test_deeply_nested_plan_is_refused(province, world, free_item):
    item, _ = free_item
    leaf = '{"node":"imported","key":"x","title":"x","maximum":"1"}'
    deep = '{"node":"sum","key":"x","title":"x","parts":[' * 3000 + leaf + "]}" * 3000
    body = f'{{"code":"deep","version":1,"title":"x","root":{deep}}}'
    async with nothing_written(world):
        answer = await province.organiser.put(
            f"/api/v1/items/{item}/plan", content=body,
            headers={"If-Match": '"r1"', "Content-Type": "application/json"},
        )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) in {(400, "invalid_body"), (422, "invalid_fields")}


async def test_plan_with_sheets_does_not_change(province, world, free_item):
    item, made = free_item
    judges = await world.judges(made, 1)
    await world.sheets(made, [await world.entry(made)], judges)
    async with nothing_written(world):
        answer = await put_plan(province, item, document(two_part_plan()) | {"version": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_in_use")


async def test_plan_with_theory_marks_does_not_change(province, world, free_item):
    item, made = free_item
    entry = await world.entry(made)
    await world.execute(
        "INSERT INTO theory_mark (season_id, item_id, entry_id, node, rev, state, value, account_id, hash) "
        "VALUES ($1, $2, $3, 'theory', 1, 'scored', 80, $4, '\\x')",
        made.season, made.item, entry, province.organiser.account_id,
    )  # fmt: skip
    async with nothing_written(world):
        answer = await put_plan(province, item, document(two_part_plan()) | {"version": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_in_use")


async def test_stage_with_a_planned_session_stays(province, world, free_item):
    item, made = free_item
    await world.execute(
        "INSERT INTO judging_session (season_id, item_id, stage_id, position, name_zh, starts_at, ends_at) "
        "VALUES ($1, $2, $3, 1, '第1场', now(), now() + interval '1 hour')",
        made.season, made.item, made.practical_stage,
    )  # fmt: skip
    plan = document(two_part_plan())
    plan["root"]["parts"][1]["node"]["key"] = "workshop"
    plan["ties"] = []
    async with nothing_written(world):
        answer = await put_plan(province, item, plan)
    same_stages = await put_plan(province, item, document(two_part_plan()) | {"version": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_in_use")
    assert same_stages.status_code == 200


async def test_plan_on_an_old_version_is_refused(province, world, free_item):
    item, _ = free_item
    async with nothing_written(world):
        answer = await put_plan(province, item, document(two_part_plan()), tag='"r4"')

    assert answer.status_code == 412


async def test_weights_that_the_preset_locks_stay(province, world, contest, errors_of):
    item = contest["items"][0]["id"]
    plan = (await province.organiser.get(f"/api/v1/items/{item}/plan")).json()["plan"]
    plan["root"]["parts"][0]["weight"], plan["root"]["parts"][1]["weight"] = "40", "60"
    async with nothing_written(world):
        answer = await put_plan(province, item, plan)

    assert errors_of(answer) == [
        ("/root/parts/theory/weight", "preset_locked"), ("/root/parts/practical/weight", "preset_locked"),
    ]  # fmt: skip


async def test_practical_paper_is_written_anew_for_a_contest(province, contest):
    item = contest["items"][0]["id"]
    plan = (await province.organiser.get(f"/api/v1/items/{item}/plan")).json()["plan"]
    plan["root"]["parts"][1]["node"]["parts"][0]["parts"][0]["title"] = "另一处尺寸"

    assert (await put_plan(province, item, plan)).status_code == 200


def new_item(**changes):
    return {"trade": "crane", "code": "crane", "name_zh": "起重装卸", **changes}


async def test_item_of_the_preset_brings_its_plan(province, contest):
    made = await province.post(f"/contests/{contest['id']}/items", new_item(capacity=40))

    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/items/{made.json()['id']}"
    assert (made.json()["capacity"], len(made.json()["stages"]), made.json()["publication"]) == (
        40,
        2,
        "open",
    )
    listed = (await province.organiser.get(f"/api/v1/contests/{contest['id']}/items")).json()["data"]
    assert [item["code"] for item in listed] == ["fitter", "welder", "crane"]


async def test_own_item_brings_its_own_plan(province, contest):
    body = new_item(
        code="relay", kind="team", team_size=4, group_name="职工组", plan=document(two_part_plan())
    )

    made = await province.post(f"/contests/{contest['id']}/items", body)

    assert (made.status_code, made.json()["group_name"]) == (201, "职工组")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"code": "relay"}, [("/plan", "plan_missing")]),
        ({"name_zh": "起\u200b重"}, [("/name_zh", "name_invalid")]),
        ({"kind": "pair", "team_size": 3}, [("/team_size", "team_size_mismatch")]),
        ({"kind": "team", "team_size": 1}, [("/team_size", "team_size_mismatch")]),
        ({"live": "by_name", "blind_layers": 1}, [("/live", "names_need_no_blindness")]),
    ],
)
async def test_refused_item_writes_nothing(province, world, contest, errors_of, changes, errors):
    async with nothing_written(world):
        answer = await province.post(f"/contests/{contest['id']}/items", new_item(**changes))

    assert answer.status_code == 422
    assert errors_of(answer) == errors


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "fitter", "trade": "fitter"}, 409, "item_exists"),
        ({"trade": "kite_flying"}, 422, "trade_unknown"),
        ({"capacity": 0}, 400, "invalid_body"),
        ({"blind_layers": 4}, 400, "invalid_body"),
        ({"kind": "crowd"}, 400, "invalid_body"),
        ({"code": "Über"}, 400, "invalid_body"),
    ],
)
async def test_item_that_does_not_fit_writes_nothing(province, world, contest, changes, status, code):
    async with nothing_written(world):
        answer = await province.post(f"/contests/{contest['id']}/items", new_item(**changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_running_contest_takes_no_new_item(province, world):
    made = await world.contest(organisation=province.root, season=province.season_node, state="running")
    path = f"/contests/{encode_id('contest', made.contest)}/items"
    async with nothing_written(world):
        answer = await province.post(path, new_item(plan=document(two_part_plan())))

    assert (answer.status_code, answer.json()["code"]) == (409, "contest_settled")


async def change(province, item, changes, tag='"r1"'):
    return await province.organiser.patch(f"/api/v1/items/{item}", json=changes, headers={"If-Match": tag})


async def test_item_is_shown_otherwise_and_its_board_is_touched(province, world, free_item):
    item, made = free_item
    before = await world.fetchval("SELECT board_version FROM publication WHERE item_id = $1", made.item)

    answer = await change(province, item, {"live": "progress", "capacity": 40, "group_name": "学生组"})

    assert (answer.json()["live"], answer.json()["capacity"], answer.json()["rev"]) == ("progress", 40, 2)
    after = await world.fetchval("SELECT board_version FROM publication WHERE item_id = $1", made.item)
    assert after == before + 1


@pytest.mark.parametrize(
    "changes", [{"blind_layers": 2, "live": "progress"}, {"kind": "pair", "team_size": 2}]
)
async def test_what_entrants_rely_on_does_not_change_under_them(province, world, free_item, changes):
    item, made = free_item
    await world.entry(made)
    async with nothing_written(world):
        answer = await change(province, item, changes)

    assert (answer.status_code, answer.json()["code"]) == (409, "entries_exist")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"team_size": 2}, 422),
        ({"blind_layers": 1}, 422),
        ({"name_zh": "\u200b"}, 422),
        ({"capacity": -1}, 400),
        ({"plan": {}}, 400),
    ],
)
async def test_refused_change_of_an_item_writes_nothing(province, world, free_item, changes, status):
    item, _ = free_item
    async with nothing_written(world):
        answer = await change(province, item, changes)
        stale = await change(province, item, {"capacity": 9}, tag='"r2"')

    assert (answer.status_code, stale.status_code) == (status, 412)


async def test_items_of_another_tree_are_not_found(province, world, contest):
    stranger = await world.client("organiser", "organisation", await world.organisation())
    item = contest["items"][0]["id"]

    paths = (f"/items/{item}", f"/items/{item}/plan", f"/contests/{contest['id']}/items", f"/contests/{contest['id']}/rules")  # fmt: skip
    answers = [await stranger.get(f"/api/v1{path}") for path in paths]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_weights_of_the_small_plan_are_30_to_70():
    """The plan that these tests spoil is sound to begin with."""
    assert [part.weight for part in two_part_plan().root.parts] == [Decimal("0.3"), Decimal("0.7")]
