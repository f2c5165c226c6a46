"""What is said of one entry, and what follows from it: choices, numbers nobody judges, penalties, seats and sheets."""

from typing import Any

import pytest

from scoring import (
    Attempts,
    Chosen,
    Constant,
    EntryFacts,
    EntryResult,
    Imported,
    Judged,
    Mark,
    Maximum,
    Missing,
    Node,
    Panel,
    Parameter,
    Plan,
    RankPoints,
    Ref,
    Rounding,
    Sum,
    evaluate,
    evaluate_all,
    rank,
)
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, scored


def judged(key: str, **changes: Any) -> Judged:
    fields: dict[str, Any] = {"key": key, "title": key, "maximum": D(10)} | changes
    return Judged(**fields)


def number(key: str) -> Imported:
    return Imported(key=key, title=key, minimum=D(-99), maximum=D(99))


def plan_of(root: Node) -> Plan:
    return Plan(code="f", version=1, title="事实", root=root)


def result(root: Node, **facts: Any) -> EntryResult:
    return evaluate(plan_of(root), EntryFacts(entry="E1", **facts))


def marks(text: str, entry: str = "E1") -> tuple[Mark, ...]:
    """J1:A=5 is a mark of judge J1 on criterion A; a word instead of the number is a state."""
    found = []
    for each in text.split():
        judge, _, said = each.partition(":")
        key, _, value = said.partition("=")
        is_number = value.replace(".", "").isdigit()
        found.append(scored(entry, judge, key, value) if is_number else Mark(entry, judge, key, value))  # type: ignore[arg-type]
    return tuple(found)


R: dict[str, Any] = {"key": "r", "title": "根"}
ONE_OF_THREE = Chosen(**R, parts=(judged("A"), judged("B"), judged("C")), count=1)


@pytest.mark.parametrize(
    ("given", "total", "missing"),
    [
        ("J:C=7", "7", ()),  # a mark is a choice
        ("J:A=cleared J:C=7", "7", ()),  # a mark that was taken back is none
        ("J:C=did_not_finish", "did_not_finish", ()),
        ("J:A=cleared", "None", ("A", "B", "C")),  # nothing chosen yet: everything is waited for
    ],
)
def test_first_parts_with_an_answer_are_the_choice(given: str, total: str, missing: tuple[str, ...]) -> None:
    found = result(ONE_OF_THREE, marks=marks(given))

    assert str(found.void or found.total) == total
    assert tuple(each.node for each in found.missing) == missing


def test_each_choice_is_made_for_itself() -> None:
    first = Chosen(key="x", title="甲", parts=(number("a"), number("b")), count=1)
    second = Chosen(key="y", title="乙", parts=(number("c"), number("d")), count=1)

    assert result(Sum(**R, parts=(first, second)), imported={"d": D(4)}).missing == (
        Missing("a"),
        Missing("b"),
    )


def test_choice_recorded_without_an_attempt_holds_in_every_attempt() -> None:
    choice = Chosen(key="c", title="选", parts=(number("a"), number("b")), count=1)
    root = Attempts(**R, part=choice, count=2, take="sum")
    imported = {"a#1": D(1), "b#1": D(2), "a#2": D(10), "b#2": D(20)}

    assert result(root, imported=imported, chosen={"c": ("b",)}).total == D(22)
    assert result(root, imported=imported, chosen={"c": ("b",), "c#2": ("a",)}).total == D(12)
    with pytest.raises(ValueError, match="Entry E1 cannot choose a, b in c#1"):
        result(root, chosen={"c": ("a", "b")})


@pytest.mark.parametrize("value", ["0", "4"])
def test_parameter_may_be_as_low_and_as_high_as_its_limits(value: str) -> None:
    root = Parameter(**R, minimum=D(0), maximum=D(4))

    assert result(root, params={"r": {"value": D(value)}}).total == D(value)


