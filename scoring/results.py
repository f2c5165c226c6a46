"""From the facts of one entry to its result, with every value in between.

A judge's blank is not a zero. A sheet counts in its panel when it is answered in full; until then the panel's value
comes from the full sheets and is provisional. A part without any value yet adds nothing to its sum, and the sum is
provisional.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from scoring.compiled import CompiledPanel, CompiledPlan, compile_plan, panel_value, with_steps
from scoring.decimals import exact_arithmetic, kept, plain
from scoring.facts import EntryFacts, EntryState
from scoring.plans import Plan

SheetState: TypeAlias = Literal["counted", "dropped_high", "dropped_low", "incomplete", "not_seated"]


class NodeValue(msgspec.Struct, frozen=True):
    """One node's value: `exact` before its own rounding, `value` after it. None: nothing is known yet.

    Below a panel it is the same aggregation applied to that node: the explanation of the part, not a summand.
    """

    key: str
    exact: Decimal | None
    value: Decimal | None
    maximum: Decimal
    complete: bool


class SheetTotal(msgspec.Struct, frozen=True):
    """What one judge's sheet came to, and what became of it in the panel."""

    judge: str
    state: SheetState
    value: Decimal | None
    answered: int


class PanelResult(msgspec.Struct, frozen=True):
    """One panel: its sheets by judge, and how many seats nobody has taken yet."""

    key: str
    sheets: tuple[SheetTotal, ...]
    vacant: int


class Missing(msgspec.Struct, frozen=True):
    """An answer that is still open. `judge` None: a seat without a judge; both None: an imported mark."""

    node: str
    judge: str | None = None
    criterion: str | None = None


class EntryResult(msgspec.Struct, frozen=True):
    """Everything the plan says of one entry. `total` is the root's rounded value; provisional until `complete`."""

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


class Tally(msgspec.Struct):
    """The lean core that `evaluate` explains and `rank` compares. Inside scoring only."""

    exact: dict[str, Decimal]
    value: dict[str, Decimal]
    open: set[str]
    answered: int
    expected: int
    seats: dict[str, "Seats"]


class Seats(msgspec.Struct):
    """One panel's sheets of one entry: points by judge and node key, the full ones apart."""

    judges: tuple[str, ...]
    vacant: int
    sheets: dict[str, dict[str, Decimal]]
    answers: dict[str, int]
    full: list[str]


def evaluate(plan: Plan, facts: EntryFacts) -> EntryResult:
    """The result of one entry. Raises InvalidPlan; ValueError for facts that contradict the plan or each other."""
    compiled = compile_plan(plan)
    with exact_arithmetic():
        tally = measure(compiled, facts, compiled.all_keys)
        nodes = tuple(_node_value(compiled, tally, key) for key in compiled.keys)
        panels = tuple(_panel_result(panel, tally.seats[panel.key]) for panel in compiled.panels)
    return EntryResult(
        entry=facts.entry,
        state=facts.state,
        total=nodes[0].value,
        exact=nodes[0].exact,
        complete=nodes[0].complete,
        answered=tally.answered,
        expected=tally.expected,
        nodes=nodes,
        panels=panels,
        missing=_missing(compiled, facts, tally),
    )


def measure(compiled: CompiledPlan, facts: EntryFacts, wanted: frozenset[str]) -> Tally:
    """Values of the nodes above the panels and of the `wanted` ones below. Needs scoring's context to be set."""
    sheets, answers = _sheets(compiled, facts)
    tally = Tally({}, {}, set(), 0, 0, {})
    for panel in compiled.panels:
        seats = _seat(panel, facts.panels.get(panel.key), sheets[panel.key], answers[panel.key])
        tally.seats[panel.key] = seats
        tally.answered += sum([seats.answers.get(judge, 0) for judge in seats.judges])
        tally.expected += (len(seats.judges) + seats.vacant) * len(panel.criteria)
        if seats.vacant or len(seats.full) < len(seats.judges):
            tally.open.update(panel.inside)
        if seats.full:
            _aggregate(panel, seats, tally, wanted)
    for leaf in compiled.imported:
        mark = facts.imported.get(leaf)
        tally.expected += 1
        if mark is None:
            tally.open.add(leaf)
        else:
            tally.answered += 1
            tally.exact[leaf] = mark
            tally.value[leaf] = compiled.round(leaf, mark)
    with_steps(compiled.steps, tally.value, tally.exact)
    for step in compiled.steps:
        if not tally.open.isdisjoint(step.parts):
            tally.open.add(step.key)
    return tally


