"""Who is proposed for which award, and the reason for every yes and every no. An authority decides, never this code.

An award goes down the award ranks of its field, from the places after those of the bands above. Who fails a condition
gets nothing; with `back_fill` the place passes to the next, without it the place stays empty. Who cannot be judged from
known facts needs a person and holds the place. A team takes one place and is one proposal per contestant.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.conditions import Condition, check_condition
from scoring.decimals import exact_arithmetic
from scoring.entrants import Entrant, Level, Member, Reason
from scoring.standings import StandingRow, Standings

Authority: TypeAlias = Literal["union", "hrss", "industry"]
FieldKind: TypeAlias = Literal["trade", "item", "group", "contest"]
AwardOutcome: TypeAlias = Literal["eligible", "needs_person", "not_eligible"]

_SHARE_ROUNDING: Final = {"floor": ROUND_FLOOR, "round": ROUND_HALF_UP, "ceil": ROUND_CEILING}


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A number of places: fixed, or a share of the field (0.1 = 10 %) rounded, at least `minimum`, at most `places`.

    Raises ValueError if it names neither, or a share outside 0–1.
    """

    places: int | None = None
    share: Decimal | None = None
    rounding: Literal["floor", "round", "ceil"] = "floor"
    minimum: int = 1

    def __post_init__(self) -> None:
        if (self.places is None and self.share is None) or (self.places is not None and self.places < 1):
            raise ValueError("A cut needs a number of places from 1 up, or a share of the field.")
        if self.share is not None and not (self.share.is_finite() and 0 < self.share <= 1):
            raise ValueError(f"The share {self.share} must be above 0 and at most 1.")

    def size(self, field: int) -> int:
        """Places in a field of so many entries."""
        if self.share is None:
            return self.places or 0
        with exact_arithmetic():
            part = int((self.share * field).to_integral_value(rounding=_SHARE_ROUNDING[self.rounding]))
        part = max(part, self.minimum)
        return part if self.places is None else min(part, self.places)


class AwardRule(msgspec.Struct, frozen=True, kw_only=True):
    """One award as data.

    `above` are the bands that take their places first (rank 4–10 = 7 places above which 1 + 2 lie). `excludes` names
    awards of the same batch beside which this one is not given. `deciding_items` names, for a trade with several items,
    the one whose standings decide. `tie` "report" leaves a tie at the last place to a person, "widen" takes all of it.
    """

    code: str
    version: int
    name: str
    name_en: str
    authority: Authority
    field: FieldKind
    cut: Cut
    above: tuple[Cut, ...] = ()
    conditions: tuple[Condition, ...] = ()
    minimum_field: int = 0
    back_fill: bool = False
    tie: Literal["report", "widen"] = "report"
    excludes: frozenset[str] = frozenset()
    level_target: Level | None = None
    deciding_items: dict[str, str] = {}

    def __post_init__(self) -> None:
        if "level_below_target" in self.conditions and self.level_target is None:
            raise ValueError(f"Award rule {self.code} promotes to a level and must name it.")


class AwardField(msgspec.Struct, frozen=True, kw_only=True):
    """What an award ranges over: a trade, item, group or contest with the standings of its items by item code.

    A merged field is one set of standings. `filed` says per authority whether the contest was filed before it began.
    """

    kind: FieldKind
    code: str
    name: str
    name_en: str = ""
    items: dict[str, Standings]
    filed: dict[Authority, bool] = {}


class AwardProposal(msgspec.Struct, frozen=True, kw_only=True):
    """One person and one award. `person` None: no contestant is on record. `preview`: the standings are not complete."""

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


class RuleRefused(ValueError):
    """The rule cannot be applied to this field; `reason` says why and what is missing."""

    def __init__(self, rule: AwardRule, field: AwardField, reason: Reason) -> None:
        super().__init__(f"{rule.code} on {field.code}: {reason.en}")
        self.reason = reason


class _Claim(msgspec.Struct):
    """One entry in line for a place: the answers of its contestants, and what the place itself adds to them."""

    row: StandingRow
    people: list[tuple[str | None, AwardOutcome, tuple[Reason, ...]]]
    place: Reason
    to_decide: bool = False
    back_filled: bool = False

    @property
    def refused(self) -> bool:
        return all(outcome == "not_eligible" for _, outcome, _ in self.people)


