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
    row: StandingRow
    entrant: Entrant
    outcome: SlotOutcome
    reason: Reason
    substitute_order: int | None = None


def select(rule: QuotaRule, standings: Standings, entrants: Iterable[Entrant]) -> tuple[SlotProposal, ...]:
    """One proposal per row of the standings, in their order."""
    known = {entrant.entry: entrant for entrant in entrants}
    unknown = Entrant(entry="", may_advance=None)
    verdicts: list[_Verdict] = []
    room = _Room(rule)
    for _, rows in groupby(standings.rows, key=lambda row: (row.rank, row.rank is None and row.entry)):
        level = [_first_look(rule, row, known.get(row.entry, unknown)) for row in rows]
        verdicts += level
        room.admit([verdict for verdict in level if verdict.outcome in {"in", "open"}])
    _line_up_substitutes(rule, verdicts)
    return tuple(_proposal(verdict, not standings.complete) for verdict in verdicts)


def _first_look(rule: QuotaRule, row: StandingRow, entrant: Entrant) -> _Verdict:
    """What can be said of an entry alone, before places are counted."""
    if row.rank is None or row.total is None:
        zh, en = _STATES[row.state]
        return _Verdict(
            row,
            entrant,
            "out",
            Reason("not_ranked", f"该选手{zh}，不参加排名。", f"The entry {en} and is not ranked."),
        )
    for applies, outcome, reason in _personal(rule, row, entrant):
        if applies:
            return _Verdict(row, entrant, outcome, reason)
    zh, en = f"排名第 {row.rank}，在晋级名额之内。", f"Rank {row.rank} is within the places that go up."
    return _Verdict(row, entrant, "in", Reason("within_quota", zh, en))


def _personal(
    rule: QuotaRule, row: StandingRow, entrant: Entrant
) -> Iterator[tuple[bool, SlotOutcome, Reason]]:
    limit = rule.minimum_total
    short = limit is not None and row.total is not None and row.total < limit
    yield (
        row.hors_concours and not rule.hors_concours,
        "out",
        Reason(
            "hors_concours",
            "非正式参赛选手不占晋级名额。",
            "An entry hors concours takes no place in the next tier.",
        ),
    )
    yield (
        short,
        "out",
        Reason(
            "below_minimum",
            f"总分 {row.total} 未达到晋级分数线 {limit}。",
            f"The total {row.total} is below the required {limit}.",
        ),
    )
    yield entrant.declined, "out", Reason("declined", "选手已放弃晋级。", "The entry has declined to go up.")
    yield (
        entrant.may_advance is False,
        "out",
        Reason(
            "not_eligible",
            "经审核不符合上一级竞赛的参赛条件。",
            "The review found the entry not eligible for the next tier.",
        ),
    )
    yield (
        entrant.may_advance is None,
        "open",
        Reason(
            "eligibility_unknown",
            "是否符合上一级参赛条件尚未审核，先保留名额。",
            "Eligibility for the next tier has not been reviewed; a place is held.",
        ),
    )
    yield (
        rule.per_delegation is not None and entrant.delegation is None,
        "open",
        Reason(
            "delegation_unknown",
            "所属代表队未登记，无法计算名额，先保留名额。",
            "The delegation is not recorded, so its places cannot be counted; a place is held.",
        ),
    )


