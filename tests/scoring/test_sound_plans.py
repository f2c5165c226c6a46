"""What a plan may say at the very edge of a rule, and what it may not: each fault once, at its own node, by its own words."""

from typing import Any

import pytest

from scoring import (
    Attempts,
    Band,
    Bands,
    Best,
    Bonus,
    Constant,
    DropWorst,
    EntryFacts,
    Imported,
    Judged,
    Measured,
    Node,
    Panel,
    Part,
    PassLine,
    Piecewise,
    Plan,
    Point,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Rounding,
    Sum,
    Tie,
    Veto,
    WeightedSum,
    check_plan,
    criteria,
    evaluate,
    plan_hash,
)
from scoring.documents import Better
from scoring.plans.counting import counting
from tests.scoring.builders import D, final_plan

R: dict[str, Any] = {"key": "r", "title": "根"}


def number(key: str = "a", most: str = "10") -> Imported:
    return Imported(key=key, title=key, maximum=D(most))


def judged(key: str = "A", **changes: Any) -> Judged:
    fields: dict[str, Any] = {"key": key, "title": key, "maximum": D(10)} | changes
    return Judged(**fields)


def again(of: str, key: str = "again") -> Ref:
    return Ref(key=key, title="再", of=of)


def tries(part: Node, key: str = "t") -> Attempts:
    return Attempts(key=key, title="次", part=part, count=2)


def faults(root: Node, **changes: Any) -> list[tuple[str, str]]:
    return [
        (each.code, each.path)
        for each in check_plan(Plan(code="p", version=1, title="方案", root=root, **changes))
    ]


def lined(part: Node, line: int, key: str = "line", better: Better = "higher") -> PassLine:
    return PassLine(key=key, title="线", part=part, line=D(line), better=better)


def weighed(*parts: Node) -> WeightedSum:
    share = D(1) / len(parts)
    return WeightedSum(**R, parts=tuple(Part(weight=share, node=part) for part in parts))


SOUND: list[Node] = [
    judged("r", kind="pass_fail", maximum=D(1), panel=Panel(size=1)),
    Relative(**R, part=number(), points=D(1)),
    Piecewise(**R, part=number(), points=(Point(at=D(0), points=D(0)), Point(at=D(9), points=D(5)))),
    Veto(**R, part=number(), vetoes=(number("b", "1"),)),
    Veto(**R, part=number(), vetoes=(number("b", "3"),), line=D(3)),
    lined(number(), 10),
    lined(number(), 0, better="lower"),
    weighed(number("a", "1"), number("b")),
    Sum(**R, parts=(judged("A"), again("A")), panel=Panel(size=2)),  # a ref to the same sheet
    Sum(**R, parts=(Sum(key="p", title="评", parts=(judged("A"),), panel=Panel(size=2)), again("A"))),
    Sum(**R, parts=(number(), tries(Sum(key="s", title="和", parts=(number("b"), again("a")))))),
    Sum(**R, parts=(number(), tries(number("b")), again("b#2"))),
]


@pytest.mark.parametrize("root", SOUND)
def test_plan_at_the_edge_of_a_rule_has_no_fault(root: Node) -> None:
    assert faults(root) == []


