"""The ranking order at work: what is compared, and which entries stay equal.

Criteria without conditions are one key and one sort. A condition (`up_to`, `if_all_known`) is asked of a whole group of
entries that all earlier criteria left equal, never of two entries, so that "ahead of" stays transitive: the group is
refined by the criterion or stays as it is, and the next criterion takes it from there.

The rank that `up_to` means is the first place that the equal entries fill, whatever the numbering of shared ranks.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from scoring.documents import Better
from scoring.evaluation.compiled import CompiledPlan, compile_plan
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.measuring import Tally
from scoring.plans.counting import counting
from scoring.plans.expanding import attempt_key
from scoring.plans.nodes import Attempts, VoidState, children
from scoring.plans.plan import Plan, Tie, ranking_order
from scoring.ranking.sortable import FIRST, LAST, Value, sortable

Read: TypeAlias = Callable[[EntryFacts, Tally], Value]

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")


class Comparison(NamedTuple):
    """One criterion ready for work; `key` is the tie's in the plan as it is evaluated (`run#1`).

    Lots and decisions count from 1 as first, whatever direction a plan writes.
    """

    tie: Tie
    read: Read
    key: str
    descending: bool
    unknown: bytes

    @property
    def conditional(self) -> bool:
        """Whether entries that differ in it may yet stay equal."""
        return self.tie.up_to is not None or self.tie.if_all_known


class Ordering(NamedTuple):
    """A whole order. `by` is the node without which an entry has no rank; `wanted` are the nodes to measure for it."""

    by: str
    comparisons: tuple[Comparison, ...]
    labels: tuple[str, ...]
    wanted: frozenset[str]
    runs: tuple[tuple[int, int], ...]


class Keyed(msgspec.Struct, frozen=True):
    """An entry and the keys that answer the comparisons: all that arranging asks for."""

    entry: str
    keys: tuple[bytes, ...]


class Line(Keyed, frozen=True):
    """One entry on its way to a row: what was compared, and what the row shows."""

    facts: EntryFacts
    ranked: bool
    values: tuple[Value, ...]
    nodes: dict[str, Decimal]
    void: VoidState | None
    complete: bool
    answered: int
    expected: int


KeyedT = TypeVar("KeyedT", bound=Keyed)


class Group(NamedTuple, Generic[KeyedT]):
    """Equal entries, and the comparison that put them behind the group ahead."""

    decider: int | None
    lines: list[KeyedT]


@lru_cache(maxsize=256)
def plan_ordering(plan: Plan) -> Ordering:
    """The plan's own order. Raises InvalidPlan."""
    return ordering(plan, plan.root.key, ranking_order(plan))


def ordering(plan: Plan, by: str, ties: Sequence[Tie]) -> Ordering:
    """An order over the nodes of a plan; a bare key below attempts means the first. Raises InvalidPlan."""
    compiled = compile_plan(plan)
    by = compiled.aliases.get(by, by)
    wanted = {by}
    comparisons = tuple(_comparison(compiled, tie, plan.rank_on == "exact", wanted) for tie in ties)
    return Ordering(by, comparisons, _labels(ties), frozenset(wanted), _runs(comparisons))


def compare(order: Ordering, compiled: CompiledPlan, facts: EntryFacts, tally: Tally) -> Line:
    """The entry with everything the order asks of it; the tally is not kept."""
    present, root = facts.state == "present", compiled.keys[0]
    values = asked(order, facts, tally)
    return Line(
        facts.entry,
        keys_of(order, values),
        facts,
        is_ranked(order, facts, tally),
        values,
        # A state other than present has no total: what was marked before stays in the facts and is not published.
        {key: compiled.shown(key, tally.value[key]) for key in compiled.above if key in tally.value}
        if present
        else {},
        tally.void.get(root) if present else None,
        root not in tally.open,
        tally.answered,
        tally.expected,
    )


def is_ranked(order: Ordering, facts: EntryFacts, tally: Tally) -> bool:
    """Whether the entry has a rank at all."""
    return facts.state == "present" and order.by in tally.value


def asked(order: Ordering, facts: EntryFacts, tally: Tally) -> tuple[Value, ...]:
    """What the entry answers to each comparison."""
    return tuple([each.read(facts, tally) for each in order.comparisons])


def keys_of(order: Ordering, values: tuple[Value, ...]) -> tuple[bytes, ...]:
    """The same as keys: who is ahead has the lower one."""
    pairs = zip(order.comparisons, values, strict=True)
    return tuple([sortable(value, each.descending, each.unknown) for each, value in pairs])


def arrange(order: Ordering, lines: Iterable[KeyedT], after: int = 0, place: int = 1) -> list[Group[KeyedT]]:
    """Groups of equal entries from the first to the last; inside a group by entry.

    For entries that the first `after` runs left equal, from `place` on, only the runs behind those are asked.
    """
    groups: list[Group[KeyedT]] = [Group(None, list(lines))]
    for start, stop in order.runs[after:]:
        groups = list(_refined(order.comparisons[start], groups, start, stop, place))
    for group in groups:
        group.lines.sort(key=lambda line: line.entry)
    return groups if groups[0].lines else []


