"""What one correction moves, before it is published."""

from typing import Any

import msgspec
import pytest

from scoring import (
    AwardField,
    ContestCase,
    Cut,
    Entrant,
    EntrantChange,
    FactsChange,
    FieldCase,
    Imported,
    ItemCase,
    Mark,
    MarkChange,
    Part,
    Plan,
    QuotaRule,
    passed_of,
    rank,
    what_if,
    with_passed,
)
from scoring.plans.nodes import WeightedSum
from scoring.schemes.what_if import AwardNow, RankNow, SlotNow, compare, moves, picture_of
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, panel_of, total_of, total_plan, totals
from tests.scoring.test_awards import alone, award, worker

QUOTA = QuotaRule(code="up", version=1, name="晋级", places=1, substitutes=1)


def case(**changes: Any) -> ContestCase:
    item = ItemCase(code="fitter", plan=total_plan(), facts=tuple(totals("95", "90", "85")), quota=QUOTA)
    fields: dict[str, Any] = {
        "items": (item,),
        "awards": (award(field="item", cut=Cut(places=1), conditions=("worker_status",)),),
        "entrants": tuple(alone(f"E{n}") for n in (1, 2, 3)),
    }
    return ContestCase(**(fields | changes))


def test_correction_that_swaps_two_moves_ranks_slot_and_award() -> None:
    found = what_if(case(), FactsChange(item="fitter", facts=total_of("E2", "96")))

    assert [(each.entry, each.before, each.after) for each in found.ranks] == [
        ("E1", RankNow(1, 1, False, D(95)), RankNow(2, 2, False, D(95))),
        ("E2", RankNow(2, 2, False, D(90)), RankNow(1, 1, False, D(96))),
    ]
    assert [(each.entry, each.before, each.after) for each in found.slots] == [
        ("E1", SlotNow("in", None), SlotNow("substitute", 1)),
        ("E2", SlotNow("substitute", 1), SlotNow("in", None)),
    ]
    assert [(each.entry, each.person, each.before, each.after) for each in found.awards] == [
        ("E1", "P-E1", AwardNow("eligible", None), None),
        ("E2", "P-E2", None, AwardNow("eligible", None)),
    ]


def test_correction_without_consequence_moves_nothing() -> None:
    found = what_if(case(), FactsChange(item="fitter", facts=totals("95", "90", "85")[2]))

    assert (found.ranks, found.slots, found.awards) == ((), (), ())


def test_changed_total_alone_is_a_move_of_its_row() -> None:
    found = what_if(case(), FactsChange(item="fitter", facts=total_of("E3", "86")))

    assert [each.entry for each in found.ranks] == ["E3"]
    assert (found.slots, found.awards) == ((), ())


def test_correction_may_come_after_a_place_has_lapsed() -> None:
    """E1 did not answer in time, so E2 has the place; E2's lower total hands it to E3."""
    entrants = (Entrant(entry="E1", answer_by="2025-06-30"), Entrant(entry="E2"), Entrant(entry="E3"))

    found = what_if(
        case(on="2025-07-01", entrants=entrants), FactsChange(item="fitter", facts=total_of("E2", "80"))
    )

    assert [(each.item, each.entry, each.after) for each in found.slots] == [
        ("fitter", "E2", SlotNow("substitute", 1)),
        ("fitter", "E3", SlotNow("in", None)),
    ]


def test_move_of_an_award_names_rule_field_and_level() -> None:
    rule = award(field="item", cut=Cut(places=1), level_target="technician")

    found = what_if(case(awards=(rule,)), FactsChange(item="fitter", facts=total_of("E2", "96")))

    assert [(each.rule, each.field, each.entry, each.after) for each in found.awards] == [
        ("award", "fitter", "E1", None),
        ("award", "fitter", "E2", AwardNow("eligible", "technician")),
    ]
    assert {each.item for each in found.ranks} == {"fitter"}


def test_new_entry_has_no_before() -> None:
    found = what_if(case(), FactsChange(item="fitter", facts=total_of("E4", "1")))

    assert [(each.entry, each.before) for each in (*found.ranks, *found.slots)] == [("E4", None)] * 2


