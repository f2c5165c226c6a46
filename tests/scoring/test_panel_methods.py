"""Panels beyond the trimmed mean: every method, who is recused, who saw no number, and what became of each sheet."""

from typing import Any

import pytest

from scoring import (
    EntryFacts,
    EntryResult,
    Judged,
    Mark,
    Missing,
    Panel,
    Parameter,
    Plan,
    Product,
    Rounding,
    Sum,
    bounds,
    evaluate,
)
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, scored

ROWS: list[tuple[Panel, str, str]] = [
    (Panel(size=3, method="sum"), "9 8 7", "24"),
    (Panel(size=5, method="sum", drop_high=1, drop_low=1), "9 8 7 6 5", "21"),
    (Panel(size=5, method="middle", middle=3), "9 8 7 6 1", "7"),
    (Panel(size=5, method="middle", middle=3, total="sum"), "9 8 7 6 1", "21"),
    (Panel(size=4, method="middle", middle=1), "9 8 6 1", "6"),
    (Panel(size=4, method="middle", middle=1, uneven="low"), "9 8 6 1", "8"),
    (Panel(size=4, method="middle", middle=3), "9 7", "8"),
    (Panel(size=5, method="majority", spread=D(1)), "9 9 8 3 1", "8.6" + "6" * 37 + "7"),
    (Panel(size=5, method="majority", spread=D(0)), "9 8 7 6 5", "7"),
    (Panel(size=5, method="majority", spread=D(1)), "9 8 8 7 1", "8." + "3" * 39),
    (Panel(size=3, method="majority", spread=D(1)), "9 8 7", "8.5"),
    (Panel(size=3, method="majority", spread=D(1)), "9.0 8.5 7.6", "8.75"),
    (Panel(size=4, method="majority", spread=D(1)), "9 8 2 1", "5"),
    (Panel(size=5, method="majority", spread=D(1)), "9 8.5 8 2 1", "8.5"),
    (Panel(size=5, method="majority", spread=D(2)), "9 8.5 7 6 5.5", "6.1" + "6" * 37 + "7"),
    (Panel(size=3, method="mean", rounding=Rounding(digits=2, step=D("0.25"))), "9 8 8", "8.25"),
    (Panel(size=3, method="consensus", spread=D(1)), "9 8 8.5", "8.5"),
    (Panel(size=3, method="consensus", spread=D(1)), "9 8 7", "None"),
]


def total(result: EntryResult) -> str:
    return str(result.void or result.total)


@pytest.mark.parametrize(("panel", "marks", "value"), ROWS)
def test_methods(panel: Panel, marks: str, value: str) -> None:
    given = marks.split()

    assert total(evaluate(one_mark_plan(panel), one_mark_entry(given, seated=len(given)))) == value


def double(rule: Panel, marks: dict[str, str]) -> EntryResult:
    given = tuple(scored("E1", judge, "A", value) for judge, value in marks.items())
    return evaluate(one_mark_plan(rule), EntryFacts(entry="E1", marks=given, panels={"A": tuple(marks)}))


def test_two_panels_count_the_same_whatever_their_size() -> None:
    each = Panel(size=3, drop_high=1, rounding=Rounding(digits=0))
    rule = Panel(size=6, method="sub_panels", each=each, minimum=4)

    result = double(rule, {"A/1": "9", "A/2": "7", "A/3": "7", "B/1": "2", "B/2": "3"})

    assert total(result) == "5"  # A: 7; B: 2.5, rounded to 3
    assert [sheet.state for sheet in result.panels[0].sheets] == ["dropped_high", *["counted"] * 4]


def test_sub_panel_is_what_stands_before_the_first_stroke() -> None:
    rule = Panel(size=4, method="sub_panels", each=Panel(size=2, method="mean"))

    result = double(rule, {"A/1/x": "9", "A/2/x": "5", "B/1/x": "8", "B/2/x": "4"})

    assert total(result) == "6.5"  # A: 7; B: 6


def test_sub_panels_differ_in_size() -> None:
    rule = Panel(size=4, method="sub_panels", each=Panel(size=2, method="mean"), minimum=2)

    result = double(rule, {"A/1": "9", "B/1": "8", "A/2": "5"})

    assert total(result) == "7.5"  # A: 7; B: 8


