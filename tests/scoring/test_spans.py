"""Between which values a node must end, and whether it may end without a number: one row per rule of each kind of node.

A leaf `a` runs from 0 to 10 unless the row says otherwise; below a line of 6 it may end without a number.
"""

from typing import Any

import pytest

from scoring import (
    Attempts,
    Band,
    Bands,
    Bonus,
    Carried,
    Chosen,
    Deviation,
    EntryFacts,
    Imported,
    Judged,
    Limit,
    Linear,
    Mark,
    Maximum,
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
    Product,
    Quotient,
    RankPoints,
    Relative,
    Rounding,
    Sum,
    Veto,
    WeightedSum,
    bounds,
    check_plan,
    final_spans,
)
from scoring.plans.spans import Span
from tests.scoring.builders import D, scored

R: dict[str, Any] = {"key": "r", "title": "根"}


def leaf(key: str = "a", low: str | int = 0, high: str | int = 10) -> Imported:
    return Imported(key=key, title=key, minimum=D(low), maximum=D(high), step=D("0.1"))


def lined(key: str = "a") -> PassLine:
    return PassLine(key=f"{key}-line", title="线", part=leaf(key), line=D(6))


def free(key: str = "p", **limits: Any) -> Parameter:
    return Parameter(key=key, title="参", **limits)


def always(value: int, part: Node) -> Linear:
    """This number, once the part has one."""
    return Linear(key="always", title="恒", part=part, per_unit=D(0), base=D(value))


def weighed(*weights: int | str, parts: tuple[Node, ...], scale: Any = "as_is") -> WeightedSum:
    return WeightedSum(
        **R,
        scale=scale,
        parts=tuple(Part(weight=D(weight), node=part) for weight, part in zip(weights, parts, strict=True)),
    )


def tries(take: Any, part: Node, count: int = 2, of: int | None = None) -> Attempts:
    return Attempts(**R, part=part, count=count, take=take, of=of)


def span_of_root(root: Node, known: dict[str, Any]) -> Span | None:
    plan = Plan(code="s", version=1, title="界", root=root)
    assert check_plan(plan) == ()
    imported = {key: D(value) for key, value in known.items()}
    return final_spans(plan, EntryFacts(entry="E1", imported=imported)).get("r")


PEAK = tuple(Point(at=D(at), points=D(points)) for at, points in ((0, 0), (4, 9), (20, 1)))
HIGH = (Band(low=D(3), high=D(6), points=D(8)), Band(low=D(50), points=D(99)))
EDGES = (Band(high=D(0), points=D(-5)), Band(low=D(10), points=D(5)))

