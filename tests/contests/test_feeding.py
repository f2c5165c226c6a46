"""Plans that are sound, but that the product could never fill: each is refused at the node that asks for too much."""

from decimal import Decimal
from typing import Any

import pytest

from api.contests.feeding import unfed
from api.contests.presets import plan_errors
from scoring import (
    Attempts,
    Carried,
    Chosen,
    Imported,
    Judged,
    Linear,
    Measured,
    Node,
    Panel,
    Parameter,
    Plan,
    Product,
    RankPoints,
    Relative,
    Sum,
    Tie,
    check_plan,
)

TEN = Decimal(10)


def judged(key: str = "a", **more: Any) -> Judged:
    return Judged(key=key, title=key, maximum=TEN, **more)


def plan(*parts: Node, ties: tuple[Tie, ...] = ()) -> Plan:
    return Plan(
        code="p", version=1, title="方案", root=Sum(key="total", title="总分", parts=parts), ties=ties
    )


def codes(made: Plan) -> list[tuple[str, str]]:
    assert check_plan(made) == ()
    return [(fault.path, fault.code) for fault in unfed(made)]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (Parameter(key="x", title="难度"), "parameter_not_fed"),
        (Carried(key="x", title="预赛", stage="heats"), "carried_not_fed"),
        (Chosen(key="x", title="选做", count=1, parts=(judged("b"), judged("c"))), "chosen_not_fed"),
        (judged("x", void_as={"did_not_finish": Decimal(0)}), "state_not_fed"),
        (
            Sum(key="x", title="x", parts=(judged("b"),), panel=Panel(size=2, method="sub_panels", each=Panel(size=1))),
            "sub_panels_not_fed",
        ),
        (RankPoints(key="x", title="x", points=(TEN,), within="weight_class", part=judged("b")), "column_not_fed"),
    ],
)  # fmt: skip
def test_what_nobody_records_is_refused_at_its_node(part, code):
    assert codes(plan(judged(), part)) == [("total > x", code)]


def test_an_imported_mark_below_attempts_is_refused():
    twice = Attempts(
        key="x", title="x", count=2, part=Sum(key="s", title="s", parts=(judged("b"), Imported(key="t", title="t", maximum=TEN)))
    )  # fmt: skip

    assert codes(plan(twice)) == [("total > x > s > t", "imported_in_attempts")]


@pytest.mark.parametrize(
    ("tie", "code"),
    [(Tie(key="lot", of="lot"), "lot_not_fed"), (Tie(key="weight", of="column"), "column_not_fed")],
)
def test_ties_by_what_nobody_records_are_refused(tie, code):
    assert codes(plan(judged(), ties=(tie,))) == [("ties", code)]


def test_what_follows_from_marks_and_registration_is_fed():
    made = plan(
        Attempts(key="run", title="run", count=3, part=Measured(key="time", title="用时"), better="lower"),
        RankPoints(key="speed", title="速度", points=(TEN,), within="group", part=Measured(key="s", title="s")),
        Relative(key="share", title="share", part=judged("r")),
        Product(key="product", title="p", parts=(judged("b"), Parameter(key="factor", title="系数", default=TEN))),
        Linear(key="late", title="late", per_unit=Decimal(-1), part=judged("c"), void_as={"any": Decimal(0)}),
        Imported(key="theory", title="理论", maximum=TEN),
        ties=(Tie(key="birth_date", of="column"), Tie(key="decision", of="decision"), Tie(key="time", of="time")),
    )  # fmt: skip

    assert codes(made) == []


def test_the_refusal_points_into_the_document_and_speaks_both_languages():
    (error,) = plan_errors(plan(judged(), Carried(key="x", title="预赛", stage="heats")), "/plan")

    assert (error.pointer, error.code) == ("/plan/total/x", "carried_not_fed")
    assert "heats" in error.detail
    assert "heats" in error.detail_en
