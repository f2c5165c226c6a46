"""A scheme from the first stage to the awards: who is let in, what is carried, what is set aside."""

from dataclasses import dataclass

import pytest

from scoring import (
    AwardRule,
    Board,
    Carried,
    Cut,
    CutCase,
    Entrant,
    EntryFacts,
    Imported,
    Member,
    Plan,
    QuotaRule,
    Scheme,
    Stage,
    Sum,
    TeamRule,
    Tie,
    scheme_of,
)  # fmt: skip
from scoring.schemes.checks import check_scheme
from scoring.schemes.running import Outcome, run
from tests.scoring.builders import D


def heat() -> Plan:
    return Plan(
        code="heat", version=1, title="初赛", root=Imported(key="paper", title="笔试", maximum=D(100))
    )


def final(*, of: str | None = None, stage: str = "heat") -> Plan:
    root = Sum(
        key="total",
        title="总分",
        parts=(
            Carried(key="before", title="初赛", stage=stage, of=of, maximum=D(100)),
            Imported(key="work", title="作品", maximum=D(100)),
        ),
    )
    return Plan(code="final", version=1, title="决赛", root=root)


def two_stages(slots: QuotaRule | None = None, **more: object) -> Scheme:
    stages = (Stage(key="heat", plan=heat(), slots=slots), Stage(key="final", plan=final()))
    return Scheme(code="s", version=1, title="两阶段", stages=stages, **more)  # type: ignore[arg-type]


def places(number: int, **more: object) -> QuotaRule:
    return QuotaRule(code="q", version=1, name="晋级", places=number, **more)  # type: ignore[arg-type]


def test_plan_alone_is_a_scheme_of_one_stage() -> None:
    outcome = run(scheme_of(heat()), {"main": [paper("A", "60"), paper("B", "70")]}, ())

    assert [row.entry for row in outcome.stages[0].standings.rows] == ["B", "A"]


def paper(entry: str, mark: str, **more: object) -> EntryFacts:
    return EntryFacts(entry=entry, imported={"paper": D(mark)}, **more)  # type: ignore[arg-type]


def work(entry: str, mark: str, **more: object) -> EntryFacts:
    return EntryFacts(entry=entry, imported={"work": D(mark)} | more.pop("imported", {}), **more)  # type: ignore[arg-type]


def outcome_of(
    scheme: Scheme, heats: list[EntryFacts], finals: list[EntryFacts], people: list[Entrant] | None = None
) -> Outcome:
    entrants = people if people is not None else [Entrant(entry=each.entry) for each in heats]
    return run(scheme, {"heat": heats, "final": finals}, entrants)


def totals(outcome: Outcome) -> dict[str, str | None]:
    return {
        row.entry: None if row.total is None else str(row.total) for row in outcome.stages[-1].standings.rows
    }


def test_value_of_the_earlier_stage_is_carried_and_the_cut_holds():
    outcome = outcome_of(
        two_stages(places(1)), [paper("A", "90"), paper("B", "80")], [work("A", "50"), work("B", "99")]
    )

    assert totals(outcome) == {"A": "140"}
    assert outcome.stages[1].uninvited == ("B",)
    assert [(row.entry, row.rank, row.stage) for row in outcome.overall] == [
        ("A", 1, "final"),
        ("B", 2, "heat"),
    ]
    assert outcome.complete


def test_without_slots_everybody_goes_on_and_waits_for_marks():
    outcome = outcome_of(
        two_stages(), [paper("A", "90"), paper("B", "80", columns={"unit": "U"})], [work("A", "50")]
    )

    assert totals(outcome) == {"A": "140", "B": "80"}
    assert outcome.stages[1].results[1].missing[0].node == "work"
    assert not outcome.complete


def test_a_seed_that_did_not_compete_before_is_let_in():
    people = [Entrant(entry="A"), Entrant(entry="B"), Entrant(entry="S", seed=1, columns={"unit": "甲厂"})]
    heats = [paper("A", "90"), paper("B", "80")]

    waiting = outcome_of(two_stages(places(2)), heats, [work("A", "1")], people)
    marked = outcome_of(two_stages(places(2)), heats, [work("A", "1"), work("S", "99")], people)

    assert totals(waiting) == {"A": "91", "S": None}
    assert totals(marked) == {"S": "99", "A": "91"}
    assert marked.stages[1].uninvited == ()


