"""A plan made ready for work: checked once, its tree flattened into steps from the leaves to the root.

Compiling is cached by the plan, so that ranking 500 entries walks no tree. Inside scoring only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from scoring.decimals import ZERO, exact_arithmetic, kept, plain, round_to
from scoring.documents import Rounding
from scoring.plans.checks import PlanFault, check_plan
from scoring.plans.combining import Combine, combiner
from scoring.plans.converting import banded, conversion, converting
from scoring.plans.expanding import Place, expand, parts_first
from scoring.plans.nodes import (
    Attempts,
    Carried,
    Chosen,
    Constant,
    Imported,
    Judged,
    Measured,
    Median,
    Node,
    Parameter,
    PassLine,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Veto,
    VoidState,
)
from scoring.plans.panels import Panel
from scoring.plans.plan import Plan, Tie, plan_hash, ranking_order
from scoring.plans.spans import full_marks

Round: TypeAlias = Callable[[Decimal], Decimal]

ONE_JUDGE: Final = Panel(size=1)
"""Who marks a leaf without a panel."""


class InvalidPlan(ValueError):
    """The plan has faults and computes nothing; `faults` says which."""

    def __init__(self, faults: tuple[PlanFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.en}" for fault in faults))
        self.faults = faults


class Finish(NamedTuple):
    """What happens to a node's value last: states that count as numbers, and the rounding."""

    round: Round
    void_as: Mapping[VoidState | Literal["any"], Decimal]


class CompiledLeaf(NamedTuple):
    """A marked leaf: its panel, its points (None: the value itself), and what "not attempted" counts as, each rounded.

    `raw` and `raw_blank` are the same before `finish`, the leaf's own part on a sheet.
    """

    key: str
    panel: str
    points: Round | None
    blank: Decimal
    raw: Round
    raw_blank: Decimal
    finish: Finish


class Given(NamedTuple):
    """A leaf that nobody marks: a constant or a parameter; `base` is its key in all attempts."""

    key: str
    base: str
    node: Constant | Parameter
    finish: Finish


class Step(NamedTuple):
    """One node made from others: its value from theirs.

    `early` says when a state that comes of numbers, or of states that may be outweighed, holds while parts are open: never,
    or "closed": when the parts that are not open are enough for it. None: such a state is always final.
    """

    key: str
    parts: tuple[str, ...]
    combine: Combine
    finish: Finish
    early: Literal["never", "closed"] | None


class FieldStep(NamedTuple):
    """One node that looks at the whole field."""

    key: str
    part: str
    node: RankPoints | Relative
    finish: Finish


class CompiledPanel(NamedTuple):
    """One panel: criteria in sheet order, steps for one sheet, `inside` all keys from the panel's node down.

    `outside` are the parameters and constants on each sheet, `base` the key of its seats in all attempts, `on_sheet` says how
    a sheet's own nodes are finished.
    """

    key: str
    base: str
    rule: Panel
    criteria: tuple[str, ...]
    steps: tuple[Step, ...]
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    finish: Finish
    part_finish: Finish
    on_sheet: dict[str, Finish]


class CompiledPlan(NamedTuple):
    """Everything the hot path asks of a plan, looked up by key. Below attempts keys are `key#1`, `key#2` …

    `segments` are the steps above the panels; after each but the last comes the field step of the same number.
    `below` are the keys at or below each key, `aliases` what a bare key means below attempts, `copies` all it may mean.
    """

    hash: str
    order: tuple[Tie, ...]
    keys: tuple[str, ...]
    all_keys: frozenset[str]
    above: tuple[str, ...]
    nodes: dict[str, Node]
    maxima: dict[str, Decimal | None]
    leaves: dict[str, CompiledLeaf]
    imported: tuple[str, ...]
    given: tuple[Given, ...]
    choices: tuple[tuple[Place, int], ...]
    panels: tuple[CompiledPanel, ...]
    segments: tuple[tuple[Step, ...], ...]
    fields: tuple[FieldStep, ...]
    finish: dict[str, Finish]
    panel_of: dict[str, str]
    explained: frozenset[str]
    below: dict[str, tuple[str, ...]]
    aliases: dict[str, str]
    copies: dict[str, tuple[str, ...]]

    def shown(self, key: str, value: Decimal) -> Decimal:
        """A rounded value keeps its decimals (90.00), any other has one plain form, whatever text it came from."""
        return plain(value) if self.finish[key].round is kept else value