def propose(
    rules: Iterable[AwardRule],
    fields: Iterable[AwardField],
    entrants: Iterable[Entrant],
    *,
    everyone: bool = False,
) -> tuple[AwardProposal, ...]:
    """Proposals of all rules, rule by rule and field by field, in order of award rank.

    Only entries in line for a place; with `everyone` also a no for each of the rest. Raises RuleRefused.
    """
    known = {entrant.entry: entrant for entrant in entrants}
    all_fields = tuple(fields)
    proposals: list[AwardProposal] = []
    for rule in rules:
        earlier = _held_in_batch(rule, proposals)
        for field in all_fields:
            if field.kind == rule.field:
                proposals += _field_proposals(_Case(rule, field, known, earlier), everyone)
    return tuple(proposals)


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


class _Case:
    """One rule in one field, with everything needed to judge an entry of it."""

    def __init__(
        self, rule: AwardRule, field: AwardField, known: dict[str, Entrant], earlier: dict[str, AwardOutcome]
    ) -> None:
        self.rule, self.field, self.known, self.earlier = rule, field, known, earlier
        self.standings = deciding_standings(rule, field)
        self.too_small = self.standings.field < rule.minimum_field
        # In a field that is too small nobody qualifies, so there is nobody to pass a place on to.
        self.back_fill = rule.back_fill and not self.too_small
        self.start = sum(cut.size(self.standings.field) for cut in rule.above)
        self.places = rule.cut.size(self.standings.field)


def _held_in_batch(rule: AwardRule, proposals: Sequence[AwardProposal]) -> dict[str, AwardOutcome]:
    """Entries already proposed for an award that this one is not given beside; a clear yes outweighs a question."""
    held: dict[str, AwardOutcome] = {}
    for each in proposals:
        if (
            each.rule in rule.excludes
            and each.outcome != "not_eligible"
            and held.get(each.entry) != "eligible"
        ):
            held[each.entry] = each.outcome
    return held


def _field_proposals(case: _Case, everyone: bool) -> Iterator[AwardProposal]:
    claims = _claims(case)
    if everyone:
        in_line = {claim.row.entry for claim in claims}
        claims += [_outside(case, row) for row in case.standings.rows if row.entry not in in_line]
    for claim in claims:
        for person, outcome, reasons in claim.people:
            yield AwardProposal(
                rule=case.rule.code,
                rule_version=case.rule.version,
                field=case.field.code,
                entry=claim.row.entry,
                person=person,
                award_rank=claim.row.award_rank,
                outcome="needs_person" if claim.to_decide and outcome == "eligible" else outcome,
                back_filled=claim.back_filled,
                level_target=case.rule.level_target,
                reasons=(claim.place, *reasons),
                preview=not case.standings.complete,
            )


def _claims(case: _Case) -> list[_Claim]:
    """Walk down the award ranks until the places are gone."""
    claims: list[_Claim] = []
    left = case.places
    rows = sorted((row for row in case.standings.rows if row.award_rank), key=lambda row: row.award_rank or 0)
    for award_rank, group in groupby(rows, key=lambda row: row.award_rank or 0):
        level = [_claim(case, row) for row in group]
        # A tie may reach across the upper edge too: then only some of its places belong to this award.
        span = award_rank - 1 + len(level) - max(case.start, award_rank - 1)
        if span <= 0:
            continue
        if left <= 0:
            break
        standing = [claim for claim in level if not claim.refused]
        room = min(left, span)
        if len(standing) > room:
            _settle_tie(case, standing, award_rank, room)
        claims += level
        # A refused entry uses up its place unless the rule lets it pass on.
        left -= min(len(standing), room) if case.back_fill else span
    return claims


