"""Plans with attempts, measures without bound and marks without a panel: stages, sheets, standings and the signature."""

from decimal import Decimal

import msgspec
import pytest

from api.contests.stages import stages_of
from api.judging.forms import SheetForm
from api.judging.queries.judges import panel_size
from api.judging.queries.signing import session_to_sign
from api.judging.schemas import SheetCriterion
from api.plumbing.ids import encode_id
from api.results.facts import facts_of_item
from api.results.queries import board_columns
from frontend.pages.sheet_rows import groups_of
from scoring import (
    Attempts,
    Imported,
    Judged,
    Measured,
    Panel,
    Plan,
    RankPoints,
    Sum,
    Tie,
    rank,
)
from tests.judging.marking import codes, enter, op, send

D = Decimal


def runs(panel: Panel | None = None) -> Plan:
    """Two runs, the faster counts; the practical part is named as the world's stages name it."""
    run = Sum(
        key="one", title="一轮", panel=panel,
        parts=(Measured(key="time", title="用时", unit="s", kind="time"), Judged(key="faults", title="失误", maximum=D(10))),
    )  # fmt: skip
    return Plan(
        code="runs",
        version=1,
        title="两轮取好",
        better="lower",
        root=Sum(
            key="total",
            title="总分",
            parts=(
                Imported(key="theory", title="理论", maximum=D(100)),
                Attempts(key="practical", title="实操", part=run, count=2, better="lower"),
            ),
        ),
    )


def stages(plan):
    return [(stage.kind, stage.node) for stage in stages_of(plan)]


def test_marks_without_a_panel_are_one_stage_and_one_sheet():
    assert stages(runs()) == [("theory", "theory"), ("practical", "practical")]
    assert panel_size(runs()) == 1


def test_a_panel_below_attempts_is_a_stage_of_its_own():
    assert stages(runs(Panel(size=3))) == [("theory", "theory"), ("practical", "one")]
    assert panel_size(runs(Panel(size=3))) == 3


def test_what_other_entries_decide_stands_above_the_stage():
    speed = RankPoints(key="speed", title="速度", points=(D(10),), part=Measured(key="time", title="用时"))
    plan = Plan(code="p", version=1, title="p", root=Sum(key="total", title="t", parts=(speed,)))

    assert stages(plan) == [("practical", "time")]


@pytest.mark.parametrize("node", ["practical", "one"])
def test_a_sheet_has_each_line_once_for_each_attempt(node):
    form = SheetForm(runs(), node)

    assert list(form.numbers) == ["time#1", "faults#1", "time#2", "faults#2"]
    assert form.answer("time#2", "scored", "8765.43").refused is None
    assert form.answer("time", "scored", "1").refused == "unknown_criterion"


async def test_attempts_are_marked_on_one_sheet_and_the_better_counts(world, marking_by):
    marking = await marking_by(runs(), judges=1)
    sheet, judge = marking.sheet, marking.judge

    results = await enter(
        judge, sheet, op("time#1", "61.5"), op("faults#1", "2"), op("time#2", "58"), op("faults#2", "1")
    )
    refused = await enter(judge, sheet, op("time#3", "1"))

    assert codes(results) == ["accepted"] * 4
    assert codes(refused) == ["unknown_criterion"]
    async with world.db.reading() as connection:
        facts = await facts_of_item(connection, marking.contest.item)
    row = next(row for row in rank(facts.plan, facts.entries).rows if row.answered)
    assert row.values["practical"] == D(59)
    assert (row.values["one#1"], row.values["one#2"]) == (D("63.5"), D(59))


async def test_a_blank_attempt_stays_open(world, marking_by):
    marking = await marking_by(runs(), judges=1)
    await enter(marking.judge, marking.sheet, op("time#1", "61.5"), op("faults#1", "2"))

    async with world.db.reading() as connection:
        facts = await facts_of_item(connection, marking.contest.item)

    assert not any(row.complete for row in rank(facts.plan, facts.entries).rows)


async def test_the_sheet_shows_a_measure_without_bound(marking_by):
    marking = await marking_by(runs(), judges=1)
    await enter(marking.judge, marking.sheet, op("time#1", "61.5"))

    answer = await marking.judge.get(f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}")
    lines = msgspec.convert(answer.json()["criteria"], tuple[SheetCriterion, ...])
    first, second = groups_of(lines, {}, "zh")

    assert [(row.key, row.title, row.value) for row in first.criteria] == [
        ("time#1", "用时（第1次）", "61.5"),
        ("faults#1", "失误（第1次）", None),
    ]
    assert [(row.maximum, row.limits, row.verdict) for row in second.criteria] == [
        (None, "", None),
        ("10", "0–10", None),
    ]
    assert (first.name, first.points) == ("一轮（第1次）", None)


async def test_who_signs_sees_what_the_attempts_come_to(world, marking_by):
    marking = await marking_by(runs(Panel(size=1)), judges=1, node="one")
    for name, value in (("time#1", "61.5"), ("faults#1", "2"), ("time#2", "58"), ("faults#2", "1")):
        assert (await send(marking.judge, marking.sheet, op(name, value))).status_code == 200
    await world.execute("UPDATE sheet SET state = 'submitted' WHERE item_id = $1", marking.contest.item)
    session = await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", marking.sheet)
    chief = await world.actor("chief_judge", "contest", marking.contest.contest)

    found = await session_to_sign(world.db, chief, session)

    assert found.stations[0].total == D(59)
    assert (found.sheets[0].done, found.sheets[0].of) == (4, 4)


def test_a_board_has_a_column_for_each_part_and_none_below_a_panel():
    whole = runs()
    alone = Plan(
        code="p",
        version=1,
        title="p",
        root=Attempts(key="total", title="总分", count=2, part=whole.root.parts[1].part),
    )  # type: ignore[union-attr]
    panel = Plan(
        code="p", version=1, title="p",
        root=Sum(key="total", title="t", panel=Panel(size=3), parts=(Judged(key="a", title="a", maximum=D(1)),)),
    )  # fmt: skip

    assert [(each.key, each.weight) for each in board_columns(whole)] == [("theory", ""), ("practical", "")]
    assert [each.name for each in board_columns(alone)] == ["一轮（第1次）", "一轮（第2次）"]
    assert board_columns(panel) == []


async def test_a_tie_by_age_is_decided_and_no_standing_holds_a_date(world, marking_by):
    plan = Plan(
        code="age", version=1, title="p", ties=(Tie(key="birth_date", of="column"),),
        root=Sum(key="practical", title="t", parts=(Judged(key="C1", title="a", maximum=D(10)),)),
    )  # fmt: skip
    marking = await marking_by(plan, judges=1)
    for (sheet,), entry, born in zip(
        marking.sheets, marking.entries, ("1990-05-01", "1985-02-03"), strict=True
    ):
        await enter(marking.judge, sheet, op("C1", "8"))
        await world.execute(
            "UPDATE person_version SET birth_date = $2::text::date WHERE id = (SELECT person_version_id FROM entry_member WHERE entry_id = $1)",
            entry, born,
        )  # fmt: skip

    async with world.db.reading() as connection:
        facts = await facts_of_item(connection, marking.contest.item)

    first = rank(facts.plan, facts.entries).rows[0]
    assert first.entry == encode_id("entry", marking.entries[0])
    assert {each.columns["birth_date"] for each in facts.entries} == {"1", "2"}
    assert not first.shared


async def test_columns_that_a_plan_does_not_ask_for_are_no_facts_of_it(world, marking):
    async with world.db.reading() as connection:
        facts = await facts_of_item(connection, marking.contest.item)

    assert all(each.columns == {} for each in facts.entries)
