"""What each kind of node makes of its parts: numbers, states and gaps, one row per rule of its docstring."""

from typing import Any

import pytest

from scoring import (
    Attempts,
    Band,
    Bands,
    Best,
    Bonus,
    Carried,
    Chosen,
    Constant,
    Deviation,
    DropWorst,
    EntryFacts,
    EntryResult,
    Imported,
    Judged,
    Limit,
    Linear,
    Mark,
    Maximum,
    Mean,
    Measured,
    Median,
    Minimum,
    Missing,
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
    Ref,
    Relative,
    Rounded,
    Rounding,
    Sum,
    Veto,
    WeightedSum,
    bounds,
    check_plan,
    evaluate,
    evaluate_all,
    final_spans,
)
from scoring.plans.plan import full_mark
from tests.scoring.builders import D

NAMES = "abcde"


def leaves(number: int = 3) -> tuple[Node, ...]:
    return tuple(Imported(key=key, title=key, minimum=D(-100), maximum=D(100)) for key in NAMES[:number])


def run(root: Node, values: str, **facts: Any) -> EntryResult:
    """The result where the leaves a, b, c … have these values: a number, a state (DNF, DNS, DSQ), or ? for open."""
    states = {"DNF": "did_not_finish", "DNS": "did_not_start", "DSQ": "disqualified", "PASS": "passed"}
    given = dict(zip(NAMES, values.split(), strict=False))
    plan = Plan(code="n", version=1, title="节点", root=root)
    assert check_plan(plan) == ()
    return evaluate(
        plan,
        EntryFacts(
            entry="E1",
            imported={key: D(value) for key, value in given.items() if value not in {*states, "?"}},
            states={key: states[value] for key, value in given.items() if value in states},  # type: ignore[misc]
            **facts,
        ),
    )


def said(result: EntryResult) -> str:
    return str(result.void or result.total)


PARTS: dict[str, Any] = {"key": "r", "title": "根", "parts": leaves()}
ROWS: list[tuple[Node, str, str]] = [
    (Sum(**PARTS), "1 2 3", "6"),
    (Sum(**PARTS), "1 ? 3", "4"),
    (Sum(**PARTS), "1 DNF 3", "did_not_finish"),
    (Sum(**PARTS), "DNF DSQ ?", "disqualified"),
    (Sum(**PARTS, void_as={"did_not_finish": D(7)}), "1 DNF 3", "7"),
    (Sum(**PARTS, void_as={"any": D(0)}), "1 DSQ 3", "0"),
    (Mean(**PARTS), "1 2 6", "3"),
    (Mean(**PARTS), "3 ? 6", "3"),
    (Mean(**PARTS), "3 DNF 6", "did_not_finish"),
    (Product(**PARTS), "2 3 4", "24"),
    (Product(**PARTS), "2 ? 4", "None"),
    (Product(**PARTS), "2 DNS 4", "did_not_start"),
    (Median(**PARTS), "9 1 5", "5"),
    (Median(**PARTS), "9 DNF 5", "5"),
    (Median(**PARTS, better="lower"), "9 DNF 5", "9"),
    (Median(**PARTS), "DNS DNF 5", "did_not_start"),
    (Median(**PARTS), "9 ? 4", "6.5"),
    (Median(**PARTS), "DNF ? 4", "None"),
    (Median(**PARTS), "? ? ?", "None"),
    (Minimum(**PARTS), "3 1 2", "1"),
    (Minimum(**PARTS), "3 DNF 2", "2"),
    (Minimum(**PARTS), "DNF DNF DNF", "did_not_finish"),
    (Minimum(**PARTS), "DNF ? DNF", "None"),
    (Maximum(**PARTS), "3 1 2", "3"),
    (Best(**PARTS, count=2), "3 1 2", "5"),
    (Best(**PARTS, count=2, total="mean"), "3 1 2", "2.5"),
    (Best(**PARTS, count=2, better="lower"), "3 1 2", "3"),
    (Best(**PARTS, count=2), "3 DNF DNS", "did_not_start"),
    (Best(**PARTS, count=2), "3 DNF ?", "3"),
    (Best(**PARTS, count=2, short="fewer"), "3 DNF DNS", "3"),
    (Best(**PARTS, count=2, short="fewer"), "DNF DNF DNS", "did_not_start"),
    (Best(**PARTS, count=2, short="fewer"), "? DNF DNS", "None"),
    (DropWorst(**PARTS, count=1), "3 1 2", "5"),
    (DropWorst(**PARTS, count=1), "3 DNF 2", "5"),
    (DropWorst(**PARTS, count=1), "3 DNF DNF", "did_not_finish"),
    (DropWorst(**PARTS, count=1, better="lower", total="mean"), "3 1 2", "1.5"),
    (Chosen(**PARTS, count=2), "3 ? 2", "5"),
    (Chosen(**PARTS, count=2), "3 1 2", "4"),
    (Chosen(**PARTS, count=2), "3 ? ?", "3"),
    (Chosen(**PARTS, count=2), "3 DNF ?", "did_not_finish"),
]  # fmt: skip


