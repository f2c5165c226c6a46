"""Bounds by hand: what is still open widens a node, what is void or not chosen takes it out."""

from typing import Any

import pytest

from scoring import (
    Band,
    Bands,
    Best,
    Bonus,
    Chosen,
    Constant,
    EntryFacts,
    Imported,
    Judged,
    Limit,
    Linear,
    Mark,
    Maximum,
    Median,
    Node,
    Panel,
    Parameter,
    Part,
    PassLine,
    Plan,
    Power,
    Product,
    Quotient,
    RankPoints,
    Relative,
    Sum,
    Veto,
    WeightedSum,
    bounds,
    check_plan,
    evaluate,
    final_spans,
)
from tests.scoring.builders import D, scored


def part(key: str, low: int = 0, high: int = 10) -> Imported:
    return Imported(key=key, title=key, minimum=D(low), maximum=D(high))


def open_bound(root: Node, states: dict[str, Any] | None = None, **imported: int) -> tuple[Any, Any] | None:
    """The bound of the root where all leaves but these are open."""
    plan = Plan(code="b", version=1, title="界", root=root)
    assert check_plan(plan) == ()
    facts = EntryFacts(
        entry="E1", imported={key: D(value) for key, value in imported.items()}, states=states or {}
    )
    return bounds(plan, facts).get(root.key)


