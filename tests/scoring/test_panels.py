"""How a panel's marks become one value: tables by hand. Source of the rules: DOMAIN §3."""

import pytest

from scoring import EntryFacts, Judged, Panel, Plan, Rounding, Sum, evaluate
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, panel_of, scored

TRIMMED = """
9.0 9.5 8.0 7.0 9.5      8.83
9.0 9.5                  9.25
9.0                      9.00
9.0 9.5 8.0              9.00
10 10 10 10 10           10.00
10 10 0 0 0              3.33
0 0 0 0 10               0.00
9.5 9.5 7.0 7.0          8.25
8.1 8.2 8.3 8.4 8.5      8.30
"""


@pytest.mark.parametrize("row", TRIMMED.strip().splitlines())
def test_one_highest_and_one_lowest_mark_are_dropped_under_three_it_is_a_plain_mean(row: str) -> None:
    *marks, mean = row.split()
    plan = one_mark_plan(panel_of(5, minimum=1))

    result = evaluate(plan, one_mark_entry(marks, seated=len(marks)))

    assert str(result.total) == mean
    assert result.complete


@pytest.mark.parametrize(
    ("panel", "marks", "value"),
    [
        (Panel(size=3), "9 8 8", "8." + "3" * 39),
        (Panel(size=3, method="median"), "9 2 8", "8"),
        (Panel(size=4, method="median"), "9 2 8 3", "5.5"),
        (panel_of(6, drop_high=2, rounding=None, plain_below=4), "9 9 9 3 4 5", "6"),
        (panel_of(6, drop_high=2, rounding=None, plain_below=4), "9 6 6", "7"),
        (Panel(size=5, drop_high=1, drop_low=1), "9 9 9 3 6", "8"),
    ],
)
def test_other_panels(panel: Panel, marks: str, value: str) -> None:
    result = evaluate(one_mark_plan(panel), one_mark_entry(marks.split(), seated=len(marks.split())))

    assert str(result.total) == value


@pytest.mark.parametrize(
    ("mode", "up", "down"),
    [
        ("half_up", "8.13", "-8.13"), ("half_even", "8.12", "-8.12"), ("down", "8.12", "-8.12"),
        ("up", "8.13", "-8.13"), ("floor", "8.12", "-8.13"), ("ceiling", "8.13", "-8.12"),
    ],
)  # fmt: skip
def test_rounding_modes_at_exactly_half(mode: str, up: str, down: str) -> None:
    leaf = Judged(key="A", title="项", minimum=D(-10), maximum=D(10), step=D("0.005"), panel=Panel(size=1),
                  rounding=Rounding(digits=2, mode=mode))  # type: ignore[arg-type]  # fmt: skip
    plan = Plan(code="round", version=1, title="取整", root=leaf)

    assert str(evaluate(plan, one_mark_entry(["8.125"])).total) == up
    assert str(evaluate(plan, one_mark_entry(["-8.125"])).total) == down


def test_negative_zero_never_shows() -> None:
    leaf = Judged(
        key="A",
        title="项",
        minimum=D(-10),
        maximum=D(10),
        step=D("0.001"),
        panel=Panel(size=1),
        rounding=Rounding(),
    )
    plan = Plan(code="zero", version=1, title="零", root=leaf)

    assert str(evaluate(plan, one_mark_entry(["-0.001"])).total) == "0.00"


def test_thirds_that_add_up_to_half_a_cent_round_up() -> None:
    # 1/3 × 0.005 + 2/3 × 0.005 is 0.005; at any fixed number of digits the sum of the two quotients is a little less.
    thirds = tuple(
        Judged(key=key, title=key, maximum=D(3), kind="judgement_0_3", points=D("0.005"))
        for key in ("A", "B")
    )
    plan = Plan(
        code="t",
        version=1,
        title="三分",
        root=Sum(key="S", title="和", parts=thirds, panel=Panel(size=1), rounding=Rounding()),
    )
    facts = EntryFacts(entry="E1", marks=(scored("E1", "J1", "A", "1"), scored("E1", "J1", "B", "2")))

    assert str(evaluate(plan, facts).total) == "0.01"


def test_panel_rounding_rounds_the_panel_and_node_rounding_then_each_sheet() -> None:
    def plan(sheet: Rounding | None, panel: Rounding | None) -> Plan:
        leaf = Judged(
            key="A",
            title="项",
            maximum=D(10),
            step=D("0.01"),
            rounding=sheet,
            panel=Panel(size=2, rounding=panel),
        )
        return Plan(code="order", version=1, title="顺序", root=leaf)

    entry = one_mark_entry(["0.45", "0.44"])
    whole, tenth = Rounding(digits=0), Rounding(digits=1)

    assert str(evaluate(plan(None, tenth), entry).total) == "0.4"
    assert str(evaluate(plan(tenth, None), entry).total) == "0.4"
    assert str(evaluate(plan(tenth, whole), entry).total) == "0"
    assert str(evaluate(plan(tenth, Rounding(digits=2)), entry).total) == "0.45"


def test_equal_top_marks_lose_one_mark_not_both() -> None:
    result = evaluate(one_mark_plan(panel_of()), one_mark_entry(["9", "9", "8", "7", "6"]))

    (panel,) = result.panels
    assert [sheet.state for sheet in panel.sheets] == [
        "counted",
        "dropped_high",
        "counted",
        "counted",
        "dropped_low",
    ]
    assert result.total == D(8)