@pytest.mark.parametrize(("root", "values", "total"), ROWS)
def test_node_with_several_parts(root: Node, values: str, total: str) -> None:
    assert said(run(root, values)) == total


def one(kind: type[Any], **fields: Any) -> Any:
    return kind(key="r", title="根", part=leaves(1)[0], **fields)


def attempts(take: str, count: int = 3, **fields: Any) -> Attempts:
    leaf = Imported(key="a", title="a", minimum=D(-100), maximum=D(100))
    return Attempts(key="r", title="根", part=leaf, count=count, take=take, **fields)  # type: ignore[arg-type]


TURNS: list[tuple[Attempts, str, str]] = [
    (attempts("best"), "3 5 4", "5"),
    (attempts("best", better="lower"), "3 DNF 4", "3"),
    (attempts("best"), "DNF DNF DNF", "did_not_finish"),
    (attempts("last"), "3 5 4", "4"),
    (attempts("last"), "3 5 PASS", "5"),
    (attempts("last"), "3 5 DNF", "did_not_finish"),
    (attempts("last"), "PASS PASS PASS", "passed"),
    (attempts("last"), "3 DNF ?", "None"),
    (attempts("last"), "? ? ?", "None"),
    (attempts("sum"), "3 5 4", "12"),
    (attempts("mean"), "3 5 7", "5"),
    (attempts("median"), "5 9 1", "5"),
    (attempts("median"), "DNF DNF ?", "None"),
    (attempts("best_sum", of=2), "3 DNF DNF", "did_not_finish"),
    (attempts("best_sum", of=2), "3 5 4", "9"),
    (attempts("best_mean", of=2), "3 5 4", "4.5"),
    (attempts("best_mean", of=2), "3 DNF DNF", "did_not_finish"),
    (attempts("middle_mean", 5, of=3, better="lower"), "9 1 3 4 5", "4"),
    (attempts("middle_mean", 5, of=3, better="lower"), "9 1 DNF 4 7", "6." + "6" * 38 + "7"),
    (attempts("middle_mean", 5, of=3, better="lower"), "DNF 1 DNF 4 5", "did_not_finish"),
    (attempts("middle_mean", 5, of=3), "9 1 5 ? ?", "5"),
    (attempts("middle_mean", 5, of=3), "9 1 5 3 ?", "4"),
    (attempts("last"), "? DNF PASS", "None"),
    (attempts("last"), "? PASS PASS", "None"),
    (attempts("last"), "3 DNF PASS", "did_not_finish"),
]


@pytest.mark.parametrize(("root", "values", "total"), TURNS)
def test_attempts(root: Attempts, values: str, total: str) -> None:
    states = {"DNF": "did_not_finish", "PASS": "passed"}
    each = {f"a#{n}": value for n, value in enumerate(values.split(), 1)}
    facts = EntryFacts(
        entry="E1",
        imported={key: D(value) for key, value in each.items() if value not in {*states, "?"}},
        states={key: states[value] for key, value in each.items() if value in states},  # type: ignore[misc]
    )

    assert said(evaluate(Plan(code="t", version=1, title="次", root=root), facts)) == total


