"""Every rule of `scoring.plans.checks`, each broken once in an otherwise sound plan."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scoring import (
    Attempts,
    Band,
    Bands,
    Benchmark,
    Best,
    Carried,
    Constant,
    DropWorst,
    Imported,
    InvalidPlan,
    Judged,
    Limit,
    Linear,
    Measured,
    Node,
    Panel,
    Parameter,
    Part,
    PassLine,
    Penalty,
    Piecewise,
    Plan,
    Point,
    Power,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Rounded,
    Rounding,
    Sum,
    Tie,
    Veto,
    WeightedSum,
    check_mark,
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


def imported(key: str = "T", **changes: Any) -> Imported:
    return Imported(key=key, title="理论", maximum=D(100), **changes)


def wide(parts: int) -> Sum:
    return Sum(key="wide", title="宽", parts=tuple(imported(f"T{n}") for n in range(parts)))


def measured(*bands: Band) -> Measured:
    return Measured(key="gap", title="间隙", maximum=D(1), bands=bands)


def banded(**fields: Any) -> Bands:
    """A number that is always 9 brings 3 points, whatever the other band has."""
    bands = (Band(low=D(5), points=D(3)), Band(high=D(5), points=D(9)))
    return Bands(key="r", title="档", part=Constant(key="c", title="九", value=D(9)), bands=bands, **fields)


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
    ("panel_drop", "A", lambda: judged(panel=Panel(size=1, drop_high=1))),
    ("panel_plain_below", "A", lambda: judged(panel=Panel(size=3, drop_high=1, plain_below=1))),
    ("panel_plain_below", "A", lambda: judged(panel=panel_of(5, plain_below=2))),
    ("panel_minimum", "A", lambda: judged(panel=Panel(size=3, minimum=4))),
    ("panel_minimum", "A", lambda: judged(panel=Panel(size=3, minimum=0))),
    ("panel_nested", "practical > A", lambda: below_panel(judged(panel=SEATS))),
    ("panel_misplaced", "total", lambda: Sum(key="total", title="总分", parts=(), panel=SEATS)),
    ("imported_below_panel", "practical > T", lambda: below_panel(judged(), Imported(key="T", title="理论", maximum=D(9)))),
    ("no_parts", "r", lambda: Veto(key="r", title="否", part=imported(), vetoes=())),
    ("no_parts", "r", lambda: RankPoints(key="r", title="名", part=imported(), points=())),
    ("no_parts", "r", lambda: Bands(key="r", title="档", part=imported(), bands=())),
    ("too_large", "r", lambda: Attempts(key="r", title="次", count=99, part=wide(300))),
    ("weights_sum", "r", lambda: WeightedSum(key="r", title="权", scale="as_is", parts=(Part(weight=D(0), node=imported()),))),
    ("unbounded", "r", lambda: WeightedSum(key="r", title="权", parts=(Part(weight=D(1), node=Measured(key="t", title="时")),))),
    ("not_worth_anything", "r > p", lambda: WeightedSum(key="r", title="权", parts=(Part(weight=D(1), node=Penalty(key="p", title="罚", part=imported())),))),
    ("not_worth_anything", "r", lambda: Relative(key="r", title="比", part=imported(), points=D(0))),
    ("not_worth_anything", "r", lambda: Carried(key="r", title="前", stage="one", maximum=D(0))),
    ("name_missing", "r", lambda: Carried(key="r", title="前", stage=" ")),
    ("name_missing", "r", lambda: Parameter(key="r", title="系", name="")),
    ("range_empty", "r", lambda: Parameter(key="r", title="系", minimum=D(2), maximum=D(1))),
    ("off_scale", "r", lambda: Parameter(key="r", title="系", minimum=D(2), default=D(1))),
    ("off_scale", "r", lambda: Parameter(key="r", title="系", maximum=D(2), default=D(3))),
    ("limit_empty", "r", lambda: Limit(key="r", title="限", part=imported())),
    ("limit_empty", "r", lambda: Limit(key="r", title="限", part=imported(), minimum=D(2), maximum=D(1))),
    ("step_invalid", "r", lambda: Measured(key="r", title="时", step=D(0))),
    ("number_unusable", "r", lambda: Sum(key="r", title="和", parts=(imported(),), void_as={"any": D("NaN")})),
    ("number_unusable", "r", lambda: judged(key="r", panel=Panel(size=2, method="consensus", spread=D("1e-20")))),
    ("rounding_step", "r", lambda: imported("r", rounding=Rounding(digits=1, step=D("0.25")))),
    ("rounding_step", "r", lambda: imported("r", rounding=Rounding(digits=1, step=D(0)))),
    ("rounding_missing", "r", lambda: Rounded(key="r", title="舍", part=imported())),
    ("count_range", "r", lambda: Best(key="r", title="好", parts=(imported(),), count=2)),
    ("count_range", "r", lambda: DropWorst(key="r", title="去", parts=(imported(),), count=1)),
    ("count_range", "r", lambda: Attempts(key="r", title="次", part=imported(), count=100)),
    ("attempts_of", "r", lambda: Attempts(key="r", title="次", part=imported(), count=3, take="best_mean")),
    ("attempts_of", "r", lambda: Attempts(key="r", title="次", part=imported(), count=5, take="middle_mean", of=2)),
    ("attempts_of", "r", lambda: Attempts(key="r", title="次", part=imported(), count=3, of=2)),
    ("attempts_nested", "r > q", lambda: Attempts(key="r", title="次", count=2, part=Attempts(key="q", title="次", part=imported(), count=2))),
    ("points_order", "r", lambda: Piecewise(key="r", title="折", part=imported(), points=(Point(at=D(1), points=D(1)), Point(at=D(1), points=D(2))))),
    ("power_exponent", "r", lambda: Power(key="r", title="幂", part=imported(), a=D(1), b=D(0), c=D(0))),
    ("power_exponent", "r", lambda: Power(key="r", title="幂", part=imported(), a=D(0), b=D(0), c=D(1))),
    ("power_bracket", "r", lambda: Power(key="r", title="幂", part=imported(), a=D(1), b=D(100), c=D(1))),
    ("power_bracket", "r", lambda: Power(key="r", title="幂", part=imported(), a=D(1), b=D(0), c=D(1), form="below")),
    ("every_not_positive", "r", lambda: Linear(key="r", title="线", part=imported(), per_unit=D(1), every=D(0))),
    ("divides_by_zero", "r", lambda: Quotient(key="r", title="商", part=imported(), by=Constant(key="z", title="零", value=D(0)))),
    ("line_out_of_reach", "r", lambda: imported("r", pass_at=D(101))),
    ("line_out_of_reach", "r", lambda: imported("r", pass_at=D(102), rounding=Rounding(digits=0))),
    ("line_out_of_reach", "r", lambda: imported("r", pass_at=D("100.2"), rounding=Rounding(digits=1))),
    ("line_out_of_reach", "r", lambda: imported("r", pass_at=D("105.5"), rounding=Rounding(digits=0, step=D(5)))),
    ("line_out_of_reach", "r", lambda: banded(pass_at=D(4))),
    ("line_out_of_reach", "r", lambda: PassLine(key="r", title="线", part=imported(), line=D(101))),
    ("line_out_of_reach", "r > y", lambda: Penalty(key="r", title="罚", part=PassLine(key="y", title="线", part=imported(), line=D(101)))),
    ("line_out_of_reach", "r", lambda: PassLine(key="r", title="线", part=imported(), line=D(-1), better="lower")),
    ("line_out_of_reach", "r", lambda: Veto(key="r", title="否", part=imported("y"), vetoes=(imported(),), line=D(101))),
    ("ref_unknown", "r > x", lambda: Sum(key="r", title="和", parts=(imported(), Ref(key="x", title="再", of="nowhere")))),
    ("ref_unknown", "r > x", lambda: Sum(key="r", title="和", parts=(Attempts(key="q", title="次", part=imported(), count=2), Ref(key="x", title="再", of="T")))),
    ("ref_cycle", "r > x", lambda: Sum(key="r", title="和", parts=(imported(), Ref(key="x", title="再", of="r")))),
    ("ref_crosses_panel", "r > practical > x", lambda: Sum(key="r", title="和", parts=(imported(), below_panel(judged(), Ref(key="x", title="再", of="T"))))),
    ("field_below_panel", "practical > r", lambda: below_panel(Relative(key="r", title="比", part=judged()))),
    ("imported_below_panel", "practical > r", lambda: below_panel(judged(), Carried(key="r", title="前", stage="one"))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=5, method="middle", middle=3, drop_high=1))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=5, middle=3))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=5, uneven="low"))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=5, total="sum"))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=5, spread=D(1)))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=4, each=Panel(size=2)))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=4, method="majority", spread=D(1), fill="mean"))),
    ("panel_field", "A", lambda: judged(panel=Panel(size=4, method="sub_panels", each=Panel(size=2), fill="mean"))),
    ("panel_middle", "A", lambda: judged(panel=Panel(size=5, method="middle"))),
    ("panel_spread", "A", lambda: judged(panel=Panel(size=5, method="consensus"))),
    ("panel_each", "A", lambda: judged(panel=Panel(size=5, method="sub_panels"))),
    ("panel_each", "A", lambda: judged(panel=Panel(size=5, method="sub_panels", each=Panel(size=2)))),
    ("panel_each", "A", lambda: judged(panel=Panel(size=4, method="sub_panels", each=Panel(size=2, method="sub_panels")))),
    ("panel_drop", "A", lambda: judged(panel=Panel(size=4, method="sub_panels", each=Panel(size=2, drop_high=2)))),
    ("imported_below_panel", "T", lambda: Imported(key="T", title="理论", maximum=D(9), panel=SEATS)),
]  # fmt: skip


BROKEN_TIES = [
    ("tie_unknown", Tie(key="nowhere", of="highest_mark")),
    ("tie_unknown", Tie(key="nowhere", of="countback")),
    ("tie_no_parts", Tie(key="theory", of="countback")),
    ("tie_no_marks", Tie(key="theory", of="highest_mark")),
    ("tie_up_to", Tie(key="practical", up_to=0)),
    ("tie_counted", Tie(key="practical", counted=True)),
    ("tie_counted", Tie(key="total", of="countback", counted=True)),
]


@pytest.mark.parametrize(
    ("code", "path", "root"), BROKEN, ids=lambda each: each if isinstance(each, str) else ""
)
def test_each_broken_rule_is_named_with_its_node(code: str, path: str, root: Callable[[], Node]) -> None:
    faults = check_plan(Plan(code="p", version=1, title="方案", root=root()))

    assert (code, path) in [(fault.code, fault.path) for fault in faults]
    assert all(fault.zh.endswith("。") and fault.en.endswith(".") for fault in faults)


def test_sentence_of_every_fault_is_the_one_that_was_read() -> None:
    """plan_faults.txt is read by people: change it together with the words."""
    found = [
        each
        for _, _, root in BROKEN
        for each in check_plan(Plan(code="p", version=1, title="方案", root=root()))
    ]
    ties = [each for _, tie in BROKEN_TIES for each in check_plan(final_plan(ties=(tie,)))]

    said = dict.fromkeys(f"{each.code}\n  {each.zh}\n  {each.en}\n" for each in (*found, *ties))

    assert "".join(said) == Path(__file__).with_name("plan_faults.txt").read_text("utf-8")


@pytest.mark.parametrize("rounding", [Rounding(digits=0), Rounding(digits=1), Rounding(digits=0, step=D(5))])
def test_rounding_may_carry_a_value_to_its_line(rounding: Rounding) -> None:
    line = D(100) + (rounding.step or D(1).scaleb(-rounding.digits))

    root = imported("r", pass_at=line, rounding=rounding)

    assert check_plan(Plan(code="p", version=1, title="方案", root=root)) == ()


AT_THE_LIMIT: list[Node] = [
    banded(pass_at=D(3)),
    judged(panel=Panel(size=1)),
    judged(panel=Panel(size=99)),
    judged(panel=Panel(size=3, minimum=3, plain_below=0)),
    judged(panel=Panel(size=3, method="middle", middle=1)),
    judged(panel=Panel(size=3, method="middle", middle=3)),
    judged(panel=Panel(size=2, method="sub_panels", each=Panel(size=1))),
    judged(panel=SEATS, rounding=Rounding(digits=12)),
    judged(panel=SEATS, kind="deduction"),
    judged(panel=SEATS, benchmarks=(Benchmark(value=D(0)), Benchmark(value=D(10)))),
    judged(panel=SEATS, minimum=D(1), step=D(3), benchmarks=(Benchmark(value=D(4)),)),
    below_panel(measured(Band(low=D(1), high=D(1), points=D(5)))),
    Best(key="r", title="选", parts=(imported("x"), imported("y")), count=1),
    Best(key="r", title="选", parts=(imported("x"), imported("y")), count=2),
    DropWorst(key="r", title="去", parts=(imported("x"), imported("y")), count=1),
    Attempts(key="r", title="次", part=imported(), count=1),
    Attempts(key="r", title="次", part=imported(), count=3, take="best_sum", of=1),
    Attempts(key="r", title="次", part=imported(), count=3, take="best_mean", of=3),
    Attempts(key="r", title="次", part=imported(), count=3, take="middle_mean", of=3),
]


@pytest.mark.parametrize("root", AT_THE_LIMIT)
def test_limit_of_a_rule_is_within_it(root: Node) -> None:
    assert check_plan(Plan(code="p", version=1, title="方案", root=root)) == ()


@pytest.mark.parametrize(
    "root",
    [
        Limit(key="r", title="限", part=imported(), minimum=D(1), maximum=D(1)),
        Parameter(key="r", title="参", minimum=D(1), maximum=D(1), default=D(1)),
    ],
)
def test_limits_may_be_one_number(root: Node) -> None:
    assert check_plan(Plan(code="p", version=1, title="方案", root=root)) == ()


@pytest.mark.parametrize("plan", [final_plan(), one_mark_plan(panel_of()), one_mark_plan(Panel(size=1))])
def test_sound_plan_has_no_fault(plan: Plan) -> None:
    assert check_plan(plan) == ()


@pytest.mark.parametrize(("levels", "codes"), [(32, []), (33, ["too_deep"]), (20_000, ["too_deep"])])
def test_tree_has_at_most_32_levels(levels: int, codes: list[str]) -> None:
    plan = Plan(code="deep", version=1, title="深", root=nested(levels))

    assert [fault.code for fault in check_plan(plan)] == codes


@pytest.mark.parametrize("levels", [40, 20_000])
def test_plan_of_hostile_depth_is_looked_at_no_further_than_its_limit(levels: int) -> None:
    above = Sum(key="top", title="顶", parts=(nested(levels),), panel=SEATS)
    plan = Plan(code="deep", version=1, title="深", root=above)

    assert [fault.code for fault in check_plan(plan)] == ["panel_misplaced", "too_deep"]
    assert check_mark(plan, "A", "scored", D(1)) == "unknown_criterion"


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


@pytest.mark.parametrize(("code", "tie"), BROKEN_TIES)
def test_tie_names_what_can_be_compared(code: str, tie: Tie) -> None:
    assert [fault.code for fault in check_plan(final_plan(ties=(tie,)))] == [code]


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
