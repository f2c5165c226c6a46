"""Whether a node's own fields make sense, whatever stands around it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

import msgspec

from scoring.decimals import MOST_DECIMALS, ONE, ZERO, is_usable, plain
from scoring.documents import Band, Rounding
from scoring.plans.expanding import MAX_ATTEMPTS
from scoring.plans.faults import PlanFault, fault
from scoring.plans.nodes import (
    Attempts,
    Bands,
    Best,
    Carried,
    Chosen,
    DropWorst,
    Imported,
    Judged,
    Limit,
    Linear,
    Maximum,
    Mean,
    Measured,
    Median,
    Minimum,
    Node,
    Parameter,
    Piecewise,
    Power,
    Product,
    RankPoints,
    Relative,
    Rounded,
    Sum,
    Veto,
    WeightedSum,
    children,
)

_LARGEST_EXPONENT: Final = 20
_TOPS: Final = {"judgement_0_3": Decimal(3), "pass_fail": Decimal(1)}


def own_faults(path: str, node: Node) -> Iterator[PlanFault]:
    """Numbers that can be computed with, then what the kind of node asks of its fields."""
    unusable = [number for number in _numbers(node) if not is_usable(number)]
    yield from (fault(path, "number_unusable", number) for number in unusable)
    if unusable:
        return
    for rounding in _roundings(node):
        yield from _rounding_faults(path, rounding)
    if not children(node) and _combines(node):
        yield fault(path, "no_parts")
    elif isinstance(node, Judged | Measured | Imported):
        yield from _leaf_faults(path, node)
    elif isinstance(node, Best | DropWorst | Chosen | Attempts):
        yield from _count_faults(path, node)
    else:
        yield from _other_faults(path, node)


def _combines(node: Node) -> bool:
    return isinstance(
        node, WeightedSum | Sum | Mean | Product | Median | Minimum | Maximum | Best | DropWorst | Chosen
    )


def _numbers(value: object) -> Iterator[Decimal]:
    """Every number in the node's own fields, those of its parts left out."""
    match value:
        case Decimal():
            yield value
        case tuple() | list():
            for each in value:
                yield from _numbers(each)
        case dict():
            for each in value.values():
                yield from _numbers(each)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                if name not in {"part", "parts", "by", "vetoes"}:
                    yield from _numbers(getattr(value, name))
    if isinstance(value, WeightedSum):
        yield from (part.weight for part in value.parts)


def _roundings(node: Node) -> Iterator[Rounding]:
    panels = [] if node.panel is None else [node.panel, *([node.panel.each] if node.panel.each else [])]
    for rounding in (node.rounding, *(panel.rounding for panel in panels)):
        if rounding is not None:
            yield rounding


def _rounding_faults(path: str, rounding: Rounding) -> Iterator[PlanFault]:
    if not 0 <= rounding.digits <= MOST_DECIMALS:
        yield fault(path, "rounding_digits", rounding.digits)
    elif rounding.step is not None and (rounding.step <= 0 or decimals_of(rounding.step) > rounding.digits):
        yield fault(path, "rounding_step", rounding.step)


def decimals_of(value: Decimal) -> int:
    """How many decimals the number needs."""
    exponent = plain(value).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


# ---- leaves


def _leaf_faults(path: str, leaf: Judged | Measured | Imported) -> Iterator[PlanFault]:
    if isinstance(leaf, Measured):
        yield from _band_faults(path, leaf.bands)
        if leaf.bands and all(band.points == 0 for band in leaf.bands):
            yield fault(path, "not_worth_anything", 0)
    if leaf.step <= 0:
        yield fault(path, "step_invalid", leaf.step)
    if leaf.maximum is None:
        return
    span = leaf.maximum - leaf.minimum
    if span <= 0:
        yield fault(path, "range_empty", leaf.maximum, leaf.minimum)
        return
    if not isinstance(leaf, Measured) and leaf.maximum <= 0:
        yield fault(path, "not_worth_anything", leaf.maximum)
    if leaf.step > 0 and span % leaf.step:
        yield fault(path, "step_not_dividing", leaf.step, span)
    if isinstance(leaf, Judged):
        if leaf.points is not None and leaf.points <= 0:
            yield fault(path, "not_worth_anything", leaf.points)
        if leaf.step > 0:
            yield from _scale_faults(path, leaf)