# The node, what is known, the lowest, the highest, and whether there may be no number.
ROWS: list[tuple[Node, dict[str, Any], str]] = [
    # Leaves.
    (Judged(**R, minimum=D(2), maximum=D(10), points=D(5)), {}, "1 5 sure"),
    (Carried(**R, stage="one", maximum=D(80)), {}, "-Infinity 80 sure"),
    (Measured(**R, kind="time"), {}, "0 Infinity sure"),
    # Conversions: a part that may have no number leaves none.
    (Penalty(**R, part=leaf("a", 1), each=D(2)), {}, "-20 -2 sure"),
    (Penalty(**R, part=lined()), {}, "-10 -6 void"),
    (Penalty(**R, part=free(), each=D(0)), {}, "0 0 sure"),
    (Bonus(**R, part=leaf("a", 1), each=D(2)), {}, "2 20 sure"),
    (Bonus(**R, part=lined()), {}, "6 10 void"),
    (Bonus(**R, part=free(), each=D(0)), {}, "0 0 sure"),
    (Linear(**R, part=lined(), per_unit=D(0), base=D(7)), {}, "7 7 void"),
    (Linear(**R, part=free(), per_unit=D(0), base=D(7)), {}, "7 7 sure"),
    (Linear(**R, part=lined(), per_unit=D(2)), {}, "12 20 void"),
    (Piecewise(**R, part=leaf(), points=PEAK), {}, "0 9 sure"),
    (Piecewise(**R, part=lined(), points=PEAK), {}, "6 8 void"),
    (Deviation(**R, part=leaf(), target=D(4)), {}, "0 6 sure"),
    (Deviation(**R, part=leaf(), target=D(20)), {}, "10 20 sure"),
    (Deviation(**R, part=lined(), target=D(4)), {}, "2 6 void"),
    (Limit(**R, part=lined(), maximum=D(8)), {}, "6 8 void"),
    (Power(**R, part=lined(), a=D(1), b=D(0), c=D(2)), {}, "36 100 void"),
    (Power(**R, part=leaf("a", 0, 100), a=D(1), b=D(0), c=D(15)), {}, "0 Infinity void"),
    (Bands(**R, part=leaf(), bands=HIGH, otherwise=D(1)), {}, "1 8 sure"),
    (Bands(**R, part=leaf(), bands=EDGES, otherwise=D(1)), {}, "-5 5 sure"),
    (Bands(**R, part=lined(), bands=HIGH, otherwise=D(1)), {}, "1 8 void"),
    (Bands(**R, part=always(6, leaf()), bands=HIGH, otherwise=D(1)), {}, "8 8 sure"),
    (Bands(**R, part=always(7, leaf()), bands=HIGH, otherwise=D(1)), {}, "1 1 sure"),
    (Bands(**R, part=always(6, lined()), bands=HIGH, otherwise=D(1)), {}, "8 8 void"),
    # Lines: who reaches one passes it.
    (PassLine(**R, part=leaf(), line=D(10)), {}, "10 10 void"),
    (PassLine(**R, part=leaf("a", 6), line=D(6)), {}, "6 10 sure"),
    (PassLine(**R, part=leaf("a", 6), line=D(6), value=D(0)), {}, "6 10 sure"),
    (PassLine(**R, part=lined(), line=D(3), value=D(0)), {}, "6 10 void"),
    (PassLine(**R, part=lined(), line=D(7), value=D(0)), {}, "0 10 void"),
    (PassLine(**R, part=leaf(), line=D(0), better="lower"), {}, "0 0 void"),
    (PassLine(**R, part=leaf(), line=D(10), better="lower"), {}, "0 10 sure"),
    (PassLine(**R, part=lined(), line=D(10), better="lower"), {}, "6 10 void"),
    (PassLine(**R, part=Sum(key="s", title="和", parts=(leaf(), leaf("b"))), line=D(15), value=D(-1)), {"a": 2}, "-1 -1 sure"),
    # The whole field: nobody knows it.
    (RankPoints(**R, part=leaf(), points=(D(2),), rest=D(5)), {}, "2 5 sure"),
    (RankPoints(**R, part=leaf(), points=(D(9), D(2)), rest=D(12)), {}, "2 12 sure"),
    (RankPoints(**R, part=lined(), points=(D(9), D(2))), {}, "0 9 void"),
    (Relative(**R, part=leaf()), {}, "-Infinity Infinity void"),
    # Several parts.
    (Product(**R, parts=(leaf("a", -2), leaf("b", -3, 4))), {}, "-30 40 sure"),
    (Product(**R, parts=(leaf("b"), lined())), {}, "0 100 void"),
    (Product(**R, parts=(lined(), leaf("b"))), {}, "0 100 void"),
    (Quotient(**R, part=leaf("a", 4), by=leaf("b", 2)), {}, "0.4 5 sure"),
    (Quotient(**R, part=leaf("a"), by=leaf("b", 1, 4)), {}, "0 10 sure"),
    (Quotient(**R, part=leaf("a"), by=leaf("b", "0.5", 4)), {}, "0 20 sure"),
    (Quotient(**R, part=leaf("a"), by=free("q", minimum=D(-4), maximum=D(0))), {}, "-Infinity Infinity void"),
    (Quotient(**R, part=leaf("a"), by=leaf("b")), {}, "-Infinity Infinity void"),
    (Quotient(**R, part=leaf("a"), by=leaf("b")), {"b": 0}, "none"),
    (Quotient(**R, part=leaf("a"), by=leaf("b")), {"b": 1}, "0 10 sure"),
    (Quotient(**R, part=leaf("a"), by=leaf("b")), {"b": 2}, "0 5 sure"),
    (Quotient(**R, part=lined(), by=leaf("b", 2)), {}, "0.6 5 void"),
    (Quotient(**R, part=leaf("b", 3, 9), by=lined()), {}, "0.3 1.5 void"),
    (Quotient(**R, part=free("p", minimum=D(1)), by=free("q", minimum=D(2))), {}, "0 Infinity void"),
    (Veto(**R, part=leaf(), vetoes=(leaf("b"),), line=D(3)), {"b": 3}, "0 10 sure"),
    (Veto(**R, part=leaf(), vetoes=(leaf("b"),), line=D(3)), {"b": 2}, "none"),
    (Veto(**R, part=leaf(), vetoes=(leaf("b"),), line=D(3)), {}, "0 10 void"),
    (Veto(**R, part=lined(), vetoes=(leaf("b"),), value=D(-1)), {}, "-1 10 void"),
    (Chosen(**R, parts=(leaf("a", -2), leaf("b"), leaf("c", 1, 2)), count=2), {}, "-2 20 sure"),
    (Chosen(**R, parts=(lined(), leaf("b")), count=1), {}, "0 10 void"),
    (weighed("0.3", "0.7", parts=(leaf(), leaf("b")), scale="to_100"), {}, "0 100 sure"),
    (weighed("0.3", "0.7", parts=(leaf(), leaf("b")), scale="to_100"), {"a": 10}, "30 100 sure"),
    (weighed(-1, 1, parts=(leaf(), leaf("b"))), {}, "-10 10 sure"),
    (weighed(-1, 1, parts=(lined(), leaf("b"))), {}, "-10 4 void"),
    (weighed(-1, 1, parts=(leaf("b"), lined())), {}, "-4 10 void"),
    # Attempts: a sum needs each of them, the best are picked from those that have a number.
    (tries("sum", lined()), {}, "12 20 void"),
    (tries("sum", lined()), {"a#1": 8}, "14 18 void"),
    (tries("mean", lined()), {"a#1": 8}, "7 9 void"),
    (tries("best", lined()), {"a#1": 8}, "6 10 void"),
    (tries("best_sum", lined(), count=3, of=2), {}, "0 30 void"),
    (tries("best_mean", lined(), count=3, of=2), {}, "6 10 void"),
]  # fmt: skip


