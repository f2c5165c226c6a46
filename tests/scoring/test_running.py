"""A scheme from the first stage to the awards: who is let in, what is carried, what is set aside."""

from dataclasses import dataclass

import msgspec
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


def test_plan_as_a_scheme_keeps_its_names():
    plan = Plan(code="heat", version=3, title="初赛", title_en="Heat", root=heat().root)

    scheme = scheme_of(plan)

    assert (scheme.code, scheme.version, scheme.title, scheme.title_en) == ("heat", 3, "初赛", "Heat")


def test_outcome_names_the_scheme_its_stages_and_who_shares_a_rank():
    heats = [paper(entry, mark) for entry, mark in (("A", "90"), ("B", "80"), ("C", "80"))]

    outcome = run(two_stages(places(3)), {"heat": heats}, people("A", "B", "C"))

    assert (outcome.code, outcome.version) == ("s", 1)
    assert [stage.key for stage in outcome.stages] == ["heat", "final"]
    assert [[row.entry for row in tie.rows] for tie in outcome.stages[0].ties] == [["B", "C"]]


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


def test_substitute_is_let_in_once_it_has_marks():
    heats = [paper(entry, mark) for entry, mark in (("A", "90"), ("B", "80"), ("C", "70"))]
    scheme = two_stages(places(1, substitutes=1))

    stepped_in = outcome_of(scheme, heats, [work("A", "1"), work("B", "2"), work("C", "3")])

    assert totals(stepped_in) == {"A": "91", "B": "82"}
    assert stepped_in.stages[1].uninvited == ("C",)


def test_what_is_known_of_an_entry_goes_on_with_it():
    by_lot = msgspec.structs.replace(final(), ties=(Tie(key="total"), Tie(key="lot", of="lot")))
    scheme = Scheme(
        code="s",
        version=1,
        title="S",
        stages=(Stage(key="heat", plan=heat()), Stage(key="final", plan=by_lot)),
        boards=(Board(key="one", title="一厂", where={"unit": ("一厂",)}),),
    )
    heats = [
        paper("A", "90", lot=2, columns={"unit": "一厂"}),
        paper("B", "90", lot=1),
        paper("H", "95", hors_concours=True),
    ]

    outcome = outcome_of(scheme, heats, [])

    rows = outcome.stages[1].standings.rows
    assert [(row.entry, row.rank, row.hors_concours) for row in rows] == [("H", 1, True), ("B", 2, False), ("A", 3, False)]  # fmt: skip
    assert [row.entry for row in outcome.boards["one"].rows] == ["A"]


def test_each_carried_value_stands_for_itself():
    heat_of_two = Sum(
        key="both",
        title="合计",
        parts=tuple(Imported(key=key, title=key, maximum=D(100)) for key in ("paper", "oral")),
    )
    parts = tuple(
        Carried(key=f"before-{of}", title=of, stage="heat", of=of, maximum=D(100)) for of in ("paper", "oral")
    )
    scheme = Scheme(
        code="s",
        version=1,
        title="S",
        stages=(
            Stage(key="heat", plan=Plan(code="h", version=1, title="H", root=heat_of_two)),
            Stage(
                key="final",
                plan=Plan(code="f", version=1, title="F", root=Sum(key="total", title="总分", parts=parts)),
            ),
        ),
    )
    heats = [
        EntryFacts(entry=entry, imported={"paper": D(60), "oral": D(7)}) for entry in ("carried", "corrected")
    ]

    outcome = outcome_of(scheme, heats, [EntryFacts(entry="corrected", imported={"before-paper": D(50)})])

    assert totals(outcome) == {"carried": "67", "corrected": "57"}


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
        paper("C", "85", columns={"sex": "女", "unit": "V"}),
    ]
    finals = [
        work("A", "60", columns={"sex": "男", "unit": "U"}),
        work("B", "20", columns={"sex": "女", "unit": "V"}),
        work("C", "31", columns={"sex": "女", "unit": "U"}),
    ]

    outcome = outcome_of(scheme, heats, finals)

    assert list(outcome.boards) == ["women", "papers"]
    assert [row.entry for row in outcome.boards["women"].rows] == ["C", "B"]
    assert [row.entry for row in outcome.boards["papers"].rows] == ["B", "A", "C"]
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