def test_open_and_substitute_are_let_in_once_they_have_marks():
    heats = [paper(entry, mark) for entry, mark in (("A", "90"), ("B", "80"), ("C", "80"), ("D", "70"))]
    scheme = two_stages(places(2, substitutes=1))

    open_still = outcome_of(scheme, heats, [work("A", "1")])
    decided = outcome_of(scheme, heats, [work("A", "1"), work("C", "2")])

    assert totals(open_still) == {"A": "91"}
    assert totals(decided) == {"A": "91", "C": "82"}


def test_what_the_facts_say_goes_before_what_is_carried():
    outcome = outcome_of(two_stages(), [paper("A", "90"), paper("B", "80")], [
        work("A", "1", imported={"before": D(5)}),
        work("B", "1", states={"before": "disqualified"}),
    ])  # fmt: skip

    assert totals(outcome) == {"A": "6", "B": None}


def test_void_value_is_carried_as_void_and_an_open_one_stays_open():
    heats = [EntryFacts(entry="A", states={"paper": "did_not_finish"}), EntryFacts(entry="B")]
    outcome = outcome_of(two_stages(), heats, [work("A", "1"), work("B", "1")])

    rows = {row.entry: row for row in outcome.stages[1].standings.rows}
    assert rows["A"].void == "did_not_finish"
    assert (rows["B"].total, rows["B"].complete) == (D(1), False)


def test_node_of_an_earlier_stage_can_be_named():
    stages = (Stage(key="heat", plan=heat()), Stage(key="final", plan=final(of="paper")))
    scheme = Scheme(code="s", version=1, title="S", stages=stages)

    assert totals(outcome_of(scheme, [paper("A", "90")], [work("A", "1")])) == {"A": "91"}


def test_boards_and_teams_look_at_the_stage_they_name():
    scheme = two_stages(
        boards=(
            Board(key="women", title="女子", where={"sex": ("女",)}),
            Board(key="papers", title="笔试", stage="heat"),
        ),
        teams=(TeamRule(key="units", title="单位", by="unit"),),
    )
    heats = [
        paper("A", "90", columns={"sex": "男", "unit": "U"}),
        paper("B", "95", columns={"sex": "女", "unit": "V"}),
    ]
    finals = [
        work("A", "50", columns={"sex": "男", "unit": "U"}),
        work("B", "40", columns={"sex": "女", "unit": "V"}),
    ]

    outcome = outcome_of(scheme, heats, finals)

    assert list(outcome.boards) == ["women", "papers"]
    assert [row.entry for row in outcome.boards["women"].rows] == ["B"]
    assert [row.entry for row in outcome.boards["papers"].rows] == ["B", "A"]
    assert [row.team for row in outcome.teams[0].rows] == ["U", "V"]


def prize(**more: object) -> AwardRule:
    fields: dict[str, object] = {
        "code": "prize",
        "version": 1,
        "name": "奖",
        "name_en": "Prize",
        "authority": "union",
        "field": "contest",
        "cut": Cut(places=2),
    }
    return AwardRule(**(fields | more))  # type: ignore[arg-type]


def people(*entries: str) -> list[Entrant]:
    return [Entrant(entry=entry, members=(Member(person=entry.lower()),)) for entry in entries]


def test_awards_follow_the_order_over_all_stages():
    scheme = two_stages(places(1), awards=(prize(),))

    outcome = outcome_of(
        scheme,
        [paper("A", "90"), paper("B", "80"), paper("C", "70")],
        [work("A", "5")],
        people("A", "B", "C"),
    )

    assert [(each.entry, each.award_rank, each.outcome) for each in outcome.awards] == [
        ("A", 1, "eligible"),
        ("B", 2, "eligible"),
    ]


def test_groups_are_fields_of_their_own():
    scheme = Scheme(
        code="s",
        version=1,
        title="S",
        stages=(Stage(key="heat", plan=heat()),),
        awards=(prize(field="group", cut=Cut(places=1)), prize(code="all", cut=Cut(places=1))),
    )
    heats = [
        paper("A", "90", columns={"group": "x"}),
        paper("B", "80", columns={"group": "y"}),
        paper("C", "70", columns={"group": "x"}),
        paper("D", "60"),
    ]

    outcome = run(scheme, {"heat": heats}, people("A", "B", "C", "D"))

    assert [(each.rule, each.field, each.entry) for each in outcome.awards] == [
        ("prize", "x", "A"),
        ("prize", "y", "B"),
        ("all", "s", "A"),
    ]