class _Room:
    """The places left while ranks are taken from the top: overall, and per delegation."""

    def __init__(self, rule: QuotaRule) -> None:
        self.rule = rule
        self.taken = 0
        self.taken_by: Counter[str] = Counter()
        self.closed = False
        self.closed_for: set[str] = set()

    def admit(self, level: list[_Verdict]) -> None:
        """Give places to entries of one rank, or take their "in" away."""
        if self.rule.per_delegation is not None:
            for delegation in sorted(
                {each.entrant.delegation for each in level if each.entrant.delegation is not None}
            ):
                self._admit_delegation(
                    delegation, [each for each in level if each.entrant.delegation == delegation]
                )
        self._admit_overall([each for each in level if each.outcome in {"in", "open"}])

    def _admit_delegation(self, delegation: str, level: list[_Verdict]) -> None:
        limit = self.rule.per_delegation or 0
        left = 0 if delegation in self.closed_for else max(0, limit - self.taken_by[delegation])
        if len(level) > left:
            self._settle(
                level,
                left,
                _full(
                    "delegation_full",
                    f"代表队的 {limit} 个名额已满。",
                    f"The {limit} places of the delegation are taken.",
                ),
            )
            self.closed_for.add(delegation)
        self.taken_by[delegation] += sum(each.outcome in {"in", "open"} for each in level)

    def _admit_overall(self, level: list[_Verdict]) -> None:
        if self.rule.places is not None and level:
            limit = self.rule.places
            left = 0 if self.closed else max(0, limit - self.taken)
            if len(level) > left:
                self._settle(
                    level,
                    left,
                    _full(
                        "quota_full", f"{limit} 个晋级名额已满。", f"The {limit} places that go up are taken."
                    ),
                )
                self.closed = True
        self.taken += sum(each.outcome in {"in", "open"} for each in level)

    def _settle(self, level: list[_Verdict], left: int, full: Reason) -> None:
        """More entries of one rank than places."""
        rank = level[0].row.rank
        if left == 0:
            _give(level, "out", full)
        elif self.rule.tie == "one_more" and len(level) == left + 1:
            zh = f"第 {rank} 名并列，按规则增加一个名额。"
            _give(
                [each for each in level if each.outcome == "in"],
                "in",
                Reason("one_more", zh, f"Rank {rank} is shared; by rule there is one more place."),
            )
        elif self.rule.tie == "none":
            zh = f"第 {rank} 名并列且超出名额，按规则均不晋级。"
            _give(
                level,
                "out",
                Reason(
                    "tie_not_admitted",
                    zh,
                    f"Rank {rank} is shared across the last place; by rule none of them goes up.",
                ),
            )
        else:
            zh = f"第 {rank} 名并列 {len(level)} 人（队），只剩 {left} 个名额，须先裁定。"
            en = f"Rank {rank} is shared by {len(level)} entries and places left are {left}; this must be decided first."
            _give(level, "open", Reason("open_tie", zh, en))


def _full(code: str, zh: str, en: str) -> Reason:
    return Reason(code, zh, en)


def _give(level: list[_Verdict], outcome: SlotOutcome, reason: Reason) -> None:
    for verdict in level:
        verdict.outcome, verdict.reason = outcome, reason


def _line_up_substitutes(rule: QuotaRule, verdicts: list[_Verdict]) -> None:
    """Those who only missed a place, in order; equal ranks share an order number."""
    ahead: Counter[str | None] = Counter()
    waiting = [each for each in verdicts if each.reason.code in {"quota_full", "delegation_full"}]
    for _, group in groupby(waiting, key=lambda each: each.row.rank):
        level = list(group)
        orders = [ahead[_queue(rule, each)] + 1 for each in level]
        ahead.update(_queue(rule, each) for each in level)
        for verdict, order in zip(level, orders, strict=True):
            if order <= rule.substitutes:
                verdict.outcome, verdict.substitute_order = "substitute", order


def _queue(rule: QuotaRule, verdict: _Verdict) -> str | None:
    return verdict.entrant.delegation if rule.per_delegation is not None else None


def _proposal(verdict: _Verdict, preview: bool) -> SlotProposal:
    reasons = [verdict.reason]
    order = verdict.substitute_order
    if order is not None:
        reasons.append(
            Reason("substitute", f"列为第 {order} 候补。", f"The entry is substitute number {order}.")
        )
    return SlotProposal(
        entry=verdict.row.entry,
        delegation=verdict.entrant.delegation,
        outcome=verdict.outcome,
        position=verdict.row.rank,
        substitute_order=order,
        reasons=tuple(reasons),
        preview=preview,
    )
