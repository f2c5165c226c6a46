"""Faults that only the whole tree shows: refs that lead nowhere, parts without a full mark, lines out of reach."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from graphlib import CycleError

from scoring.plans.expanding import Place, parts_first
from scoring.plans.faults import LONGEST_SHOWN, PlanFault, fault
from scoring.plans.nodes import Node, PassLine, Power, Quotient, Ref, Veto, WeightedSum, walk
from scoring.plans.spans import ANYTHING, Span, full_marks, static_spans


def ref_faults(root: Node, places: list[Place]) -> Iterator[PlanFault]:
    """Refs to nothing, in a circle, or out of a judge's sheet."""
    refs = [place for place in places if isinstance(place.node, Ref)]
    if not refs:
        return
    by_key = {place.key: place for place in places}
    paths = _paths(root)
    named: set[str] = set()
    for place in refs:
        node = place.node
        assert isinstance(node, Ref)
        if node.key in named:
            continue
        named.add(node.key)
        target = by_key.get(place.parts[0])
        if target is None:
            yield fault(paths[node.key], "ref_unknown", node.of)
        elif place.panel and target.panel != place.panel:
            yield fault(paths[node.key], "ref_crosses_panel")
    try:
        parts_first(places)
    except CycleError as found:
        circle = {by_key[key].node.key for key in found.args[1]}
        yield from (
            fault(paths[place.node.key], "ref_cycle", place.node.of)
            for place in refs
            if isinstance(place.node, Ref) and place.node.key in circle and place.attempt <= 1
        )


def reach_faults(root: Node, places: list[Place]) -> Iterator[PlanFault]:
    """What a plan without other faults cannot come to. The nodes of later attempts say nothing new."""
    full = full_marks(places)
    spans = static_spans(places, full)
    paths = _paths(root)
    for place in places:
        if place.attempt > 1:
            continue
        path, node = paths[place.node.key], place.node
        span = spans.get(place.key)
        if node.pass_at is not None and span is not None and _rounded_up(node, span.high) < node.pass_at:
            yield fault(path, "line_out_of_reach", "pass_at", node.pass_at)
        parts = [spans.get(part, ANYTHING) for part in place.parts]
        match node:
            case WeightedSum(scale="to_100"):
                yield from _full_faults(paths, places, place, full)
            case Veto() if any(part.high < node.line for part in parts[1:]):
                yield fault(path, "line_out_of_reach", node.key, node.line)
            case PassLine() if _never(node, parts[0]):
                yield fault(path, "line_out_of_reach", node.key, node.line)
            case Power() if _empty(node, parts[0]):
                yield fault(path, "power_bracket")
            case Quotient() if parts[1].low == parts[1].high == 0:
                yield fault(path, "divides_by_zero")


def _full_faults(
    paths: Mapping[str, str], places: list[Place], whole: Place, full: Mapping[str, Decimal | None]
) -> Iterator[PlanFault]:
    nodes = {place.key: place.node.key for place in places}
    for part in whole.parts:
        most = full[part]
        if most is None:
            yield fault(paths[whole.node.key], "unbounded", nodes[part])
        elif most <= 0:
            yield fault(paths[nodes[part]], "not_worth_anything", most)


def _rounded_up(node: Node, high: Decimal) -> Decimal:
    """Rounding may carry a value over a line."""
    rounding = node.rounding
    if rounding is None:
        return high
    return high + (rounding.step or Decimal((0, (1,), -rounding.digits)))


def _never(node: PassLine, part: Span) -> bool:
    return part.high < node.line if node.better == "higher" else part.low > node.line


def _empty(node: Power, part: Span) -> bool:
    return part.high <= node.b if node.form == "above" else part.low >= node.b


def _paths(root: Node) -> dict[str, str]:
    return {
        node.key: " > ".join(each.key[:LONGEST_SHOWN] for each in (*above, node))
        for above, node in walk(root)
    }
