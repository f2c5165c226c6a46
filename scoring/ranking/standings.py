"""From results to ranks, and why each entry stands where it stands.

Two ranks: `rank` counts everyone who competed, `award_rank` only those who may take an award (an entry hors concours has
none, and the next ones move up). Without rank, with their state, follow in this order: who has no total yet, who did
not finish, whose result is invalid, who passed, who did not start, whose score was cancelled, who was disqualified, came
too late, withdrew, was absent; inside each by entry.

| shared | two entries share the second place |
| --- | --- |
| 1224 | both have the first of the places they fill, and the next places stay free |
| 1223 | both have the next number, and so has the one behind them |
| 1334 | both have the last of the places they fill |
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from scoring.decimals import exact_arithmetic, plain
from scoring.evaluation.compiled import CompiledPlan, compile_plan
from scoring.evaluation.facts import EntryFacts, EntryState
from scoring.evaluation.fieldwise import measure_all
from scoring.evaluation.measuring import Tally
from scoring.plans.nodes import VoidState
from scoring.plans.plan import Plan
from scoring.ranking.fingerprints import facts_hash, field_hash
from scoring.ranking.ordering import Line, Ordering, arrange, compare, plan_ordering
from scoring.ranking.sortable import Value

Compared: TypeAlias = tuple[Decimal | None, ...]
RankKind: TypeAlias = Literal["rank", "award_rank"]

STATE_ORDER: Final[dict[EntryState | VoidState, int]] = {
    "present": 0,
    "did_not_finish": 1,
    "invalid": 2,
    "passed": 3,
    "did_not_start": 4,
    "score_cancelled": 5,
    "disqualified": 6,
    "late": 7,
    "withdrew": 8,
    "absent": 9,
}
"""The order of entries without rank. Inside scoring."""


class StandingRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry. `values` are the rounded values on and above the panels; `compared` answers `Standings.order`.

    `decided_by` is the criterion that put this row behind the one above it, which `against` names; both are None for
    the first row and for a row that shares the rank of the one above. `texts` has what was compared where it is not one
    number (a date, a count-back), by its key in `order`. `void` is why an entry that is present has no total and gets none.
    """

    entry: str
    state: EntryState
    hors_concours: bool
    rank: int | None
    award_rank: int | None
    shared: bool
    total: Decimal | None
    values: dict[str, Decimal]
    compared: Compared
    decided_by: str | None
    against: str | None
    complete: bool
    answered: int
    expected: int
    texts: dict[str, str] = {}
    void: VoidState | None = None

    @property
    def provisional(self) -> bool:
        """There is a total, and answers still open may change it."""
        return self.total is not None and not self.complete


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """One item's order of all entries, and the hash of everything it was made from.

    `order` holds the keys of the ranking criteria, `field` the number of entries that are present, `complete` says
    that no answer of theirs is open.
    """

    plan_code: str
    plan_version: int
    plan_hash: str
    input_hash: str
    order: tuple[str, ...]
    field: int
    complete: bool
    rows: tuple[StandingRow, ...]


class OpenTie(msgspec.Struct, frozen=True):
    """Entries that share `rank` across a boundary: more of them than places left."""

    rank: int
    places: int
    entries: tuple[str, ...]


class Tied(msgspec.Struct, frozen=True):
    """Rows of one rank; `first` is the first of the places they fill, however shared ranks are numbered."""

    rank: int
    first: int
    rows: tuple[StandingRow, ...]


class Place(NamedTuple):
    """What a line's neighbours say of it: everything of its row that is not its own."""

    rank: int | None = None
    award_rank: int | None = None
    shared: bool = False
    decided_by: str | None = None
    against: str | None = None


def rank(plan: Plan, facts: Iterable[EntryFacts]) -> Standings:
    """Standings of these entries. Raises InvalidPlan; ValueError for a repeated entry or contradicting facts."""
    compiled = compile_plan(plan)
    order = plan_ordering(plan)
    with exact_arithmetic():
        lines = [compare(order, compiled, *each) for each in tallies(compiled, order.wanted, facts)]
        hashes = [(line.facts.entry, facts_hash(line.facts)) for line in lines]
        return stand(plan, compiled, order, lines, field_hash(compiled.hash, hashes))


def tied(standings: Standings, by: RankKind = "rank") -> Iterator[Tied]:
    """The ranks from the first on, each with its rows. For every cut after a number of places."""
    first = 1
    for place, rows in groupby(
        [row for row in standings.rows if getattr(row, by) is not None], key=lambda row: getattr(row, by)
    ):
        group = tuple(rows)
        yield Tied(place, first, group)
        first += len(group)


def open_ties(standings: Standings, boundary: int, by: RankKind = "rank") -> tuple[OpenTie, ...]:
    """The tie that a cut after `boundary` places would run through: none or one."""
    return tuple(
        OpenTie(each.rank, boundary - each.first + 1, tuple(row.entry for row in each.rows))
        for each in tied(standings, by)
        if each.first <= boundary < each.first + len(each.rows) - 1
    )