def _settle_tie(case: _Case, standing: list[_Claim], award_rank: int, room: int) -> None:
    """More equal entries than places: widen by rule, or leave all of them to a person."""
    count = len(standing)
    for claim in standing:
        if case.rule.tie == "widen" and award_rank > case.start:
            zh = f"第 {award_rank} 名并列，按规则扩大名额，全部列入。"
            claim.place = Reason(
                "tie_widened", zh, f"Rank {award_rank} is shared; by rule all who share it are included."
            )
        else:
            zh = f"第 {award_rank} 名并列 {count} 个，本奖只有 {room} 个名额可分，须先裁定。"
            en = f"Rank {award_rank} is shared by {count} entries and places left here are {room}; a person must decide first."
            claim.place, claim.to_decide = Reason("open_tie", zh, en), True


def _claim(case: _Case, row: StandingRow) -> _Claim:
    """One entry within reach of a place, judged person by person."""
    award_rank = row.award_rank or 0
    entrant = case.known.get(row.entry)
    people = [each for each in entrant.members if each.role == "contestant"] if entrant else []
    judged: list[tuple[str | None, AwardOutcome, tuple[Reason, ...]]]
    if people:
        judged = [(each.person, *_judge(case, row, each)) for each in people]
    else:
        missing = Reason(
            "people_unknown",
            "没有登记参赛选手，须人工核实。",
            "No contestant is on record; a person must check it.",
        )
        judged = [(None, "needs_person", (missing,))]
    first, last = case.start + 1, case.start + case.places
    if award_rank > last:
        zh = f"排名第 {award_rank}，前面有人不符合条件，按规则递补。"
        en = f"Rank {award_rank} moves up by rule, because somebody ahead is not eligible."
        return _Claim(row, judged, Reason("back_filled", zh, en), back_filled=True)
    zh = f"排名第 {award_rank}，在本奖第 {first} 至第 {last} 名的范围之内。"
    return _Claim(
        row,
        judged,
        Reason("within_places", zh, f"Rank {award_rank} is within ranks {first} to {last} of this award."),
    )


def _judge(case: _Case, row: StandingRow, member: Member) -> tuple[AwardOutcome, tuple[Reason, ...]]:
    rule = case.rule
    answers: list[tuple[bool | None, Reason]] = []
    if case.too_small:
        zh = f"参赛 {case.standings.field} 个，少于规定的 {rule.minimum_field} 个，不设本奖。"
        en = f"The field of {case.standings.field} is below the required {rule.minimum_field}, so this award is not given."
        answers.append((False, Reason("field_too_small", zh, en)))
    match case.earlier.get(row.entry):
        case "eligible":
            zh, en = (
                "本批已列入更高奖项，不再授予本奖。",
                "A higher award of this batch is proposed already, so this one is not given.",
            )
            answers.append((False, Reason("higher_award", zh, en)))
        case "needs_person":
            zh, en = (
                "本批更高奖项尚待裁定，须一并审核。",
                "A higher award of this batch is still to be decided; a person must look at both.",
            )
            answers.append((None, Reason("higher_award_open", zh, en)))
    filed = case.field.filed.get(rule.authority)
    answers += [
        check_condition(each, member, award=rule.code, filed=filed, target=rule.level_target)
        for each in rule.conditions
    ]
    met = [answer for answer, _ in answers]
    outcome: AwardOutcome = "not_eligible" if False in met else "needs_person" if None in met else "eligible"
    return outcome, tuple(reason for _, reason in answers)


def _outside(case: _Case, row: StandingRow) -> _Claim:
    """The no for an entry that no place reaches."""
    if row.rank is None:
        reason = Reason(
            "not_ranked", "该选手没有名次，不参加评奖。", "The entry has no rank and takes no part in awards."
        )
    elif row.award_rank is None:
        reason = Reason(
            "hors_concours",
            "非正式参赛选手，不参加评奖。",
            "The entry competed hors concours and takes no award.",
        )
    else:
        zh = f"排名第 {row.award_rank}，不在本奖名额之内。"
        reason = Reason(
            "outside_places", zh, f"Rank {row.award_rank} is not within the places of this award."
        )
    entrant = case.known.get(row.entry)
    people: list[str | None] = (
        [each.person for each in entrant.members if each.role == "contestant"] if entrant else []
    )
    return _Claim(row, [(person, "not_eligible", ()) for person in people or [None]], reason)