# As many are left out above as below, void attempts first; before all are made, as many as can be while one stays.
MIDDLE = [
    (5, 3, "higher", "9 ? ? ? ?", "9"),
    (5, 3, "higher", "9 8 ? ? ?", "8.5"),
    (5, 3, "higher", "9 8 1 ? ?", "6"),
    (5, 3, "higher", "9 8 6 1 ?", "7"),
    (5, 3, "higher", "9 8 6 4 1", "6"),
    (5, 3, "higher", "9 DNF ? ? ?", "9"),
    (5, 3, "higher", "9 8 4 DNF ?", "6"),
    (5, 3, "higher", "9 8 6 4 DNF", "6"),
    (5, 3, "lower", "9 8 6 4 DNF", "7." + "6" * 38 + "7"),
    (5, 3, "higher", "DNF ? ? ? ?", "None"),
    (5, 3, "higher", "9 DNF DNF ? ?", "did_not_finish"),
    (5, 1, "higher", "9 7 4 DNF DNF", "4"),
    (5, 1, "higher", "9 7 DNF DNF ?", "8"),
    (7, 3, "higher", "9 8 6 4 1 ? ?", "6"),
    (7, 3, "higher", "9 8 4 DNF DNF ? ?", "6"),
    (7, 3, "higher", "9 8 5 2 DNF ? ?", "5"),
    (8, 4, "higher", "9 8 7 5 3 2 1 ?", "5"),
    (8, 4, "higher", "9 8 7 5 4 2 1 ?", "5." + "3" * 39),
]


@pytest.mark.parametrize(("count", "of", "better", "values", "total"), MIDDLE)
def test_mean_of_the_middle_attempts(count: int, of: int, better: Any, values: str, total: str) -> None:
    test_attempts(attempts("middle_mean", count, of=of, better=better), values, total)