def test_a_sub_panel_that_does_not_agree_leaves_the_whole_open() -> None:
    rule = Panel(size=4, method="sub_panels", each=Panel(size=2, method="consensus", spread=D(1)))

    result = double(rule, {"A/1": "9", "A/2": "8", "B/1": "2", "B/2": "4"})

    assert (result.total, result.complete, result.missing) == (None, False, (Missing("A"),))
    assert result.panels[0].agreed is False
    assert result.expected - result.answered == 1


def test_judges_who_agree_on_the_whole_need_not_agree_on_a_part() -> None:
    parts = tuple(Judged(key=key, title=key, maximum=D(10)) for key in "AB")
    root = Sum(key="r", title="和", parts=parts, panel=Panel(size=2, method="consensus", spread=D(1)))
    marks = [("J1", "A", "9"), ("J1", "B", "1"), ("J2", "A", "5"), ("J2", "B", "5.5")]
    facts = EntryFacts(entry="E1", marks=tuple(scored("E1", *each) for each in marks))

    result = evaluate(Plan(code="c", version=1, title="一致", root=root), facts)

    assert (result.total, result.complete, result.node("A").value) == (D("10.25"), True, None)


def test_judges_who_disagree_may_still_change_any_mark() -> None:
    plan = one_mark_plan(Panel(size=2, method="consensus", spread=D(1)))

    assert bounds(plan, one_mark_entry(["9", "1"], seated=2))["A"] == (D(0), D(10))


@pytest.mark.parametrize(
    ("panel", "states"),
    [
        (
            Panel(size=4, method="middle", middle=1),
            ["dropped_high", "dropped_high", "counted", "dropped_low"],
        ),
        (Panel(size=4, method="majority", spread=D(1)), ["counted", "counted", "counted", "dropped_low"]),
        (Panel(size=4, method="sum", drop_low=1), ["counted", "counted", "counted", "dropped_low"]),
        (Panel(size=4, method="median"), ["counted"] * 4),
    ],
)
def test_every_method_says_which_marks_counted(panel: Panel, states: list[str]) -> None:
    result = evaluate(one_mark_plan(panel), one_mark_entry(["9", "8.5", "8", "1"], seated=4))

    assert [sheet.state for sheet in result.panels[0].sheets] == states


def recused(panel: Panel, *marks: str, named: bool = True, **changes: Any) -> EntryResult:
    given = tuple(scored("E1", f"J{n}", "A", value) for n, value in enumerate(marks, 2))
    panels = {"A": ("J1", *(f"J{n}" for n in range(2, 2 + len(marks))))} if named else {}
    return evaluate(
        one_mark_plan(panel),
        EntryFacts(entry="E1", marks=given, panels=panels, recused={"A": ("J1",)}, **changes),
    )


def test_recused_judge_is_not_waited_for() -> None:
    for named in (True, False):
        result = recused(Panel(size=3), "9", "7", named=named)

        assert (total(result), result.complete, result.expected) == ("8", True, 2)
        assert result.panels[0].sheets[0].state == "recused"
    assert recused(Panel(size=3, minimum=3), "9", "7").complete is False


def test_mean_of_the_others_fills_the_place_of_a_recused_judge() -> None:
    assert total(recused(Panel(size=3, method="sum", fill="mean"), "9", "7")) == "24"
    assert total(recused(Panel(size=3, method="sum"), "9", "7")) == "16"
    trimmed = recused(Panel(size=4, method="sum", fill="mean", drop_low=1), "9", "8", "4")
    assert total(trimmed) == "24"  # 4 7 8 9 without the 4
    assert [sheet.state for sheet in trimmed.panels[0].sheets] == [
        "recused",
        "counted",
        "counted",
        "dropped_low",
    ]


