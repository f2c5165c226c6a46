"""Level ladders case by case. Source: DOMAIN §7."""

from typing import Any

import pytest

from scoring import AwardRule, Entrant, Ladder, LadderCase, Level, propose
from scoring.awards.ladders import LadderFacts, climb
from scoring.presets import PRESETS
from tests.scoring.builders import D
from tests.scoring.test_awards import award, descending, field_of, worker
from tests.scoring.test_scoring_laws import sentences


def step(preset: str, rank: int, level: Level | None, **facts: Any) -> str:
    """The level that the preset's ladder leads to; "no" and "?" for a no and a question."""
    ladder = PRESETS[preset].build()[-1].ladder
    assert ladder is not None
    found = climb(ladder, LadderFacts(award_rank=rank, level=level, **facts))
    assert sentences((found.reason,))
    return "?" if found.met is None else found.target or "no"


CLASS = {"1": "province_1", "2": "province_2", "-": None}


@pytest.mark.parametrize(
    ("held", "level", "target"),
    [
        ("medal", "none", "technician"), ("medal", "senior", "technician"), ("medal", "technician", "senior_technician"),
        ("medal", "senior_technician", "no"), ("medal", None, "?"), ("merit", "intermediate", "senior"),
        ("merit", "senior", "technician"), ("merit", "technician", "no"), ("", "senior", "no"), ("merit?", "senior", "?"),
    ],
)  # fmt: skip
def test_hebei_2025(held: str, level: Level | None, target: str) -> None:
    awards = {f"hebei-2025-{held.rstrip('?')}": None if held.endswith("?") else True} if held else {}

    assert step("hebei-2025", 1, level, awards=awards) == target


@pytest.mark.parametrize(
    ("contest_class", "rank", "level", "target"),
    [
        ("1", 1, "none", "technician"), ("1", 5, "senior", "technician"), ("1", 6, "junior", "senior"), ("1", 20, "none", "senior"),
        ("1", 21, "none", "no"), ("2", 3, "senior", "technician"), ("2", 4, "none", "senior"), ("2", 15, "none", "senior"),
        ("2", 16, "none", "no"), ("1", 6, "senior", "no"), ("-", 1, "none", "?"),
    ],
)  # fmt: skip
def test_henan_2023(contest_class: str, rank: int, level: Level, target: str) -> None:
    assert step("henan-2023", rank, level, contest_class=CLASS[contest_class]) == target


@pytest.mark.parametrize(
    ("rank", "level", "passed", "target"),
    [
        (1, "none", {}, "senior_technician"), (3, "technician", {}, "senior_technician"), (4, "none", {}, "technician"),
        (10, "senior", {}, "technician"), (11, "junior", {"theory": True, "practical": True}, "senior"),
        (11, "junior", {"theory": True, "practical": False}, "no"), (11, "junior", {"theory": True}, "?"),
        (11, "senior", {"theory": True, "practical": True}, "no"),
    ],
)  # fmt: skip
def test_heilongjiang_class_1(rank: int, level: Level, passed: dict[str, bool], target: str) -> None:
    assert step("heilongjiang", rank, level, contest_class="province_1", passed=passed) == target
    assert step("heilongjiang", rank, level, contest_class="province_2", passed=passed) == "no"


@pytest.mark.parametrize(
    ("rank", "level", "target"),
    [
        (1, "none", "technician"), (1, "technician", "no"), (2, "senior", "technician"), (10, "senior", "technician"),
        (2, "intermediate", "senior"), (2, "technician", "no"), (11, "none", "junior"), (11, "junior", "intermediate"),
        (11, "senior", "technician"), (11, "chief_technician", "no"), (11, None, "?"),
    ],
)  # fmt: skip
def test_shijiazhuang_2010(rank: int, level: Level | None, target: str) -> None:
    assert step("shijiazhuang-2010", rank, level) == target


@pytest.mark.parametrize(
    ("passed", "outcome"),
    [
        ({"theory": True, "practical": True}, "eligible"),
        ({"theory": True, "practical": False}, "not_eligible"),
        ({"theory": True}, "needs_person"),
    ],
)
def test_shijiazhuang_2010_promotes_only_with_both_parts_passed(
    passed: dict[str, bool], outcome: str
) -> None:
    (rule,) = PRESETS["shijiazhuang-2010"].build()

    (proposal,) = promoted(rule, 1, passed=passed)

    assert (proposal.outcome, proposal.level_target) == (outcome, "technician")


