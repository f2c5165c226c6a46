"""What can be said of one entry before places are counted: refused, open to a question, or in line."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.advancement.rules import QuotaRule
from scoring.entrants.people import Entrant, Reason
from scoring.entrants.terms import DELEGATION, check_floor, column_of, fits
from scoring.ranking.standings import StandingRow

SlotOutcome: TypeAlias = Literal["in", "substitute", "out", "open"]

_STATES: Final = {
    "present": ("尚无成绩", "has no total yet"),
    "absent": ("缺考", "was absent"),
    "withdrew": ("弃权", "withdrew"),
    "late": ("迟到取消比赛资格", "came too late and was not admitted"),
    "disqualified": ("被取消资格", "was disqualified"),
    "score_cancelled": ("被取消成绩", "had the score cancelled"),
    "did_not_start": ("未出发", "did not start"),
    "did_not_finish": ("未完成比赛", "did not finish"),
}
# A seeded entry need not have competed, but it must not have been thrown out.
_BARRED: Final = frozenset({"disqualified", "score_cancelled"})


class Verdict(msgspec.Struct):
    """An entry on its way to a proposal. `holds`: it counts against the places while it is in or open.

    `gives_up`: it is offered the place, and the place then stays empty for this reason.
    """

    entry: str
    entrant: Entrant
    rank: int | None
    outcome: SlotOutcome
    reasons: tuple[Reason, ...] = ()
    holds: bool = True
    seeded: bool = False
    substitute_order: int | None = None
    gives_up: Reason | None = None
    limits: tuple[tuple[tuple[str, str], int], ...] | None = None

    @property
    def standing(self) -> bool:
        """Still in line for a place."""
        return self.outcome in {"in", "open"}

    def end(self, outcome: SlotOutcome, reason: Reason) -> None:
        """Take this outcome for this reason."""
        self.outcome = outcome
        self.reasons += (reason,)


def first_look(
    rule: QuotaRule, row: StandingRow, entrant: Entrant, on: str | None, too_small: Reason | None
) -> Verdict:
    """The verdict on a row of the standings, before any place is counted."""
    seeded = entrant.seed is not None and row.state not in _BARRED
    if not seeded and (row.rank is None or row.total is None):
        zh, en = _STATES[row.state]
        no: Reason | None = Reason(
            "not_ranked", f"该选手{zh}，不参加排名。", f"The entry {en} and is not ranked."
        )
    else:
        no = too_small or _refusal(rule, row, None if seeded else row.total, entrant)
    return _judged(rule, row.entry, entrant, row.rank, on, no, row)


def look_at_seed(rule: QuotaRule, entrant: Entrant, on: str | None, too_small: Reason | None) -> Verdict:
    """The verdict on a seeded entry that did not compete in this field."""
    no = too_small or _standing_refusal(rule, entrant)
    return _judged(rule, entrant.entry, entrant, None, on, no, None)


def _judged(
    rule: QuotaRule, entry: str, entrant: Entrant, rank: int | None, on: str | None, no: Reason | None, row: StandingRow | None
) -> Verdict:  # fmt: skip
    seeded = entrant.seed is not None
    late = None
    if no is None:
        no, day = _given_up(entrant, on)
        if day is not None and rule.replace_until is not None and day > rule.replace_until:
            en = "The place was given up too late to be passed on and stays empty."
            no, late = None, Reason("declined_late", "放弃过晚，名额不再递补。", en)
    answers = [] if seeded else [check_floor(floor, row, entrant)[:2] for floor in rule.floors]
    if no is None:
        no = next((reason for met, reason in answers if met is False), None)
    if no is not None:
        return Verdict(entry, entrant, rank, "out", (no,), seeded=seeded)
    questions = (
        *(reason for met, reason in answers if met is None),
        *_questions(rule, entrant),
    )
    outcome: SlotOutcome = "open" if questions else "in"
    return Verdict(entry, entrant, rank, outcome, questions, seeded=seeded, gives_up=late)


def _refusal(rule: QuotaRule, row: StandingRow, total: Decimal | None, entrant: Entrant) -> Reason | None:
    """What keeps an entry out whatever its rank. A seeded entry is not measured by its total."""
    if row.hors_concours and not rule.hors_concours:
        en = "An entry hors concours takes no place in the next tier."
        return Reason("hors_concours", "非正式参赛选手不占晋级名额。", en)
    limit = rule.minimum_total
    if limit is not None and total is not None and total < limit:
        zh, en = (
            f"总分 {total} 未达到晋级分数线 {limit}。",
            f"The total {total} is below the required {limit}.",
        )
        return Reason("below_minimum", zh, en)
    return _standing_refusal(rule, entrant)


def _standing_refusal(rule: QuotaRule, entrant: Entrant) -> Reason | None:
    if entrant.may_advance is False:
        en = "The review found the entry not eligible for the next tier."
        return Reason("not_eligible", "经审核不符合上一级竞赛的参赛条件。", en)
    if fits(rule.where, entrant) is False:
        en = "The rule is for other entries than this one."
        return Reason("not_in_group", "不属于本规则规定的范围。", en)
    return None


def _given_up(entrant: Entrant, on: str | None) -> tuple[Reason | None, str | None]:
    """Why the entry does not take its place, and the day on which that was known."""
    if entrant.declined or entrant.answer == "declined":
        reason = Reason("declined", "选手已放弃晋级。", "The entry has declined to go up.")
        return reason, entrant.answered_on
    by = entrant.answer_by
    if entrant.answer is None and by is not None and on is not None and on > by:
        en = f"The place was not answered by {by} and has lapsed."
        return Reason("lapsed", f"截至 {by} 未答复，名额作废。", en), by
    return None, None


def _questions(rule: QuotaRule, entrant: Entrant) -> Iterator[Reason]:
    """What somebody has to find out first."""
    if entrant.may_advance is None:
        en = "Eligibility for the next tier has not been reviewed; a person must decide."
        yield Reason("eligibility_unknown", "是否符合上一级参赛条件尚未审核，须人工审核。", en)
    columns = [*rule.where, *rule.cap_columns(), *(each.column for each in rule.composition)]
    columns += [name for case in rule.cap_cases for name in case.where]
    by_delegation = rule.per_delegation is not None or DELEGATION in columns
    if by_delegation and entrant.delegation is None:
        en = "The delegation is not recorded, so its places cannot be counted; a person must find out."
        yield Reason("delegation_unknown", "所属代表队未登记，无法计算名额，须人工核实。", en)
    for name in dict.fromkeys(columns):
        if name != DELEGATION and column_of(entrant, name) is None:
            en = f"The column “{name}” is not recorded, so places cannot be counted; a person must find out."
            yield Reason("column_unknown", f"“{name}”未登记，无法计算名额，须人工核实。", en)