BANDS = (Band(high=D(9), points=D(3)), Band(low=D(9), high=D(12), points=D(2)))
LINE = (Point(at=D(0), points=D(0)), Point(at=D(10), points=D(5)), Point(at=D(20), points=D(25)))
CONVERTED: list[tuple[Node, str, str]] = [
    (one(Rounded, rounding=Rounding(digits=1)), "1.25", "1.3"),
    (one(Rounded, rounding=Rounding(digits=2, step=D("0.25"))), "1.37", "1.25"),
    (one(Rounded, rounding=Rounding(digits=0, step=D(5), mode="up")), "11", "15"),
    (one(Linear, base=D(60), per_unit=D("1.8"), reference=D(90)), "92.5", "64.5"),
    (one(Linear, per_unit=D(-1), every=D(4), count="started"), "9", "-3"),
    (one(Linear, per_unit=D(-1), every=D(4), count="full"), "9", "-2"),
    (one(Linear, per_unit=D(0), base=D(5)), "9", "5"),
    (one(Linear, per_unit=D(3), every=D(4), reference=D(2)), "10", "6"),
    (one(Linear, per_unit=D(-1), every=D(4), reference=D(2), count="full"), "9", "-1"),
    (one(Piecewise, points=LINE), "-5", "0"),
    (one(Piecewise, points=LINE), "4", "2"),
    (one(Piecewise, points=LINE), "15", "15"),
    (one(Piecewise, points=LINE), "30", "25"),
    (one(Bands, bands=BANDS), "9", "3"),
    (one(Bands, bands=BANDS, otherwise=D(-1)), "12.01", "-1"),
    (one(Power, a=D(2), b=D(3), c=D(2)), "7", "32"),
    (one(Power, a=D(2), b=D(3), c=D(2)), "2", "0"),
    (one(Power, a=D(2), b=D(3), c=D(2)), "3.5", "0.5"),
    (one(Power, a=D(2), b=D(3), c=D(2), form="below"), "1", "8"),
    (one(Power, a=D("25.4347"), b=D(18), c=D("1.81"), form="below", rounding=Rounding(digits=0, mode="down")), "10.55", "963"),
    (one(Power, a=D(1), b=D(0), c=D(20)), "100", "invalid"),
    (one(Power, a=D(1), b=D(0), c=D(15)), "100", "invalid"),
    (one(Power, a=D(1), b=D(0), c=D(15)), "10", "1000000000000000"),
    (one(Deviation, target=D(30)), "28.5", "1.5"),
    (one(Penalty, each=D(2)), "3", "-6"),
    (one(Bonus, each=D(2)), "3", "6"),
    (one(Limit, minimum=D(0)), "-3", "0"),
    (one(Limit, maximum=D(10)), "12", "10"),
    (one(Limit, minimum=D(0), maximum=D(10)), "7", "7"),
    (one(PassLine, line=D(60)), "60", "60"),
    (one(PassLine, line=D(60)), "59.9", "disqualified"),
    (one(PassLine, line=D(60), value=D(0)), "59.9", "0"),
    (one(PassLine, line=D(60), better="lower"), "61", "disqualified"),
    (one(PassLine, line=D(60), better="lower"), "60", "60"),
    (one(Bonus), "DNF", "did_not_finish"),
    (one(Bonus), "?", "None"),
    (Quotient(key="r", title="商", part=leaves(2)[0], by=leaves(2)[1]), "1 4", "0.25"),
    (Quotient(key="r", title="商", part=leaves(2)[0], by=leaves(2)[1]), "1 0", "invalid"),
    (Quotient(key="r", title="商", part=leaves(2)[0], by=leaves(2)[1]), "? 2", "None"),
    (Quotient(key="r", title="商", part=leaves(2)[0], by=leaves(2)[1]), "DNF 2", "did_not_finish"),
    (Veto(key="r", title="否", part=leaves(2)[0], vetoes=leaves(2)[1:]), "8 1", "8"),
    (Veto(key="r", title="否", part=leaves(2)[0], vetoes=leaves(2)[1:]), "8 0", "disqualified"),
    (Veto(key="r", title="否", part=leaves(2)[0], vetoes=leaves(2)[1:], value=D(0)), "8 DNF", "0"),
    (Veto(key="r", title="否", part=leaves(2)[0], vetoes=leaves(2)[1:]), "8 ?", "8"),
    (Veto(key="r", title="否", part=leaves(2)[0], vetoes=leaves(2)[1:]), "? 0", "disqualified"),
    (WeightedSum(key="r", title="权", scale="as_is", parts=(Part(weight=D(-2), node=leaves(1)[0]), Part(weight=D(1), node=leaves(2)[1]))), "3 4", "-2"),
    (WeightedSum(key="r", title="权", scale="as_is", parts=(Part(weight=D(2), node=leaves(1)[0]),)), "DNF", "did_not_finish"),
    (WeightedSum(key="r", title="权", parts=(Part(weight=D(30), node=leaves(1)[0]), Part(weight=D(70), node=leaves(2)[1]))), "50 100", "85"),
]  # fmt: skip


@pytest.mark.parametrize(("root", "values", "total"), CONVERTED)
def test_node_that_converts(root: Node, values: str, total: str) -> None:
    assert said(run(root, values)) == total


def test_sum_below_a_pass_line_disqualifies_nobody_before_it_is_complete() -> None:
    root = PassLine(key="r", title="线", part=Sum(key="s", title="和", parts=leaves(2)), line=D(10))

    assert said(run(root, "4 ?")) == "None"
    assert said(run(root, "4 5")) == "disqualified"


def test_veto_that_is_not_complete_keeps_nobody_out() -> None:
    a, b, c = leaves(3)
    root = Veto(key="r", title="否", part=a, vetoes=(Sum(key="s", title="和", parts=(b, c)),), line=D(10))

    assert said(run(root, "8 4 ?")) == "8"
    assert said(run(root, "8 4 5")) == "disqualified"
    assert said(run(root, "8 4 6")) == "8"


