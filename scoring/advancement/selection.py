"""Who goes up to the next tier, who stands by, and why each one is in or out.

Entries are taken in order of rank, after those who are seeded. All limits a rule names hold at once. An equal rank across the
last place is a tie that the rule settles:

| tie | what happens to the equal entries |
| --- | --- |
| report | all stay open for a decision, and hold the remaining places |
| one_more | the limit grows by one; if that is not enough they stay open |
| all | all of them go up, however many they are |
| none | none of them goes up, and the remaining places stay empty: a lower rank never passes a higher one |

Unknown facts (may this entry advance? which delegation?) leave an entry open; it holds a place until somebody decides.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Final

import msgspec

from scoring.advancement.room import Room
from scoring.advancement.rules import QuotaRule
from scoring.advancement.verdicts import SlotOutcome, Verdict, first_look, look_at_seed
from scoring.entrants.people import Entrant, Reason, check_day
from scoring.entrants.terms import column_of, field_size, fits
from scoring.ranking.standings import Standings

MISSED: Final = frozenset(
    {"quota_full", "delegation_full", "tie_not_admitted", "cap_full", "composition_full", "reserved"}
)
"""Reasons of those who only missed a place: they stand by."""


class SlotProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule says of one entry. `preview`: the standings were not complete yet."""

    entry: str
    delegation: str | None
    outcome: SlotOutcome
    position: int | None
    substitute_order: int | None
    reasons: tuple[Reason, ...]
    preview: bool


def select(
    rule: QuotaRule, standings: Standings, entrants: Iterable[Entrant], *, on: str | None = None
) -> tuple[SlotProposal, ...]:
    """One proposal per row of the standings, in their order, and one per seeded entry that is not among them.

    `on` is the day to judge by (2025-06-30): a place not answered by its own `answer_by` has lapsed; without it none has.
    """
    check_day(on)
    known = {entrant.entry: entrant for entrant in entrants}
    unknown = Entrant(entry="", may_advance=None)
    field = field_size(standings, rule.base)
    too_small = _too_small(rule, field)
    verdicts = [first_look(rule, row, known.get(row.entry, unknown), on, too_small) for row in standings.rows]
    competed = {row.entry for row in standings.rows}
    guests = [
        each for entry, each in sorted(known.items()) if each.seed is not None and entry not in competed
    ]
    verdicts += [look_at_seed(rule, each, on, too_small) for each in guests]
    room = Room(rule, rule.size(field), _in_line(verdicts))
    _admit_seeds(rule, room, verdicts)
    for _, level in groupby(_in_line(verdicts), key=lambda each: each.rank):
        room.admit(list(level))
    _admit_hosts(rule, verdicts)
    for verdict in verdicts:
        if verdict.gives_up is not None and verdict.standing:
            verdict.end("out", verdict.gives_up)
    _line_up_substitutes(rule, verdicts)
    return tuple(_proposal(verdict, not standings.complete) for verdict in verdicts)


def _too_small(rule: QuotaRule, field: int) -> Reason | None:
    if field >= rule.minimum_field:
        return None
    zh = f"参赛 {field} 个，少于规定的 {rule.minimum_field} 个，不产生晋级名额。"
    en = f"The field of {field} is below the required {rule.minimum_field}, so nobody goes up."
    return Reason("field_too_small", zh, en)


def _in_line(verdicts: list[Verdict]) -> list[Verdict]:
    """Those in line by rank; the standings have them in this order."""
    return [each for each in verdicts if each.rank is not None and not each.seeded]


def _admit_seeds(rule: QuotaRule, room: Room, verdicts: list[Verdict]) -> None:
    """Seeded entries go in first, one after the other in the order of their seeds."""
    seeded = [each for each in verdicts if each.seeded and each.standing]
    for verdict in sorted(seeded, key=lambda each: (each.entrant.seed or 0, each.entry)):
        verdict.reasons += (Reason("seeded", "按规则直接晋级。", "The entry goes up by rule as seeded."),)
        if rule.seeds == "within":
            room.admit([verdict])


def _admit_hosts(rule: QuotaRule, verdicts: list[Verdict]) -> None:
    """The places that the host has on top, for the best who missed one."""
    if not rule.host_places:
        return
    missed = [each for each in _in_line(verdicts) if _missed(each) and fits(rule.host, each.entrant)]
    counted = QuotaRule(code=rule.code, version=rule.version, name=rule.name, places=1, tie=rule.tie)
    extra = Room(counted, rule.host_places, ())
    for _, group in groupby(missed, key=lambda each: each.rank):
        level = list(group)
        before = [each.reasons for each in level]
        for verdict in level:
            # A tie that was lost elsewhere says nothing of this place.
            verdict.outcome, verdict.holds = "in", True
            zh, en = "占用东道主增加的名额。", "The entry takes one of the places that the host has on top."
            verdict.reasons += (Reason("host_place", zh, en),)
        extra.admit(level)
        for verdict, reasons in zip(level, before, strict=True):
            # Whoever gets no host place keeps the reason why there was none before.
            if verdict.outcome == "out":
                verdict.reasons = reasons


def _missed(verdict: Verdict) -> bool:
    return verdict.outcome == "out" and verdict.reasons[-1].code in MISSED


def _line_up_substitutes(rule: QuotaRule, verdicts: list[Verdict]) -> None:
    """Those who only missed a place, in order; equal ranks share an order number."""
    ahead: Counter[str | None] = Counter()
    waiting = [each for each in verdicts if _missed(each)]
    for _, group in groupby(waiting, key=lambda each: each.rank):
        level = list(group)
        orders = [ahead[_queue(rule, each)] + 1 for each in level]
        ahead.update(_queue(rule, each) for each in level)
        for verdict, order in zip(level, orders, strict=True):
            if order <= rule.substitutes:
                verdict.outcome, verdict.substitute_order = "substitute", order
                zh, en = f"列为第 {order} 候补。", f"The entry is substitute number {order}."
                verdict.reasons += (Reason("substitute", zh, en),)


def _queue(rule: QuotaRule, verdict: Verdict) -> str | None:
    if rule.per_delegation is not None:
        return verdict.entrant.delegation
    columns = rule.cap_columns()
    counted_by_column = rule.places is None and rule.share is None and len(columns) == 1
    return column_of(verdict.entrant, columns[0]) if counted_by_column else None


def _proposal(verdict: Verdict, preview: bool) -> SlotProposal:
    rank = verdict.rank
    within = Reason(
        "within_quota", f"排名第 {rank}，在晋级名额之内。", f"Rank {rank} is within the places that go up."
    )
    return SlotProposal(
        entry=verdict.entry,
        delegation=verdict.entrant.delegation,
        outcome=verdict.outcome,
        position=rank,
        substitute_order=verdict.substitute_order,
        reasons=verdict.reasons or (within,),
        preview=preview,
    )
