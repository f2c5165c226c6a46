"""From the facts of one entry to its result, with every value in between and every gap."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from scoring.decimals import exact_arithmetic, plain
from scoring.evaluation.compiled import CompiledPanel, CompiledPlan, compile_plan
from scoring.evaluation.facts import EntryFacts, EntryState
from scoring.evaluation.fieldwise import measure, measure_all
from scoring.evaluation.measuring import Tally
from scoring.evaluation.panelling import Marked, counted, ranked, sub_panels
from scoring.evaluation.seating import Seats, Sheet
from scoring.plans.nodes import VoidState
from scoring.plans.panels import Panel
from scoring.plans.plan import Plan

__all__ = [
    "EntryResult", "Missing", "NodeValue", "PanelResult", "SheetState", "SheetTotal", "Tally", "evaluate", "evaluate_all", "measure",
    "measure_all",
]  # fmt: skip

SheetState: TypeAlias = Literal[
    "counted", "dropped_high", "dropped_low", "incomplete", "not_seated", "recused", "void"
]

_BLANK: Final = Sheet({}, {})


class NodeValue(msgspec.Struct, frozen=True):
    """One node's value: `exact` before its own rounding, `value` after it. None: nothing is known yet, or `void` says why.

    Below a panel it is the same aggregation applied to that node: the explanation of the part, not a summand. `maximum` is
    the full mark, None where nothing bounds it; `passed` answers the node's pass line once the value is complete.
    """

    key: str
    exact: Decimal | None
    value: Decimal | None
    maximum: Decimal | None
    complete: bool
    void: VoidState | None = None
    passed: bool | None = None


class SheetTotal(msgspec.Struct, frozen=True):
    """What one judge's sheet came to, and what became of it in the panel."""

    judge: str
    state: SheetState
    value: Decimal | None
    answered: int


class PanelResult(msgspec.Struct, frozen=True):
    """One panel: its sheets by judge, how many seats nobody has taken yet, and whether the judges agree where they must."""

    key: str
    sheets: tuple[SheetTotal, ...]
    vacant: int
    agreed: bool = True


class Missing(msgspec.Struct, frozen=True):
    """An answer that is still open. `judge` None: a seat without a judge.

    Both None: a mark from outside, a parameter, or a panel whose judges have yet to agree.
    """

    node: str
    judge: str | None = None
    criterion: str | None = None


class EntryResult(msgspec.Struct, frozen=True):
    """Everything the plan says of one entry. `total` is the root's rounded value; provisional until `complete`.

    `void`: there is no total, and why.
    """

    entry: str
    state: EntryState
    total: Decimal | None
    exact: Decimal | None
    complete: bool
    answered: int
    expected: int
    nodes: tuple[NodeValue, ...]
    panels: tuple[PanelResult, ...]
    missing: tuple[Missing, ...]
    void: VoidState | None = None

    @property
    def provisional(self) -> bool:
        """There is a total, and answers still open may change it."""
        return self.total is not None and not self.complete

    def node(self, key: str) -> NodeValue:
        """The value of one node. Raises KeyError if the plan has none of that key."""
        for each in self.nodes:
            if each.key == key:
                return each
        raise KeyError(key)


def evaluate(plan: Plan, facts: EntryFacts, field: Iterable[EntryFacts] | None = None) -> EntryResult:
    """The result of one entry. Raises InvalidPlan; ValueError for facts that contradict the plan or each other.

    `field` is everybody, for plans with nodes that look at the whole field; without it the entry is alone in it.
    """
    compiled = compile_plan(plan)
    others = [each for each in field or () if each.entry != facts.entry] if compiled.fields else []
    with exact_arithmetic():
        _, tally = next(measure_all(compiled, [facts, *others], compiled.all_keys))
        return _result(compiled, facts, tally)


