"""Nodes with several parts: from the values and states of the parts to a number, a state or nothing yet.

The meaning of each node stands at its class in scoring/plans/nodes.py.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from scoring.decimals import ONE, ZERO
from scoring.documents import Better
from scoring.plans.nodes import (
    Attempts,
    Best,
    Chosen,
    DropWorst,
    Maximum,
    Mean,
    Median,
    Minimum,
    Node,
    Product,
    Quotient,
    Sum,
    Veto,
    VoidState,
    WeightedSum,
)

Outcome: TypeAlias = Decimal | VoidState | None
Values: TypeAlias = Mapping[str, Decimal]
Voids: TypeAlias = Mapping[str, VoidState]
Combine: TypeAlias = Callable[[Values, Voids], Outcome]
Total: TypeAlias = Literal["sum", "mean"]

GRAVITY: Final[dict[VoidState, int]] = {
    "disqualified": 0,
    "withdrew": 1,
    "absent": 2,
    "did_not_start": 3,
    "did_not_finish": 4,
    "invalid": 5,
    "passed": 6,
}
"""The gravest state first: it stands for all."""
_NOT_MADE: Final = frozenset({"passed", "did_not_start"})


def gravest(states: Iterable[VoidState]) -> VoidState | None:
    """The state that stands for several; None for none."""
    return min(states, key=GRAVITY.__getitem__, default=None)


def combiner(node: Node, parts: tuple[str, ...], full: Sequence[Decimal | None]) -> Combine | None:  # noqa: PLR0911, PLR0912 - one answer a kind
    """How the node combines these parts, whose full marks are given; None for a node that does not combine."""
    match node:
        case WeightedSum():
            return _weighted(node, parts, full)
        case Sum():
            return _sum(parts)
        case Chosen():
            return _chosen(parts, node.count)
        case Mean():
            return _mean(parts)
        case Product():
            return _product(parts)
        case Median():
            return _median(parts, node.better)
        case Minimum():
            return _extreme(parts, "lower")
        case Maximum():
            return _extreme(parts, "higher")
        case Best():
            return _best(parts, node.count, node.better, node.total, node.short == "fewer")
        case DropWorst():
            return _best(parts, len(parts) - node.count, node.better, node.total, False)
        case Quotient():
            return _quotient(*parts)
        case Veto():
            return _veto(node, parts)
        case Attempts():
            return _attempts(node, parts)
        case _:
            return None


def void_among(parts: tuple[str, ...], void: Voids) -> VoidState | None:
    """The gravest state of these parts."""
    return gravest([void[part] for part in parts if part in void]) if void else None


def _weighted(node: WeightedSum, parts: tuple[str, ...], full: Sequence[Decimal | None]) -> Combine:
    weights = [part.weight for part in node.parts]
    if node.scale == "as_is":
        # A weight of 0 adds nothing, even where the part could become anything.
        terms = tuple((part, weight, ONE) for part, weight in zip(parts, weights, strict=True) if weight)
    else:
        whole = sum(weights, ZERO)
        # One division per part, after the multiplication: what can be exact stays exact.
        terms = tuple(
            (part, weight * 100, (most or ONE) * whole)
            for part, weight, most in zip(parts, weights, full, strict=True)
        )

    def combine(values: Values, void: Voids) -> Outcome:
        if void and (state := void_among(parts, void)):
            return state
        return _added([values[part] * times / by for part, times, by in terms if part in values])

    return combine


def _added(values: list[Decimal]) -> Decimal | None:
    return sum(values, ZERO) if values else None


def _sum(parts: tuple[str, ...]) -> Combine:
    def combine(values: Values, void: Voids) -> Outcome:
        if void and (state := void_among(parts, void)):
            return state
        return _added([values[part] for part in parts if part in values])

    return combine


def _chosen(parts: tuple[str, ...], count: int) -> Combine:
    """Parts that were not chosen have no value; while the choice is open, the first ones stand for it."""

    def combine(values: Values, void: Voids) -> Outcome:
        if void and (state := void_among(parts, void)):
            return state
        return _added([values[part] for part in parts if part in values][:count])

    return combine


def _mean(parts: tuple[str, ...]) -> Combine:
    added, number = _sum(parts), len(parts)

    def combine(values: Values, void: Voids) -> Outcome:
        whole = added(values, void)
        return whole / number if isinstance(whole, Decimal) else whole

    return combine


def _product(parts: tuple[str, ...]) -> Combine:
    def combine(values: Values, void: Voids) -> Outcome:
        if void and (state := void_among(parts, void)):
            return state
        product = ONE
        for part in parts:
            if part not in values:
                return None
            product *= values[part]
        return product

    return combine


def _quotient(part: str, by: str) -> Combine:
    def combine(values: Values, void: Voids) -> Outcome:
        if state := void_among((part, by), void):
            return state
        if part not in values or by not in values:
            return None
        return values[part] / values[by] if values[by] else "invalid"

    return combine


def _veto(node: Veto, parts: tuple[str, ...]) -> Combine:
    part, vetoes = parts[0], parts[1:]

    def combine(values: Values, void: Voids) -> Outcome:
        if any(veto in void or (veto in values and values[veto] < node.line) for veto in vetoes):
            return "disqualified" if node.value is None else node.value
        return void.get(part) or values.get(part)

    return combine


def _extreme(parts: tuple[str, ...], better: Better) -> Combine:
    pick = max if better == "higher" else min

    def combine(values: Values, void: Voids) -> Outcome:
        numbers = [values[part] for part in parts if part in values]
        if numbers:
            return pick(numbers)
        return void_among(parts, void) if all(part in void for part in parts) else None

    return combine


def _median(parts: tuple[str, ...], better: Better) -> Combine:
    def combine(values: Values, void: Voids) -> Outcome:
        numbers = _from_best(parts, values, better)
        known = len(numbers) + _count(parts, void)
        if not known:
            return None
        # Void parts stand behind the numbers: the middle is void if it lies among them.
        if known // 2 >= len(numbers):
            return void_among(parts, void)
        middle = numbers[known // 2]
        return middle if known % 2 else (numbers[known // 2 - 1] + middle) / 2

    return combine


def _best(parts: tuple[str, ...], count: int, better: Better, total: Total, fewer: bool) -> Combine:
    def combine(values: Values, void: Voids) -> Outcome:
        numbers = _from_best(parts, values, better)[:count]
        still_open = len(parts) - sum([part in values for part in parts]) - _count(parts, void)
        least = 1 if fewer else count
        if len(numbers) + still_open < least:
            return void_among(parts, void)
        return _total(numbers, total)

    return combine


def _attempts(node: Attempts, parts: tuple[str, ...]) -> Combine:  # noqa: PLR0911 - one answer a kind
    of = node.of or 1
    match node.take:
        case "best":
            return _best(parts, 1, node.better, "sum", False)
        case "best_sum":
            return _best(parts, of, node.better, "sum", False)
        case "best_mean":
            return _best(parts, of, node.better, "mean", False)
        case "sum":
            return _sum(parts)
        case "mean":
            return _mean(parts)
        case "median":
            return _median(parts, node.better)
        case "middle_mean":
            return _middle_mean(parts, of, node.better)
        case _:
            return _last(parts)


def _middle_mean(parts: tuple[str, ...], of: int, better: Better) -> Combine:
    cut = (len(parts) - of) // 2

    def combine(values: Values, void: Voids) -> Outcome:
        numbers = _from_best(parts, values, better)
        voids = _count(parts, void)
        if voids > cut:
            return void_among(parts, void)
        known = len(numbers) + voids
        # Provisional: as much is left out as can be while one mark stays.
        drop = min(cut, max(0, known - of), (len(numbers) - 1) // 2 if known < len(parts) else cut)
        return _total(numbers[drop : len(numbers) - max(0, drop - voids)], "mean")

    return combine


def _last(parts: tuple[str, ...]) -> Combine:
    def combine(values: Values, void: Voids) -> Outcome:
        for part in reversed(parts):
            if part in values:
                return values[part]
            if part in void and void[part] not in _NOT_MADE:
                return void[part]
        return void_among(parts, void) if all(part in void for part in parts) else None

    return combine


def _from_best(parts: tuple[str, ...], values: Values, better: Better) -> list[Decimal]:
    return sorted([values[part] for part in parts if part in values], reverse=better == "higher")


def _count(parts: tuple[str, ...], void: Voids) -> int:
    return sum([part in void for part in parts]) if void else 0


def _total(numbers: list[Decimal], total: Total) -> Decimal | None:
    whole = _added(numbers)
    return whole / len(numbers) if whole is not None and total == "mean" else whole
