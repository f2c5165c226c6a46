"""Between which values each node of an entry must end, whatever the marks still missing turn out to be.

Every missing mark may become anything the plan allows, or "not attempted"; a missing parameter anything within its limits. New
states, new judges beyond the seats, and changes of marks are not foreseen, except where the judges of a panel must agree
first: then any of their marks may change. Nodes that look at the whole field may come out as anything their tables allow.

A bound is never wrong; it may be wider than what can happen.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scoring.decimals import MOST_DIGITS, ZERO, exact_arithmetic, kept, plain
from scoring.evaluation.compiled import CompiledPanel, CompiledPlan, Finish, compile_plan
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.fieldwise import measure
from scoring.evaluation.measuring import Tally
from scoring.evaluation.panelling import panel_value
from scoring.evaluation.seating import Changes, Seats, Sheet
from scoring.evaluation.special import Special, adjustments, special_of
from scoring.plans.expanding import Place, expand, parts_first
from scoring.plans.nodes import Judged, Measured, RankPoints, Relative, VoidState
from scoring.plans.panels import Panel
from scoring.plans.plan import Plan
from scoring.plans.spans import INFINITE, Span, full_marks, leaf_span, span_of

Bound: TypeAlias = tuple[Decimal | None, Decimal | None]

_TOO_LARGE = Decimal(10) ** MOST_DIGITS
_BLANK = Sheet({}, {})
_CHANGING = frozenset({"majority", "consensus"})


class _Shape(NamedTuple):
    """The places of a plan, parts first: those above the panels, those of each panel, and what looks at the field."""

    above: tuple[Place, ...]
    inside: dict[str, list[Place]]
    full: dict[str, Decimal | None]
    fieldwise: frozenset[str]


def bounds(plan: Plan, facts: EntryFacts, exact: bool = False) -> dict[str, Bound]:
    """The lowest and the highest final value of each node of one entry, None where nothing bounds it.

    A node that is void, or was not chosen, is not in it. `exact` asks for values before the node's own rounding.
    Raises InvalidPlan; ValueError as `evaluate`.
    """
    return {key: (_end(span.low), _end(span.high)) for key, span in final_spans(plan, facts, exact).items()}


def final_spans(plan: Plan, facts: EntryFacts, exact: bool = False) -> dict[str, Span]:
    """The same as spans, which also say whether the node may end without a number by a rule of the plan (a veto, a pass line)."""
    compiled, shape = compile_plan(plan), _shape(plan)
    with exact_arithmetic():
        entry = _Entry(compiled, shape, facts)
        entry.fill()
        return entry.exact if exact else entry.value


def _end(value: Decimal) -> Decimal | None:
    return plain(value) if value.is_finite() else None


@lru_cache(maxsize=64)
def _shape(plan: Plan) -> _Shape:
    places = list(expand(plan.root))
    ordered = parts_first(places)
    inside: dict[str, list[Place]] = {}
    fieldwise: set[str] = set()
    for place in ordered:
        inside.setdefault(place.panel, []).append(place)
        if isinstance(place.node, RankPoints | Relative) or not fieldwise.isdisjoint(place.parts):
            fieldwise.add(place.key)
    with exact_arithmetic():
        full = full_marks(places)
    return _Shape(tuple(inside.pop("", [])), inside, full, frozenset(fieldwise))


class _Entry:
    """One entry's spans on the way from the leaves to the root; a key is in `value`, in `void`, or was not chosen."""

    def __init__(self, compiled: CompiledPlan, shape: _Shape, facts: EntryFacts) -> None:
        self.compiled, self.shape = compiled, shape
        self.tally: Tally = measure(compiled, facts, compiled.all_keys)
        self.special: Special = special_of(compiled, facts)
        self.changes: Changes = adjustments(compiled, facts)
        self.value: dict[str, Span] = {}
        self.exact: dict[str, Span] = {}
        self.void: dict[str, VoidState] = {}

    def fill(self) -> None:
        """Panels first, then everything above them."""
        for panel in self.compiled.panels:
            if panel.key in self.tally.open:
                self._panel(panel)
            else:
                for key in panel.inside:
                    self._known(key)
        for place in self.shape.above:
            key = place.key
            if key in self.tally.open or (key in self.shape.fieldwise and key not in self.special.skipped):
                span = span_of(place, self.value, self.void, self.shape.full)
                self._keep(key, span, self.compiled.finish[key], self.changes.get(key))
            else:
                self._known(key)

    def _known(self, key: str) -> None:
        tally = self.tally
        if key in tally.value:
            self.value[key] = Span(tally.value[key], tally.value[key])
            self.exact[key] = Span(tally.exact[key], tally.exact[key])
        elif key in tally.void:
            self.void[key] = tally.void[key]

    def _keep(self, key: str, span: Span | None, finish: Finish, change: Decimal | None) -> None:
        exact, value = _finished(span, finish, change)
        if exact is None or value is None:
            self.void[key] = self.tally.void.get(key, "invalid")
        else:
            self.exact[key], self.value[key] = exact, value

    def _panel(self, panel: CompiledPanel) -> None:
        seats = self.tally.seats[panel.key]
        # Who must agree may still change every mark.
        fixed = panel.rule.method != "consensus" and (
            panel.rule.each is None or panel.rule.each.method != "consensus"
        )
        known = [seats.sheets.get(judge, _BLANK) if fixed else _BLANK for judge in seats.judges]
        sheets = [self._sheet(panel, seats, sheet) for sheet in (*known, *[_BLANK] * seats.vacant)]
        names = [*seats.judges, *[""] * seats.vacant]
        if not seats.criteria:
            sheets, names = [self._sheet(panel, seats, _BLANK)], [""]
        recused = len(seats.recused)
        # A part is explained by the sheets that count, and which those are may be open.
        sure = all(panel.key in sheet and not sheet[panel.key].void for sheet in sheets)
        for key in panel.inside:
            if key in self.special.skipped and key not in self.special.void:
                continue
            if key in panel.outside:
                if key in self.tally.value or key in self.tally.void:
                    self._known(key)
                else:
                    anything = leaf_span(self.compiled.nodes[key])
                    self._keep(key, anything, panel.on_sheet[key], self.changes.get(key))
                continue
            spans = [sheet.get(key) for sheet in sheets]
            if key == panel.key:
                span = _panel_span(panel.rule, spans, names, recused)
                self._keep(key, span, panel.finish, self.changes.get(key))
            else:
                span = (
                    _panel_span(panel.rule, spans, names, recused)
                    if sure
                    else _part_span(panel.rule, spans, recused)
                )
                self._keep(key, span, panel.part_finish, None)

    def _sheet(self, panel: CompiledPanel, seats: Seats, sheet: Sheet) -> dict[str, Span]:
        """The spans on one judge's sheet; what is not in it is void there."""
        value: dict[str, Span] = {}
        void: dict[str, VoidState] = {}
        for place in self.shape.inside[panel.key]:
            key, finish = place.key, panel.on_sheet[place.key]
            change = None if key == panel.key else self.changes.get(key)
            if key in self.special.void and key != panel.key:
                span = None
            elif key in self.special.skipped:
                continue
            elif isinstance(place.node, Judged | Measured) and key in sheet.value:
                value[key] = Span(sheet.value[key], sheet.value[key])
                continue
            elif key in sheet.void and key in seats.criteria:
                void[key] = sheet.void[key]
                continue
            elif key in panel.outside and key in self.tally.value:
                value[key] = Span(self.tally.value[key], self.tally.value[key])
                continue
            elif place.parts:
                span = span_of(place, value, void, self.shape.full)
            else:
                span = leaf_span(place.node)
            finished = _finished(span, finish, change)[1]
            if finished is None:
                void[key] = self.special.void.get(key, "invalid")
            else:
                value[key] = finished
        return value