HUGE = D("1e15")
BAD = Constant(key="c", title="大", value=HUGE)
BROKEN: list[tuple[Node, list[tuple[str, str]]]] = [
    # A number that cannot be used is named once, where it stands.
    (RankPoints(**R, part=number(), points=(D(3), HUGE)), [("number_unusable", "r")]),
    (Bonus(**R, part=BAD), [("number_unusable", "r > c")]),
    (Quotient(**R, part=number(), by=BAD), [("number_unusable", "r > c")]),
    (Veto(**R, part=number(), vetoes=(BAD,)), [("number_unusable", "r > c")]),
    (tries(BAD, "r"), [("number_unusable", "r > c")]),
    # Bands, steps and roundings.
    (Bands(**R, part=number(), bands=(Band(low=D(5), high=D(4), points=D(1)),)), [("band_empty", "r")]),
    (judged("r", step=D("0.3"), maximum=D(1)), [("step_not_dividing", "r")]),
    (judged("r", step=D(0), not_attempted=D(1)), [("step_invalid", "r")]),
    (
        judged("r", panel=Panel(size=4, method="sub_panels", each=Panel(size=2, rounding=Rounding(digits=13)))),
        [("rounding_digits", "r")],
    ),
    # Sub-panels have a rule of their own, and none below it.
    (judged("r", panel=Panel(size=4, method="sub_panels", each=Panel(size=2, fill="mean"))), [("panel_each", "r")]),
    (judged("r", panel=Panel(size=4, method="sub_panels", each=Panel(size=2, method="sub_panels"))), [("panel_each", "r")]),
    (judged("r", panel=Panel(size=4, method="sub_panels", each=Panel(size=2, each=Panel(size=1)))), [("panel_each", "r")]),
    # Below attempts a fault is told once; what comes behind them is looked at too.
    (tries(lined(number(), 11), "r"), [("line_out_of_reach", "r > line")]),
    (Sum(**R, parts=(tries(number("b")), lined(number(), 11))), [("line_out_of_reach", "r > line")]),
    (
        tries(Sum(key="s", title="和", parts=(number(), again("other", "one"), again("one", "other"))), "r"),
        [("ref_cycle", "r > s > one"), ("ref_cycle", "r > s > other")],
    ),
    (
        Sum(**R, parts=(tries(Sum(key="s", title="和", parts=(number(), again("a")))), again("nowhere", "lost"))),
        [("ref_unknown", "r > lost")],
    ),
    (
        Sum(**R, parts=(again("nowhere", "lost"), again("other", "one"), again("one", "other"))),
        [("ref_unknown", "r > lost"), ("ref_cycle", "r > one"), ("ref_cycle", "r > other")],
    ),
    (Sum(**R, parts=(tries(number(), "one"), tries(again("a"), "two"))), [("ref_unknown", "r > two > again")]),
    (Sum(**R, parts=(tries(number()), again("a"))), [("ref_unknown", "r > again")]),
]  # fmt: skip


@pytest.mark.parametrize(("root", "expected"), BROKEN)
def test_fault_is_named_once_at_its_own_node(root: Node, expected: list[tuple[str, str]]) -> None:
    assert faults(root) == expected


def nested(levels: int, inner: Node) -> Node:
    for level in range(levels, 0, -1):
        inner = Sum(key=f"n{level}", title="层", parts=(inner,))
    return inner


def test_plan_of_32_levels_is_computed_to_the_last() -> None:
    part = Sum(key="s", title="和", parts=(number(), nested(28, again("a"))))
    plan = Plan(code="p", version=1, title="深", root=Sum(**R, parts=(tries(part),)))

    assert check_plan(plan) == ()
    assert evaluate(plan, EntryFacts(entry="E1", imported={"a#1": D(4), "a#2": D(3)})).total == D(8)


def test_ref_below_attempts_may_name_a_node_above_them() -> None:
    part = Sum(key="s", title="和", parts=(number("b"), again("a")))
    plan = Plan(code="p", version=1, title="引", root=Sum(**R, parts=(number(), tries(part))))

    found = evaluate(plan, EntryFacts(entry="E1", imported={"a": D(1), "b#1": D(2), "b#2": D(5)}))

    assert found.total == D(1 + 5 + 1)


def test_faults_of_nodes_and_of_the_ranking_order_are_told_together() -> None:
    nowhere = Tie(key="nowhere")

    assert faults(Sum(**R, parts=(number(), number())), ties=(nowhere,)) == [
        ("key_repeated", "r > a"),
        ("tie_unknown", "ties"),
    ]
    # Of a plan that is too deep nothing else is said.
    assert [code for code, _ in faults(nested(33, number()), ties=(nowhere,))] == ["too_deep"]