def test_penalty_and_bonus_come_before_the_rounding() -> None:
    root = Sum(key="r", title="和", parts=leaves(2), rounding=Rounding(digits=0))

    assert (
        said(
            run(root, "1 2", params={"r": {"penalty": D("0.6"), "bonus": D("0.2")}, "a": {"bonus": D("0.4")}})
        )
        == "3"
    )


def test_penalty_below_a_panel_is_on_every_sheet_and_at_the_panel_once() -> None:
    parts = (Judged(key="A", title="甲", maximum=D(10)), Judged(key="B", title="乙", maximum=D(10)))
    plan = Plan(
        code="p",
        version=1,
        title="罚",
        root=Sum(key="r", title="和", parts=parts, panel=Panel(size=2, method="sum")),
    )
    marks = tuple(Mark("E1", judge, key, "scored", D(4)) for judge in ("J1", "J2") for key in "AB")

    result = evaluate(
        plan, EntryFacts(entry="E1", marks=marks, params={"A": {"penalty": D(1)}, "r": {"penalty": D("0.5")}})
    )

    assert result.total == D("13.5")


def test_parameter_is_looked_up_from_near_to_far() -> None:
    root = Parameter(key="a", title="难度", default=D(1))

    def value(**facts: Any) -> str:
        return said(run(root, "", **facts))

    assert value() == "1"
    assert value(columns={"value": " 2.5 "}) == "2.5"
    assert value(columns={"value": "many"}) == "1"
    assert value(columns={"value": "2"}, params={"": {"value": D(3)}}) == "3"
    assert value(params={"": {"value": D(3)}, "a": {"value": D(4)}}) == "4"
    assert run(Parameter(key="a", title="难度"), "").missing == (Missing("a"),)


def test_parameter_out_of_range_contradicts_the_plan() -> None:
    for number in (D(5), D(-5), D("NaN")):
        with pytest.raises(ValueError, match="cannot be"):
            run(
                Parameter(key="a", title="难度", minimum=D(0), maximum=D(4)),
                "",
                params={"a": {"value": number}},
            )
    with pytest.raises(ValueError, match="usable"):
        run(leaves(1)[0], "1", params={"a": {"penalty": D("Infinity")}})


def test_parameters_of_one_attempt_go_before_those_of_all() -> None:
    dive = Product(
        key="dive",
        title="跳",
        parts=(Judged(key="A", title="分", maximum=D(10)), Parameter(key="d", title="难度")),
    )
    plan = Plan(
        code="d", version=1, title="跳水", root=Attempts(key="r", title="和", part=dive, count=2, take="sum")
    )
    marks = (Mark("E1", "J", "A", "scored", D(5)), Mark("E1", "J", "A#2", "scored", D(6)))

    facts = EntryFacts(
        entry="E1",
        marks=marks,
        params={"d": {"value": D(2)}, "d#2": {"value": D(3)}, "dive": {"penalty": D(1)}},
    )

    assert evaluate(plan, facts).total == D(5 * 2 - 1 + 6 * 3 - 1)


def test_carried_constant_and_ref() -> None:
    root = Sum(
        key="r",
        title="和",
        parts=(
            Carried(key="a", title="前", stage="one"),
            Constant(key="c", title="百", value=D(100)),
            Ref(key="again", title="再", of="a"),
        ),
    )

    assert said(run(root, "5")) == "110"
    assert run(root, "?").missing == (Missing("a"),)


def test_ref_below_attempts_means_its_own_attempt_and_from_outside_the_attempt_it_names() -> None:
    part = Sum(
        key="s",
        title="和",
        parts=(Imported(key="a", title="甲", maximum=D(9)), Ref(key="x", title="再", of="a")),
    )
    root = Sum(
        key="r",
        title="根",
        parts=(Attempts(key="t", title="次", part=part, count=2), Ref(key="first", title="首", of="a#1")),
    )
    plan = Plan(code="r", version=1, title="引", root=root)

    assert evaluate(plan, EntryFacts(entry="E1", imported={"a": D(2), "a#2": D(4)})).total == D(10)