def test_rule_that_cannot_be_applied_is_set_aside_and_the_others_hold():
    by_class = prize(code="by-class", cut=None, cases=(CutCase(cut=Cut(places=1), classes=("1",)),))
    scheme = Scheme(
        code="s", version=1, title="S", stages=(Stage(key="heat", plan=heat()),), awards=(by_class, prize())
    )

    outcome = run(scheme, {"heat": [paper("A", "90")]}, people("A"))

    assert [(each.rule, each.reason.code) for each in outcome.refused] == [("by-class", "case_unknown")]
    assert [each.rule for each in outcome.awards] == ["prize"]


def test_nothing_is_left_when_every_rule_is_set_aside():
    by_class = prize(cut=None, cases=(CutCase(cut=Cut(places=1), classes=("1",)),))
    scheme = Scheme(
        code="s", version=1, title="S", stages=(Stage(key="heat", plan=heat()),), awards=(by_class,)
    )

    outcome = run(scheme, {"heat": [paper("A", "90")]}, people("A"))

    assert outcome.awards == ()
    assert len(outcome.refused) == 1


@dataclass
class Fault:
    """A scheme with one thing wrong."""

    name: str
    scheme: Scheme
    wanted: list[tuple[str, str]]


def scheme_with(**fields: object) -> Scheme:
    return Scheme(
        **({"code": "s", "version": 1, "title": "S", "stages": (Stage(key="heat", plan=heat()),)} | fields)
    )  # type: ignore[arg-type]


FAULTS = [
    Fault("none", two_stages(), []),
    Fault("no stage", scheme_with(stages=(), boards=(Board(key="b", title="B"),)), [("stages", "no_stages"), ("boards > b", "stage_unknown")]),
    Fault("stage key", scheme_with(stages=(Stage(key="初", plan=heat()),)), [("stages > 初", "stage_invalid")]),
    Fault("stage twice", scheme_with(stages=(Stage(key="a", plan=heat()), Stage(key="a", plan=heat()))), [("stages > a", "stage_repeated")]),
    Fault("plan", scheme_with(stages=(Stage(key="a", plan=Plan(code="p", version=1, title="P", root=Sum(key="t", title="T", parts=()))),)), [("t", "no_parts")]),
    Fault("later stage", scheme_with(stages=(Stage(key="final", plan=final()), Stage(key="heat", plan=heat()))), [("stages > final > total > before", "carried_unknown")]),
    Fault("carried node", scheme_with(stages=(Stage(key="heat", plan=heat()), Stage(key="final", plan=final(of="nothing")))), [("stages > final > total > before", "carried_unknown")]),
    Fault("board twice", scheme_with(boards=(Board(key="b", title="B"), Board(key="b", title="B"))), [("boards > b", "code_repeated")]),
    Fault("board stage", scheme_with(boards=(Board(key="b", title="B", stage="x"),)), [("boards > b", "stage_unknown")]),
    Fault("board node", scheme_with(boards=(Board(key="b", title="B", by="x"),)), [("boards > b", "node_unknown")]),
    Fault("board tie", scheme_with(boards=(Board(key="b", title="B", ties=(Tie(key="x"), Tie(of="column", key="y"))),)), [("boards > b", "tie_unknown")]),
    Fault("team stage", scheme_with(teams=(TeamRule(key="t", title="T", by="u", stages=("x",)),)), [("teams > t", "stage_unknown")]),
    Fault("team node", scheme_with(teams=(TeamRule(key="t", title="T", by="u", node="x"),)), [("teams > t", "node_unknown")]),
    Fault("team points", scheme_with(teams=(TeamRule(key="t", title="T", by="u", of="rank_points"),)), [("teams > t", "team_points")]),
    Fault("team number", scheme_with(teams=(TeamRule(key="t", title="T", by="u", best=0, drop=-1),)), [("teams > t", "team_number"), ("teams > t", "team_number")]),
    Fault("award", scheme_with(awards=(prize(excludes=frozenset({"x"})),)), [("awards > prize", "excludes_unknown")]),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_of_a_scheme_is_found_with_its_place(fault):
    assert [(each.path, each.code) for each in check_scheme(fault.scheme)] == fault.wanted


def test_too_deep_a_plan_is_not_walked_again():
    root = Imported(key="x", title="X", maximum=D(1))
    for number in range(40):
        root = Sum(key=f"n{number}", title="N", parts=(root,))
    scheme = scheme_with(stages=(Stage(key="a", plan=Plan(code="p", version=1, title="P", root=root)),))

    assert [each.code for each in check_scheme(scheme)] == ["too_deep"]