def _sheets(
    compiled: CompiledPlan, facts: EntryFacts
) -> tuple[dict[str, dict[str, dict[str, Decimal]]], dict[str, dict[str, int]]]:
    """Points by panel, judge and criterion, and the number of answers by panel and judge."""
    sheets: dict[str, dict[str, dict[str, Decimal]]] = {panel.key: {} for panel in compiled.panels}
    leaves = compiled.leaves
    for mark in facts.marks:
        if mark.state == "cleared":
            continue
        leaf = leaves.get(mark.criterion)
        if leaf is None or mark.entry != facts.entry:
            raise ValueError(
                f"A mark on {mark.criterion} of {mark.entry} is not a mark of entry {facts.entry} in this plan."
            )
        of_panel = sheets[leaf.panel]
        sheet = of_panel.get(mark.judge)
        if sheet is None:
            sheet = of_panel[mark.judge] = {}
        elif mark.criterion in sheet:
            raise ValueError(
                f"Judge {mark.judge} has two current marks on {mark.criterion} of entry {facts.entry}."
            )
        sheet[mark.criterion] = (
            leaf.blank if mark.value is None else leaf.points(mark.value) if leaf.points else mark.value
        )
    return sheets, {panel: {judge: len(sheet) for judge, sheet in of.items()} for panel, of in sheets.items()}


def _seat(
    panel: CompiledPanel,
    seated: tuple[str, ...] | None,
    sheets: dict[str, dict[str, Decimal]],
    answers: dict[str, int],
) -> Seats:
    judges = tuple(sorted(set(sheets if seated is None else seated)))
    due = panel.size if seated is None else panel.minimum
    wanted = len(panel.criteria)
    full = [judge for judge in judges if answers.get(judge, 0) == wanted]
    return Seats(judges, max(0, due - len(judges)), sheets, answers, full)


def _aggregate(panel: CompiledPanel, seats: Seats, tally: Tally, wanted: frozenset[str]) -> None:
    full = [seats.sheets[judge] for judge in seats.full]
    for sheet in full:
        with_steps(panel.steps, sheet, None)
    for key in panel.inside:
        if key == panel.key or key in wanted:
            tally.exact[key] = kept(panel_value(panel.rule, sorted([sheet[key] for sheet in full])))
            tally.value[key] = panel.round(tally.exact[key])


def _node_value(compiled: CompiledPlan, tally: Tally, key: str) -> NodeValue:
    exact, value = tally.exact.get(key), tally.value.get(key)
    return NodeValue(
        key=key,
        exact=None if exact is None else plain(exact),
        value=None if value is None else compiled.shown(key, value),
        maximum=compiled.maxima[key],
        complete=key not in tally.open,
    )


def _panel_result(panel: CompiledPanel, seats: Seats) -> PanelResult:
    by_value = sorted(seats.full, key=lambda judge: (seats.sheets[judge][panel.key], judge))
    low, high = panel.drops(len(by_value))
    # Equal marks: one of them is dropped, whose it is does not matter for the value.
    states: dict[str, SheetState] = dict.fromkeys(by_value, "counted")
    states |= dict.fromkeys(by_value[:low], "dropped_low")
    states |= dict.fromkeys(by_value[len(by_value) - high :], "dropped_high")
    totals = []
    for judge in sorted({*seats.judges, *seats.sheets}):
        state: SheetState = states.get(judge, "incomplete") if judge in seats.judges else "not_seated"
        value = seats.sheets[judge][panel.key] if judge in states else None
        totals.append(
            SheetTotal(judge, state, None if value is None else plain(value), seats.answers.get(judge, 0))
        )
    return PanelResult(panel.key, tuple(totals), seats.vacant)


def _missing(compiled: CompiledPlan, facts: EntryFacts, tally: Tally) -> tuple[Missing, ...]:
    gaps = [Missing(leaf) for leaf in compiled.imported if leaf not in facts.imported]
    for panel in compiled.panels:
        seats = tally.seats[panel.key]
        for judge in seats.judges:
            sheet = seats.sheets.get(judge, {})
            gaps += [Missing(panel.key, judge, each) for each in panel.criteria if each not in sheet]
        gaps += [Missing(panel.key, None, each) for _ in range(seats.vacant) for each in panel.criteria]
    return tuple(gaps)
