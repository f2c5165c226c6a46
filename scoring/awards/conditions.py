"""The conditions an award may set for a person: each answers yes, no or "ask", with a sentence for every answer.

| code | rule (DOMAIN §7) | fact |
| --- | --- | --- |
| worker_status | titles need worker status | `Member.worker` |
| filed_before_start | honours depend on filing before the contest | `AwardField.filed` of the rule's authority |
| not_holder | who already holds it gets it no second time | `Member.honours` |
| not_leader_or_official | leaders and civil servants are on the checklist | `Member.leader_or_official` |
| clear_record | discipline, unit veto | `Member.clear_record` |
| level_below_target | a promotion leads up | `Member.level` |
"""

from typing import Final, Literal, TypeAlias

from scoring.entrants.people import LEVELS, Level, Member, Reason, below

Condition: TypeAlias = Literal[
    "worker_status",
    "filed_before_start",
    "not_holder",
    "not_leader_or_official",
    "clear_record",
    "level_below_target",
]

_Texts: TypeAlias = tuple[tuple[str, str], tuple[str, str], tuple[str, str]]

_TEXTS: Final[dict[Condition, _Texts]] = {
    "worker_status": (
        ("具有职工身份。", "The person has worker status."),
        ("不具有职工身份。", "The person does not have worker status."),
        ("职工身份尚未核实，须人工审核。", "Worker status is not known; a person must check it."),
    ),
    "filed_before_start": (
        ("竞赛已在开赛前备案。", "The contest was filed before it began."),
        ("竞赛未在开赛前备案。", "The contest was not filed before it began."),
        ("竞赛是否在开赛前备案尚未登记，须人工审核。", "It is not recorded whether the contest was filed before it began; a person must check it."),
    ),
    "not_holder": (
        ("此前未获得过该荣誉。", "The person does not hold this honour yet."),
        ("此前已获得该荣誉，不重复授予。", "The person already holds this honour, and it is not given twice."),
        ("此前所获荣誉尚未核实，须人工审核。", "Earlier honours are not known; a person must check them."),
    ),
    "not_leader_or_official": (
        ("不是单位负责人或公务员。", "The person is neither a firm's leader nor a civil servant."),
        ("是单位负责人或公务员，按规定不授予。", "The person is a firm's leader or a civil servant, and the rule excludes both."),
        ("是否为单位负责人或公务员尚未核实，须人工审核。", "It is not known whether the person is a firm's leader or a civil servant; a person must check it."),
    ),
    "clear_record": (
        ("没有违纪记录，单位没有否决事项。", "Neither discipline nor the unit stands against it."),
        ("有违纪记录或单位否决事项。", "Discipline or the unit stands against it."),
        ("违纪和单位否决事项尚未核实，须人工审核。", "Discipline and unit vetoes are not known; a person must check them."),
    ),
    "level_below_target": (
        ("现有技能等级为{present}，低于晋升目标{target}。", "The present level, {present_en}, is below the target, {target_en}."),
        ("现有技能等级为{present}，不低于晋升目标{target}，无需晋升。", "The present level, {present_en}, is not below the target, {target_en}; there is nothing to promote to."),
        ("现有技能等级尚未核实，须人工审核。", "The present skill level is not known; a person must check it."),
    ),
}  # fmt: skip


def check_condition(
    condition: Condition, member: Member, *, award: str, filed: bool | None, target: Level | None
) -> tuple[bool | None, Reason]:
    """Met, not met, or None: somebody has to find out; with the sentence that says so."""
    met = _met(condition, member, award, filed, target)
    zh, en = _TEXTS[condition][0 if met else 2 if met is None else 1]
    present = LEVELS[member.level or "none"]
    goal = LEVELS[target or "none"]
    names = {"present": present[0], "present_en": present[1], "target": goal[0], "target_en": goal[1]}
    suffix = "" if met else "_unknown" if met is None else "_not_met"
    return met, Reason(condition + suffix, zh.format(**names), en.format(**names))


def _met(
    condition: Condition, member: Member, award: str, filed: bool | None, target: Level | None
) -> bool | None:
    match condition:
        case "worker_status":
            return member.worker
        case "filed_before_start":
            return filed
        case "not_holder":
            return None if member.honours is None else award not in member.honours
        case "not_leader_or_official":
            return None if member.leader_or_official is None else not member.leader_or_official
        case "clear_record":
            return member.clear_record
        case _:
            return None if member.level is None or target is None else below(member.level, target)


def fact_of(condition: Condition, member: Member, filed: bool | None) -> tuple[str, str]:
    """The fact behind a condition: its name and what is known of it, as text."""
    match condition:
        case "worker_status":
            return "worker", _known(member.worker)
        case "filed_before_start":
            return "filed", _known(filed)
        case "not_holder":
            return "honours", "unknown" if member.honours is None else ", ".join(
                sorted(member.honours)
            ) or "none"
        case "not_leader_or_official":
            return "leader_or_official", _known(member.leader_or_official)
        case "clear_record":
            return "clear_record", _known(member.clear_record)
        case _:
            return "level", member.level or "unknown"


def _known(fact: bool | None) -> str:
    return "unknown" if fact is None else "yes" if fact else "no"