def test_penalty_of_one_attempt_goes_before_the_one_of_all_whatever_order_they_come_in() -> None:
    root = Attempts(**R, part=number("a"), count=2, take="sum")
    own, all_of_them = {"a#2": {"penalty": D(3)}}, {"a": {"penalty": D(1)}}

    for params in (own | all_of_them, all_of_them | own):
        assert result(root, imported={"a#1": D(10), "a#2": D(10)}, params=params).total == D(9 + 7)


def test_every_kind_of_leaf_takes_penalty_and_bonus() -> None:
    parts = (number("a"), Constant(key="c", title="常", value=D(5)), Parameter(key="p", title="参"))
    params = {"a": {"penalty": D(1)}, "c": {"bonus": D(2)}, "p": {"value": D(3), "penalty": D("0.5")}}

    found = result(Sum(**R, parts=parts), imported={"a": D(7)}, params=params)

    assert [str(found.node(key).value) for key in "acpr"] == ["6", "7", "2.5", "15.5"]


def test_penalty_of_a_criterion_that_is_its_own_panel_counts_once() -> None:
    assert result(judged("r"), marks=marks("J:r=8"), params={"r": {"penalty": D(1)}}).total == D(7)


def test_marks_from_outside_are_counted_one_by_one() -> None:
    found = result(Sum(**R, parts=(number("a"), number("b"), number("c"))), imported={"a": D(1), "b": D(2)})

    assert (found.answered, found.expected) == (2, 3)


def test_state_that_counts_as_a_number_is_that_number_before_and_after_the_rounding() -> None:
    part = Imported(
        key="a", title="甲", maximum=D(9), void_as={"absent": D("2.5")}, rounding=Rounding(digits=0)
    )

    found = result(Sum(**R, parts=(part,)), states={"a": "absent"}).node("a")

    assert (str(found.exact), str(found.value)) == ("2.5", "3")


def test_part_is_complete_while_others_are_open() -> None:
    done = Sum(key="s", title="和", parts=(number("a"), number("b")))

    found = result(Sum(**R, parts=(number("c"), done)), imported={"a": D(1), "b": D(2)})

    assert [found.node(key).complete for key in ("s", "c", "r")] == [True, False, False]


def test_what_was_not_chosen_hides_nothing_behind_it() -> None:
    fixed = Parameter(key="p", title="参", default=D(1)), Parameter(key="q", title="参", default=D(2))
    choice = Chosen(key="c", title="选", parts=(fixed[0], judged("A")), count=1)

    assert result(Sum(**R, parts=(choice, fixed[1])), marks=marks("J:A=4")).total == D(6)

    # A mark on what was not chosen stays without effect, the marks after it count.
    assert result(ONE_OF_THREE, marks=marks("J:A=1 J:B=2"), chosen={"r": ("B",)}).total == D(2)


def test_mark_that_was_taken_back_hides_none_behind_it() -> None:
    assert result(judged("r"), marks=marks("J:r=cleared J:r=4")).total == D(4)


# ---- panels


def two_criteria(**panel: Any) -> Sum:
    return Sum(**R, parts=(judged("A"), judged("B")), panel=Panel(**({"size": 2} | panel)))


def test_sheets_show_what_each_judge_came_to() -> None:
    given = marks("J1:A=4 J2:A=6 J2:B=8 J9:A=1 J9:B=1")

    (panel,) = result(two_criteria(), marks=given, panels={"r": ("J1", "J2", "J3")}).panels

    assert [(each.judge, each.state, each.value, each.answered) for each in panel.sheets] == [
        ("J1", "incomplete", None, 1),
        ("J2", "counted", D(14), 2),
        ("J3", "incomplete", None, 0),
        ("J9", "not_seated", None, 2),
    ]


def test_full_sheet_counts_behind_one_that_is_not() -> None:
    found = result(two_criteria(), marks=marks("J1:A=4 J2:A=6 J2:B=8"))

    assert (found.total, found.complete) == (D(14), False)


def test_panel_that_was_not_chosen_has_no_sheets_and_no_open_seat() -> None:
    root = Chosen(**R, parts=(judged("A", panel=Panel(size=3)), number("b")), count=1)

    found = result(root, imported={"b": D(2)})

    assert [(each.sheets, each.vacant, each.agreed) for each in found.panels] == [((), 0, True)]
    assert (found.complete, found.expected) == (True, 1)