@pytest.mark.parametrize(
    ("code", "tie", "named"),
    [
        ("tie_unknown", Tie(key="nowhere"), "nowhere"),
        ("tie_unknown", Tie(key="nowhere", of="countback"), "nowhere"),
        ("tie_no_parts", Tie(key="theory", of="countback"), "theory"),
        ("tie_no_marks", Tie(key="theory", of="highest_mark"), "theory"),
        ("tie_counted", Tie(key="practical", counted=True), "practical"),
        ("tie_up_to", Tie(key="practical", up_to=0), "0"),
        ("tie_repeated", Tie(key="total"), "total"),
    ],
)
def test_fault_of_the_ranking_order_names_its_criterion(code: str, tie: Tie, named: str) -> None:
    (fault,) = check_plan(final_plan(ties=(Tie(key="total"), tie)))

    assert (fault.code, fault.path) == (code, "ties")
    assert named in fault.zh and named in fault.en


def test_count_back_may_go_over_any_node_with_parts() -> None:
    assert check_plan(final_plan(ties=(Tie(key="practical", of="countback"),))) == ()


@pytest.mark.parametrize(
    ("root", "named"),
    [
        (nested(33, number()), "32"),
        (judged("r", panel=Panel(size=3, method="middle", middle=4)), "4"),
        (judged("r", panel=Panel(size=3, method="majority", spread=D(-5))), "-5"),
    ],
)
def test_sentence_of_a_fault_names_the_number(root: Node, named: str) -> None:
    fault = check_plan(Plan(code="p", version=1, title="方案", root=root))[-1]

    assert named in fault.zh and named in fault.en


PARTS = tuple(number(key) for key in "abc")
COUNTING: list[tuple[Node, tuple[int, Better] | None]] = [
    (Best(**R, parts=PARTS, count=2), (2, "higher")),
    (Best(**R, parts=PARTS, count=1, better="lower"), (1, "lower")),
    (DropWorst(**R, parts=PARTS, count=1), (2, "higher")),
    (Attempts(**R, part=number(), count=3), (1, "higher")),
    (Attempts(**R, part=number(), count=3, take="best_sum", of=2, better="lower"), (2, "lower")),
    (Attempts(**R, part=number(), count=3, take="best_mean", of=2), (2, "higher")),
    (Attempts(**R, part=number(), count=3, take="sum"), None),
    (Sum(**R, parts=PARTS), None),
]


@pytest.mark.parametrize(("node", "expected"), COUNTING)
def test_how_many_parts_a_node_lets_count(node: Node, expected: tuple[int, Better] | None) -> None:
    assert counting(node) == expected


def test_hash_sees_every_number_in_a_table_and_no_spelling() -> None:
    def hashed(*points: str) -> str:
        root = RankPoints(**R, part=number(), points=tuple(D(each) for each in points))
        return plan_hash(Plan(code="p", version=1, title="方案", root=root))

    assert hashed("3", "1.5") == hashed("3.0", "1.50")
    assert hashed("3", "1.5") != hashed("3", "1")


def test_line_of_a_sheet_shows_what_a_measured_value_is_worth() -> None:
    def worth(**fields: Any) -> str:
        (line,) = criteria(Plan(code="p", version=1, title="方案", root=Measured(**R, **fields)))
        return str(line.points)

    assert worth(maximum=D(60)) == "60"
    assert worth() == "999999999999"
    assert worth(bands=(Band(low=D(1), points=D(7)), Band(high=D(1), points=D(3)))) == "7"


@pytest.mark.parametrize(("more", "codes"), [(0, []), (1, ["too_large"])])
def test_plan_has_at_most_20000_nodes_with_all_attempts(more: int, codes: list[str]) -> None:
    row = Sum(key="s", title="和", parts=tuple(number(f"a{n}") for n in range(201)))
    attempts = Attempts(key="t", title="次", part=row, count=99, take="sum")
    one = number("one")

    # The root, the attempts, and 99 times the sum of 201 leaves.
    root = Sum(**R, parts=(attempts, *[one] * more))

    assert [code for code, _ in faults(root)] == codes