def saw(*answers: str, size: int = 3, **fields: Any) -> EntryResult:
    states = {"DNF": "did_not_finish", "DNS": "did_not_start"}
    marks = tuple(
        Mark("E1", f"J{n}", "A", states[each]) if each in states else scored("E1", f"J{n}", "A", each)  # type: ignore[arg-type]
        for n, each in enumerate(answers, 1)
    )
    root = Judged(key="A", title="甲", maximum=D(10), panel=Panel(size=size), **fields)
    return evaluate(Plan(code="v", version=1, title="状", root=root), EntryFacts(entry="E1", marks=marks))


def test_state_holds_when_more_than_half_of_the_seats_say_so() -> None:
    assert total(saw("DNF", "DNF", "8")) == "did_not_finish"
    assert total(saw("DNF", "7", "8")) == "7.5"
    assert total(saw("DNF", "8", size=2)) == "8"
    assert total(saw("DNF", "DNS", "8")) == "did_not_start"
    assert total(saw("DNF", "DNF", "DNS", "8", size=4)) == "did_not_finish"
    assert total(saw("DNF", "DNF", "8", void_as={"any": D(1)})) == "1"
    assert [sheet.state for sheet in saw("DNF", "7", "8").panels[0].sheets] == ["void", "counted", "counted"]


def test_state_is_not_final_while_the_majority_may_still_see_a_number() -> None:
    result = saw("DNF")

    assert (total(result), result.complete, len(result.missing)) == ("None", False, 2)


def test_state_of_one_criterion_makes_the_sheet_void_or_counts_as_a_number() -> None:
    def plan(**fields: Any) -> Plan:
        parts = (
            Judged(key="A", title="甲", maximum=D(10), **fields),
            Judged(key="B", title="乙", maximum=D(10)),
        )
        return Plan(
            code="s", version=1, title="表", root=Sum(key="r", title="和", parts=parts, panel=Panel(size=1))
        )

    marks = (Mark("E1", "J1", "A", "invalid"), scored("E1", "J1", "B", "8"))
    facts = EntryFacts(entry="E1", marks=marks)

    assert total(evaluate(plan(), facts)) == "invalid"
    assert evaluate(plan(), facts).node("B").value == D(8)
    assert total(evaluate(plan(void_as={"invalid": D(2)}), facts)) == "10"
    assert (
        total(evaluate(plan(), EntryFacts(entry="E1", marks=marks[1:], states={"A": "invalid"}))) == "invalid"
    )
    assert (
        total(
            evaluate(
                plan(void_as={"any": D(0)}), EntryFacts(entry="E1", states={"A": "invalid", "B": "invalid"})
            )
        )
        == "invalid"
    )


def test_panel_below_attempts_takes_its_seats_from_the_bare_key_or_its_own() -> None:
    from scoring import Attempts

    leaf = Judged(key="A", title="甲", title_en="A", maximum=D(10), panel=Panel(size=2))
    plan = Plan(
        code="a", version=1, title="次", root=Attempts(key="r", title="和", part=leaf, count=2, take="sum")
    )
    marks = (
        scored("E1", "J1", "A#1", "4"),
        scored("E1", "J2", "A#1", "6"),
        scored("E1", "J3", "A#2", "8"),
        scored("E1", "J9", "A#2", "0"),
    )

    result = evaluate(
        plan, EntryFacts(entry="E1", marks=marks, panels={"A": ("J1", "J2"), "A#2": ("J3", "J4")})
    )

    assert (result.total, result.missing) == (D(13), (Missing("A#2", "J4", "A#2"),))


def test_parameter_on_the_sheets_is_waited_for() -> None:
    parts = (Judged(key="A", title="甲", maximum=D(10)), Parameter(key="d", title="难度"))
    plan = Plan(
        code="d", version=1, title="难", root=Product(key="r", title="积", parts=parts, panel=Panel(size=2))
    )
    marks = (scored("E1", "J1", "A", "4"), scored("E1", "J2", "A", "6"))

    open_result = evaluate(plan, EntryFacts(entry="E1", marks=marks))

    assert (open_result.total, open_result.missing) == (None, (Missing("d"),))
    assert evaluate(plan, EntryFacts(entry="E1", marks=marks, params={"d": {"value": D(3)}})).total == D(15)
    assert evaluate(plan, EntryFacts(entry="E1", marks=marks, states={"d": "invalid"})).void == "invalid"