def _refined(
    condition: Comparison, groups: list[Group[KeyedT]], start: int, stop: int, place: int
) -> Iterator[Group[KeyedT]]:
    for group in groups:
        if len(group.lines) > 1 and _applies(condition, group.lines, start, place):
            yield from _split(group, start, stop)
        else:
            yield group
        place += len(group.lines)


def _applies(condition: Comparison, lines: list[KeyedT], at: int, place: int) -> bool:
    tie = condition.tie
    if tie.up_to is not None and place > tie.up_to:
        return False
    return not tie.if_all_known or all(line.keys[at] != condition.unknown for line in lines)


def _split(group: Group[KeyedT], start: int, stop: int) -> list[Group[KeyedT]]:
    def key(line: KeyedT) -> tuple[bytes, ...]:
        return line.keys[start:stop]

    levels: list[Group[KeyedT]] = []
    ahead: tuple[bytes, ...] | None = None
    for line in sorted(group.lines, key=key):
        level = line.keys[start:stop]
        if level == ahead:
            levels[-1].lines.append(line)
            continue
        decider = group.decider if ahead is None else start + _first_difference(ahead, level)
        levels.append(Group(decider, [line]))
        ahead = level
    return levels


def _first_difference(ahead: tuple[bytes, ...], level: tuple[bytes, ...]) -> int:
    at = 0
    while ahead[at] == level[at]:
        at += 1
    return at


def _runs(comparisons: Sequence[Comparison]) -> tuple[tuple[int, int], ...]:
    """Neighbours without a condition together, each with a condition alone."""
    runs: list[tuple[int, int]] = []
    for at, comparison in enumerate(comparisons):
        if runs and not comparison.conditional and not comparisons[at - 1].conditional:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return tuple(runs)


def _labels(ties: Sequence[Tie]) -> tuple[str, ...]:
    """The key of each criterion; what only some plans compare says so in front where another has the same key."""
    times = Counter(tie.key for tie in ties)
    return tuple(
        tie.key if times[tie.key] == 1 or tie.of in {"node", "time", "decision"} else f"{tie.of}:{tie.key}"
        for tie in ties
    )


def _comparison(compiled: CompiledPlan, tie: Tie, exact: bool, wanted: set[str]) -> Comparison:
    """Adds to `wanted` the nodes that have to be measured for it."""
    counted = tie.of in {"lot", "decision"}
    key = compiled.aliases.get(tie.key, tie.key)
    match tie.of:
        case "node":
            wanted.add(key)
            read = _node(key, exact)
        case "countback":
            parts = _parts(compiled, key)
            wanted.update(parts)
            read = _countback(tie, parts, exact, counting(compiled.nodes[key]) if tie.counted else None)
        case "highest_mark":
            read = _highest_mark(compiled, tie.key)
        case _:
            read = _recorded(tie)
    return Comparison(
        tie,
        read,
        key=key,
        descending=tie.better == "higher" and not counted,
        unknown=FIRST if tie.unknown == "first" else LAST,
    )


def _recorded(tie: Tie) -> Read:
    """What is on record of the entry itself."""
    key = tie.key
    match tie.of:
        case "time":
            return lambda facts, tally: facts.times.get(key)
        case "column":
            return lambda facts, tally: _column(facts.columns.get(key, ""))
        case "lot":
            return lambda facts, tally: None if facts.lot is None else Decimal(facts.lot)
        case _:
            return lambda facts, tally: None if facts.decision is None else Decimal(facts.decision)


def _column(text: str) -> Value:
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else text or None


def _node(key: str, exact: bool) -> Read:
    if exact:
        return lambda facts, tally: tally.exact.get(key)
    return lambda facts, tally: tally.value.get(key)


def _countback(tie: Tie, parts: tuple[str, ...], exact: bool, counted: tuple[int, Better] | None) -> Read:
    """The parts that have a value, the best first; with `counted` so many of the best ones of the node alone."""

    def read(facts: EntryFacts, tally: Tally) -> Value:
        known = tally.exact if exact else tally.value
        found = [known[part] for part in parts if part in known]
        if counted is not None:
            number, better = counted
            found = sorted(found, reverse=better == "higher")[:number]
        return tuple(sorted(found, reverse=tie.better == "higher"))

    return read


def _parts(compiled: CompiledPlan, key: str) -> tuple[str, ...]:
    node = compiled.nodes[key]
    if isinstance(node, Attempts):
        return tuple(attempt_key(node.part.key, number) for number in range(1, node.count + 1))
    _, _, attempt = key.partition("#")
    return tuple(attempt_key(part.key, int(attempt or 0)) for part in children(node))


def _highest_mark(compiled: CompiledPlan, key: str) -> Read:
    """Of the judges who are seated for the entry: what another judge wrote counts nowhere. A bare key means all attempts."""
    inside = {each for copy in compiled.copies.get(key, (key,)) for each in compiled.below[copy]}

    def read(facts: EntryFacts, tally: Tally) -> Value:
        highest: Decimal | None = None
        for mark in facts.marks:
            if mark.value is None:
                continue
            leaf = compiled.leaves[mark.criterion]
            if leaf.key not in inside or mark.judge not in tally.seats[leaf.panel].judges:
                continue
            if highest is None or mark.value > highest:
                highest = mark.value
        return highest

    return read
