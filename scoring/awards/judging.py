"""One person and one award: every question the rule asks, with its answer, its sentence and the fact it rests on."""

from collections.abc import Iterator
from typing import NamedTuple

from scoring.awards.batch import Batch, cap_value
from scoring.awards.conditions import check_condition, fact_of
from scoring.awards.fields import AwardField, AwardOutcome
from scoring.awards.ladders import LadderFacts, climb
from scoring.awards.rules import AwardCap, AwardRule, CheckItem
from scoring.entrants.people import Entrant, Level, Member, Reason, below
from scoring.entrants.terms import check_floor, column_of, fits
from scoring.ranking.standings import StandingRow


class Case(NamedTuple):
    """One rule in one field of `size` entries, and what has been proposed before."""

    rule: AwardRule
    field: AwardField
    batch: Batch
    team_size: int | None
    size: int

    @property
    def too_small(self) -> bool:
        """The field is below the rule's minimum: nobody qualifies, so there is nobody to pass a place on to."""
        return self.size < self.rule.minimum_field


class Judged(NamedTuple):
    """What the rule says of one person."""

    person: str | None
    outcome: AwardOutcome
    reasons: tuple[Reason, ...]
    facts: dict[str, str]
    level_target: Level | None


class Answer(NamedTuple):
    """Met, not met, or None: somebody has to find out."""

    met: bool | None
    reason: Reason
    fact: tuple[str, str] | None = None


def judge_entry(case: Case, row: StandingRow, entrant: Entrant | None) -> list[Judged]:
    """One answer per contestant; a question where no contestant is on record."""
    facts = {
        "award_rank": _text(row.award_rank),
        "total": _text(row.total),
        "field": str(case.size),
    }
    if entrant is None or not entrant.contestants:
        zh, en = "没有登记参赛选手，须人工核实。", "No contestant is on record; a person must check it."
        return [Judged(None, "needs_person", (Reason("people_unknown", zh, en),), facts, None)]
    shared = [*_of_field(case), *_of_entry(case, row, entrant)]
    return [_judge(case, row, entrant, member, shared, facts) for member in entrant.contestants]


def _judge(
    case: Case, row: StandingRow, entrant: Entrant, member: Member, shared: list[Answer], facts: dict[str, str]
) -> Judged:  # fmt: skip
    target = case.rule.level_target
    answers = [*shared, *_of_person(case, entrant, member)]
    if case.rule.ladder is not None:
        step = climb(case.rule.ladder, _ladder_facts(case, row, entrant, member))
        target = step.target
        fact = ("level", member.level or "unknown")
        answers.append(Answer(step.met, step.reason, fact))
    met = [answer.met for answer in answers]
    outcome: AwardOutcome = "not_eligible" if False in met else "needs_person" if None in met else "eligible"
    used = dict(answer.fact for answer in answers if answer.fact is not None)
    return Judged(member.person, outcome, tuple(each.reason for each in answers), facts | used, target)


def _of_field(case: Case) -> Iterator[Answer]:
    rule = case.rule
    if case.too_small:
        zh = f"参赛 {case.size} 个，少于规定的 {rule.minimum_field} 个，不设本奖。"
        en = f"The field of {case.size} is below the required {rule.minimum_field}, so this award is not given."
        yield Answer(False, Reason("field_too_small", zh, en))
    if rule.classes:
        known = case.field.contest_class
        met = None if known is None else known in rule.classes
        yield Answer(
            met, _said("class", met, "竞赛类别", "class of the contest"), ("class", known or "unknown")
        )
    if rule.team_sizes:
        met = None if case.team_size is None else case.team_size in rule.team_sizes
        size = "unknown" if case.team_size is None else str(case.team_size)
        yield Answer(met, _said("team_size", met, "参赛人数规格", "team size"), ("team_size", size))


def _of_entry(case: Case, row: StandingRow, entrant: Entrant) -> Iterator[Answer]:
    rule = case.rule
    match case.batch.excluded(rule, row.entry):
        case "eligible":
            zh = "本批已列入更高奖项，不再授予本奖。"
            en = "A higher award of this batch is proposed already, so this one is not given."
            yield Answer(False, Reason("higher_award", zh, en))
        case "needs_person":
            zh = "本批更高奖项尚待裁定，须一并审核。"
            en = "A higher award of this batch is still to be decided; a person must look at both."
            yield Answer(None, Reason("higher_award_open", zh, en))
    least = rule.minimum_total
    if least is not None and row.total is not None:
        enough = row.total >= least
        zh = f"总分 {row.total} {'达到' if enough else '未达到'}规定的 {least}。"
        en = f"The total {row.total} {'reaches' if enough else 'is below'} the required {least}."
        yield Answer(enough, Reason("minimum_total" if enough else "below_minimum", zh, en))
    for floor in rule.floors:
        yield Answer(*check_floor(floor, row, entrant))
    if rule.where:
        met = fits(rule.where, entrant)
        for name in rule.where:
            fact = (f"column:{name}", column_of(entrant, name) or "unknown")
            yield Answer(met, _said("group", met, "所属范围", "group of the entry"), fact)


