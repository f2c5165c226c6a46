"""The best and the worst that an entry can still come to, and who is settled against whom. Inside scoring.

A corner is a key of the ranking order in which every value that is still open is as good, or as bad, as it can get. No true key is
ahead of the best corner in any criterion, or behind the worst; so where the worst corner of one entry is ahead of the best corner
of another, the two are settled.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal, NamedTuple, TypeAlias

from scoring.evaluation.bounds import final_spans
from scoring.evaluation.facts import EntryFacts
from scoring.plans.plan import Plan
from scoring.plans.spans import INFINITE, Span
from scoring.ranking.ordering import Comparison, Line, Ordering
from scoring.ranking.sortable import sortable

Pair: TypeAlias = tuple[bytes, bytes]

# Ahead of every key, and behind every key.
_BEST: Final = b""
_WORST: Final = b"\xff\xff"
_ANYTHING: Final = (_BEST, _WORST)


class Corners(NamedTuple):
    """The keys of one entry at its best and at its worst; not `sure`: it may end up without a rank."""

    entry: str
    facts: EntryFacts
    best: tuple[bytes, ...]
    worst: tuple[bytes, ...]
    sure: bool


def corners_of(plan: Plan, order: Ordering, line: Line) -> Corners | None:
    """Both corners of an entry; None if it has no rank whatever happens."""
    if line.facts.state != "present" or (line.complete and not line.ranked):
        return None
    spans = {} if line.complete else final_spans(plan, line.facts, plan.rank_on == "exact")
    total = spans.get(order.by)
    if total is None and not line.complete:
        return None
    pairs = [
        _settled(each, line, at) if line.complete else _still_open(each, line, at, spans)
        for at, each in enumerate(order.comparisons)
    ]
    best, worst = tuple(best for best, _ in pairs), tuple(worst for _, worst in pairs)
    sure = total is None or not total.void
    return Corners(line.entry, line.facts, best, worst if sure else (_WORST,) * len(worst), sure)


def _settled(comparison: Comparison, line: Line, at: int) -> Pair:
    """Of an entry that has all its marks."""
    if comparison.tie.of in {"time", "lot", "decision"} and line.values[at] is None:
        return _ANYTHING
    return line.keys[at], line.keys[at]


def _still_open(comparison: Comparison, line: Line, at: int, spans: dict[str, Span]) -> Pair:
    match comparison.tie.of:
        case "node":
            return _spanned(comparison, spans.get(comparison.key))
        case "countback":
            return _ANYTHING
        case "highest_mark":
            # More marks can only raise it.
            now = line.values[at]
            return _between(comparison, now, INFINITE) if isinstance(now, Decimal) else _ANYTHING
        case _:
            return _settled(comparison, line, at)


def _spanned(comparison: Comparison, span: Span | None) -> Pair:
    if span is None:
        return comparison.unknown, comparison.unknown
    best, worst = _between(comparison, span.low, span.high)
    # Without a number it would stand where the unknown stand.
    return (min(best, comparison.unknown), max(worst, comparison.unknown)) if span.void else (best, worst)


def _between(comparison: Comparison, low: Decimal, high: Decimal) -> Pair:
    good, bad = (high, low) if comparison.descending else (low, high)
    return (
        sortable(good, comparison.descending, comparison.unknown) if good.is_finite() else _BEST,
        sortable(bad, comparison.descending, comparison.unknown) if bad.is_finite() else _WORST,
    )


class Field:
    """Corners of some entries, sorted, so that counting who is surely ahead costs no pass over the field."""

    def __init__(self, order: Ordering, corners: Iterable[Corners]) -> None:
        self._order, self._comparisons = order, order.comparisons
        # Keys up to the first condition decide in any case; behind it a criterion may be left out.
        conditions = [at for at, each in enumerate(order.comparisons) if each.conditional]
        self._sure = conditions[0] if conditions else len(order.comparisons)
        self._all = list(corners)
        self._entries = {each.entry for each in self._all}
        self._best = sorted(each.best[: self._sure] for each in self._all)
        self._worst = sorted(each.worst[: self._sure] for each in self._all)
        self._with_best = _grouped((each.best[: self._sure], each) for each in self._all)
        self._with_worst = _grouped((each.worst[: self._sure], each) for each in self._all)
        self._chain = self._longest_chain()

    def places(self, corners: Corners) -> tuple[int, int | None]:
        """The first and the last of the places that the entry may fill, its equals counted ahead of it in the last."""
        return 1 + self._ahead(corners, level=False), self._last(corners, level=True)

    def ranks(self, corners: Corners, shared: Literal["1224", "1223", "1334"]) -> tuple[int, int | None]:
        """The best and the worst rank that the entry may get."""
        match shared:
            case "1224":
                return 1 + self._ahead(corners, level=False), self._last(corners, level=False)
            case "1334":
                return 1 + self._ahead(corners, level=True), self._last(corners, level=True)
            case _:
                return 1 + bisect_left(self._chain, corners.best[: self._sure]), self._last_number(corners)

    def _last(self, corners: Corners, level: bool) -> int | None:
        """One more than can still be ahead; with `level` the equal ones count as ahead."""
        return len(self._all) - self._behind(corners, level=not level) if corners.sure else None

    def _last_number(self, corners: Corners) -> int | None:
        """One more than there can be different ranks ahead."""
        numbers = self._numbers
        others = len(numbers._all) - (corners.entry in numbers._entries)
        return 1 + others - numbers._behind(corners, level=True) if corners.sure else None

    @cached_property
    def _numbers(self) -> "Field":
        """One for each rank that can be of its own: entries with one settled key never part."""
        apart = {each.best if each.best == each.worst else each.entry: each for each in self._all}
        return Field(self._order, apart.values())

    def _ahead(self, corners: Corners, level: bool) -> int:
        """How many are ahead whatever happens; with `level` also those that are ahead or equal."""
        key = corners.best[: self._sure]
        equal = [each for each in self._with_worst.get(key, ()) if each is not corners]
        return bisect_left(self._worst, key) + sum(self._settles(each, corners, level) for each in equal)

    def _behind(self, corners: Corners, level: bool) -> int:
        """How many are behind whatever happens; with `level` also those that are behind or equal."""
        key = corners.worst[: self._sure]
        equal = [each for each in self._with_best.get(key, ()) if each is not corners]
        surely = len(self._all) - bisect_right(self._best, key)
        return surely + sum(self._settles(corners, each, level) for each in equal)

    def _settles(self, one: Corners, other: Corners, level: bool) -> bool:
        """Whether the criteria from the first condition on put one ahead of the other, or with `level` at least not behind."""
        for at in range(self._sure, len(self._comparisons)):
            if one.worst[at] > other.best[at]:
                return False
            if one.worst[at] < other.best[at] and not self._comparisons[at].conditional:
                return True
        return level

    def _longest_chain(self) -> list[tuple[bytes, ...]]:
        """Worst corners of entries each of which is surely ahead of the next: so many different ranks there are at least."""
        chain: list[tuple[bytes, ...]] = []
        for each in sorted(self._all, key=lambda one: one.worst[: self._sure]):
            if not chain or chain[-1] < each.best[: self._sure]:
                chain.append(each.worst[: self._sure])
        return chain


def _grouped(
    pairs: Iterable[tuple[tuple[bytes, ...], Corners]],
) -> dict[tuple[bytes, ...], list[Corners]]:
    groups: dict[tuple[bytes, ...], list[Corners]] = {}
    for key, each in pairs:
        groups.setdefault(key, []).append(each)
    return groups