@lru_cache(maxsize=256)
def compile_plan(plan: Plan) -> CompiledPlan:
    """Check and flatten. Raises InvalidPlan."""
    faults = check_plan(plan)
    if faults:
        raise InvalidPlan(faults)
    with exact_arithmetic():
        return _compile(plan)


def _compile(plan: Plan) -> CompiledPlan:
    places = list(expand(plan.root))
    full = full_marks(places)
    ordered = parts_first(places)
    inside, inside_ordered = _by_panel(places), _by_panel(ordered)
    panels = tuple(
        _panel(place, inside[place.key], inside_ordered[place.key], full)
        for place in places
        if place.panel == place.key
    )
    finish = {place.key: _finish(place.node) for place in places}
    # Below a panel the explanation of a part is rounded like the panel's value.
    finish |= {key: panel.part_finish for panel in panels for key in panel.inside}
    finish |= {panel.key: panel.finish for panel in panels}
    segments, fields = _segments(inside_ordered[""], full, finish)
    aliases, copies = _attempts(places)
    leaves = {place.key: _leaf(place) for place in places if isinstance(place.node, Judged | Measured)}
    return CompiledPlan(
        hash=plan_hash(plan),
        order=ranking_order(plan),
        keys=tuple(place.key for place in places),
        all_keys=frozenset(place.key for place in places),
        above=tuple(place.key for place in places if place.panel in {"", place.key}),
        nodes={place.key: place.node for place in places},
        maxima={key: None if most is None else plain(most) for key, most in full.items()},
        leaves=leaves | {bare: leaves[key] for bare, key in aliases.items() if key in leaves},
        imported=_of_kind(places, Imported, Carried),
        given=tuple(
            Given(place.key, place.node.key, place.node, _finish(place.node))
            for place in places
            if isinstance(place.node, Constant | Parameter)
        ),
        choices=tuple((place, place.node.count) for place in places if isinstance(place.node, Chosen)),
        panels=panels,
        segments=segments,
        fields=fields,
        finish=finish,
        panel_of={place.key: place.panel for place in places if place.panel},
        explained=frozenset(
            part
            for place in places
            if isinstance(place.node, Ref) and not place.panel
            for part in place.parts
        ),
        below=_below(places),
        aliases=aliases,
        copies=copies,
    )


def _by_panel(places: Iterable[Place]) -> defaultdict[str, list[Place]]:
    grouped: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        grouped[place.panel].append(place)
    return grouped


def _of_kind(places: Iterable[Place], *kinds: type[Node]) -> tuple[str, ...]:
    return tuple(place.key for place in places if isinstance(place.node, kinds))