def test_award_looks_at_the_field_and_the_ranks_over_all_stages():
    """Half of the four who began: the finalist, and the better of those who went out; nobody is missing any more."""
    rule = prize(cut=Cut(share=D("0.5")))
    heats = [paper(entry, mark) for entry, mark in (("A", "90"), ("B", "80"), ("C", "80"), ("D", "70"))]

    outcome = outcome_of(two_stages(places(1), awards=(rule,)), heats, [work("A", "5")], people(*"ABCD"))

    assert [(each.entry, each.award_rank, each.outcome, each.preview) for each in outcome.awards] == [
        ("A", 1, "eligible", False),
        ("B", 2, "needs_person", False),
        ("C", 2, "needs_person", False),
    ]


def test_award_is_a_preview_while_any_stage_is_open():
    scheme = two_stages(places(1), awards=(prize(cut=Cut(places=1)),))
    heats = [paper("A", "90"), EntryFacts(entry="B")]

    outcome = outcome_of(scheme, heats, [work("A", "5")], people("A", "B"))

    assert outcome.stages[1].standings.complete
    assert [each.preview for each in outcome.awards] == [True]


def test_award_of_one_stage_takes_the_ranks_as_that_stage_numbers_them():
    plan = msgspec.structs.replace(heat(), shared="1223")
    scheme = scheme_with(stages=(Stage(key="heat", plan=plan),), awards=(prize(cut=Cut(places=4)),))
    heats = [paper(entry, mark) for entry, mark in (("A", "90"), ("B", "80"), ("C", "80"), ("D", "70"))]

    outcome = run(scheme, {"heat": heats}, people(*"ABCD"))

    assert [each.award_rank for each in outcome.awards] == [1, 2, 2, 3]


def test_award_may_ask_what_the_scheme_says_of_the_contest():
    rule = prize(
        cut=None,
        cases=(CutCase(cut=Cut(places=1), classes=("省级",), team_sizes=(1,)),),
        conditions=("filed_before_start",),
    )
    scheme = scheme_with(awards=(rule,), contest_class="省级", team_size=1, filed={"union": True})

    (proposal,) = run(scheme, {"heat": [paper("A", "90")]}, people("A")).awards

    assert (proposal.outcome, proposal.facts["filed"]) == ("eligible", "yes")


def test_groups_come_after_the_contest_where_the_rules_say_so():
    scheme = scheme_with(
        awards=(prize(code="all", cut=Cut(places=1)), prize(field="group", cut=Cut(places=1)))
    )

    outcome = run(scheme, {"heat": [paper("A", "90", columns={"group": "x"})]}, people("A"))

    assert [(each.rule, each.field, each.entry) for each in outcome.awards] == [
        ("all", "s", "A"),
        ("prize", "x", "A"),
    ]


