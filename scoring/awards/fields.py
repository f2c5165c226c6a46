"""What an award ranges over, what is proposed, and why a rule may not be applied."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.awards.rules import Authority, AwardRule, Cut, FieldKind
from scoring.entrants.people import Entrant, Level, Reason
from scoring.entrants.terms import Share
from scoring.ranking.standings import Standings

AwardOutcome: TypeAlias = Literal["eligible", "needs_person", "not_eligible"]

_EVERYBODY: Final = Cut(up_to=Share(of=Decimal(1)))


class AwardField(msgspec.Struct, frozen=True, kw_only=True):
    """What an award ranges over: a trade, item, group or contest with the standings of its items by item code.

    A merged field is one set of standings. `filed` says per authority whether the contest was filed before it began.
    `team_size` None: the number of contestants per entry, if it is the same in all entries.
    """

    kind: FieldKind
    code: str
    name: str
    name_en: str = ""
    items: dict[str, Standings]
    filed: dict[Authority, bool] = {}
    contest_class: str | None = None
    team_size: int | None = None


class AwardProposal(msgspec.Struct, frozen=True, kw_only=True):
    """One person and one award. `person` None: no contestant is on record. `preview`: the standings are not complete.

    `facts` are the facts that were used, by name, as text; "unknown" is one of them.
    """

    rule: str
    rule_version: int
    field: str
    entry: str
    person: str | None
    award_rank: int | None
    outcome: AwardOutcome
    back_filled: bool
    level_target: Level | None
    reasons: tuple[Reason, ...]
    preview: bool
    facts: dict[str, str] = {}


class RuleRefused(ValueError):
    """The rule cannot be applied to this field; `rule` is its code, `reason` says why and what is missing."""

    def __init__(self, rule: AwardRule, field: AwardField, reason: Reason) -> None:
        super().__init__(f"{rule.code} on {field.code}: {reason.en}")
        self.rule = rule.code
        self.reason = reason


def deciding_standings(rule: AwardRule, field: AwardField) -> Standings:
    """The standings that decide in this field. Raises RuleRefused: several items, and none is named."""
    item = next(iter(field.items)) if len(field.items) == 1 else rule.deciding_items.get(field.code)
    if item is None or item not in field.items:
        count = len(field.items)
        zh = f"“{field.name}”有 {count} 个项目，规则既未指明以哪个项目为准，也没有合并排名，本规则不予执行。"
        en = (
            f"The rule names neither the deciding item of {field.name_en or field.code} nor a merged field; "
            f"the items are {count} in number, so the rule is not applied."
        )
        raise RuleRefused(rule, field, Reason("deciding_item_missing", zh, en))
    return field.items[item]


def team_size_of(field: AwardField, entrants: Iterable[Entrant]) -> int | None:
    """The size of the teams of a field: as recorded, or what all entries have in common."""
    if field.team_size is not None:
        return field.team_size
    sizes = {each.team_size or len(each.contestants) for each in entrants}
    return sizes.pop() if len(sizes) == 1 else None


def cut_of(rule: AwardRule, field: AwardField, team_size: int | None) -> Cut | None:
    """The places of this rule in this field; None where no case fits. Raises RuleRefused: what the cases ask is unknown."""
    for case in rule.cases:
        unknown = (case.classes and field.contest_class is None) or (case.team_sizes and team_size is None)
        if unknown:
            zh = f"“{field.name}”的竞赛类别或参赛人数规格未登记，无法确定名额，本规则不予执行。"
            en = f"The class or the team size of {field.name_en or field.code} is not recorded, so the rule is not applied."
            raise RuleRefused(rule, field, Reason("case_unknown", zh, en))
        if (not case.classes or field.contest_class in case.classes) and (
            not case.team_sizes or team_size in case.team_sizes
        ):
            return case.cut
    return rule.cut or (_EVERYBODY if rule.ladder is not None and not rule.cases else None)