def _scale_faults(path: str, leaf: Judged) -> Iterator[PlanFault]:
    top = _TOPS.get(leaf.kind)
    if top is not None and (leaf.minimum, leaf.maximum) != (ZERO, top):
        yield fault(path, "kind_bounds", 0, top)
    if leaf.kind == "deduction" and leaf.minimum != 0:
        yield fault(path, "kind_bounds", 0, leaf.maximum)
    named = [each.value for each in leaf.benchmarks]
    for value in named if leaf.not_attempted is None else [*named, leaf.not_attempted]:
        if not leaf.minimum <= value <= leaf.maximum or (value - leaf.minimum) % leaf.step:
            yield fault(path, "off_scale", value)


def _band_faults(path: str, bands: Iterable[Band]) -> Iterator[PlanFault]:
    for band in bands:
        if band.low is not None and band.high is not None and band.low > band.high:
            yield fault(path, "band_empty", band.low, band.high)


# ---- counts


def _count_faults(path: str, node: Best | DropWorst | Chosen | Attempts) -> Iterator[PlanFault]:
    if isinstance(node, Attempts):
        most = MAX_ATTEMPTS
    else:
        most = len(node.parts) - (1 if isinstance(node, DropWorst) else 0)
    if not 1 <= node.count <= most:
        yield fault(path, "count_range", node.count, 1, most)
    elif isinstance(node, Attempts) and not _takes(node):
        yield fault(path, "attempts_of", node.take, node.of)


def _takes(node: Attempts) -> bool:
    match node.take:
        case "best_sum" | "best_mean":
            return node.of is not None and 1 <= node.of <= node.count
        case "middle_mean":
            return node.of is not None and 1 <= node.of <= node.count and (node.count - node.of) % 2 == 0
        case _:
            return node.of is None


# ---- everything else


def _other_faults(path: str, node: Node) -> Iterator[PlanFault]:  # noqa: PLR0912 - one answer a kind
    match node:
        case WeightedSum():
            yield from _weight_faults(path, node)
        case Veto(vetoes=()) | RankPoints(points=()) | Bands(bands=()):
            yield fault(path, "no_parts")
        case Rounded(rounding=None):
            yield fault(path, "rounding_missing")
        case Linear() if node.every <= 0:
            yield fault(path, "every_not_positive", node.every)
        case Piecewise() if len(node.points) < 2 or any(a.at >= b.at for a, b in pairwise(node.points)):
            yield fault(path, "points_order")
        case Bands():
            yield from _band_faults(path, node.bands)
        case Power() if not 0 < node.c <= _LARGEST_EXPONENT or not node.a:
            yield fault(path, "power_exponent", node.c, node.a)
        case Limit():
            yield from _limit_faults(path, node)
        case Relative() if node.points <= 0:
            yield fault(path, "not_worth_anything", node.points)
        case Parameter():
            yield from _parameter_faults(path, node)
        case Carried():
            if not node.stage.strip():
                yield fault(path, "name_missing", "stage")
            if node.maximum is not None and node.maximum <= 0:
                yield fault(path, "not_worth_anything", node.maximum)


def _weight_faults(path: str, node: WeightedSum) -> Iterator[PlanFault]:
    whole = sum((part.weight for part in node.parts), ZERO)
    if node.scale == "as_is":
        if not any(part.weight for part in node.parts):
            yield fault(path, "weights_sum", whole)
        return
    yield from (fault(path, "weight_not_positive", part.weight) for part in node.parts if part.weight <= 0)
    if whole not in {ONE, Decimal(100)}:
        yield fault(path, "weights_sum", whole)


def _limit_faults(path: str, node: Limit) -> Iterator[PlanFault]:
    low, high = node.minimum, node.maximum
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        yield fault(path, "limit_empty", low, high)


def _parameter_faults(path: str, node: Parameter) -> Iterator[PlanFault]:
    low, high = node.minimum, node.maximum
    if not node.name.strip():
        yield fault(path, "name_missing", "name")
    if low is not None and high is not None and low > high:
        yield fault(path, "range_empty", high, low)
    elif node.default is not None and (
        (low is not None and node.default < low) or (high is not None and node.default > high)
    ):
        yield fault(path, "off_scale", node.default)