def test_state_of_a_node_stands_for_everything_below_it() -> None:
    inner = Sum(key="s", title="和", parts=leaves(2), void_as={"did_not_finish": D(-5)})
    root = Sum(key="r", title="根", parts=(inner, Imported(key="c", title="丙", maximum=D(9))))
    plan = Plan(code="s", version=1, title="状", root=root)

    result = evaluate(
        plan, EntryFacts(entry="E1", imported={"a": D(3), "c": D(9)}, states={"s": "did_not_finish"})
    )

    assert (result.total, result.complete, result.missing) == (D(4), True, ())
    with pytest.raises(ValueError, match="no node"):
        evaluate(plan, EntryFacts(entry="E1", states={"z": "invalid"}))


def test_recorded_choice_counts_whatever_else_was_marked() -> None:
    root = Chosen(key="r", title="选", parts=leaves(3), count=2)

    assert said(run(root, "3 4 5", chosen={"r": ("b", "c")})) == "9"
    assert run(root, "? 4 ?", chosen={"r": ("b", "c")}).missing == (Missing("c"),)
    for wrong in (("z",), ("a", "b", "c")):
        with pytest.raises(ValueError, match="cannot choose"):
            run(root, "3 4 5", chosen={"r": wrong})


def test_pass_line_is_reported_when_the_value_is_complete() -> None:
    root = Sum(key="r", title="和", parts=leaves(2), pass_at=D(10))

    assert [run(root, values).node("r").passed for values in ("5 5", "5 4", "12 ?", "5 DNF")] == [
        True,
        False,
        None,
        False,
    ]
    assert run(root, "5 5").node("a").passed is None


def field(root: Node, *values: str, groups: str = "") -> list[str]:
    entries = [
        EntryFacts(
            entry=f"E{n}",
            imported={} if value == "?" else {"a": D(value)},
            columns={"group": groups[n]} if groups else {},
        )
        for n, value in enumerate(values)
    ]
    return [said(each) for each in evaluate_all(Plan(code="f", version=1, title="场", root=root), entries)]


@pytest.mark.parametrize(
    ("fields", "shares"),
    [
        ({}, ["20", "30", "100"]),
        ({"to": "mean"}, ["40", "60", "200"]),
        ({"to": "median"}, ["66." + "6" * 37 + "7", "100", "333." + "3" * 37]),
        ({"points": D(12), "better": "lower"}, ["12", "8", "2.4"]),
    ],
)
def test_share_of_the_best_the_mean_or_the_median(fields: dict[str, Any], shares: list[str]) -> None:
    assert field(one(Relative, **fields), "2", "3", "10") == shares


def test_bonus_of_a_node_that_looks_at_the_field_and_a_state_that_ends_only_one_entry() -> None:
    root = one(RankPoints, points=(D(5), D(3)))
    plan = Plan(code="f", version=1, title="场", root=root)
    facts = [
        EntryFacts(entry="E1", states={"r": "did_not_start"}),
        EntryFacts(entry="E2", imported={"a": D(9)}, params={"r": {"bonus": D(1)}}),
        EntryFacts(entry="E3", states={"a": "did_not_finish"}),
        EntryFacts(entry="E4", imported={"a": D(8)}),
    ]

    assert [said(each) for each in evaluate_all(plan, facts)] == ["did_not_start", "6", "did_not_finish", "3"]


def test_points_by_rank_among_all() -> None:
    table = (D(10), D(8), D(6))

    assert field(one(RankPoints, points=table, rest=D(1)), "5", "9", "5", "1") == ["8", "10", "8", "1"]
    assert field(one(RankPoints, points=table, shared="average"), "5", "9", "5", "1") == ["7", "10", "7", "0"]
    assert field(one(RankPoints, points=table, better="lower"), "5", "9", "?") == ["10", "8", "None"]
    assert field(one(RankPoints, points=table, within="group"), "5", "9", "5", groups="xyx") == [
        "10",
        "10",
        "10",
    ]


