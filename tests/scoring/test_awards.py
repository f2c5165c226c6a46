"""Who is proposed for what, and the published counts. Source of rules and figures: DOMAIN §7."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from scoring import (
    LEVELS,
    AwardField,
    AwardProposal,
    AwardRule,
    Cut,
    Entrant,
    Level,
    Member,
    RuleRefused,
    Standings,
    hebei_provincial,
    propose,
    rank,
    shijiazhuang_2022,
)
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, panel_of, total_of, total_plan, totals

FILED: dict[Any, bool] = {"union": True, "hrss": True}


def worker(person: str, **changes: Any) -> Member:
    """Somebody against whom nothing speaks."""
    fields: dict[str, Any] = {
        "worker": True,
        "leader_or_official": False,
        "clear_record": True,
        "honours": frozenset(),
        "level": "senior",
    }
    return Member(person=person, **(fields | changes))


def alone(entry: str, **changes: Any) -> Entrant:
    return Entrant(entry=entry, members=(worker(f"P-{entry}", **changes),))


def field_of(
    standings: Standings, kind: Any = "trade", code: str = "fitter", filed: Any = FILED
) -> AwardField:
    return AwardField(
        kind=kind, code=code, name="钳工", name_en="Fitter", items={"item": standings}, filed=filed
    )


def award(**changes: Any) -> AwardRule:
    fields: dict[str, Any] = {
        "code": "award",
        "version": 1,
        "name": "奖",
        "name_en": "Award",
        "authority": "union",
        "field": "trade",
        "cut": Cut(places=2),
    }
    return AwardRule(**(fields | changes))


def descending(count: int, prefix: str = "E") -> Standings:
    return rank(total_plan(), [total_of(f"{prefix}{n}", str(1000 - n)) for n in range(1, count + 1)])


def told(proposals: Iterable[AwardProposal]) -> str:
    return " ".join(f"{each.entry}:{each.outcome}" for each in proposals)


def run(rule: AwardRule, scores: str, *entrants: Entrant, **options: Any) -> tuple[AwardProposal, ...]:
    facts = totals(*scores.split())
    named = {each.entry for each in entrants}
    others = [alone(each.entry) for each in facts if each.entry not in named]
    return propose([rule], [field_of(rank(total_plan(), facts))], [*entrants, *others], **options)


def test_shijiazhuang_2022_gives_22_champions_44_pace_setters_and_154_experts() -> None:
    trades = [field_of(descending(12, f"T{n}-"), code=f"trade-{n}") for n in range(22)]
    entrants = [alone(row.entry) for trade in trades for row in trade.items["item"].rows]

    proposals = propose(shijiazhuang_2022(), trades, entrants)

    assert Counter(each.rule for each in proposals if each.outcome == "eligible") == {
        "shijiazhuang-champion": 22,
        "shijiazhuang-pace-setter": 44,
        "shijiazhuang-expert": 154,
    }
    assert len(proposals) == 220


@pytest.mark.parametrize(("back_fill", "granted"), [(False, 258), (True, 294)])
def test_294_places_with_36_refusals_give_258_or_294_with_back_fill(back_fill: bool, granted: int) -> None:
    # 98 trades with three places each; in the first 36 the second of the trade already holds the title.
    trades = [field_of(descending(6, f"T{n}-"), code=f"trade-{n}") for n in range(98)]
    holders = {f"T{n}-2": frozenset({"award"}) for n in range(36)}
    entrants = [
        alone(row.entry, honours=holders.get(row.entry, frozenset()))
        for trade in trades
        for row in trade.items["item"].rows
    ]
    rule = award(cut=Cut(places=3), conditions=("not_holder",), back_fill=back_fill)

    outcomes = Counter(each.outcome for each in propose([rule], trades, entrants))

    assert outcomes == {"eligible": granted, "not_eligible": 36}


def test_hebei_final_gives_medal_title_and_level_to_the_first() -> None:
    standings = descending(12)
    fields = [field_of(standings), field_of(standings, kind="item", code="fitter-single")]

    proposals = propose(
        hebei_provincial(level_target="technician"), fields, [alone(row.entry) for row in standings.rows]
    )

    assert Counter(each.rule for each in proposals) == {
        "hebei-may-day-medal": 1,
        "hebei-technical-expert": 3,
        "hebei-level-promotion": 10,
    }
    assert {each.outcome for each in proposals} == {"eligible"}
    assert {each.level_target for each in proposals if each.field == "fitter-single"} == {"technician"}
    assert [reason.code for reason in proposals[0].reasons] == [
        "within_places", "worker_status", "filed_before_start", "not_holder", "clear_record", "not_leader_or_official",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unknown", "code"),
    [
        ({"worker": None}, "worker_status_unknown"),
        ({"leader_or_official": None}, "not_leader_or_official_unknown"),
        ({"clear_record": None}, "clear_record_unknown"),
        ({"honours": None}, "not_holder_unknown"),
    ],
)
def test_unknown_fact_needs_a_person(unknown: dict[str, Any], code: str) -> None:
    medal = hebei_provincial(level_target="technician")[0]

    (proposal,) = run(medal, "95 90", alone("E1", **unknown))

    assert proposal.outcome == "needs_person"
    assert code in [reason.code for reason in proposal.reasons]


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"worker": False}, "worker_status_not_met"),
        ({"leader_or_official": True}, "not_leader_or_official_not_met"),
        ({"clear_record": False}, "clear_record_not_met"),
        ({"honours": frozenset({"hebei-may-day-medal"})}, "not_holder_not_met"),
    ],
)
def test_failed_condition_is_a_no_with_its_reason(fact: dict[str, Any], code: str) -> None:
    medal = hebei_provincial(level_target="technician")[0]

    (proposal,) = run(medal, "95 90", alone("E1", **fact))

    assert proposal.outcome == "not_eligible"
    assert code in [reason.code for reason in proposal.reasons]


@pytest.mark.parametrize(
    ("filed", "outcome"),
    [({"union": True}, "eligible"), ({"union": False}, "not_eligible"), ({"hrss": True}, "needs_person")],
)
def test_honour_depends_on_filing_with_its_own_authority(filed: dict[Any, bool], outcome: str) -> None:
    rule = award(cut=Cut(places=1), conditions=("filed_before_start",))

    (proposal,) = propose([rule], [field_of(descending(2), filed=filed)], [alone("E1")])

    assert proposal.outcome == outcome


@pytest.mark.parametrize(
    ("level", "outcome"),
    [("none", "eligible"), ("apprentice", "eligible"), ("senior", "eligible"), ("technician", "not_eligible"),
     ("senior_technician", "not_eligible"), ("chief_technician", "not_eligible"), (None, "needs_person")],
)  # fmt: skip
def test_promotion_leads_up_to_the_target_level(level: Level | None, outcome: str) -> None:
    rule = award(cut=Cut(places=1), conditions=("level_below_target",), level_target="technician")

    (proposal,) = run(rule, "95 90", alone("E1", level=level))

    assert proposal.outcome == outcome


def test_promotion_without_a_target_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a level_target"):
        award(conditions=("level_below_target",))


def test_ladder_goes_from_no_level_to_chief_technician() -> None:
    assert (*LEVELS,)[:: len(LEVELS) - 1] == ("none", "chief_technician")
    assert [LEVELS[level][0] for level in ("senior", "technician")] == ["高级工（三级）", "技师（二级）"]


@pytest.mark.parametrize(
    ("back_fill", "expected"),
    [
        (False, "E1:eligible E2:not_eligible"),
        (True, "E1:eligible E2:not_eligible E3:eligible"),
    ],
)
def test_refused_place_stays_empty_or_passes_to_the_next(back_fill: bool, expected: str) -> None:
    rule = award(conditions=("worker_status",), back_fill=back_fill)

    proposals = run(rule, "95 90 85 80", alone("E2", worker=False))

    assert told(proposals) == expected
    assert [each.back_filled for each in proposals] == [False, False, True][: len(proposals)]


def test_open_question_holds_its_place_against_back_fill() -> None:
    rule = award(conditions=("worker_status",), back_fill=True)

    assert told(run(rule, "95 90 85", alone("E2", worker=None))) == "E1:eligible E2:needs_person"


@pytest.mark.parametrize(
    ("changes", "scores", "expected"),
    [
        ({}, "95 90 90 80", "E1:eligible E2:needs_person E3:needs_person"),
        ({"tie": "widen"}, "95 90 90 80", "E1:eligible E2:eligible E3:eligible"),
        ({}, "95 95 90", "E1:eligible E2:eligible"),
        ({"above": (Cut(places=1),)}, "95 95 90 85", "E1:needs_person E2:needs_person E3:eligible"),
        (
            {"above": (Cut(places=1),), "tie": "widen"},
            "95 95 90 85",
            "E1:needs_person E2:needs_person E3:eligible",
        ),
        (
            {"above": (Cut(places=1),), "back_fill": True},
            "95 95 90 85",
            "E1:needs_person E2:needs_person E3:eligible",
        ),
        (
            {"above": (Cut(places=1),), "cut": Cut(places=1), "tie": "widen"},
            "95 90 90 85",
            "E2:eligible E3:eligible",
        ),
        ({"above": (Cut(places=2),)}, "95 95 90 85", "E3:eligible E4:eligible"),
        ({"cut": Cut(places=1)}, "95 95 95", "E1:needs_person E2:needs_person E3:needs_person"),
    ],
)
def test_tie_at_the_edge_of_an_award(changes: dict[str, Any], scores: str, expected: str) -> None:
    assert told(run(award(**changes), scores)) == expected


def test_refusal_can_settle_a_tie() -> None:
    rule = award(conditions=("worker_status",))

    assert told(run(rule, "95 90 90", alone("E2", worker=False))) == "E1:eligible E2:not_eligible E3:eligible"


def test_hors_concours_takes_no_award_and_the_next_move_up() -> None:
    standings = rank(total_plan(), [total_of("H", "99", hors_concours=True), *totals("95", "90", "85")])

    proposals = propose(
        [award()], [field_of(standings)], [alone(row.entry) for row in standings.rows], everyone=True
    )

    assert told(proposals) == "E1:eligible E2:eligible H:not_eligible E3:not_eligible"
    assert [each.reasons[0].code for each in proposals][2:] == ["hors_concours", "outside_places"]


def test_everyone_else_gets_a_no_with_its_reason_when_asked_for() -> None:
    standings = rank(total_plan(), [*totals("95", "90", "85"), total_of("E9", "99", state="late")])

    proposals = propose([award()], [field_of(standings)], [alone("E1"), alone("E2")], everyone=True)

    assert [(each.entry, each.person, each.reasons[0].code) for each in proposals][2:] == [
        ("E3", None, "outside_places"),
        ("E9", None, "not_ranked"),
    ]


def test_teams_award_is_one_proposal_per_contestant_and_one_place() -> None:
    team = Entrant(
        entry="E1",
        members=(
            worker("A"),
            worker("B", worker=False),
            worker("C", role="leader"),
            worker("D", role="coach"),
        ),
    )

    proposals = run(award(conditions=("worker_status",), back_fill=True), "95 90 85", team)

    assert [(each.entry, each.person, each.outcome) for each in proposals] == [
        ("E1", "A", "eligible"),
        ("E1", "B", "not_eligible"),
        ("E2", "P-E2", "eligible"),
    ]


def test_entry_without_people_on_record_needs_a_person() -> None:
    (first, _) = run(award(), "95 90", Entrant(entry="E1"))

    assert (first.person, first.outcome, first.reasons[-1].code) == (None, "needs_person", "people_unknown")


@pytest.mark.parametrize(("field", "expected"), [(2, {"not_eligible"}), (3, {"eligible"}), (4, {"eligible"})])
def test_field_below_the_minimum_gives_no_award(field: int, expected: set[str]) -> None:
    proposals = run(award(minimum_field=3, back_fill=True), " ".join(str(90 - n) for n in range(field)))

    assert {each.outcome for each in proposals} == expected
    assert len(proposals) == 2


def test_too_small_a_field_passes_no_place_on() -> None:
    rule = award(minimum_field=3, cut=Cut(places=1), back_fill=True)

    assert told(run(rule, "95 90")) == "E1:not_eligible"


def test_clear_yes_of_one_team_member_outweighs_the_question_of_another() -> None:
    champion = award(code="champion", cut=Cut(places=1), conditions=("worker_status",))
    second_award = award(code="second", cut=Cut(places=1), excludes=frozenset({"champion"}))
    team = Entrant(entry="E1", members=(worker("A"), worker("B", worker=None)))

    proposals = propose([champion, second_award], [field_of(descending(2))], [team])

    assert told(proposals) == "E1:eligible E1:needs_person E1:not_eligible E1:not_eligible"


def test_trade_with_several_items_and_no_deciding_one_is_refused() -> None:
    trade = AwardField(
        kind="trade",
        code="fitter",
        name="钳工",
        name_en="Fitter",
        items={"a": descending(2, "A"), "b": descending(2, "B")},
    )
    entrants = [alone("B1"), alone("B2")]

    with pytest.raises(RuleRefused, match="names neither the deciding item") as refused:
        propose([award()], [trade], entrants)
    with pytest.raises(RuleRefused):
        propose([award(deciding_items={"fitter": "c"})], [trade], entrants)

    assert refused.value.reason.zh.startswith("“钳工”有 2 个项目")
    assert (
        told(propose([award(deciding_items={"fitter": "b"})], [trade], entrants)) == "B1:eligible B2:eligible"
    )


def test_higher_award_of_the_batch_excludes_the_lower_one() -> None:
    champion = award(code="champion", cut=Cut(places=1), conditions=("worker_status",), back_fill=True)
    pace_setter = award(code="pace", above=(Cut(places=1),), excludes=frozenset({"champion"}), back_fill=True)
    standings = descending(5)

    def both(first: bool | None, second: bool | None) -> str:
        entrants = [alone("E1", worker=first), alone("E2", worker=second), *map(alone, ("E3", "E4", "E5"))]
        return told(propose([champion, pace_setter], [field_of(standings)], entrants))

    assert both(True, True) == "E1:eligible E2:eligible E3:eligible"
    assert both(False, True) == "E1:not_eligible E2:eligible E2:not_eligible E3:eligible E4:eligible"
    assert both(False, None) == "E1:not_eligible E2:needs_person E2:needs_person E3:eligible"


@pytest.mark.parametrize(
    ("cut", "field", "places"),
    [
        (Cut(places=3), 2, 3),
        (Cut(share=D("0.1")), 39, 3),
        (Cut(share=D("0.1")), 40, 4),
        (Cut(share=D("0.1")), 9, 1),
        (Cut(share=D("0.1"), minimum=0), 9, 0),
        (Cut(share=D("0.3"), rounding="round"), 5, 2),
        (Cut(share=D("0.3"), rounding="round"), 4, 1),
        (Cut(share=D("0.3"), rounding="ceil"), 4, 2),
        (Cut(share=D("0.3"), places=9), 40, 9),
        (Cut(share=D("0.3"), places=9), 20, 6),
    ],
)
def test_places_are_a_number_or_a_share_of_the_field(cut: Cut, field: int, places: int) -> None:
    assert cut.size(field) == places


@pytest.mark.parametrize(
    "wrong", [{}, {"places": 0}, {"share": D(0)}, {"share": D("1.1")}, {"share": D("NaN")}]
)
def test_impossible_cut_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Cut(**wrong)


def test_awards_from_unfinished_standings_are_a_preview() -> None:
    standings = rank(one_mark_plan(panel_of()), [one_mark_entry(["9"] * 4)])

    (proposal,) = propose([award()], [field_of(standings)], [alone("E1")])

    assert proposal.preview


def test_rule_looks_only_at_fields_of_its_kind() -> None:
    assert propose([award(field="contest")], [field_of(descending(3))], []) == ()