@pytest.mark.parametrize(
    ("judge", "value", "after"), [("J1", "10", "9.5"), ("J3", "10", "9.33"), ("J3", "3", "7")]
)
def test_one_mark_is_replaced_or_added(judge: str, value: str, after: str) -> None:
    plan = one_mark_plan(panel_of(method="mean", drop_high=0, drop_low=0, minimum=1))
    facts = tuple(one_mark_entry(["9", "9"], entry=name) for name in ("E1", "E2"))
    before = case(items=(ItemCase(code="fitter", plan=plan, facts=facts),), awards=())

    found = what_if(before, MarkChange(item="fitter", mark=Mark("E2", judge, "A", "scored", D(value))))

    moved = {each.entry: each.after.total for each in found.ranks if each.after}
    assert moved["E2"] == D(after)


def test_fact_about_a_person_moves_an_award_and_no_rank() -> None:
    found = what_if(
        case(), EntrantChange(entrant=Entrant(entry="E1", members=(worker("P-E1", worker=False),)))
    )

    assert found.ranks == ()
    assert [(each.before, each.after) for each in found.awards] == [
        (AwardNow("eligible", None), AwardNow("not_eligible", None))
    ]


def test_entrant_who_was_not_known_may_be_added() -> None:
    found = what_if(case(entrants=()), EntrantChange(entrant=alone("E1")))

    assert [(each.person, each.before is None) for each in found.awards] == [(None, False), ("P-E1", True)]


def test_fields_of_several_items_take_their_standings_by_code() -> None:
    items = tuple(
        ItemCase(code=code, plan=total_plan(), facts=(total_of(f"{code}1", "9"),), quota=QUOTA)
        for code in "ab"
    )
    field = FieldCase(field=AwardField(kind="trade", code="t", name="钳工", items={}), items=("b",))
    seed = Entrant(entry="S", seed=1)

    picture = picture_of(
        case(items=items, fields=(field,), awards=(award(cut=Cut(places=1)),), entrants=(alone("b1"), seed))
    )

    assert [each.entry for each in picture.awards] == ["b1"]
    assert [slot.entry for slot in picture.slots["a"]] == ["a1"]


def test_single_item_lets_its_seeds_in() -> None:
    picture = picture_of(case(entrants=(Entrant(entry="S", seed=1),)))

    assert {slot.entry for slot in picture.slots["fitter"]} == {"E1", "E2", "E3", "S"}


def test_item_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        what_if(case(), FactsChange(item="turner", facts=total_of("E1", "1")))


def test_any_other_way_to_compute_can_be_asked_the_same() -> None:
    before, after = case(), case(items=case().items[:0])

    assert compare(picture_of, before, after) == moves(picture_of(before), picture_of(after))
    assert len(compare(picture_of, before, after).ranks) == 3


def two_parts() -> Plan:
    theory = Imported(key="theory", title="理论", maximum=D(100), pass_at=D(60))
    practical = Imported(key="practical", title="实操", maximum=D(100), pass_at=D(60))
    root = WeightedSum(
        key="total",
        title="总分",
        parts=(Part(weight=D("0.3"), node=theory), Part(weight=D("0.7"), node=practical)),
    )
    return Plan(code="two", version=1, title="两项", root=root)


@pytest.mark.parametrize(
    ("marks", "passed"),
    [
        ({"theory": D(60), "practical": D("59.9")}, {"theory": True, "practical": False}),
        ({"theory": D(60)}, {}),
    ],
)
def test_pass_lines_of_the_parts_are_facts_of_the_entrant(
    marks: dict[str, Any], passed: dict[str, bool]
) -> None:
    facts = msgspec.structs.replace(total_of("E1", "1"), imported=marks)
    standings = rank(two_parts(), [facts])

    (entrant,) = with_passed(two_parts(), standings, [Entrant(entry="E1", passed={"other": True})])

    assert passed_of(two_parts(), standings.rows[0]) == passed
    assert entrant.passed == passed | {"other": True}
