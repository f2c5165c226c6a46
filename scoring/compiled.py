"""A plan made ready for work: checked once, its tree flattened into steps from the leaves to the root.

Compiling is cached by the plan, so that ranking 500 entries walks no tree. Inside scoring only.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scoring.checks import PlanFault, check_plan
from scoring.decimals import exact_arithmetic, kept, plain, round_to
from scoring.documents import Rounding
from scoring.nodes import Imported, Judged, Measured, Node, WeightedSum, children, walk
from scoring.panels import Panel
from scoring.plans import Plan, Tie, full_mark, plan_hash, ranking_order

Round: TypeAlias = Callable[[Decimal], Decimal]


class InvalidPlan(ValueError):
    """The plan has faults and computes nothing; `faults` says which."""

    def __init__(self, faults: tuple[PlanFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.en}" for fault in faults))
        self.faults = faults


class CompiledLeaf(NamedTuple):
    """A judged leaf: its panel, the points of a value (None: the value itself), the points of "not attempted"."""

    panel: str
    points: Round | None
    blank: Decimal


class Step(NamedTuple):
    """One combining node: its value from the values of its parts, None while no part has one."""

    key: str
    parts: tuple[str, ...]
    combine: Callable[[dict[str, Decimal]], Decimal | None]
    round: Round


class CompiledPanel(NamedTuple):
    """One panel: criteria in sheet order, steps for one sheet, `inside` all keys from the panel's node down."""

    key: str
    rule: Panel
    size: int
    minimum: int
    criteria: tuple[str, ...]
    steps: tuple[Step, ...]
    inside: tuple[str, ...]
    round: Round

    def drops(self, marks: int) -> tuple[int, int]:
        """How many lowest and highest marks fall out of so many."""
        return _drops(self.rule, marks)


class CompiledPlan(NamedTuple):
    """Everything `measure` and `rank` look up. `keys` in reading order; `above` those on or above the panels."""

    hash: str
    order: tuple[Tie, ...]
    keys: tuple[str, ...]
    all_keys: frozenset[str]
    above: tuple[str, ...]
    maxima: dict[str, Decimal]
    leaves: dict[str, CompiledLeaf]
    imported: tuple[str, ...]
    panels: tuple[CompiledPanel, ...]
    steps: tuple[Step, ...]
    rounds: dict[str, Round]

    def round(self, key: str, value: Decimal) -> Decimal:
        """The value after the node's own rounding."""
        return self.rounds[key](value)

    def shown(self, key: str, value: Decimal) -> Decimal:
        """A rounded value keeps its decimals (90.00), any other has one plain form, whatever text it came from."""
        return plain(value) if self.rounds[key] is kept else value


@lru_cache(maxsize=256)
def compile_plan(plan: Plan) -> CompiledPlan:
    """Check and flatten. Raises InvalidPlan."""
    faults = check_plan(plan)
    if faults:
        raise InvalidPlan(faults)
    with exact_arithmetic():
        return _compile(plan)


def _compile(plan: Plan) -> CompiledPlan:
    nodes = [node for _, node in walk(plan.root)]
    panels = tuple(_panel(node, node.panel) for node in nodes if node.panel is not None)
    panel_of = {key: panel for panel in panels for key in panel.inside}
    above = [node for node in nodes if node.key not in panel_of]
    return CompiledPlan(
        hash=plan_hash(plan),
        order=ranking_order(plan),
        keys=tuple(node.key for node in nodes),
        all_keys=frozenset(node.key for node in nodes),
        above=tuple(node.key for node in nodes if node.key not in panel_of or node.panel is not None),
        maxima={node.key: plain(full_mark(node)) for node in nodes},
        leaves={
            node.key: _leaf(node, panel_of[node.key].key)
            for node in nodes
            if isinstance(node, Judged | Measured)
        },
        imported=tuple(node.key for node in nodes if isinstance(node, Imported)),
        panels=panels,
        steps=_steps(above),
        rounds={
            node.key: panel_of[node.key].round if node.key in panel_of else _rounder(node.rounding)
            for node in nodes
        },
    )