def _of_person(case: Case, entrant: Entrant, member: Member) -> Iterator[Answer]:
    rule = case.rule
    filed = case.field.filed.get(rule.authority)
    for each in rule.conditions:
        met, reason = check_condition(each, member, award=rule.code, filed=filed, target=rule.level_target)
        yield Answer(met, reason, fact_of(each, member, filed))
    if rule.minimum_level is not None:
        yield _least_level(rule.minimum_level, member.level)
    if rule.barred_honours:
        barred = None if member.honours is None else bool(member.honours & set(rule.barred_honours))
        met = None if barred is None else not barred
        honours = "unknown" if member.honours is None else ", ".join(sorted(member.honours)) or "none"
        yield Answer(
            met,
            _said("earlier_honour", met, "此前所获荣誉", "record of earlier honours"),
            ("honours", honours),
        )
    for item in rule.checklist:
        yield _checked(item, member)
    for cap in rule.caps:
        yield from _capped(case, cap, cap_value(cap, entrant, member.person))


def _least_level(least: Level, level: Level | None) -> Answer:
    met = None if level is None else not below(level, least)
    return Answer(
        met, _said("minimum_level", met, "现有技能等级", "present skill level"), ("level", level or "unknown")
    )


def _checked(item: CheckItem, member: Member) -> Answer:
    """Never silently automatic: without a named reviewer the item is not answered."""
    check = member.checks.get(item.code)
    title, title_en = item.title, item.title_en or item.code
    if check is None or not check.reviewer:
        zh, en = (
            f"“{title}”尚无审核结论，须人工审核。",
            f"Nobody has reviewed “{title_en}”; a person must check it.",
        )
        return Answer(None, Reason("check_open", zh, en), (f"check:{item.code}", "unknown"))
    fact = (
        f"check:{item.code}",
        f"{check.outcome}, {check.reviewer}" + (f", {check.on}" if check.on else ""),
    )
    if check.outcome == "clear":
        zh, en = f"“{title}”已审核，无异议。", f"A reviewer found nothing against it under “{title_en}”."
        return Answer(True, Reason("check_clear", zh, en), fact)
    zh, en = f"“{title}”审核不通过。", f"A reviewer found something against it under “{title_en}”."
    return Answer(False, Reason("check_against", zh, en), fact)


def _capped(case: Case, cap: AwardCap, value: str | None) -> Iterator[Answer]:
    if value is None:
        zh = "无法确定应计入哪个限额，须人工核实。"
        en = "It is not recorded against which limit this counts; a person must find out."
        yield Answer(None, Reason("cap_unknown", zh, en))
        return
    clear, asked = case.batch.counted(cap, value)
    if clear >= cap.most:
        zh = f"本批奖项最多 {cap.most} 项，已满。"
        en = f"The limit on the number of awards in this batch, {cap.most}, is reached."
        yield Answer(False, Reason("cap_reached", zh, en))
    elif asked >= cap.most:
        zh = f"本批奖项最多 {cap.most} 项，其中有待裁定的，须一并审核。"
        en = f"The limit on awards in this batch is {cap.most}, and some are to be decided; a person must look at all."
        yield Answer(None, Reason("cap_open", zh, en))


def _ladder_facts(case: Case, row: StandingRow, entrant: Entrant, member: Member) -> LadderFacts:
    codes = {code for each in (case.rule.ladder.cases if case.rule.ladder else ()) for code in each.awards}
    return LadderFacts(
        award_rank=row.award_rank or 0,
        contest_class=case.field.contest_class or entrant.contest_class,
        team_size=case.team_size,
        level=member.level,
        awards={code: case.batch.holds(code, row.entry, member.person) for code in sorted(codes)},
        passed=entrant.passed,
    )


def _said(code: str, met: bool | None, zh: str, en: str) -> Reason:
    if met is None:
        return Reason(
            f"{code}_unknown",
            f"{zh}尚未核实，须人工审核。",
            f"The {en} is not known; a person must check it.",
        )
    if met:
        return Reason(code, f"{zh}符合要求。", f"The {en} is as the rule requires.")
    return Reason(f"{code}_not_met", f"{zh}不符合要求。", f"The {en} is not as the rule requires.")


def _text(value: object) -> str:
    return "unknown" if value is None else str(value)