def evaluate_all(plan: Plan, facts: Iterable[EntryFacts]) -> tuple[EntryResult, ...]:
    """The results of a whole field, in the order it comes. Errors as `evaluate`."""
    compiled = compile_plan(plan)
    with exact_arithmetic():
        return tuple(
            _result(compiled, each, tally) for each, tally in measure_all(compiled, facts, compiled.all_keys)
        )


def _result(compiled: CompiledPlan, facts: EntryFacts, tally: Tally) -> EntryResult:
    nodes = tuple(_node_value(compiled, tally, key) for key in compiled.keys)
    root = nodes[0]
    return EntryResult(
        entry=facts.entry,
        state=facts.state,
        total=root.value,
        exact=root.exact,
        complete=root.complete,
        answered=tally.answered,
        expected=tally.expected,
        nodes=nodes,
        panels=tuple(_panel_result(panel, tally.seats[panel.key]) for panel in compiled.panels),
        missing=_missing(compiled, tally),
        void=root.void,
    )


def _node_value(compiled: CompiledPlan, tally: Tally, key: str) -> NodeValue:
    exact, value = tally.exact.get(key), tally.value.get(key)
    return NodeValue(
        key=key,
        exact=None if exact is None else plain(exact),
        value=None if value is None else compiled.shown(key, value),
        maximum=compiled.maxima[key],
        complete=key not in tally.open,
        void=tally.void.get(key),
        passed=_passed(compiled, tally, key),
    )


def _passed(compiled: CompiledPlan, tally: Tally, key: str) -> bool | None:
    line = compiled.nodes[key].pass_at
    if line is None:
        return None
    if key in tally.void:
        return False
    return tally.value[key] >= line if key in tally.value and key not in tally.open else None


def _panel_result(panel: CompiledPanel, seats: Seats) -> PanelResult:
    totals = []
    states = _sheet_states(panel, seats)
    for judge in sorted({*seats.judges, *seats.recused, *seats.sheets} - {""}):
        sheet = seats.sheets.get(judge)
        value = None if sheet is None or judge not in seats.full else plain(sheet.value[panel.key])
        totals.append(SheetTotal(judge, states.get(judge, "not_seated"), value, seats.answers.get(judge, 0)))
    return PanelResult(panel.key, tuple(totals), seats.vacant, seats.agreed)


def _sheet_states(panel: CompiledPanel, seats: Seats) -> dict[str, SheetState]:
    states: dict[str, SheetState] = dict.fromkeys(seats.judges, "incomplete")
    states.update(dict.fromkeys(seats.recused, "recused"))
    states.update(dict.fromkeys(seats.void, "void"))
    marks = [(seats.sheets[judge].value[panel.key], judge) for judge in seats.full]
    rule = panel.rule
    if rule.each is not None:
        for group in sub_panels(marks):
            states |= _counted_states(rule.each, group, 0)
    elif marks:
        states |= _counted_states(rule, marks, len(seats.recused))
    return states


def _counted_states(rule: Panel, marks: list[Marked], recused: int) -> dict[str, SheetState]:
    ordered = ranked(rule, marks, recused)
    start, stop = counted(rule, [value for value, _ in ordered])
    # Equal marks: one of them is dropped, whose it is does not matter for the value.
    states: dict[str, SheetState] = {}
    for at, (_, judge) in enumerate(ordered):
        if judge:
            states[judge] = "dropped_low" if at < start else "dropped_high" if at >= stop else "counted"
    return states


def _missing(compiled: CompiledPlan, tally: Tally) -> tuple[Missing, ...]:
    gaps = [Missing(key) for key in tally.gaps]
    for panel in compiled.panels:
        seats = tally.seats[panel.key]
        for judge in seats.judges:
            sheet = seats.sheets.get(judge, _BLANK)
            gaps += [
                Missing(panel.key, judge, each)
                for each in seats.criteria
                if each not in sheet.value and each not in sheet.void
            ]
        gaps += [Missing(panel.key, None, each) for _ in range(seats.vacant) for each in seats.criteria]
    return tuple(gaps)
