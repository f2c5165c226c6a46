"""Who goes up to the next tier, who stands by, and why each one is in or out.

Entries are taken in order of rank. A rule may limit the number in all, the number per delegation and the total to reach;
all limits it names hold at once. An equal rank across the last place is a tie that the rule settles:

| tie | what happens to the equal entries |
| --- | --- |
| report | all stay open for a decision, and hold the remaining places |
| one_more | the limit grows by one; if that is not enough they stay open |
| none | none of them goes up, and the remaining places stay empty: a lower rank never passes a higher one |

Unknown facts (may this entry advance? which delegation?) leave an entry open; it holds a place until somebody decides.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.entrants import Entrant, Reason
from scoring.standings import StandingRow, Standings

SlotOutcome: TypeAlias = Literal["in", "substitute", "out", "open"]

_STATES: Final = {
    "present": ("尚无成绩", "has no total yet"),
    "absent": ("缺考", "was absent"),
    "withdrew": ("弃权", "withdrew"),
    "late": ("迟到取消比赛资格", "came too late and was not admitted"),
    "disqualified": ("被取消资格", "was disqualified"),
    "score_cancelled": ("被取消成绩", "had the score cancelled"),
}


class QuotaRule(msgspec.Struct, frozen=True, kw_only=True):
    """How many go up. Raises ValueError if it names no limit at all, or one below 1.

    `places` in all, `per_delegation` from each delegation, `minimum_total` to reach; None is no such limit.
    `substitutes` stand by in order: per delegation where places are counted so, otherwise overall.
    """

    code: str
    version: int
    name: str
    name_en: str = ""
    places: int | None = None
    per_delegation: int | None = None
    minimum_total: Decimal | None = None
    tie: Literal["one_more", "none", "report"] = "report"
    substitutes: int = 0
    hors_concours: bool = False

    def __post_init__(self) -> None:
        limits = [each for each in (self.places, self.per_delegation, self.minimum_total) if each is not None]
        counts = [each for each in (self.places, self.per_delegation) if each is not None]
        if not limits or any(each < 1 for each in counts) or self.substitutes < 0:
            raise ValueError(f"Quota rule {self.code} needs a limit, and numbers of places from 1 up.")


class SlotProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule says of one entry. `preview`: the standings were not complete yet."""

    entry: str
    delegation: str | None
    outcome: SlotOutcome
    position: int | None
    substitute_order: int | None
    reasons: tuple[Reason, ...]
    preview: bool


class _Verdict(msgspec.Struct):
    """An entry on its way to a proposal. `holds`: it counts against the places while it is in or open."""

    row: StandingRow
    entrant: Entrant
    outcome: SlotOutcome
    reasons: tuple[Reason, ...] = ()
    holds: bool = True
    substitute_order: int | None = None


def select(rule: QuotaRule, standings: Standings, entrants: Iterable[Entrant]) -> tuple[SlotProposal, ...]:
    """One proposal per row of the standings, in their order."""
    known = {entrant.entry: entrant for entrant in entrants}
    unknown = Entrant(entry="", may_advance=None)
    verdicts: list[_Verdict] = []
    room = _Room(rule)
    for rank, rows in groupby(standings.rows, key=lambda row: row.rank):
        level = [_first_look(rule, row, known.get(row.entry, unknown)) for row in rows]
        verdicts += level
        if rank is not None:
            room.admit(level)
    _line_up_substitutes(rule, verdicts)
    return tuple(_proposal(verdict, not standings.complete) for verdict in verdicts)


def _first_look(rule: QuotaRule, row: StandingRow, entrant: Entrant) -> _Verdict:
    """What can be said of an entry alone, before places are counted."""
    if row.rank is None or row.total is None:
        zh, en = _STATES[row.state]
        reason = Reason("not_ranked", f"该选手{zh}，不参加排名。", f"The entry {en} and is not ranked.")
        return _Verdict(row, entrant, "out", (reason,))
    no = _refusal(rule, row, row.total, entrant)
    if no is not None:
        return _Verdict(row, entrant, "out", (no,))
    questions = tuple(_questions(rule, entrant))
    return _Verdict(row, entrant, "open" if questions else "in", questions)


def _refusal(rule: QuotaRule, row: StandingRow, total: Decimal, entrant: Entrant) -> Reason | None:
    """What keeps an entry out whatever its rank."""
    if row.hors_concours and not rule.hors_concours:
        en = "An entry hors concours takes no place in the next tier."
        return Reason("hors_concours", "非正式参赛选手不占晋级名额。", en)
    limit = rule.minimum_total
    if limit is not None and total < limit:
        zh, en = (
            f"总分 {total} 未达到晋级分数线 {limit}。",
            f"The total {total} is below the required {limit}.",
        )
        return Reason("below_minimum", zh, en)
    if entrant.declined:
        return Reason("declined", "选手已放弃晋级。", "The entry has declined to go up.")
    if entrant.may_advance is False:
        en = "The review found the entry not eligible for the next tier."
        return Reason("not_eligible", "经审核不符合上一级竞赛的参赛条件。", en)
    return None