def test_panel_with_a_state_on_every_criterion_asks_nobody() -> None:
    root = Sum(**R, parts=(judged("A", void_as={"any": D(3)}),), panel=Panel(size=3))

    found = result(root, states={"A": "invalid"})

    assert [(each.sheets, each.vacant) for each in found.panels] == [((), 0)]
    assert (found.total, found.complete, found.expected) == (D(3), True, 0)


def test_part_below_a_panel_is_explained_even_where_it_is_the_only_one() -> None:
    root = Sum(**R, parts=(judged("A"),), panel=Panel(size=2))

    found = result(root, marks=marks("J1:A=4 J2:A=7")).node("A")

    assert (found.exact, found.value) == (D("5.5"), D("5.5"))


def test_node_may_repeat_what_a_panel_made_of_one_criterion() -> None:
    panel = Sum(key="p", title="评", parts=(judged("A"), judged("B")), panel=Panel(size=2))
    plan = plan_of(Sum(**R, parts=(panel, Ref(key="again", title="再", of="B"))))

    (row,) = rank(plan, [EntryFacts(entry="E1", marks=marks("J1:A=1 J1:B=2 J2:A=3 J2:B=6"))]).rows

    assert row.total == D(6 + 4)


def test_state_outside_a_panel_leaves_its_sheets_alone() -> None:
    root = Maximum(**R, parts=(number("a"), judged("B")))

    assert result(root, marks=marks("J:B=4"), states={"a": "absent"}).total == D(4)


def test_constant_stands_on_every_sheet() -> None:
    root = Sum(**R, parts=(judged("A"), Constant(key="c", title="底", value=D(5))), panel=Panel(size=2))

    assert result(root, marks=marks("J1:A=4 J2:A=6")).total == D(10)


def test_criterion_with_a_rounding_is_rounded_on_each_sheet() -> None:
    root = Sum(**R, parts=(judged("A", step=D("0.1"), rounding=Rounding(digits=0)),), panel=Panel(size=2))

    assert result(root, marks=marks("J1:A=4.4 J2:A=5.5")).total == D(5)


@pytest.mark.parametrize(
    ("node", "panel", "total"),
    [
        (Rounding(digits=0), Rounding(digits=2), "4.50"),  # each judge's value first: 4 and 5
        (Rounding(digits=0), None, "4"),  # 4.45
        (None, Rounding(digits=1), "4.5"),
    ],
)
def test_rounding_of_a_node_is_the_one_of_each_judge_where_the_panel_has_its_own(
    node: Rounding | None, panel: Rounding | None, total: str
) -> None:
    root = judged("r", step=D("0.1"), rounding=node, panel=Panel(size=2, rounding=panel))

    assert str(result(root, marks=marks("J1:r=4.4 J2:r=4.5")).total) == total


def test_seats_named_without_an_attempt_are_those_of_every_attempt() -> None:
    root = Attempts(**R, part=judged("A", panel=Panel(size=2)), count=2, take="sum")

    found = result(root, marks=marks("J1:A#1=5 J1:A#2=6"), panels={"A": ("J1", "J2"), "A#2": ("J1", "J3")})

    assert [[sheet.judge for sheet in each.sheets] for each in found.panels] == [["J1", "J2"], ["J1", "J3"]]


def test_recused_judge_who_has_no_seat_takes_none_away() -> None:
    rule = Panel(size=3)

    found = evaluate(
        one_mark_plan(rule),
        EntryFacts(
            entry="E1",
            marks=marks("J1:A=5 J2:A=6"),
            panels={"A": ("J1", "J2", "J3")},
            recused={"A": ("J3", "J4")},
        ),
    )

    assert [(each.judge, each.state) for each in found.panels[0].sheets] == [
        ("J1", "counted"),
        ("J2", "counted"),
        ("J3", "recused"),
    ]
    assert found.complete