@pytest.mark.parametrize(("root", "known", "expected"), ROWS)
def test_span_of_a_node(root: Node, known: dict[str, Any], expected: str) -> None:
    span = span_of_root(root, known)

    said = (
        "none"
        if span is None
        else f"{span.low.normalize():f} {span.high.normalize():f} {'void' if span.void else 'sure'}"
    )
    assert said == expected


def test_penalty_moves_the_span_and_leaves_open_whether_there_is_a_number() -> None:
    plan = Plan(code="s", version=1, title="界", root=Sum(**R, parts=(lined(),)))

    found = final_spans(plan, EntryFacts(entry="E1", params={"a-line": {"penalty": D(2)}}))

    assert (found["a-line"], found["r"]) == ((D(4), D(8), True), (D(4), D(8), True))


def test_spans_are_those_of_published_values_unless_exact_ones_are_asked_for() -> None:
    plan = Plan(code="s", version=1, title="界", root=Relative(**R, part=leaf(), rounding=Rounding()))
    half = Plan(
        code="s", version=1, title="界", root=Sum(**R, parts=(leaf("a", "0.5"),), rounding=Rounding(digits=0))
    )

    assert bounds(plan, EntryFacts(entry="E1"))["r"] == (None, None)
    assert final_spans(half, EntryFacts(entry="E1"))["r"] == (D(1), D(10), False)
    assert final_spans(half, EntryFacts(entry="E1"), exact=True)["r"] == (D("0.5"), D(10), False)


# ---- panels


def judged(key: str, low: int = 0, **changes: Any) -> Judged:
    return Judged(key=key, title=key, minimum=D(low), maximum=D(10), **changes)


def panel_bounds(root: Node, marks: str, **facts: Any) -> dict[str, str]:
    """Bounds by key; J1:A=5 is a mark of judge J1 on criterion A, a word instead of the number a state."""
    given = []
    for each in marks.split():
        judge, _, said = each.partition(":")
        key, _, value = said.partition("=")
        given.append(scored("E1", judge, key, value) if value.isdigit() else Mark("E1", judge, key, value))  # type: ignore[arg-type]
    plan = Plan(code="s", version=1, title="界", root=root)
    assert check_plan(plan) == ()
    found = bounds(plan, EntryFacts(entry="E1", marks=tuple(given), **facts))
    return {key: f"{low} {high}" for key, (low, high) in found.items()}


def of_two(*parts: Node, **panel: Any) -> Sum:
    return Sum(**R, parts=parts or (judged("A"), judged("B")), panel=Panel(**({"size": 2} | panel)))


def test_parts_of_a_half_marked_panel() -> None:
    assert panel_bounds(of_two(), "J1:A=4 J1:B=6") == {"r": "5 15", "A": "2 7", "B": "3 8"}


def test_penalty_on_a_part_counts_on_each_sheet_and_on_the_panel_once() -> None:
    params = {"A": {"penalty": D(2)}, "r": {"bonus": D(1)}}

    assert panel_bounds(of_two(), "", params=params) == {"r": "-1 19", "A": "-2 8", "B": "0 10"}


def test_part_of_sheets_that_may_not_count_is_any_of_them() -> None:
    root = of_two(PassLine(key="L", title="线", part=judged("A"), line=D(6)), judged("B"))

    # If the second judge sees less than 6, the sheet with the 10 does not count.
    assert panel_bounds(root, "J1:A=8 J1:B=2 J2:B=10")["B"] == "2 10"


