"""One entry from facts to total: what is missing, what is provisional, and what each node came to."""

import pytest

from scoring import Band, EntryFacts, Judged, Mark, Measured, Missing, Panel, Plan, Sum, criteria, evaluate
from tests.scoring.builders import (
    JUDGES,
    D,
    final_plan,
    one_mark_entry,
    one_mark_plan,
    panel_of,
    scored,
    sheet,
)

PLAN = final_plan(criteria=10)
LINES = [line.key for line in criteria(PLAN)]


def full_sheets(*judges: str, value: str = "8", entry: str = "E1") -> tuple[Mark, ...]:
    return tuple(mark for judge in judges for mark in sheet(entry, judge, [value] * len(LINES), LINES))


def test_total_is_weight_times_part_over_its_maximum() -> None:
    facts = EntryFacts(entry="E1", marks=full_sheets(*JUDGES), imported={"theory": D(90)})

    result = evaluate(PLAN, facts)

    assert str(result.total) == "83.00"  # 0.3 × 90 + 0.7 × 80
    assert str(result.node("practical").value) == "80.00"
    assert str(result.node("A").value) == "40.00"
    assert str(result.node("A/01").value) == "8.00"
    assert result.node("A").maximum == D(50)
    assert (result.complete, result.provisional, result.missing) == (True, False, ())
    assert (result.answered, result.expected) == (51, 51)


def test_published_parts_explain_the_published_total() -> None:
    # Figures of the mock ranking: 0.3 × 90.93 + 0.7 × 93.10 = 92.449.
    plan = final_plan(criteria=1)
    leaf = Judged(key="A/01", title="项", maximum=D(100), step=D("0.01"))
    plan = _with_practical(
        plan, Sum(key="practical", title="实操", parts=(leaf,), panel=panel_of(1, drop_high=0, drop_low=0))
    )
    facts = EntryFacts(
        entry="E1", marks=(scored("E1", "J1", "A/01", "93.10"),), imported={"theory": D("90.93")}
    )

    result = evaluate(plan, facts)

    assert (str(result.total), str(result.exact)) == ("92.45", "92.449")


def test_blank_mark_is_not_zero() -> None:
    seated: dict[str, tuple[str, ...]] = {"practical": JUDGES[:2]}
    marks = full_sheets("J1", value="10") + full_sheets("J2", value="2")[:-1]

    result = evaluate(PLAN, EntryFacts(entry="E1", marks=marks, panels=seated, imported={"theory": D(90)}))

    assert str(result.node("practical").value) == "100.00"
    assert result.provisional
    assert Missing("practical", "J2", LINES[-1]) in result.missing
    assert [(each.judge, each.state, each.answered) for each in result.panels[0].sheets] == [
        ("J1", "counted", 10),
        ("J2", "incomplete", 9),
    ]


def test_not_attempted_is_an_answer_worth_the_minimum() -> None:
    marks = full_sheets(*JUDGES)
    marks = tuple(
        Mark("E1", mark.judge, mark.criterion, "not_attempted") if mark.criterion == LINES[0] else mark
        for mark in marks
    )

    result = evaluate(PLAN, EntryFacts(entry="E1", marks=marks, imported={"theory": D(90)}))

    assert result.complete
    assert str(result.node(LINES[0]).value) == "0.00"
    assert str(result.node("practical").value) == "72.00"


def test_not_attempted_may_be_worth_what_the_plan_says() -> None:
    leaf = Judged(
        key="A",
        title="项",
        maximum=D(3),
        kind="judgement_0_3",
        points=D(6),
        not_attempted=D(1),
        panel=Panel(size=1),
    )
    plan = Plan(code="na", version=1, title="未做", root=leaf)

    assert evaluate(plan, EntryFacts(entry="E1", marks=(Mark("E1", "J1", "A", "not_attempted"),))).total == D(
        2
    )


def test_cleared_mark_is_open_again() -> None:
    facts = EntryFacts(entry="E1", marks=(Mark("E1", "J1", "A", "cleared"),), panels={"A": ("J1",)})

    result = evaluate(one_mark_plan(Panel(size=1)), facts)

    assert (result.total, result.complete, result.answered, result.expected) == (None, False, 0, 1)