def _finished(span: Span | None, finish: Finish, change: Decimal | None) -> tuple[Span | None, Span | None]:
    """Before and after the rounding: penalty and bonus, states that are numbers, rounding."""
    if span is not None and change is not None:
        span = Span(span.low + change, span.high + change, span.void)
    if span is None or span.void:
        # Which state it will be is not known: any number of them may come out.
        numbers = [*finish.void_as.values(), *([] if span is None else span[:2])]
        if not numbers:
            return None, None
        span = Span(min(numbers), max(numbers), "any" not in finish.void_as)
    low, high = _clipped(span.low), _clipped(span.high)
    span = Span(low, high, span.void)
    return span, Span(_rounded(finish, low), _rounded(finish, high), span.void)


def _clipped(value: Decimal) -> Decimal:
    """As a node hands it on; numbers too large for a result are as good as infinite."""
    return kept(value) if abs(value) < _TOO_LARGE else INFINITE.copy_sign(value)


def _rounded(finish: Finish, value: Decimal) -> Decimal:
    return finish.round(value) if value.is_finite() else value


def _panel_span(
    rule: Panel, sheets: Sequence[Span | None], names: Sequence[str], recused: int
) -> Span | None:
    marks = [(span, name) for span, name in zip(sheets, names, strict=True) if span is not None]
    if not marks or 2 * (len(sheets) - len(marks)) > len(sheets):
        return None
    unsure = any(span.void for span, _ in marks)
    each = rule.each
    if unsure or rule.method in _CHANGING or (each is not None and (each.method in _CHANGING or "" in names)):
        return _hull(rule, [span for span, _ in marks], unsure, recused)
    # Better marks never make these worse, so that the ends come from the ends.
    low = panel_value(rule, [(span.low, name) for span, name in marks], recused)
    high = panel_value(rule, [(span.high, name) for span, name in marks], recused)
    assert low is not None and high is not None
    return Span(low, high)


def _part_span(rule: Panel, sheets: Sequence[Span | None], recused: int) -> Span | None:
    spans = [span for span in sheets if span is not None]
    return _hull(rule, spans, True, recused) if spans else None


def _hull(rule: Panel, spans: Iterable[Span], void: bool, recused: int) -> Span:
    """Whatever is left of the marks, and whoever sits on which sub-panel."""
    found = list(spans)
    lows, highs = [span.low for span in found], [span.high for span in found]
    rules = [rule] if rule.each is None else [rule, rule.each]
    if any(each.method == "sum" or each.total == "sum" for each in rules):
        marks = len(found) + recused
        return Span(marks * min(*lows, ZERO), marks * max(*highs, ZERO), void)
    return Span(min(lows), max(highs), void)
