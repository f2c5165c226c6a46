"""Nodes that look at the whole field, and the measuring of many entries for them: everybody up to such a node, then on.

Plans without such nodes are measured one entry after the other, and none is kept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

from scoring.decimals import ZERO
from scoring.evaluation.compiled import CompiledPlan, FieldStep
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.measuring import Tally, Work, begin, segment
from scoring.evaluation.seating import settle
from scoring.plans.combining import Outcome
from scoring.plans.nodes import RankPoints, Relative

Assess: TypeAlias = Callable[[Decimal], Outcome]


def measure(compiled: CompiledPlan, facts: EntryFacts, wanted: frozenset[str]) -> Tally:
    """One entry alone: values of the nodes above the panels and of the `wanted` ones below. Needs scoring's context to be set."""
    work = begin(compiled, facts, wanted)
    if compiled.fields:
        finish(compiled, [work])
    return work.tally


def measure_all(
    compiled: CompiledPlan, facts: Iterable[EntryFacts], wanted: frozenset[str]
) -> Iterator[tuple[EntryFacts, Tally]]:
    """Each entry in the field of all, in the order they come. Needs scoring's context to be set."""
    if not compiled.fields:
        return ((each, measure(compiled, each, wanted)) for each in facts)
    works = [begin(compiled, each, wanted) for each in facts]
    finish(compiled, works)
    return ((work.facts, work.tally) for work in works)


def finish(compiled: CompiledPlan, works: Sequence[Work]) -> None:
    """From where `begin` stopped to the root, for the whole field."""
    for number, field in enumerate(compiled.fields, 1):
        groups: defaultdict[str, list[Work]] = defaultdict(list)
        for work in works:
            within = field.node.within
            groups["" if within is None else work.facts.columns.get(within, "")].append(work)
        for group in groups.values():
            _assess(field, group)
        for work in works:
            segment(compiled, work, number)


def _assess(field: FieldStep, works: Sequence[Work]) -> None:
    part, key = field.part, field.key
    present = [work.tally for work in works if work.facts.state == "present"]
    numbers = [tally.value[part] for tally in present if part in tally.value]
    still_open = any(part in tally.open for tally in present)
    node = field.node
    assess = _rank_points(node, numbers) if isinstance(node, RankPoints) else _relative(node, numbers)
    for work in works:
        tally = work.tally
        if key in work.special.skipped:
            continue
        if still_open or part in tally.open:
            tally.open.add(key)
        outcome: Outcome = tally.void.get(part)
        # Who is not present stands outside the field and has no place in it.
        if part in tally.value and work.facts.state == "present":
            outcome = assess(tally.value[part])
        settle(field.finish, key, outcome, work.changes.get(key), tally.value, tally.exact, tally.void)


def _rank_points(node: RankPoints, numbers: Sequence[Decimal]) -> Assess:
    ordered = sorted(numbers, reverse=node.better == "higher")
    places: defaultdict[Decimal, list[Decimal]] = defaultdict(list)
    for place, number in enumerate(ordered):
        places[number].append(node.points[place] if place < len(node.points) else node.rest)
    if node.shared == "same":
        return lambda value: places[value][0]
    return lambda value: sum(places[value], ZERO) / len(places[value])


def _relative(node: Relative, numbers: Sequence[Decimal]) -> Assess:
    to = _reference(node, numbers) if numbers else ZERO

    def assess(value: Decimal) -> Decimal:
        if node.better == "higher":
            return node.points * value / to if to else ZERO
        return node.points * to / value if value else node.points

    return assess


def _reference(node: Relative, numbers: Sequence[Decimal]) -> Decimal:
    ordered = sorted(numbers)
    match node.to:
        case "best":
            return ordered[-1] if node.better == "higher" else ordered[0]
        case "mean":
            return sum(ordered, ZERO) / len(ordered)
        case _:
            half = len(ordered) // 2
            return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