R: dict[str, Any] = {"key": "r", "title": "根"}
AB = (part("a", -2), part("b", -3, 4))
VOID_A: dict[str, Any] = {"states": {"a": "invalid"}}
ROWS: list[tuple[Node, dict[str, Any], tuple[int | None, int | None] | None]] = [
    (Product(**R, parts=AB), {}, (-30, 40)),
    (Product(**R, parts=AB), VOID_A, None),
    (Product(**R, parts=(part("a"), Parameter(key="p", title="系"))), {}, (None, None)),
    (Quotient(**R, part=part("a"), by=part("b", 2)), {}, (0, 5)),
    (Quotient(**R, part=part("a"), by=part("b")), {}, (None, None)),
    (Quotient(**R, part=part("a"), by=part("b", 2)), VOID_A, None),
    (Quotient(**R, part=part("a"), by=Parameter(key="p", title="系", minimum=D(2))), {}, (0, 5)),
    (Veto(**R, part=part("a"), vetoes=(part("b"),), value=D(-1)), {}, (-1, 10)),
    (Veto(**R, part=part("a"), vetoes=(part("b"),), value=D(-1)), {"b": 3}, (0, 10)),
    (Veto(**R, part=part("a"), vetoes=(part("b"),), value=D(-1)), {"b": 0}, (-1, -1)),
    (Veto(**R, part=part("a"), vetoes=(part("b"),)), {"b": 0}, None),
    (WeightedSum(**R, scale="as_is", parts=(Part(weight=D(-1), node=AB[0]), Part(weight=D(1), node=AB[1]))), {}, (-13, 6)),
    (WeightedSum(**R, scale="as_is", parts=(Part(weight=D(-1), node=AB[0]), Part(weight=D(1), node=AB[1]))), VOID_A, None),
    (Chosen(**R, parts=(*AB, part("c", 1, 2)), count=2), {}, (-5, 14)),
    (Chosen(**R, parts=(*AB, part("c", 1, 2)), count=1), {"b": 1}, (1, 1)),
    (PassLine(**R, part=part("a"), line=D(6), value=D(0)), {}, (0, 10)),
    (PassLine(**R, part=part("a"), line=D(6), better="lower"), {}, (0, 6)),
    (Limit(**R, part=part("a"), minimum=D(3)), VOID_A, None),
    (RankPoints(**R, part=part("a"), points=(D(9), D(5))), {"a": 4}, (0, 9)),
    (RankPoints(**R, part=part("a"), points=(D(9), D(5))), VOID_A, None),
    (Relative(**R, part=part("a")), {"a": 4}, (None, None)),
    (Power(**R, part=part("a"), a=D(1), b=D(0), c=D(2)), {}, (0, 100)),
    (Sum(**R, parts=AB, void_as={"invalid": D(-50)}), VOID_A, (-50, -50)),
    (Linear(**R, part=part("a"), per_unit=D(0), base=D(7)), {}, (7, 7)),
    (Bands(**R, part=part("a"), bands=(Band(low=D(5), points=D(8)),), otherwise=D(1)), {"a": 6}, (8, 8)),
    (Bands(**R, part=part("a"), bands=(Band(low=D(5), points=D(8)),), otherwise=D(1)), {}, (1, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("root", "known", "bound"), ROWS)
def test_bound_of_a_node(root: Node, known: dict[str, Any], bound: tuple[Any, Any] | None) -> None:
    assert open_bound(root, **known) == bound


def lined(key: str) -> PassLine:
    return PassLine(key=f"{key}-line", title="线", part=part(key), line=D(6))


def test_part_that_may_be_void_may_be_left_out() -> None:
    parts = (lined("a"), lined("b"), Constant(key="c", title="常", value=D(7)))

    assert open_bound(Best(**R, parts=parts, count=2, short="fewer")) == (D(0), D(27))
    assert open_bound(Median(**R, parts=parts)) == (D(6), D(10))
    assert open_bound(Sum(**R, parts=parts, void_as={"any": D(-1)})) == (D(-1), D(27))


def test_bounds_of_a_half_marked_panel() -> None:
    def bound(panel: Panel, *marks: str) -> tuple[Any, Any]:
        plan = Plan(code="p", version=1, title="组", root=Judged(**R, maximum=D(10), panel=panel))
        given = tuple(scored("E1", f"{'AB'[n % 2]}/{n}", "r", value) for n, value in enumerate(marks))
        return bounds(plan, EntryFacts(entry="E1", marks=given))["r"]

    each = Panel(size=2)
    assert bound(Panel(size=2), "6") == (D(3), D(8))
    assert bound(Panel(size=3, method="median"), "6", "8") == (D(6), D(8))
    assert bound(Panel(size=3, method="majority", spread=D(1)), "6", "8") == (D(0), D(10))
    assert bound(Panel(size=4, method="sub_panels", each=each), "6", "8", "7") == (D(0), D(10))
    assert bound(Panel(size=4, method="sub_panels", each=Panel(size=2, method="sum")), "6", "8", "7") == (
        D(0),
        D(40),
    )
    assert bound(Panel(size=2, method="consensus", spread=D(1)), "6") == (D(0), D(10))


def test_bounds_of_a_sheet_with_a_state_and_an_open_parameter() -> None:
    parts = (
        Judged(key="A", title="甲", maximum=D(10), void_as={"any": D(2)}),
        Parameter(key="d", title="难度", minimum=D(1), maximum=D(3)),
    )
    plan = Plan(code="p", version=1, title="组", root=Product(**R, parts=parts, panel=Panel(size=2)))

    found = bounds(plan, EntryFacts(entry="E1", states={"A": "invalid"}))

    assert (found["r"], found["d"]) == ((D(2), D(6)), (D(1), D(3)))


def test_bounds_of_a_sheet_with_a_known_parameter() -> None:
    parts = (
        Judged(key="A", title="甲", maximum=D(10)),
        Parameter(key="d", title="难度", minimum=D(1), maximum=D(3)),
    )
    plan = Plan(code="p", version=1, title="组", root=Product(**R, parts=parts, panel=Panel(size=2)))

    found = bounds(plan, EntryFacts(entry="E1", params={"d": {"value": D(2)}}))

    assert (found["r"], found["d"]) == ((D(0), D(20)), (D(2), D(2)))


def test_number_too_large_for_a_result_may_be_void() -> None:
    root = Power(**R, part=part("a", 0, 1000), a=D(1), b=D(0), c=D(11))

    assert final_spans(Plan(code="p", version=1, title="幂", root=root), EntryFacts(entry="E1"))["r"].void
    assert open_bound(root) == (D(0), None)


def test_bounds_of_a_sheet_that_not_everybody_could_fill() -> None:
    from scoring import Mark

    leaves = tuple(Judged(key=key, title=key, maximum=D(10)) for key in "ABC")
    choice = Chosen(key="c", title="选", parts=leaves[:2], count=1)
    plan = Plan(
        code="p", version=1, title="组", root=Sum(**R, parts=(choice, leaves[2]), panel=Panel(size=3))
    )

    def found(*marks: Mark) -> dict[str, Any]:
        return bounds(
            plan, EntryFacts(entry="E1", marks=marks, panels={"r": ("J1", "J2", "J3")}, chosen={"c": ("A",)})
        )

    void = tuple(Mark("E1", judge, "C", "invalid") for judge in ("J1", "J2"))
    assert "B" not in found()
    assert found(void[0], scored("E1", "J2", "A", "4"))["r"] == (D(2), D(17))
    assert "r" not in found(*void)


def test_weighted_sum_with_a_part_that_is_void_can_come_to_nothing() -> None:
    parts = (Part(weight=D(-2), node=AB[0]), Part(weight=D(1), node=AB[1]))
    root = WeightedSum(**R, scale="as_is", parts=parts)

    assert open_bound(root, states={"a": "invalid"}) is None
    assert open_bound(root) == (D(-23), D(8))


def test_panel_that_is_complete_is_known_beside_one_that_is_open() -> None:
    seats = Panel(size=2)
    parts = tuple(Judged(key=key, title=key, maximum=D(10), panel=seats) for key in "AB")
    plan = Plan(code="b", version=1, title="界", root=Sum(**R, parts=parts))
    marks = tuple(scored("E1", judge, key, value) for judge, key, value in (("J1", "A", "9"), ("J2", "A", "8"), ("J1", "B", "4")))  # fmt: skip

    found = bounds(plan, EntryFacts(entry="E1", marks=marks, params={"r": {"penalty": D("0.5")}}))

    assert (found["A"], found["B"], found["r"]) == (
        (D("8.5"), D("8.5")),
        (D(2), D(7)),
        (D(10), D(15)),
    )


def test_judge_may_see_that_there_is_no_number() -> None:
    plan = Plan(
        code="b",
        version=1,
        title="界",
        root=Sum(**R, parts=(Judged(key="A", title="A", maximum=D(10)), part("b"))),
    )
    seen = Mark("E1", "J1", "A", "did_not_finish")

    assert evaluate(plan, EntryFacts(entry="E1", marks=(seen,))).void == "did_not_finish"


def test_conversion_of_a_void_part_leaves_the_other_parts() -> None:
    root = Maximum(**R, parts=(Bonus(key="bonus", title="加", part=AB[0]), AB[1]))

    assert open_bound(root, states={"a": "invalid"}) == (D(-3), D(4))
