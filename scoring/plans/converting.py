"""Nodes that convert one number: measured values to points, formulas, limits and lines.

The meaning of each node stands at its class in scoring/plans/nodes.py.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TypeAlias

from scoring.decimals import ZERO
from scoring.documents import Band
from scoring.plans.combining import Combine, Outcome, Values, Voids
from scoring.plans.nodes import (
    Bands,
    Bonus,
    Deviation,
    Limit,
    Linear,
    Node,
    PassLine,
    Penalty,
    Piecewise,
    Power,
    Ref,
    Rounded,
    VoidState,
)

Converted: TypeAlias = Decimal | VoidState
Convert: TypeAlias = Callable[[Decimal], Converted]


def conversion(node: Node) -> Convert | None:  # noqa: PLR0911 - one answer a kind
    """How the node converts the number of its part; None for a node that does not."""
    match node:
        case Rounded() | Ref():
            return lambda value: value
        case Linear():
            return _linear(node)
        case Piecewise():
            return _piecewise(node)
        case Bands():
            return lambda value: banded(node.bands, value, node.otherwise)
        case Power():
            return _power(node)
        case Deviation():
            return lambda value: abs(value - node.target)
        case Penalty():
            return lambda value: -node.each * value
        case Bonus():
            return lambda value: node.each * value
        case Limit():
            return _limit(node)
        case PassLine():
            return _pass_line(node)
        case _:
            return None


def converting(convert: Convert, part: str) -> Combine:
    """The conversion of a part that may be void or open."""

    def combine(values: Values, void: Voids) -> Outcome:
        value = values.get(part)
        return void.get(part) if value is None else convert(value)

    return combine


def banded(bands: Sequence[Band], value: Decimal, otherwise: Decimal = ZERO) -> Decimal:
    """The points of the first band that holds the value."""
    for band in bands:
        if (band.low is None or band.low <= value) and (band.high is None or value <= band.high):
            return band.points
    return otherwise


def _linear(node: Linear) -> Convert:
    def convert(value: Decimal) -> Decimal:
        if node.count == "exact":
            # One division, after the multiplication: what can be exact stays exact.
            return node.base + node.per_unit * (value - node.reference) / node.every
        n = (value - node.reference) / node.every
        whole = n.to_integral_value(ROUND_CEILING if node.count == "started" else ROUND_FLOOR)
        return node.base + node.per_unit * whole

    return convert


def _piecewise(node: Piecewise) -> Convert:
    def convert(value: Decimal) -> Decimal:
        first, last = node.points[0], node.points[-1]
        if value <= first.at:
            return first.points
        for low, high in pairwise(node.points):
            if value <= high.at:
                return low.points + (value - low.at) * (high.points - low.points) / (high.at - low.at)
        return last.points

    return convert


def _power(node: Power) -> Convert:
    def convert(value: Decimal) -> Decimal:
        bracket = value - node.b if node.form == "above" else node.b - value
        return node.a * bracket**node.c if bracket > 0 else ZERO

    return convert


def _limit(node: Limit) -> Convert:
    def convert(value: Decimal) -> Decimal:
        if node.minimum is not None and value < node.minimum:
            return node.minimum
        return node.maximum if node.maximum is not None and value > node.maximum else value

    return convert


def _pass_line(node: PassLine) -> Convert:
    def convert(value: Decimal) -> Converted:
        if value >= node.line if node.better == "higher" else value <= node.line:
            return value
        return "disqualified" if node.value is None else node.value

    return convert