def test_parts_that_were_not_chosen_or_have_a_state() -> None:
    choice = Chosen(key="c", title="选", parts=(judged("A"), judged("B")), count=1)
    root = of_two(choice, judged("C", void_as={"any": D(2)}), judged("D"))

    found = panel_bounds(root, "", chosen={"c": ("B",)}, states={"C": "invalid"})

    assert found == {"r": "2 22", "c": "0 10", "B": "0 10", "C": "2 2", "D": "0 10"}


def test_part_without_a_number_on_any_sheet_has_none() -> None:
    root = Maximum(**R, parts=(judged("A"), judged("B")), panel=Panel(size=2))

    assert panel_bounds(root, "", states={"A": "invalid"}) == {"r": "0 10", "B": "0 10"}


def test_state_a_judge_saw_leaves_the_rest_of_the_sheet_open() -> None:
    root = Maximum(**R, parts=(judged("A"), judged("B")), panel=Panel(size=2))

    assert panel_bounds(root, "J1:B=did_not_finish J2:A=4 J2:B=4")["r"] == "2 7"


def test_part_without_a_number_on_sheets_that_may_not_count_has_none() -> None:
    line = PassLine(key="L", title="线", part=judged("A"), line=D(6))
    either = Maximum(key="m", title="较好", parts=(judged("B"), judged("C")))

    found = panel_bounds(of_two(line, either), "", states={"B": "invalid"})

    assert found == {"r": "6 20", "L": "6 10", "A": "0 10", "m": "0 10", "C": "0 10"}


def test_open_parameter_on_a_sheet_takes_its_bonus_and_hides_nothing_behind_it() -> None:
    root = Product(
        **R, parts=(judged("A"), free("d", minimum=D(1), maximum=D(3)), judged("B")), panel=Panel(size=2)
    )

    found = panel_bounds(root, "", params={"d": {"bonus": D(1)}})

    assert (found["d"], found["A"], found["B"], found["r"]) == ("2 4", "0 10", "0 10", "0 400")


def test_panel_with_one_void_sheet_of_two_goes_by_the_other() -> None:
    root = Sum(**R, parts=(of_two_named(), judged("C", panel=Panel(size=1))))

    found = panel_bounds(root, "J1:A=did_not_finish J2:A=4", params={})

    assert found["r"] == "4 14"

    # The second judge of B is open, the first saw no number: half of the sheets are not more than half.
    assert panel_bounds(of_two(judged("A"), judged("B")), "J1:A=invalid J2:A=3")["r"] == "3 13"


def of_two_named() -> Judged:
    return judged("A", panel=Panel(size=2))


def test_two_void_sheets_of_five_leave_the_other_three() -> None:
    marks = "J1:A=invalid J2:A=invalid J3:A=3 J4:A=3"

    assert panel_bounds(judged("A", panel=Panel(size=5)), marks)["A"] == "2 " + "5." + "3" * 39


def test_sub_panels_with_named_judges() -> None:
    rule = Panel(size=4, method="sub_panels", each=Panel(size=2))
    seats = {"A": ("a/1", "a/2", "b/1", "b/2")}

    assert panel_bounds(judged("A", panel=rule), "a/1:A=6 a/2:A=8 b/1:A=7", panels=seats)["A"] == "5.25 7.75"


def test_sub_panel_that_must_agree_first_may_still_change_every_mark() -> None:
    rule = Panel(size=4, method="sub_panels", each=Panel(size=2, method="consensus", spread=D(1)))

    assert panel_bounds(judged("A", panel=rule), "a/1:A=2 a/2:A=9 b/1:A=5 b/2:A=5")["A"] == "0 10"


def test_mean_fills_the_place_of_a_recused_judge() -> None:
    root = judged("A", panel=Panel(size=3, method="sum", fill="mean"))

    assert panel_bounds(root, "J1:A=6", recused={"A": ("J3",)})["A"] == "9 24"


def test_sum_of_sheets_of_which_some_may_not_count() -> None:
    line = PassLine(key="L", title="线", part=judged("A", 1), line=D(6))
    root = of_two(line, size=3, method="sum", fill="mean")

    assert panel_bounds(root, "", recused={"r": ("J3",)})["r"] == "0 30"
    # Below nothing, fewer sheets are more.
    assert panel_bounds(root, "", recused={"r": ("J3",)}, params={"L": {"penalty": D(20)}})["r"] == "-42 0"
    assert final_spans(Plan(code="s", version=1, title="界", root=root), EntryFacts(entry="E1"))["r"].void
