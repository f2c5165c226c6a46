"""A plan is a document: it survives JSON, has one hash, and lists the lines of the judges' sheets."""

import msgspec

from scoring import (
    Attempts,
    Band,
    Benchmark,
    Judged,
    Measured,
    Panel,
    Part,
    Plan,
    Sum,
    Tie,
    WeightedSum,
    criteria,
    plan_hash,
    ranking_order,
)
from scoring.plans.plan import UNBOUNDED
from tests.scoring.builders import D, final_plan, one_mark_plan, panel_of


def test_plan_survives_json() -> None:
    plan = final_plan()

    again = msgspec.json.decode(msgspec.json.encode(plan), type=Plan)

    assert again == plan
    assert plan_hash(again) == plan_hash(plan)


def test_hash_sees_numbers_not_their_spelling() -> None:
    assert plan_hash(one_mark_plan(Panel(size=3), maximum="10")) == plan_hash(
        one_mark_plan(Panel(size=3), maximum="10.00")
    )
    assert plan_hash(one_mark_plan(Panel(size=3), maximum="10")) != plan_hash(
        one_mark_plan(Panel(size=3), maximum="11")
    )
    assert plan_hash(one_mark_plan(Panel(size=3))) != plan_hash(one_mark_plan(Panel(size=5)))


def test_hash_of_a_known_plan_stays_what_it_was() -> None:
    # Published results name this hash: a new field of a plan needs a default, so that older plans keep theirs.
    assert (
        plan_hash(one_mark_plan(panel_of()))
        == "sha256:d93108a049211518c2ce350c695ec4ae110049c81a6b74c943ca248978a9571e"
    )


def test_sheet_lists_judged_and_measured_leaves_in_order() -> None:
    fit = Measured(
        key="B/01", title="间隙", maximum=D(1), unit="mm", bands=(Band(high=D("0.04"), points=D(5)),)
    )
    finish = Judged(
        key="A/01", title="表面", title_en="Finish", maximum=D(3), kind="judgement_0_3", points=D(8),
        benchmarks=(Benchmark(value=D(3), word="优秀", word_en="excellent"),),
    )  # fmt: skip
    modules = (Sum(key="A", title="甲", parts=(finish,)), Sum(key="B", title="乙", parts=(fit,)))
    plan = Plan(
        code="s",
        version=1,
        title="单",
        root=Sum(key="total", title="总分", parts=modules, panel=Panel(size=3)),
    )

    first, second = criteria(plan)

    assert (first.key, first.kind, first.points, first.group, first.panel) == (
        "A/01",
        "judgement_0_3",
        D(8),
        "A",
        "total",
    )
    assert first.benchmarks[0].word_en == "excellent"
    assert (second.key, second.kind, second.points, second.unit, second.group) == (
        "B/01",
        "measured",
        D(5),
        "mm",
        "B",
    )
    assert second.bands == fit.bands


def test_theory_is_not_on_a_judges_sheet() -> None:
    assert "theory" not in [line.key for line in criteria(final_plan())]


def test_leaf_without_panel_is_marked_by_its_own_judge() -> None:
    plan = Plan(code="x", version=1, title="无组", root=Judged(key="A", title="项", maximum=D(10)))

    assert [(line.key, line.panel) for line in criteria(plan)] == [("A", "A")]


def test_root_comes_first_in_the_ranking_unless_the_plan_places_it() -> None:
    assert [tie.key for tie in ranking_order(final_plan(ties=(Tie(key="practical"),)))] == [
        "total",
        "practical",
    ]
    placed = final_plan(ties=(Tie(key="time", of="time", better="lower"), Tie(key="total")))
    assert [tie.key for tie in ranking_order(placed)] == ["time", "total"]


def test_weights_of_a_nested_tree_reach_the_root() -> None:
    inner = WeightedSum(
        key="practical", title="实操", panel=Panel(size=1),
        parts=tuple(Part(weight=D("0.5"), node=Judged(key=key, title=key, maximum=D(20))) for key in "AB"),
    )  # fmt: skip

    assert [line.points for line in criteria(Plan(code="n", version=1, title="嵌套", root=inner))] == [
        D(20),
        D(20),
    ]


def test_lines_of_attempts_are_named_and_numbered() -> None:
    height = Measured(key="height", title="高度", title_en="Height", step=D("0.01"), unit="m")
    style = Judged(key="style", title="姿势", maximum=D(10))
    part = Sum(key="jump", title="跳", title_en="Jump", parts=(height, style))
    plan = Plan(
        code="a", version=1, title="次", root=Attempts(key="r", title="最好", part=part, count=2, take="best")
    )

    lines = criteria(plan)

    assert [(line.key, line.title, line.title_en, line.group_title, line.group_title_en) for line in lines[2:]] == [
        ("height#2", "高度（第2次）", "Height (attempt 2)", "跳（第2次）", "Jump (attempt 2)"),
        ("style#2", "姿势（第2次）", "", "跳（第2次）", "Jump (attempt 2)"),
    ]  # fmt: skip
    assert [(line.maximum, line.points, line.unit) for line in lines[:2]] == [
        (UNBOUNDED, UNBOUNDED, "m"),
        (D(10), D(10), ""),
    ]
