"""Why somebody is proposed for an award, is not, or must be looked at, in the words that are read out and with the facts behind them."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from scoring import (
    AwardCap,
    AwardProposal,
    AwardRule,
    Check,
    CheckItem,
    Cut,
    CutCase,
    Entrant,
    Floor,
    Ladder,
    LadderCase,
    RuleRefused,
    Share,
    propose,
    rank,
)
from scoring.awards.ladders import LadderFacts, climb
from tests.scoring.builders import D, total_of, total_plan, totals
from tests.scoring.test_awards import alone, award, descending, field_of, worker

CONDITIONS: Any = ("worker_status", "filed_before_start", "not_holder", "not_leader_or_official", "clear_record", "level_below_target")  # fmt: skip
WITHIN = ("排名第 1，在本奖第 1 至第 2 名的范围之内。", "Rank 1 is within ranks 1 to 2 of this award.")


def proposed(
    *rules: AwardRule,
    scores: str = "95",
    member: dict[str, Any] | None = None,
    field: dict[str, Any] | None = None,
    people: list[Entrant] | None = None,
    **entrant: Any,
) -> AwardProposal:
    """The last proposal of the last rule, where every entry is one person with these facts."""
    standings = rank(total_plan(), totals(*scores.split()))
    each_alone = [
        Entrant(entry=row.entry, members=(worker(row.entry, **(member or {})),), **entrant)
        for row in standings.rows
    ]
    award_field = msgspec.structs.replace(field_of(standings), **(field or {}))
    return propose(rules, [award_field], each_alone if people is None else people, everyone=True)[-1]


def words(proposal: AwardProposal) -> list[tuple[str, str]]:
    return [(each.zh, each.en) for each in proposal.reasons]


def facts(proposal: AwardProposal) -> dict[str, str]:
    """What is beyond rank, total, field and places."""
    return {
        name: said
        for name, said in proposal.facts.items()
        if name not in {"award_rank", "total", "field", "places"}
    }


PROMOTION = award(conditions=CONDITIONS, level_target="technician")


def test_conditions_that_are_met() -> None:
    proposal = proposed(PROMOTION)

    assert words(proposal) == [
        WITHIN,
        ("具有职工身份。", "The person has worker status."),
        ("竞赛已在开赛前备案。", "The contest was filed before it began."),
        ("此前未获得过该荣誉。", "The person does not hold this honour yet."),
        ("不是单位负责人或公务员。", "The person is neither a firm's leader nor a civil servant."),
        ("没有违纪记录，单位没有否决事项。", "Neither discipline nor the unit stands against it."),
        (
            "现有技能等级为高级工（三级），低于晋升目标技师（二级）。",
            "The present level, senior worker (level 3), is below the target, technician (level 2).",
        ),
    ]
    assert proposal.facts == {
        "award_rank": "1", "total": "95", "field": "1", "worker": "yes", "filed": "yes", "honours": "none", "leader_or_official": "no",
        "clear_record": "yes", "level": "senior", "places": "1-2",
    }  # fmt: skip


def test_conditions_that_are_not_met() -> None:
    against = {"worker": False, "leader_or_official": True, "clear_record": False, "honours": frozenset({"award"}), "level": "technician"}  # fmt: skip
    proposal = proposed(PROMOTION, member=against, field={"filed": {"union": False}})

    assert words(proposal)[1:] == [
        ("不具有职工身份。", "The person does not have worker status."),
        ("竞赛未在开赛前备案。", "The contest was not filed before it began."),
        ("此前已获得该荣誉，不重复授予。", "The person already holds this honour, and it is not given twice."),
        ("是单位负责人或公务员，按规定不授予。", "The person is a firm's leader or a civil servant, and the rule excludes both."),
        ("有违纪记录或单位否决事项。", "Discipline or the unit stands against it."),
        (
            "现有技能等级为技师（二级），不低于晋升目标技师（二级），无需晋升。",
            "The present level, technician (level 2), is not below the target, technician (level 2); there is nothing to promote to.",
        ),
    ]  # fmt: skip
    assert facts(proposal) == {
        "worker": "no", "filed": "no", "honours": "award", "leader_or_official": "yes", "clear_record": "no", "level": "technician",
    }  # fmt: skip


def test_conditions_of_which_nothing_is_known() -> None:
    nothing = dict.fromkeys(("worker", "leader_or_official", "clear_record", "honours", "level"))
    proposal = proposed(PROMOTION, member=nothing, field={"filed": {}})

    assert words(proposal)[1:] == [
        ("职工身份尚未核实，须人工审核。", "Worker status is not known; a person must check it."),
        ("竞赛是否在开赛前备案尚未登记，须人工审核。", "It is not recorded whether the contest was filed before it began; a person must check it."),
        ("此前所获荣誉尚未核实，须人工审核。", "Earlier honours are not known; a person must check them."),
        ("是否为单位负责人或公务员尚未核实，须人工审核。", "It is not known whether the person is a firm's leader or a civil servant; a person must check it."),
        ("违纪和单位否决事项尚未核实，须人工审核。", "Discipline and unit vetoes are not known; a person must check them."),
        ("现有技能等级尚未核实，须人工审核。", "The present skill level is not known; a person must check it."),
    ]  # fmt: skip
    assert set(facts(proposal).values()) == {"unknown"}


DEMANDING = award(
    minimum_total=D(90), floors=(Floor(node="total", minimum=D("90.0"), title="总分", title_en="Total"), Floor(node="theory", title="理论", title_en="Theory")),
    where={"unit": ("一厂",)}, classes=("省级",), team_sizes=(1,), minimum_level="senior", barred_honours=("medal",),
    checklist=(CheckItem(code="veto", title="一票否决", title_en="Veto"),),
)  # fmt: skip


def test_demands_that_are_met_just_so() -> None:
    proposal = proposed(
        DEMANDING, scores="90", member={"checks": {"veto": Check(outcome="clear", reviewer="李", on="2025-06-30")}},
        field={"contest_class": "省级"}, columns={"unit": "一厂"}, passed={"theory": True},
    )  # fmt: skip

    assert proposal.outcome == "eligible"
    assert words(proposal)[1:] == [
        ("竞赛类别符合要求。", "The class of the contest is as the rule requires."),
        ("参赛人数规格符合要求。", "The team size is as the rule requires."),
        ("总分 90 达到规定的 90。", "The total 90 reaches the required 90."),
        ("“总分” 90 达到 90。", "The part “Total” has 90 and reaches 90."),
        ("“理论”合格。", "The part “Theory” is passed."),
        ("所属范围符合要求。", "The group of the entry is as the rule requires."),
        ("现有技能等级符合要求。", "The present skill level is as the rule requires."),
        ("此前所获荣誉符合要求。", "The record of earlier honours is as the rule requires."),
        ("“一票否决”已审核，无异议。", "A reviewer found nothing against it under “Veto”."),
    ]
    assert facts(proposal) == {
        "class": "省级", "team_size": "1", "value:total": "90", "passed:theory": "yes", "column:unit": "一厂", "level": "senior",
        "honours": "none", "check:veto": "clear, 李, 2025-06-30",
    }  # fmt: skip


def test_demands_that_are_not_met() -> None:
    against = {"level": "junior", "honours": frozenset({"medal"}), "checks": {"veto": Check(outcome="against", reviewer="李")}}  # fmt: skip
    proposal = proposed(
        DEMANDING, scores="89", member=against, field={"contest_class": "市级", "team_size": 2}, columns={"unit": "二厂"}, passed={"theory": False}
    )  # fmt: skip

    assert proposal.outcome == "not_eligible"
    assert words(proposal)[1:] == [
        ("竞赛类别不符合要求。", "The class of the contest is not as the rule requires."),
        ("参赛人数规格不符合要求。", "The team size is not as the rule requires."),
        ("总分 89 未达到规定的 90。", "The total 89 is below the required 90."),
        ("“总分” 89 未达到 90。", "The part “Total” has 89, below the required 90."),
        ("“理论”不合格。", "The part “Theory” is not passed."),
        ("所属范围不符合要求。", "The group of the entry is not as the rule requires."),
        ("现有技能等级不符合要求。", "The present skill level is not as the rule requires."),
        ("此前所获荣誉不符合要求。", "The record of earlier honours is not as the rule requires."),
        ("“一票否决”审核不通过。", "A reviewer found something against it under “Veto”."),
    ]
    assert [each.code for each in proposal.reasons][1:] == [
        "class_not_met", "team_size_not_met", "below_minimum", "floor_not_met", "floor_not_met", "group_not_met", "minimum_level_not_met",
        "earlier_honour_not_met", "check_against",
    ]  # fmt: skip
    assert facts(proposal) == {
        "class": "市级", "team_size": "2", "value:total": "89", "passed:theory": "no", "column:unit": "二厂", "level": "junior",
        "honours": "medal", "check:veto": "against, 李",
    }  # fmt: skip


def test_demands_of_which_nothing_is_known() -> None:
    more = Floor(node="x", minimum=D(1))
    rule = msgspec.structs.replace(DEMANDING, floors=(*DEMANDING.floors, more), team_sizes=(2,))
    proposal = proposed(
        rule,
        scores="95 90",
        people=[
            Entrant(entry="E1", team_size=2),
            Entrant(entry="E2", members=(worker("a", level=None, honours=None),)),
        ],
    )

    assert words(proposal)[1:] == [
        ("竞赛类别尚未核实，须人工审核。", "The class of the contest is not known; a person must check it."),
        ("参赛人数规格尚未核实，须人工审核。", "The team size is not known; a person must check it."),
        ("总分 90 达到规定的 90。", "The total 90 reaches the required 90."),
        ("“总分” 90 达到 90。", "The part “Total” has 90 and reaches 90."),
        ("“理论”是否合格尚未登记，须人工核实。", "It is not recorded whether the part “Theory” is passed; a person must check it."),
        ("“x”没有成绩，须人工核实。", "The part “x” has no value; a person must check it."),
        ("所属范围尚未核实，须人工审核。", "The group of the entry is not known; a person must check it."),
        ("现有技能等级尚未核实，须人工审核。", "The present skill level is not known; a person must check it."),
        ("此前所获荣誉尚未核实，须人工审核。", "The record of earlier honours is not known; a person must check it."),
        ("“一票否决”尚无审核结论，须人工审核。", "Nobody has reviewed “Veto”; a person must check it."),
    ]  # fmt: skip
    known = facts(proposal)
    assert known.pop("value:total") == "90"
    assert set(known) == {"class", "team_size", "passed:theory", "value:x", "column:unit", "level", "honours", "check:veto"}  # fmt: skip
    assert set(known.values()) == {"unknown"}


def test_item_and_part_without_a_name_are_named_by_their_code() -> None:
    rule = award(
        floors=(Floor(node="theory"), Floor(node="total", minimum=D(1))),
        checklist=(CheckItem(code="veto", title="一票否决"),),
    )

    assert words(proposed(rule))[1:] == [
        ("“theory”是否合格尚未登记，须人工核实。", "It is not recorded whether the part “theory” is passed; a person must check it."),
        ("“total” 95 达到 1。", "The part “total” has 95 and reaches 1."),
        ("“一票否决”尚无审核结论，须人工审核。", "Nobody has reviewed “veto”; a person must check it."),
    ]  # fmt: skip


FIRST = award(code="first")
FIRST_OPEN = award(code="first", conditions=("worker_status",))
UNKNOWN: dict[str, Any] = {"member": {"worker": None}}
ONE_EACH = (AwardCap(most=1),)

PLACES: list[tuple[str, tuple[AwardRule, ...], str, dict[str, Any], str, str, str]] = [
    ("people_unknown", (award(),), "95", {"people": []}, "needs_person", "没有登记参赛选手，须人工核实。", "No contestant is on record; a person must check it."),
    ("field_too_small", (award(minimum_field=3),), "95", {}, "not_eligible", "参赛 1 个，少于规定的 3 个，不设本奖。", "The field of 1 is below the required 3, so this award is not given."),
    ("higher_award", (FIRST, award(excludes=frozenset({"first"}))), "95", {}, "not_eligible", "本批已列入更高奖项，不再授予本奖。", "A higher award of this batch is proposed already, so this one is not given."),
    ("higher_award_open", (FIRST_OPEN, award(excludes=frozenset({"first"}))), "95", UNKNOWN, "needs_person", "本批更高奖项尚待裁定，须一并审核。", "A higher award of this batch is still to be decided; a person must look at both."),
    ("cap_reached", (FIRST, award(caps=ONE_EACH)), "95", {}, "not_eligible", "本批奖项最多 1 项，已满。", "The limit on the number of awards in this batch, 1, is reached."),
    ("cap_open", (FIRST_OPEN, award(caps=ONE_EACH)), "95", UNKNOWN, "needs_person", "本批奖项最多 1 项，其中有待裁定的，须一并审核。", "The limit on awards in this batch is 1, and some are to be decided; a person must look at all."),
    ("cap_unknown", (award(caps=(AwardCap(by="unit"),)),), "95", {}, "needs_person", "无法确定应计入哪个限额，须人工核实。", "It is not recorded against which limit this counts; a person must find out."),
    ("cap_tie", (award(caps=(AwardCap(by="unit"),)),), "95 95", {"columns": {"unit": "一厂"}}, "needs_person", "第 1 名并列，同一限额不够，须先裁定。", "Rank 1 is shared by more entries than one limit allows; a person must decide first."),
    ("open_tie", (award(),), "95 90 90", {}, "needs_person", "第 2 名并列 2 个，本奖只有 1 个名额可分，须先裁定。", "Rank 2 is shared by 2 entries and places left here are 1; a person must decide first."),
    ("tie_widened", (award(tie="widen"),), "95 90 90", {}, "eligible", "第 2 名并列，按规则扩大名额，全部列入。", "Rank 2 is shared; by rule all who share it are included."),
    ("outside_places", (award(),), "95 90 85", {}, "not_eligible", "排名第 3，不在本奖名额之内。", "Rank 3 is not within the places of this award."),
    ("total_reached", (award(total=1),), "95 90", {}, "not_eligible", "本奖全部名额 1 个已满。", "No place is left of the 1 of this award over all fields."),
    ("total_tie", (award(total=1),), "95 95", {}, "needs_person", "各组第 1 名之间无法分出先后，全部名额只有 1 个，须先裁定。", "The entries of rank 1 in the fields are equal, and the number of places of this award over all fields is 1; a person must decide first."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "rules", "scores", "given", "outcome", "zh", "en"), PLACES, ids=[each[0] for each in PLACES]
)
def test_what_the_place_and_the_batch_say(
    code: str, rules: tuple[AwardRule, ...], scores: str, given: dict[str, Any], outcome: str, zh: str, en: str
) -> None:  # fmt: skip
    proposal = proposed(*rules, scores=scores, **given)

    last = proposal.reasons[-1]
    assert (proposal.outcome, last.code, last.zh, last.en) == (outcome, code, zh, en)


def test_who_moves_up_is_told_why() -> None:
    rule = award(cut=Cut(places=1), back_fill=True, conditions=("worker_status",))

    proposal = proposed(rule, scores="95 90", people=[alone("E1", worker=False), alone("E2")])

    assert words(proposal)[0] == (
        "排名第 2，前面有人不符合条件，按规则递补。",
        "Rank 2 moves up by rule, because somebody ahead is not eligible.",
    )
    assert (proposal.reasons[0].code, proposal.facts["places"]) == ("back_filled", "1-1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hors_concours": True}, ("非正式参赛选手，不参加评奖。", "The entry competed hors concours and takes no award.")),
        ({"state": "late"}, ("该选手没有名次，不参加评奖。", "The entry has no rank and takes no part in awards.")),
    ],
)  # fmt: skip
def test_who_takes_no_part_is_told_why(changes: dict[str, Any], said: tuple[str, str]) -> None:
    standings = rank(total_plan(), [total_of("E1", "95", **changes)])

    (proposal,) = propose([PROMOTION], [field_of(standings)], [alone("E1")], everyone=True)

    assert words(proposal) == [said]
    assert (proposal.person, proposal.facts, proposal.level_target) == ("P-E1", {"award_rank": "none"}, "technician")  # fmt: skip


def test_who_is_outside_the_places_is_told_the_rank() -> None:
    proposal = proposed(PROMOTION, scores="95 90 85")

    assert (proposal.person, proposal.facts, proposal.level_target) == ("E3", {"award_rank": "3"}, "technician")  # fmt: skip


@pytest.mark.parametrize(
    ("case", "changes", "step", "zh", "en"),
    [
        (LadderCase(target="technician"), {}, (True, "technician", 2), "适用第 2 种情形：由高级工（三级）晋升为技师（二级）。", "Case 2 applies: from senior worker (level 3) to technician (level 2)."),
        (LadderCase(up=2), {}, (True, "senior_technician", 2), "适用第 2 种情形：由高级工（三级）晋升为高级技师（一级）。", "Case 2 applies: from senior worker (level 3) to senior technician (level 1)."),
        (LadderCase(), {}, (False, None, 2), "适用第 2 种情形：不再晋升。", "Case 2 applies, and by it nothing is given."),
        (LadderCase(target="senior"), {}, (False, None, 2), "适用第 2 种情形，但现有技能等级为高级工（三级），无需晋升。", "Case 2 applies, but the present level, senior worker (level 3), leaves nothing to promote to."),
        (LadderCase(up=9), {}, (False, None, 2), "适用第 2 种情形，但现有技能等级为高级工（三级），无需晋升。", "Case 2 applies, but the present level, senior worker (level 3), leaves nothing to promote to."),
        (LadderCase(last=1, up=1), {"award_rank": 2}, (False, None, None), "不符合任何晋升情形。", "None of the cases of promotion fits."),
        (LadderCase(classes=("省级",), up=1), {}, (None, None, 2), "竞赛类别尚未确定，无法判断第 2 种晋升情形，须人工审核。", "The class of the contest is not known, so case 2 of the promotion cannot be judged; a person must check it."),
        (LadderCase(team_sizes=(2,), up=1), {}, (None, None, 2), "参赛人数规格尚未确定，无法判断第 2 种晋升情形，须人工审核。", "The team size is not known, so case 2 of the promotion cannot be judged; a person must check it."),
        (LadderCase(awards=("medal",), up=1), {"awards": {"medal": None}}, (None, None, 2), "本批所获奖项尚未确定，无法判断第 2 种晋升情形，须人工审核。", "The award of this batch is not known, so case 2 of the promotion cannot be judged; a person must check it."),
        (LadderCase(passed=("theory",), up=1), {}, (None, None, 2), "单项是否合格尚未确定，无法判断第 2 种晋升情形，须人工审核。", "Whether each part is passed is not known, so case 2 of the promotion cannot be judged; a person must check it."),
        (LadderCase(up=1), {"level": None}, (None, None, 1), "现有技能等级尚未确定，无法判断第 1 种晋升情形，须人工审核。", "The present skill level is not known, so case 1 of the promotion cannot be judged; a person must check it."),
    ],
    ids=range(11),
)  # fmt: skip
def test_step_of_a_ladder_names_its_case(
    case: LadderCase, changes: dict[str, Any], step: tuple[Any, ...], zh: str, en: str
) -> None:
    ladder = Ladder(cases=(LadderCase(levels=("chief_technician",), target="senior"), case))

    found = climb(ladder, LadderFacts(**({"award_rank": 1, "level": "senior"} | changes)))

    assert (found.met, found.target, found.case) == step
    assert (found.reason.zh, found.reason.en) == (zh, en)


@pytest.mark.parametrize(
    ("rule", "field", "code", "zh", "en"),
    [
        (award(), {"items": {"a": descending(1), "b": descending(1)}}, "deciding_item_missing",
         "“钳工”有 2 个项目，规则既未指明以哪个项目为准，也没有合并排名，本规则不予执行。",
         "The rule names neither the deciding item of Fitter nor a merged field; the items are 2 in number, so the rule is not applied."),
        (award(cut=None, cases=(CutCase(cut=Cut(places=1), classes=("x",)),)), {}, "case_unknown",
         "“钳工”的竞赛类别或参赛人数规格未登记，无法确定名额，本规则不予执行。",
         "The class or the team size of Fitter is not recorded, so the rule is not applied."),
    ],
    ids=range(2),
)  # fmt: skip
def test_rule_that_cannot_be_applied_says_what_is_missing(
    rule: AwardRule, field: dict[str, Any], code: str, zh: str, en: str
) -> None:
    with pytest.raises(RuleRefused) as refused:
        proposed(rule, field=field)
    with pytest.raises(RuleRefused) as unnamed:
        proposed(rule, field=field | {"name_en": ""})

    reason = refused.value.reason
    assert (refused.value.rule, reason.code, reason.zh, reason.en) == ("award", code, zh, en)
    assert str(refused.value) == f"award on fitter: {en}"
    assert unnamed.value.reason.en == en.replace("Fitter", "fitter")


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Share(of=D(1), minimum=-1), "The minimum of a share is at least 0."),
        (Cut, "A cut needs a number of places from 1 up, or a share of the field."),
        (lambda: AwardCap(most=0), "A cap on awards is at least 1."),
        (lambda: LadderCase(up=-1), "A case leads to one level, or so many levels up, from 1."),
        (lambda: LadderCase(up=1, target="senior"), "A case leads to one level, or so many levels up, from 1."),
        (lambda: LadderCase(first=3, last=2), "No rank lies between 3 and 2."),
        (lambda: Ladder(cases=()), "A ladder needs at least one case."),
    ],
)  # fmt: skip
def test_part_of_a_rule_that_cannot_be_says_why(build: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError) as refused:
        build()

    assert str(refused.value) == said