def test_mean_that_fills_the_place_of_a_recused_judge_fills_it_in_every_part() -> None:
    root = two_criteria(size=3, method="sum", fill="mean")

    found = result(root, marks=marks("J1:A=4 J2:A=6 J1:B=1 J2:B=1"), recused={"r": ("J3",)})

    assert [found.node(key).value for key in ("r", "A", "B")] == [D(18), D(15), D(3)]


def test_mean_that_fills_a_place_may_be_the_mark_that_is_dropped() -> None:
    rule = Panel(size=5, method="sum", drop_high=2, fill="mean")

    found = evaluate(
        one_mark_plan(rule),
        EntryFacts(entry="E1", marks=marks("J1:A=0 J2:A=0 J3:A=0 J4:A=9"), recused={"A": ("J5",)}),
    )

    assert [each.state for each in found.panels[0].sheets] == [
        "counted",
        "counted",
        "counted",
        "dropped_high",
        "recused",
    ]


def test_part_that_nobody_saw_has_the_state_the_judges_gave() -> None:
    root = Maximum(**R, parts=(judged("A"), judged("B")), panel=Panel(size=2))

    found = result(root, marks=marks("J1:A=did_not_finish J1:B=4 J2:A=did_not_finish J2:B=6"))

    assert (found.total, found.node("A").value, found.node("A").void) == (D(5), None, "did_not_finish")


def test_part_on_which_a_sub_panel_does_not_agree_has_no_value() -> None:
    each = Panel(size=2, method="consensus", spread=D(1))
    root = two_criteria(size=4, method="sub_panels", each=each)

    found = result(root, marks=marks("a/1:A=5 a/1:B=1 a/2:A=1 a/2:B=5 b/1:A=3 b/1:B=3 b/2:A=3 b/2:B=3"))

    assert (found.total, found.node("A").value) == (D(6), None)


@pytest.mark.parametrize(
    ("panel", "given", "value"),
    [
        (Panel(size=3, method="middle", middle=3), "9 8 4", "7"),  # as many as there are
        (Panel(size=3, method="majority", spread=D(1)), "1 1.5 2.5", "1.25"),  # two groups of two: the closest
    ],
)  # fmt: skip
def test_panel_of_three(panel: Panel, given: str, value: str) -> None:
    assert str(evaluate(one_mark_plan(panel), one_mark_entry(given.split())).total) == value


def test_sub_panel_rounds_as_its_own_rule_says_and_is_named_by_the_first_part_of_the_id() -> None:
    each = Panel(size=2, rounding=Rounding(digits=1, step=D("0.5")))
    rule = Panel(size=4, method="sub_panels", each=each)

    found = evaluate(
        one_mark_plan(rule),
        EntryFacts(entry="E1", marks=marks("a/1/x:A=5 a/2/x:A=5.4 b/1/x:A=6 b/2/y:A=6")),
    )

    assert found.total == D("5.5")  # 5.2 is 5.0 by its step, and 6.0


# ---- the whole field


def test_points_by_rank_have_their_value_before_the_rounding_too() -> None:
    root = RankPoints(
        **R, part=number("a"), points=(D(5), D("3.5")), shared="average", rounding=Rounding(digits=0)
    )

    found = evaluate_all(plan_of(root), [EntryFacts(entry=f"E{n}", imported={"a": D(4)}) for n in range(2)])

    assert [(str(each.exact), str(each.total)) for each in found] == [("4.25", "4")] * 2


def test_empty_column_and_none_are_one_group() -> None:
    root = RankPoints(**R, part=number("a"), points=(D(5), D(3)), within="group")
    columns: list[dict[str, str]] = [{}, {"group": ""}, {"group": "x"}]

    found = evaluate_all(
        plan_of(root),
        [EntryFacts(entry=f"E{n}", imported={"a": D(9 - n)}, columns=each) for n, each in enumerate(columns)],
    )

    assert [each.total for each in found] == [D(5), D(3), D(5)]


def test_unknown_node_is_named() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        result(number("r")).node("nowhere")
