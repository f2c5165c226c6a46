"""What a judge may enter, one row per case; siblings below, at and above each limit."""

from decimal import Decimal

import pytest

from scoring import Mark, MarkState, Plan, Rejection, check_imported, check_mark
from tests.scoring.builders import D, final_plan, one_mark_plan, panel_of

HALVES = one_mark_plan(panel_of(), maximum="10", step="0.5")
CASES: list[tuple[str, MarkState, str | None, Rejection | None]] = [
    ("A", "scored", "0", None),
    ("A", "scored", "10", None),
    ("A", "scored", "9.5", None),
    ("A", "scored", "9.50", None),
    ("A", "scored", "1E1", None),
    ("A", "scored", "-0", None),
    ("A", "scored", "0E-400", None),
    ("A", "not_attempted", None, None),
    ("A", "cleared", None, None),
    ("Z", "scored", "5", "unknown_criterion"),
    ("Z", "scored", None, "unknown_criterion"),
    ("A", "scored", None, "value_missing"),
    ("A", "not_attempted", "0", "value_not_allowed"),
    ("A", "cleared", "5", "value_not_allowed"),
    ("A", "scored", "-0.5", "out_of_range"),
    ("A", "scored", "10.5", "out_of_range"),
    ("A", "scored", "10." + "0" * 60 + "1", "out_of_range"),
    ("A", "scored", "NaN", "out_of_range"),
    ("A", "scored", "sNaN", "out_of_range"),
    ("A", "scored", "Infinity", "out_of_range"),
    ("A", "scored", "-Infinity", "out_of_range"),
    ("A", "scored", "1e400", "out_of_range"),
    ("A", "scored", "1e-400", "too_precise"),
    ("A", "scored", "9.55", "too_precise"),
    ("A", "scored", "9.5" + "0" * 60 + "1", "too_precise"),
    ("A", "scored", "9.3", "off_step"),
]


@pytest.mark.parametrize(("criterion", "state", "value", "code"), CASES)
def test_mark_is_checked_against_its_criterion(
    criterion: str, state: MarkState, value: str | None, code: Rejection | None
) -> None:
    assert check_mark(HALVES, criterion, state, None if value is None else D(value)) == code


def test_step_counts_from_the_minimum() -> None:
    plan = _plan_from(minimum="0.25", maximum="10.25", step="0.5")

    assert check_mark(plan, "A", "scored", D("0.75")) is None
    assert check_mark(plan, "A", "scored", D("1")) == "off_step"
    assert check_mark(_plan_from(minimum="1", maximum="10", step="3"), "A", "scored", D(4)) is None


def test_judge_cannot_enter_theory_and_import_cannot_enter_a_criterion() -> None:
    plan = final_plan()

    assert check_mark(plan, "theory", "scored", D(80)) == "unknown_criterion"
    assert check_imported(plan, "A/01", D(5)) == "unknown_criterion"


@pytest.mark.parametrize(
    ("value", "code"),
    [("0", None), ("100", None), ("88.25", None), ("100.01", "out_of_range"), ("-1", "out_of_range"), ("88.255", "too_precise"), ("NaN", "out_of_range")],
)  # fmt: skip
def test_theory_mark_is_checked_too(value: str, code: Rejection | None) -> None:
    assert check_imported(final_plan(), "theory", D(value)) == code


@pytest.mark.parametrize(("state", "value"), [("scored", None), ("not_attempted", D(0)), ("cleared", D(1))])
def test_mark_whose_state_and_value_disagree_cannot_exist(state: MarkState, value: Decimal | None) -> None:
    with pytest.raises(ValueError, match="cannot have the value"):
        Mark("E1", "J1", "A", state, value)


def _plan_from(minimum: str, maximum: str, step: str) -> Plan:
    import msgspec

    plan = one_mark_plan(panel_of(), maximum=maximum, step=step)
    return msgspec.structs.replace(plan, root=msgspec.structs.replace(plan.root, minimum=D(minimum)))