def standings_bytes(standings: Standings) -> bytes:
    """Canonical JSON: equal facts under an equal plan give equal bytes, whatever order they came in."""
    return msgspec.json.encode(standings, order="deterministic")


def tallies(
    compiled: CompiledPlan, wanted: frozenset[str], facts: Iterable[EntryFacts]
) -> Iterator[tuple[EntryFacts, Tally]]:
    """All entries measured, by entry. Inside scoring, in scoring's context. Raises ValueError for a repeated entry."""
    ordered = sorted(facts, key=lambda each: each.entry)
    for one, other in pairwise(ordered):
        if one.entry == other.entry:
            raise ValueError(f"Entry {one.entry} is given twice.")
    return measure_all(compiled, ordered, wanted)


class Numbering:
    """Rank and award rank of one group of equal entries after the other. Inside scoring."""

    def __init__(self, plan: Plan) -> None:
        self._shared = plan.shared
        self._ahead = self._rivals_ahead = self._number = self._award_number = 0

    def take(self, size: int, rivals: int) -> tuple[int, int]:
        """The next group: so many entries, and so many of them that may take awards."""
        ahead, rivals_ahead = self._ahead, self._rivals_ahead
        self._ahead += size
        self._rivals_ahead += rivals
        self._number += 1
        self._award_number += rivals > 0
        match self._shared:
            case "1224":
                return ahead + 1, rivals_ahead + 1
            case "1223":
                return self._number, self._award_number
            case _:
                return self._ahead, self._rivals_ahead


def placed(plan: Plan, order: Ordering, lines: Sequence[Line]) -> Iterator[tuple[Line, Place]]:
    """Each line with its place, the ranked ones first. Inside scoring."""
    groups = arrange(order, [line for line in lines if line.ranked])
    ahead: Line | None = None
    numbering = Numbering(plan)
    for group in groups:
        size = len(group.lines)
        rivals = size - sum([line.facts.hors_concours for line in group.lines])
        place, award_place = numbering.take(size, rivals)
        shared = size > 1
        # A tie with the row above decides nothing, and nothing stands above the first row.
        label = None if group.decider is None else order.labels[group.decider]
        against = None if ahead is None else ahead.facts.entry
        for line in group.lines:
            award_rank = None if line.facts.hors_concours else award_place
            yield line, Place(place, award_rank, shared, label, against)
            label = against = None
        ahead = group.lines[-1]
    rest = [line for line in lines if not line.ranked]
    rest.sort(key=lambda line: (STATE_ORDER[line.void or line.facts.state], line.facts.entry))
    for line in rest:
        yield line, Place()


def stand(
    plan: Plan, compiled: CompiledPlan, order: Ordering, lines: Sequence[Line], input_hash: str
) -> Standings:
    """These entries in this order. Inside scoring."""
    rows = [row_of(compiled, order, line, place) for line, place in placed(plan, order, lines)]
    return bound(plan, compiled, order, lines, rows, input_hash)


def bound(
    plan: Plan,
    compiled: CompiledPlan,
    order: Ordering,
    lines: Sequence[Line],
    rows: Iterable[StandingRow],
    input_hash: str,
) -> Standings:
    """The rows as one document. Inside scoring."""
    present = [line for line in lines if line.facts.state == "present"]
    return Standings(
        plan_code=plan.code,
        plan_version=plan.version,
        plan_hash=compiled.hash,
        input_hash=input_hash,
        order=order.labels,
        field=len(present),
        complete=all(line.complete for line in present),
        rows=tuple(rows),
    )


def row_of(compiled: CompiledPlan, order: Ordering, line: Line, place: Place) -> StandingRow:
    """The line with its place. Inside scoring."""
    facts = line.facts
    counts = facts.state == "present"
    return StandingRow(
        entry=facts.entry,
        state=facts.state,
        hors_concours=facts.hors_concours,
        rank=place.rank,
        award_rank=place.award_rank,
        shared=place.shared,
        total=line.nodes.get(compiled.keys[0]),
        values=line.nodes,
        compared=tuple([_number(value) for value in line.values]) if counts else (),
        decided_by=place.decided_by,
        against=place.against,
        complete=line.complete,
        answered=line.answered,
        expected=line.expected,
        texts=_texts(order, line) if counts else {},
        void=line.void,
    )


def _number(value: Value) -> Decimal | None:
    return plain(value) if isinstance(value, Decimal) else None


def _texts(order: Ordering, line: Line) -> dict[str, str]:
    texts = {}
    for label, value in zip(order.labels, line.values, strict=True):
        if isinstance(value, str):
            texts[label] = value
        elif isinstance(value, tuple) and value:
            texts[label] = ", ".join([str(plain(each)) for each in value])
    return texts
