"""Ranks of huge fields: of each entry only a small record is kept, some 90 bytes, however many marks it has.

A record is one run of bytes that sorts as the ranking wants: the key of the criteria up to the first condition, the entry, then what is
needed to read it again. Only entries that are equal so far are ever unpacked together.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from scoring.decimals import exact_arithmetic
from scoring.evaluation.compiled import compile_plan
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.fieldwise import measure
from scoring.plans.plan import Plan
from scoring.ranking.ordering import Keyed, Ordering, arrange, asked, is_ranked, keys_of, plan_ordering
from scoring.ranking.standings import STATE_ORDER, Numbering

_LENGTH: Final = 2


class StreamedRank(NamedTuple):
    """One entry of a huge field. Entries that take no award have no award rank, and those without a total no rank."""

    entry: str
    rank: int | None
    award_rank: int | None
    total: Decimal | None


class _Kept(Keyed, frozen=True):
    """A record unpacked."""

    hors_concours: bool
    total: Decimal


def rank_stream(plan: Plan, facts: Iterable[EntryFacts]) -> Iterator[StreamedRank]:
    """The entries in the order `rank` gives them, from facts that are taken one by one and not kept.

    Entries must differ: that is not checked. Raises InvalidPlan; ValueError for contradicting facts, and for a plan whose nodes look
    at the whole field, which has to be held for them.
    """
    compiled, order = compile_plan(plan), plan_ordering(plan)
    if compiled.fields:
        named = ", ".join(field.key for field in compiled.fields)
        raise ValueError(f"The nodes {named} look at the whole field: rank this plan with `rank`.")
    root, records = compiled.keys[0], _Records(order)
    ranked: list[bytes] = []
    rest: list[tuple[int, str]] = []
    with exact_arithmetic():
        for each in facts:
            tally = measure(compiled, each, order.wanted)
            if is_ranked(order, each, tally):
                total = compiled.shown(root, tally.value[root])
                ranked.append(records.packed(each, keys_of(order, asked(order, each, tally)), total))
            else:
                void = tally.void.get(root) if each.state == "present" else None
                rest.append((STATE_ORDER[void or each.state], each.entry))
    ranked.sort()
    rest.sort()
    return _streamed(plan, order, records, ranked, rest)


class _Records:
    """How records of one order are written and read. `together`: so many keys come first, and sort as one."""

    def __init__(self, order: Ordering) -> None:
        self.together = 0 if order.comparisons[0].conditional else order.runs[0][1]
        self._fields = 3 + len(order.comparisons) - self.together

    def packed(self, facts: EntryFacts, keys: tuple[bytes, ...], total: Decimal) -> bytes:
        """Key, entry, the other keys, the total, whether it takes awards, and how long each of them is."""
        fields = [
            b"".join(keys[: self.together]),
            # The end sorts an entry ahead of all that only begin like it.
            facts.entry.encode() + b"\x00",
            *keys[self.together :],
            str(total).encode() + (b"\x01" if facts.hors_concours else b"\x00"),
        ]
        return b"".join([*fields, *[len(field).to_bytes(_LENGTH) for field in fields]])

    def first_key(self, record: bytes) -> bytes:
        """What is the same for all entries that the criteria up to the first condition leave equal."""
        at = len(record) - self._fields * _LENGTH
        return record[: int.from_bytes(record[at : at + _LENGTH])]

    def unpacked(self, record: bytes) -> _Kept:
        """The record as it was written."""
        lengths = len(record) - self._fields * _LENGTH
        fields, start = [], 0
        for at in range(lengths, len(record), _LENGTH):
            stop = start + int.from_bytes(record[at : at + _LENGTH])
            fields.append(record[start:stop])
            start = stop
        # Keys that came first are equal wherever records are unpacked together, so they need no parting.
        keys = (fields[0],) * self.together + tuple(fields[2:-1])
        return _Kept(
            fields[1][:-1].decode(), keys, fields[-1].endswith(b"\x01"), Decimal(fields[-1][:-1].decode())
        )


def _streamed(
    plan: Plan, order: Ordering, records: _Records, ranked: list[bytes], rest: list[tuple[int, str]]
) -> Iterator[StreamedRank]:
    numbering = Numbering(plan)
    for group in _groups(order, records, ranked):
        rivals = len(group) - sum([each.hors_concours for each in group])
        place, award_place = numbering.take(len(group), rivals)
        for each in group:
            yield StreamedRank(each.entry, place, None if each.hors_concours else award_place, each.total)
    for _, entry in rest:
        yield StreamedRank(entry, None, None, None)


def _groups(order: Ordering, records: _Records, ranked: list[bytes]) -> Iterator[list[_Kept]]:
    place = 1
    for _, level in groupby(ranked, key=records.first_key):
        equal = [records.unpacked(record) for record in level]
        for group in arrange(order, equal, after=1 if records.together else 0, place=place):
            yield group.lines
        place += len(equal)
