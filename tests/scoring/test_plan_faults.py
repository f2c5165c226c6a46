"""Every rule of `scoring.checks`, each broken once in an otherwise sound plan."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from scoring import (
    Band,
    Benchmark,
    Imported,
    InvalidPlan,
    Judged,
    Measured,
    Node,
    Panel,
    Part,
    Plan,
    Rounding,
    Sum,
    Tie,
    WeightedSum,
    check_plan,
    rank,
)
from tests.scoring.builders import D, final_plan, one_mark_plan, panel_of

SEATS = Panel(size=3)


def judged(key: str = "A", **changes: Any) -> Judged:
    fields: dict[str, Any] = {"key": key, "title": "项", "maximum": D(10)} | changes
    return Judged(**fields)


def below_panel(*parts: Node, **changes: Any) -> Sum:
    fields: dict[str, Any] = {"key": "practical", "title": "实操", "parts": parts, "panel": SEATS} | changes
    return Sum(**fields)


def weighted(*weights: str) -> WeightedSum:
    parts = tuple(
        Part(weight=D(weight), node=Imported(key=f"T{n}", title="理论", maximum=D(100)))
        for n, weight in enumerate(weights)
    )
    return WeightedSum(key="total", title="总分", parts=parts)


def measured(*bands: Band) -> Measured:
    return Measured(key="gap", title="间隙", maximum=D(1), bands=bands)


def nested(levels: int) -> Node:
    node: Node = judged(panel=SEATS)
    for level in range(levels - 1):
        node = Sum(key=f"L{level}", title="层", parts=(node,))
    return node


BROKEN: list[tuple[str, str, Callable[[], Node]]] = [
    ("key_invalid", "the key", lambda: judged("the key", panel=SEATS)),
    ("key_invalid", "A" * 40, lambda: judged("A" * 41, panel=SEATS)),
    ("key_repeated", "practical > A", lambda: below_panel(judged(), judged())),
    ("title_missing", "A", lambda: judged(title=" ", panel=SEATS)),
    ("no_parts", "total", lambda: WeightedSum(key="total", title="总分", parts=())),
    ("no_parts", "practical", below_panel),
    ("weights_sum", "total", lambda: weighted("0.3", "0.6")),
    ("weights_sum", "total", lambda: weighted("30", "60")),
    ("weight_not_positive", "total", lambda: weighted("-0.5", "1.5")),
    ("weight_not_positive", "total", lambda: weighted("0", "1")),
    ("number_unusable", "A", lambda: judged(maximum=D("NaN"), panel=SEATS)),
    ("number_unusable", "A", lambda: judged(maximum=D("sNaN"), panel=SEATS)),
    ("number_unusable", "A", lambda: judged(maximum=D("1e400"), panel=SEATS)),
    ("number_unusable", "A", lambda: judged(maximum=D("1e12"), panel=SEATS)),
    ("number_unusable", "A", lambda: judged(step=D("1e-13"), panel=SEATS)),
    ("number_unusable", "total", lambda: weighted("Infinity")),
    ("range_empty", "A", lambda: judged(minimum=D(10), panel=SEATS)),
    ("not_worth_anything", "A", lambda: judged(minimum=D(-5), maximum=D(0), panel=SEATS)),
    ("not_worth_anything", "A", lambda: judged(points=D(0), panel=SEATS)),
    ("not_worth_anything", "practical > gap", lambda: below_panel(measured(Band(points=D(0))))),
    ("step_invalid", "A", lambda: judged(step=D(0), panel=SEATS)),
    ("step_not_dividing", "A", lambda: judged(step=D(3), panel=SEATS)),
    ("kind_bounds", "A", lambda: judged(kind="judgement_0_3", panel=SEATS)),
    ("kind_bounds", "A", lambda: judged(kind="pass_fail", panel=SEATS)),
    ("kind_bounds", "A", lambda: judged(kind="deduction", minimum=D(-10), panel=SEATS)),
    ("off_scale", "A", lambda: judged(benchmarks=(Benchmark(value=D("0.5")),), panel=SEATS)),
    ("off_scale", "A", lambda: judged(not_attempted=D(11), panel=SEATS)),
    ("band_empty", "practical > gap", lambda: below_panel(measured(Band(low=D(2), high=D(1), points=D(5))))),
    ("rounding_digits", "A", lambda: judged(rounding=Rounding(digits=13), panel=SEATS)),
    ("rounding_digits", "A", lambda: judged(panel=Panel(size=3, rounding=Rounding(digits=-1)))),
    ("panel_size", "A", lambda: judged(panel=Panel(size=0))),
    ("panel_size", "A", lambda: judged(panel=Panel(size=100))),
    ("panel_drop", "A", lambda: judged(panel=Panel(size=2, drop_high=1, drop_low=1))),
    ("panel_drop", "A", lambda: judged(panel=Panel(size=5, drop_high=-1))),
    ("panel_drop", "A", lambda: judged(panel=Panel(size=5, method="median", drop_high=1))),
    ("panel_plain_below", "A", lambda: judged(panel=panel_of(5, plain_below=2))),
    ("panel_minimum", "A", lambda: judged(panel=Panel(size=3, minimum=4))),
    ("panel_minimum", "A", lambda: judged(panel=Panel(size=3, minimum=0))),
    ("panel_nested", "practical > A", lambda: below_panel(judged(panel=SEATS))),
    ("panel_misplaced", "total", lambda: Sum(key="total", title="总分", parts=(), panel=SEATS)),
    ("imported_below_panel", "practical > T", lambda: below_panel(judged(), Imported(key="T", title="理论", maximum=D(9)))),
    ("imported_below_panel", "T", lambda: Imported(key="T", title="理论", maximum=D(9), panel=SEATS)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "path", "root"), BROKEN, ids=lambda each: each if isinstance(each, str) else ""
)
def test_each_broken_rule_is_named_with_its_node(code: str, path: str, root: Callable[[], Node]) -> None:
    faults = check_plan(Plan(code="p", version=1, title="方案", root=root()))

    assert (code, path) in [(fault.code, fault.path) for fault in faults]
    assert all(fault.zh.endswith("。") and fault.en.endswith(".") for fault in faults)


@pytest.mark.parametrize("plan", [final_plan(), one_mark_plan(panel_of()), one_mark_plan(Panel(size=1))])
def test_sound_plan_has_no_fault(plan: Plan) -> None:
    assert check_plan(plan) == ()


@pytest.mark.parametrize(("levels", "codes"), [(32, []), (33, ["too_deep"]), (20_000, ["too_deep"])])
def test_tree_has_at_most_32_levels(levels: int, codes: list[str]) -> None:
    plan = Plan(code="deep", version=1, title="深", root=nested(levels))

    assert [fault.code for fault in check_plan(plan)] == codes


def test_weights_may_be_parts_of_one_or_per_cent() -> None:
    for weights in (("0.3", "0.7"), ("30", "70"), ("15", "35", "50")):
        assert check_plan(Plan(code="w", version=1, title="权重", root=weighted(*weights))) == ()


def test_ranking_order_names_existing_nodes_once() -> None:
    plan = final_plan(
        ties=(Tie(key="total"), Tie(key="total"), Tie(key="nowhere"), Tie(key="any", of="time"))
    )

    assert [(fault.path, fault.code) for fault in check_plan(plan)] == [
        ("ties", "tie_repeated"),
        ("ties", "tie_unknown"),
    ]


def test_faulty_plan_computes_nothing() -> None:
    plan = Plan(code="w", version=1, title="权重", root=weighted("0.3", "0.6"))

    with pytest.raises(InvalidPlan, match="add up to") as refused:
        rank(plan, [])

    assert [fault.code for fault in refused.value.faults] == ["weights_sum"]


def test_unknown_field_or_node_in_a_document_is_refused() -> None:
    for text in (
        b'{"node":"product","key":"A","title":"x"}',
        b'{"node":"sum","key":"A","title":"x","parts":[],"extra":1}',
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b'{"code":"p","version":1,"title":"t","root":' + text + b"}", type=Plan)


def test_hostile_depth_of_a_document_is_an_error_not_a_crash() -> None:
    text = b'{"node":"sum","key":"A","title":"x","parts":[' * 100_000

    with pytest.raises((msgspec.DecodeError, RecursionError)):
        msgspec.json.decode(b'{"code":"p","version":1,"title":"t","root":' + text, type=Plan)


def test_largest_number_is_below_ten_to_the_twelfth() -> None:
    below = judged(maximum=Decimal(10) ** 12 - 1, panel=SEATS)

    assert check_plan(Plan(code="n", version=1, title="数", root=below)) == ()