def test_refusal_names_the_contest_or_the_group():
    rule = prize(cut=None, cases=(CutCase(cut=Cut(places=1), classes=("省级",)),))
    grouped = msgspec.structs.replace(rule, code="grouped", field="group")
    scheme = scheme_with(title="焊接", title_en="Welding", awards=(rule, grouped))

    outcome = run(scheme, {"heat": [paper("A", "90", columns={"group": "x"})]}, people("A"))

    assert [(each.reason.zh[:4], each.reason.en[:42]) for each in outcome.refused] == [
        ("“焊接”", "The class or the team size of Welding is n"),
        ("“x”的", "The class or the team size of x is not rec"),
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
    Fault("board criteria that name no node", scheme_with(boards=(Board(key="b", title="B", ties=(Tie(of="lot", key="y"), Tie(of="column", key="z"))),)), []),
    Fault("board highest mark", scheme_with(boards=(Board(key="b", title="B", ties=(Tie(key="x", of="highest_mark"),)),)), [("boards > b", "tie_unknown")]),
    Fault("board count-back", scheme_with(boards=(Board(key="b", title="B", ties=(Tie(key="x", of="countback"),)),)), [("boards > b", "tie_unknown")]),
    Fault("least numbers of a team", scheme_with(teams=(TeamRule(key="t", title="T", by="u", best=1, minimum=1, most=1, drop=0),)), []),
    Fault("team twice", scheme_with(teams=(TeamRule(key="t", title="T", by="u"), TeamRule(key="t", title="T", by="u"))), [("teams > t", "code_repeated")]),
    Fault("award twice", scheme_with(awards=(prize(), prize())), [("awards > prize", "code_repeated")]),
    Fault("team most", scheme_with(teams=(TeamRule(key="t", title="T", by="u", most=0, minimum=0),)), [("teams > t", "team_number"), ("teams > t", "team_number")]),
    Fault("team number", scheme_with(teams=(TeamRule(key="t", title="T", by="u", best=0, drop=-1),)), [("teams > t", "team_number"), ("teams > t", "team_number")]),
    Fault("award", scheme_with(awards=(prize(excludes=frozenset({"x"})),)), [("awards > prize", "excludes_unknown")]),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_of_a_scheme_is_found_with_its_place(fault):
    assert [(each.path, each.code) for each in check_scheme(fault.scheme)] == fault.wanted


def test_too_deep_a_plan_is_not_walked_again():
    root = Carried(key="x", title="X", stage="none", maximum=D(1))
    for number in range(33):
        root = Sum(key=f"n{number}", title="N", parts=(root,))
    scheme = scheme_with(stages=(Stage(key="a", plan=Plan(code="p", version=1, title="P", root=root)),))

    assert [each.code for each in check_scheme(scheme)] == ["too_deep"]


def test_other_faults_of_a_plan_do_not_hide_what_it_carries():
    root = Sum(
        key="t",
        title="T",
        parts=(
            Sum(key="empty", title="E", parts=()),
            Carried(key="x", title="X", stage="none", maximum=D(1)),
        ),
    )
    scheme = scheme_with(stages=(Stage(key="a", plan=Plan(code="p", version=1, title="P", root=root)),))

    assert [each.code for each in check_scheme(scheme)] == ["no_parts", "carried_unknown"]


LONG = "x" * 41
SAID: list[tuple[Scheme, str, str]] = [
    (scheme_with(stages=()), "方案没有任何阶段。", "The scheme has no stage."),
    (scheme_with(stages=(Stage(key=LONG, plan=heat()),)), f"阶段编号“{LONG[1:]}”须为 1–40 个字母、数字或 _ . -。", f"The key “{LONG[1:]}” of a stage must be 1 to 40 letters, digits or _ . -."),
    (scheme_with(stages=(Stage(key="a", plan=heat()), Stage(key="a", plan=heat()))), "阶段编号“a”重复。", "The key “a” of a stage is used more than once."),
    (scheme_with(stages=(Stage(key="final", plan=final()),)), "带入的成绩来自“heat”的“总分 / total”，但前面没有这样的阶段或节点。", "Carries “总分 / total” over from the stage “heat”, but no earlier stage has it."),
    (two_stages(boards=(Board(key="b", title="B"), Board(key="b", title="B"))), "编号“b”重复。", "The key “b” is used more than once."),
    (two_stages(boards=(Board(key="b", title="B", stage="x"),)), "没有阶段“x”。", "There is no stage “x”."),
    (two_stages(teams=(TeamRule(key="t", title="T", by="u", stages=("x",)),)), "没有阶段“x”。", "There is no stage “x”."),
    (two_stages(boards=(Board(key="b", title="B", by="x"),)), "该阶段没有节点“x”。", "The stage has no node “x”."),
    (two_stages(teams=(TeamRule(key="t", title="T", by="u", node="x"),)), "该阶段没有节点“x”。", "The stage has no node “x”."),
    (two_stages(boards=(Board(key="b", title="B", ties=(Tie(key="x"),)),)), "排名依据“x”不是方案中的节点。", "The ranking criterion “x” is not a node of the plan."),
    (two_stages(teams=(TeamRule(key="t", title="T", by="u", of="rank_points"),)), "按名次计分须有 points 分值表。", "Rank points need a table `points`."),
    (two_stages(teams=(TeamRule(key="t", title="T", by="u", best=0),)), "“best”的值 0 不合适。", "“best” cannot be 0."),
    (two_stages(awards=(prize(excludes=frozenset({"x"})),)), "排除的奖项“x”不在本方案中。", "Excludes the award “x”, which this scheme does not have."),
    (scheme_with(stages=(Stage(key="final", plan=final(of="paper")),)), "带入的成绩来自“heat”的“paper”，但前面没有这样的阶段或节点。", "Carries “paper” over from the stage “heat”, but no earlier stage has it."),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "zh", "en"), SAID, ids=range(len(SAID)))
def test_fault_of_a_scheme_is_said_in_both_languages(scheme: Scheme, zh: str, en: str) -> None:
    (fault,) = check_scheme(scheme)

    assert (fault.zh, fault.en) == (zh, en)


def test_fault_of_a_plan_keeps_its_words_in_a_scheme_of_several() -> None:
    bad = Plan(code="p", version=1, title="P", root=Sum(key="t", title="T", parts=()))
    stages = (Stage(key="heat", plan=heat()), Stage(key="final", plan=bad))

    (alone,) = check_scheme(scheme_of(bad))
    (fault,) = check_scheme(scheme_with(stages=stages))

    assert (fault.path, fault.zh, fault.en) == ("stages > final > t", alone.zh, alone.en)