def test_share_of_the_best_the_mean_and_the_median_of_the_field() -> None:
    assert field(one(Relative), "5", "10", "0") == ["50", "100", "0"]
    assert field(one(Relative, better="lower"), "5", "10", "5") == ["100", "50", "100"]
    assert field(one(Relative, to="mean"), "5", "10", "15") == ["50", "100", "150"]
    assert field(one(Relative, to="median"), "5", "10", "15", "30") == ["40", "80", "120", "240"]
    assert field(one(Relative, to="median"), "5", "10", "15") == ["50", "100", "150"]
    assert field(one(Relative), "0", "0") == ["0", "0"]
    assert field(one(Relative, better="lower"), "0", "5") == ["100", "0"]
    assert field(one(Relative), "?") == ["None"]


def test_field_counts_who_is_present_and_stays_open_while_one_of_them_is() -> None:
    plan = Plan(
        code="f",
        version=1,
        title="场",
        root=Sum(
            key="s",
            title="和",
            parts=(one(RankPoints, points=(D(5), D(3))), Constant(key="c", title="一", value=D(1))),
        ),
    )
    gone = EntryFacts(entry="E1", imported={"a": D(9)}, state="disqualified")
    here = EntryFacts(entry="E2", imported={"a": D(5)})
    late = EntryFacts(entry="E3")

    assert [(each.total, each.complete) for each in evaluate_all(plan, [gone, here])] == [
        (D(1), True),
        (D(6), True),
    ]
    assert evaluate(plan, here, [here, late]).complete is False
    assert evaluate(plan, here).total == D(6)
    assert said(evaluate(plan, EntryFacts(entry="E4", states={"r": "did_not_start"}))) == "did_not_start"


FULL: list[tuple[Node, str]] = [
    (Sum(**PARTS), "300"),
    (Veto(key="r", title="否", part=leaves(1)[0], vetoes=leaves(2)[1:]), "100"),
    (one(Bonus), "0"),
    (one(Penalty), "0"),
    (one(Relative, points=D(50)), "50"),
    (one(Relative, to="mean"), "None"),
    (one(RankPoints, points=(D(9), D(5))), "9"),
    (one(Linear, per_unit=D(-1), base=D(10)), "110"),
    (Measured(key="r", title="时", kind="time"), "None"),
    (Measured(key="r", title="时", maximum=D(60)), "60"),
    (Parameter(key="r", title="系", maximum=D(4)), "4"),
    (Carried(key="r", title="前", stage="one", maximum=D(80)), "80"),
    (Ref(key="r", title="外", of="elsewhere"), "None"),
    (WeightedSum(key="r", title="权", parts=(Part(weight=D(1), node=leaves(1)[0]),)), "100"),
    (WeightedSum(key="r", title="权", scale="as_is", parts=(Part(weight=D(2), node=leaves(1)[0]),)), "200"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "full"), FULL)
def test_full_mark(node: Node, full: str) -> None:
    assert str(full_mark(node)) == full


def test_bounds_close_as_marks_come_in() -> None:
    root = Sum(key="r", title="和", parts=leaves(2), rounding=Rounding(digits=0))
    plan = Plan(code="b", version=1, title="界", root=root)

    assert bounds(plan, EntryFacts(entry="E1", imported={"a": D("2.5")}))["r"] == (D(-98), D(103))
    assert bounds(plan, EntryFacts(entry="E1", imported={"a": D("2.5")}), exact=True)["r"] == (
        D("-97.5"),
        D("102.5"),
    )
    assert bounds(plan, EntryFacts(entry="E1", imported={"a": D(2), "b": D(3)}))["r"] == (D(5), D(5))
    assert "r" not in bounds(plan, EntryFacts(entry="E1", states={"a": "invalid"}))


def test_bounds_know_what_a_pass_line_may_leave() -> None:
    plan = Plan(
        code="b",
        version=1,
        title="界",
        root=PassLine(key="r", title="线", part=Sum(key="s", title="和", parts=leaves(2)), line=D(10)),
    )

    span = final_spans(plan, EntryFacts(entry="E1", imported={"a": D(2)}))["r"]

    assert span == (D(10), D(102), True)
    assert final_spans(plan, EntryFacts(entry="E1", imported={"a": D(-95)})).get("r") is None