def test_seat_without_judge_is_missing() -> None:
    result = evaluate(one_mark_plan(panel_of()), one_mark_entry(["9", "8"]))

    assert (result.provisional, result.answered, result.expected) == (True, 2, 5)
    assert result.missing == (Missing("A", None, "A"),) * 3
    assert result.panels[0].vacant == 3


@pytest.mark.parametrize(
    ("seated", "minimum", "complete"), [(4, None, False), (4, 3, True), (3, 3, True), (2, 3, False)]
)
def test_panel_is_complete_with_every_seated_judge_and_the_minimum_number(
    seated: int, minimum: int | None, complete: bool
) -> None:
    plan = one_mark_plan(panel_of(minimum=minimum))

    assert evaluate(plan, one_mark_entry(["9"] * seated, seated=seated)).complete is complete


def test_mark_of_a_judge_who_lost_the_seat_does_not_count() -> None:
    facts = EntryFacts(
        entry="E1", marks=(scored("E1", "J1", "A", "9"), scored("E1", "J9", "A", "1")), panels={"A": ("J1",)}
    )

    result = evaluate(one_mark_plan(panel_of(1, drop_high=0, drop_low=0)), facts)

    assert str(result.total) == "9.00"
    assert [(each.judge, each.state) for each in result.panels[0].sheets] == [
        ("J1", "counted"),
        ("J9", "not_seated"),
    ]


def test_missing_theory_leaves_the_total_provisional() -> None:
    result = evaluate(PLAN, EntryFacts(entry="E1", marks=full_sheets(*JUDGES)))

    assert (str(result.total), result.provisional) == ("56.00", True)
    assert result.missing == (Missing("theory"),)
    assert result.node("theory").value is None
    assert result.node("practical").complete


def test_nothing_known_is_no_total() -> None:
    result = evaluate(PLAN, EntryFacts(entry="E1"))

    assert (result.total, result.provisional, result.answered) == (None, False, 0)
    assert len(result.missing) == 51


@pytest.mark.parametrize(
    ("value", "points"),
    [("29.94", "0"), ("29.95", "10"), ("30.05", "10"), ("30.06", "6"), ("30.10", "6"), ("30.11", "0")],
)
def test_measured_value_takes_the_points_of_its_tolerance_band(value: str, points: str) -> None:
    bands = (
        Band(low=D("29.95"), high=D("30.05"), points=D(10)),
        Band(low=D("30.05"), high=D("30.10"), points=D(6)),
    )
    plan = Plan(
        code="m",
        version=1,
        title="测量",
        root=Measured(key="A", title="孔距", maximum=D(99), unit="mm", bands=bands, panel=Panel(size=1)),
    )

    assert str(evaluate(plan, one_mark_entry([value])).total) == points


def test_two_current_marks_of_one_judge_on_one_criterion_are_refused() -> None:
    facts = EntryFacts(entry="E1", marks=(scored("E1", "J1", "A", "9"), scored("E1", "J1", "A", "8")))

    with pytest.raises(ValueError, match="two current marks"):
        evaluate(one_mark_plan(panel_of()), facts)


@pytest.mark.parametrize("mark", [scored("E1", "J1", "Z", "9"), scored("E2", "J1", "A", "9")])
def test_mark_of_another_plan_or_entry_is_refused(mark: Mark) -> None:
    with pytest.raises(ValueError, match="is not a mark of entry E1"):
        evaluate(one_mark_plan(panel_of()), EntryFacts(entry="E1", marks=(mark,)))


def test_unknown_node_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        evaluate(PLAN, EntryFacts(entry="E1")).node("nowhere")


def _with_practical(plan: Plan, practical: Sum) -> Plan:
    import msgspec

    root = plan.root
    theory, part = root.parts  # type: ignore[union-attr]
    replaced = msgspec.structs.replace(root, parts=(theory, msgspec.structs.replace(part, node=practical)))
    return msgspec.structs.replace(plan, root=replaced)


def test_penalty_counts_against_a_criterion_that_was_not_attempted() -> None:
    asked = EntryFacts(
        entry="E1",
        marks=(Mark("E1", "J1", "B", "not_attempted"), scored("E1", "J1", "C", "5")),
        params={"B": {"penalty": D(1)}},
    )
    parts = tuple(Judged(key=key, title=key, maximum=D(10)) for key in "BC")
    whole = Sum(key="r", title="和", parts=parts, panel=Panel(size=1))

    assert evaluate(Plan(code="n", version=1, title="未做", root=whole), asked).total == D(4)