def _below(places: list[Place]) -> dict[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {}
    for place in reversed(places):
        below.setdefault(place.key, []).append(place.key)
        if place.above:
            below.setdefault(place.above, []).extend(below[place.key])
    return {key: tuple(keys) for key, keys in below.items()}


def _attempts(places: list[Place]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    copies: dict[str, list[str]] = {}
    for place in places:
        copies.setdefault(place.node.key, []).append(place.key)
    aliases = {bare: keys[0] for bare, keys in copies.items() if keys[0] != bare}
    return aliases, {bare: tuple(keys) for bare, keys in copies.items()}


def _panel(
    place: Place, inside: list[Place], ordered: list[Place], full: Mapping[str, Decimal | None]
) -> CompiledPanel:
    node = place.node
    finish = _finish(node)
    if node.panel is not None and node.panel.rounding is not None:
        finish = finish._replace(round=_rounder(node.panel.rounding))
    on_sheet = {each.key: _finish_on_sheet(each) for each in ordered}
    return CompiledPanel(
        key=place.key,
        base=node.key,
        rule=node.panel or ONE_JUDGE,
        criteria=tuple(each.key for each in inside if isinstance(each.node, Judged | Measured)),
        steps=_steps(ordered, full, on_sheet),
        inside=tuple(each.key for each in inside),
        outside=_of_kind(inside, Parameter, Constant),
        finish=finish,
        part_finish=Finish(finish.round, {}),
        on_sheet=on_sheet,
    )


def _leaf(place: Place) -> CompiledLeaf:
    """Points of a leaf, its own rounding included."""
    node = place.node
    finish = _finish_on_sheet(place).round
    if isinstance(node, Measured):
        bands = node.bands
        raw: Round = (lambda value: banded(bands, value)) if bands else _itself
        blank = ZERO
    else:
        assert isinstance(node, Judged)
        blank = node.minimum if node.not_attempted is None else node.not_attempted
        points, maximum = node.points, node.maximum
        raw = _itself if points is None else lru_cache(maxsize=1024)(lambda value: value * points / maximum)
        blank = raw(blank)
    worth = (
        None
        if raw is _itself and finish is kept
        else lru_cache(maxsize=1024)(lambda value: finish(raw(value)))
    )
    return CompiledLeaf(place.key, place.panel, worth, finish(blank), raw, blank, _finish_on_sheet(place))


def _itself(value: Decimal) -> Decimal:
    return value


def _segments(
    ordered: list[Place], full: Mapping[str, Decimal | None], finish: Mapping[str, Finish]
) -> tuple[tuple[tuple[Step, ...], ...], tuple[FieldStep, ...]]:
    """The steps above the panels, cut behind each node that looks at the field."""
    segments: list[tuple[Step, ...]] = []
    fields: list[FieldStep] = []
    waiting: list[Place] = []
    for place in ordered:
        if isinstance(place.node, RankPoints | Relative):
            segments.append(_steps(waiting, full, finish))
            fields.append(FieldStep(place.key, place.parts[0], place.node, finish[place.key]))
            waiting = []
        else:
            waiting.append(place)
    return (*segments, _steps(waiting, full, finish)), tuple(fields)


def _steps(
    ordered: Iterable[Place], full: Mapping[str, Decimal | None], finish: Mapping[str, Finish]
) -> tuple[Step, ...]:
    return tuple(
        Step(place.key, place.parts, combine, finish[place.key], _early(place.node))
        for place in ordered
        if (combine := combine_of(place, full)) is not None
    )


def combine_of(place: Place, full: Mapping[str, Decimal | None]) -> Combine | None:
    """How a place gets its value from its parts; None for leaves and for nodes that look at the field."""
    convert = conversion(place.node)
    if convert is not None:
        return converting(convert, place.parts[0])
    return combiner(place.node, place.parts, [full.get(part) for part in place.parts])


def _early(node: Node) -> Literal["never", "closed"] | None:
    match node:
        case Median() | Attempts(take="median" | "last"):
            return "never"
        case Veto() | Quotient() | PassLine():
            return "closed"
        case _:
            return None


def _finish(node: Node) -> Finish:
    return Finish(_rounder(node.rounding), node.void_as)


def _finish_on_sheet(place: Place) -> Finish:
    """A panel's node rounds the panel's value; each judge's sheet only if the panel has a rounding of its own."""
    node = place.node
    if place.key != place.panel:
        return _finish(node)
    rounded = node.panel is not None and node.panel.rounding is not None
    return Finish(_rounder(node.rounding if rounded else None), {})


def _rounder(rounding: Rounding | None) -> Round:
    if rounding is None:
        return kept
    digits, mode, step = rounding.digits, rounding.mode, rounding.step
    return lambda value: round_to(kept(value), digits, mode, step)