@pytest.mark.parametrize(
    ("level", "target"),
    [("none", "technician"), ("technician", "no"), ("senior_technician", "no"), (None, "?")],
)
def test_chongqing_2010(level: Level | None, target: str) -> None:
    assert step("chongqing-2010", 1, level) == target


def promoted(rule: AwardRule, count: int, **entrant: Any) -> Any:
    standings = descending(count)
    people = [
        Entrant(entry=row.entry, members=(worker(row.entry, level="senior"),), **entrant)
        for row in standings.rows
    ]
    return propose([rule], [field_of(standings, kind="item")], people)


def test_only_winners_are_promoted_in_chongqing() -> None:
    (rule,) = PRESETS["chongqing-2010"].build()

    assert [each.entry for each in promoted(rule, 3)] == ["E1"]


def test_medal_and_promotion_go_together_in_hebei() -> None:
    rules = PRESETS["hebei-2025"].build()
    standings = descending(8)
    people = [
        Entrant(entry=row.entry, members=(worker(row.entry, level=level),))
        for row, level in zip(
            standings.rows, ["technician", "senior", "none", "senior", "none"] + ["none"] * 3, strict=True
        )
    ]

    proposals = propose(rules, [field_of(standings, kind="item")], people)

    levels = {each.entry: each.level_target for each in proposals if each.rule == rules[-1].code}
    assert levels == {
        "E1": "senior_technician", "E2": "technician", "E3": "technician", "E4": "technician", "E5": None, "E6": None,
        "E7": None, "E8": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("case", "facts", "code"),
    [
        (LadderCase(team_sizes=(2,), target="senior"), {}, "team_size_unknown"),
        (LadderCase(team_sizes=(2,), target="senior"), {"team_size": 3}, "no_case_fits"),
        (LadderCase(levels=("none",)), {}, "nothing_to_give"),
        (LadderCase(levels=("none",), target="junior"), {}, "promotion"),
        (LadderCase(up=9), {}, "level_reached"),
        (LadderCase(first=2, target="senior"), {}, "no_case_fits"),
    ],
)
def test_what_a_case_says(case: LadderCase, facts: dict[str, Any], code: str) -> None:
    found = climb(Ladder(cases=(case,)), LadderFacts(award_rank=1, level="none", **facts))

    assert found.reason.code == code


@pytest.mark.parametrize(
    "wrong",
    [{"up": -1}, {"up": 1, "target": "senior"}, {"first": 0}, {"first": 3, "last": 2}],
)
def test_case_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"one level|No rank"):
        LadderCase(**wrong)


def test_ladder_needs_a_case_and_goes_without_a_single_target() -> None:
    with pytest.raises(ValueError, match="at least one case"):
        Ladder(cases=())
    with pytest.raises(ValueError, match="not both"):
        award(ladder=Ladder(cases=(LadderCase(up=1),)), level_target="senior")


def test_promotion_says_which_case_it_rests_on() -> None:
    rule = award(field="item", cut=None, ladder=Ladder(cases=(LadderCase(up=1),)))

    (proposal,) = promoted(rule, 1)

    assert proposal.reasons[-1].zh == "适用第 1 种情形：由高级工（三级）晋升为技师（二级）。"
    assert (proposal.facts["level"], proposal.facts["total"]) == ("senior", str(D(999)))


def promotion(*cases: LadderCase) -> AwardRule:
    return award(code="promotion", cut=None, ladder=Ladder(cases=cases))


def test_ladder_asks_what_is_known_of_contest_team_and_parts() -> None:
    case = LadderCase(classes=("省级",), team_sizes=(1,), passed=("theory",), last=1, up=1)
    entrant = Entrant(
        entry="E1", contest_class="省级", passed={"theory": True}, members=(worker("P"),), team_size=1
    )

    (proposal,) = propose([promotion(case)], [field_of(descending(1))], [entrant])

    assert (proposal.outcome, proposal.level_target) == ("eligible", "technician")


def test_promotion_for_an_award_is_for_whoever_of_the_team_holds_it() -> None:
    medal = award(code="medal", conditions=("worker_status",))
    team = Entrant(entry="E1", members=(worker("A"), worker("B", worker=False), worker("C", worker=None)))

    proposals = propose(
        [medal, promotion(LadderCase(awards=("medal",), up=1))], [field_of(descending(1))], [team]
    )

    assert [(each.person, each.outcome) for each in proposals if each.rule == "promotion"] == [
        ("A", "eligible"),
        ("B", "not_eligible"),
        ("C", "needs_person"),
    ]