def _panel(node: Node, rule: Panel) -> CompiledPanel:
    inside = [each for _, each in walk(node)]
    return CompiledPanel(
        key=node.key,
        rule=rule,
        size=rule.size,
        minimum=rule.size if rule.minimum is None else rule.minimum,
        criteria=tuple(each.key for each in inside if isinstance(each, Judged | Measured)),
        steps=_steps(inside),
        inside=tuple(each.key for each in inside),
        round=_rounder(rule.rounding or node.rounding),
    )


def _leaf(node: Judged | Measured, panel: str) -> CompiledLeaf:
    """Points of a leaf, its own rounding included."""
    round_own = _rounder(_sheet_rounding(node))
    if isinstance(node, Measured):
        return CompiledLeaf(panel, lambda value: round_own(_banded(node, value)), Decimal(0))
    blank = node.minimum if node.not_attempted is None else node.not_attempted
    points, maximum = node.points, node.maximum
    if points is None:
        return CompiledLeaf(panel, None if round_own is kept else round_own, round_own(blank))
    worth = lru_cache(maxsize=1024)(lambda value: round_own(value * points / maximum))
    return CompiledLeaf(panel, worth, worth(blank))


def _banded(node: Measured, value: Decimal) -> Decimal:
    for band in node.bands:
        if (band.low is None or band.low <= value) and (band.high is None or value <= band.high):
            return band.points
    return Decimal(0)


def _steps(nodes: Sequence[Node]) -> tuple[Step, ...]:
    """Combining nodes from the leaves up: reading order reversed has every part before its whole."""
    combining = [node for node in reversed(nodes) if children(node)]
    return tuple(
        Step(
            node.key,
            tuple(part.key for part in children(node)),
            _combiner(node),
            _rounder(_sheet_rounding(node)),
        )
        for node in combining
    )


def _combiner(node: Node) -> Callable[[dict[str, Decimal]], Decimal | None]:
    if not isinstance(node, WeightedSum):
        keys = tuple(part.key for part in children(node))
        return lambda values: _added([values[key] for key in keys if key in values])
    whole = sum((part.weight for part in node.parts), Decimal(0))
    # One division per part, after the multiplication: what can be exact stays exact.
    terms = tuple((part.node.key, part.weight * 100, full_mark(part.node) * whole) for part in node.parts)
    return lambda values: _added([values[key] * times / by for key, times, by in terms if key in values])


def _added(values: list[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) if values else None


def _sheet_rounding(node: Node) -> Rounding | None:
    """A panel's node rounds the panel's value; each judge's sheet only if the panel has a rounding of its own."""
    return None if node.panel is not None and node.panel.rounding is None else node.rounding


def _rounder(rounding: Rounding | None) -> Round:
    if rounding is None:
        return kept
    digits, mode = rounding.digits, rounding.mode
    return lambda value: round_to(kept(value), digits, mode)


def with_steps(steps: tuple[Step, ...], values: dict[str, Decimal], exact: dict[str, Decimal] | None) -> None:
    """Fill in the combining nodes, rounded into `values` and, if asked for, unrounded into `exact`."""
    for key, _, combine, rounded in steps:
        value = combine(values)
        if value is not None:
            values[key] = rounded(value)
            if exact is not None:
                exact[key] = kept(value)


def panel_value(panel: Panel, ordered: list[Decimal]) -> Decimal:
    """One value from at least one, given in ascending order. Source: DOMAIN §3."""
    if panel.method == "median":
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    low, high = _drops(panel, len(ordered))
    # Drop marks, not judges: two may share the top value, and then one of the two stays.
    counted = ordered[low : len(ordered) - high]
    return sum(counted, Decimal(0)) / len(counted)


def _drops(panel: Panel, marks: int) -> tuple[int, int]:
    return (panel.drop_low, panel.drop_high) if marks >= panel.plain_below else (0, 0)