def _questions(rule: QuotaRule, entrant: Entrant) -> Iterator[Reason]:
    """What somebody has to find out first."""
    if entrant.may_advance is None:
        en = "Eligibility for the next tier has not been reviewed; a person must decide."
        yield Reason("eligibility_unknown", "是否符合上一级参赛条件尚未审核，须人工审核。", en)
    if rule.per_delegation is not None and entrant.delegation is None:
        en = "The delegation is not recorded, so its places cannot be counted; a person must find out."
        yield Reason("delegation_unknown", "所属代表队未登记，无法计算名额，须人工核实。", en)


class _Room:
    """The places left while ranks are taken from the top: per delegation, and overall."""

    def __init__(self, rule: QuotaRule) -> None:
        self.rule = rule
        self.taken: Counter[str | None] = Counter()
        self.closed: set[str | None] = set()

    def admit(self, level: list[_Verdict]) -> None:
        """Settle the entries of one rank; ranks come from the top."""
        if self.rule.per_delegation is not None:
            limit = self.rule.per_delegation
            zh, en = f"代表队的 {limit} 个名额已满。", f"The delegation has no place left of its {limit}."
            delegations = {each.entrant.delegation for each in level if each.entrant.delegation is not None}
            for delegation in sorted(delegations):
                of_delegation = [each for each in level if each.entrant.delegation == delegation]
                self._fill(delegation, limit, of_delegation, Reason("delegation_full", zh, en))
        if self.rule.places is not None:
            limit = self.rule.places
            zh, en = f"{limit} 个晋级名额已满。", f"No place is left of the {limit} that go up."
            self._fill(None, limit, level, Reason("quota_full", zh, en))

    def _fill(self, whose: str | None, limit: int, level: list[_Verdict], full: Reason) -> None:
        level = [each for each in level if each.outcome in {"in", "open"}]
        left = 0 if whose in self.closed else limit - self.taken[whose]
        if sum(each.holds for each in level) > left:
            # A cut through one rank ends it: no lower rank may pass whoever is still open here.
            self.closed.add(whose)
            self._settle(level, left, full)
        self.taken[whose] += sum(each.holds for each in level if each.outcome in {"in", "open"})

    def _settle(self, level: list[_Verdict], left: int, full: Reason) -> None:
        """More entries of one rank than places."""
        rank = level[0].row.rank
        if left == 0:
            _give(level, "out", full)
        elif self.rule.tie == "one_more" and len(level) == left + 1:
            zh, en = (
                f"第 {rank} 名并列，按规则增加一个名额。",
                f"Rank {rank} is shared; by rule there is one more place.",
            )
            for verdict in level:
                verdict.reasons += (Reason("one_more", zh, en),)
        elif self.rule.tie == "none":
            zh = f"第 {rank} 名并列且超出名额，按规则均不晋级。"
            en = f"Rank {rank} is shared across the last place; by rule none of them goes up."
            _give(level, "out", Reason("tie_not_admitted", zh, en))
        else:
            zh = f"第 {rank} 名并列 {len(level)} 个，剩余名额 {left} 个，须先裁定。"
            en = f"Rank {rank} is shared by {len(level)} entries, the number of places left is {left}; this must be decided first."
            _give(level, "open", Reason("open_tie", zh, en))
            for verdict in level[left:]:
                verdict.holds = False


def _give(level: list[_Verdict], outcome: SlotOutcome, reason: Reason) -> None:
    for verdict in level:
        verdict.outcome = outcome
        verdict.reasons += (reason,)


def _line_up_substitutes(rule: QuotaRule, verdicts: list[_Verdict]) -> None:
    """Those who only missed a place, in order; equal ranks share an order number."""
    ahead: Counter[str | None] = Counter()
    missed = {"quota_full", "delegation_full", "tie_not_admitted"}
    waiting = [each for each in verdicts if each.outcome == "out" and each.reasons[-1].code in missed]
    for _, group in groupby(waiting, key=lambda each: each.row.rank):
        level = list(group)
        orders = [ahead[_queue(rule, each)] + 1 for each in level]
        ahead.update(_queue(rule, each) for each in level)
        for verdict, order in zip(level, orders, strict=True):
            if order <= rule.substitutes:
                verdict.outcome, verdict.substitute_order = "substitute", order
                zh, en = f"列为第 {order} 候补。", f"The entry is substitute number {order}."
                verdict.reasons += (Reason("substitute", zh, en),)


def _queue(rule: QuotaRule, verdict: _Verdict) -> str | None:
    return verdict.entrant.delegation if rule.per_delegation is not None else None


def _proposal(verdict: _Verdict, preview: bool) -> SlotProposal:
    rank = verdict.row.rank
    within = Reason(
        "within_quota", f"排名第 {rank}，在晋级名额之内。", f"Rank {rank} is within the places that go up."
    )
    return SlotProposal(
        entry=verdict.row.entry,
        delegation=verdict.entrant.delegation,
        outcome=verdict.outcome,
        position=rank,
        substitute_order=verdict.substitute_order,
        reasons=verdict.reasons or (within,),
        preview=preview,
    )
