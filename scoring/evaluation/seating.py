"""Who sits on a panel for one entry, what each of them answered, and what the panel makes of it. Inside scoring."""

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TypeAlias

import msgspec

from scoring.decimals import MOST_DIGITS, kept
from scoring.evaluation.compiled import CompiledPanel, CompiledPlan, Finish, Step
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.marks import Mark
from scoring.evaluation.panelling import agrees, panel_value
from scoring.plans.combining import GRAVITY, Outcome
from scoring.plans.nodes import VoidState

Sheets: TypeAlias = dict[str, "Sheet"]
Changes: TypeAlias = Mapping[str, Decimal]


class Sheet(msgspec.Struct):
    """One judge's answers, and later all that follows from them: points and states by key."""

    value: dict[str, Decimal]
    void: dict[str, VoidState]


class Seats(msgspec.Struct):
    """One panel for one entry. `full` are the judges whose sheets have a value, `void` those whose sheets are void.

    `criteria` are what each judge is asked; `agreed` is false where the judges must agree before there is a value.
    """

    judges: tuple[str, ...]
    recused: tuple[str, ...]
    vacant: int
    criteria: tuple[str, ...]
    sheets: Sheets
    answers: dict[str, int]
    full: list[str]
    void: dict[str, VoidState]
    agreed: bool


def settle(
    finish: Finish,
    key: str,
    outcome: Outcome,
    change: Decimal | None,
    value: dict[str, Decimal],
    exact: dict[str, Decimal] | None,
    void: dict[str, VoidState],
) -> None:
    """A node's outcome as it is handed on: penalty and bonus, states that are numbers, rounding."""
    if outcome is None:
        return
    if isinstance(outcome, Decimal):
        if change is not None:
            outcome += change
        if not outcome or outcome.adjusted() < MOST_DIGITS:
            if exact is not None:
                exact[key] = kept(outcome)
            value[key] = finish.round(outcome)
            return
        outcome = "invalid"
    number = finish.void_as.get(outcome, finish.void_as.get("any"))
    if number is None:
        void[key] = outcome
    else:
        if exact is not None:
            exact[key] = number
        value[key] = finish.round(number)


def run(
    steps: tuple[Step, ...],
    value: dict[str, Decimal],
    exact: dict[str, Decimal] | None,
    void: dict[str, VoidState],
    changes: Changes,
    skipped: Collection[str],
    still_open: set[str],
) -> None:
    """The values of the nodes made from others, parts before wholes, and which of them are `still_open`."""
    for step in steps:
        key = step.key
        if skipped and key in skipped:
            continue
        outcome = step.combine(value, void)
        if still_open and not still_open.isdisjoint(step.parts):
            still_open.add(key)
            if step.early is not None and isinstance(outcome, str):
                outcome = _early(step, value, void, still_open)
        settle(step.finish, key, outcome, changes.get(key), value, exact, void)


def _early(
    step: Step, value: Mapping[str, Decimal], void: Mapping[str, VoidState], still_open: Collection[str]
) -> Outcome:
    """What holds while parts are open: nobody is disqualified by a sum that is not complete."""
    if step.early == "never":
        return None
    closed = [part for part in step.parts if part not in still_open]
    return step.combine(
        {part: value[part] for part in closed if part in value},
        {part: void[part] for part in closed if part in void},
    )


def collect(
    compiled: CompiledPlan, facts: EntryFacts, changes: Changes, skipped: Collection[str]
) -> dict[str, Sheets]:
    """The sheets by panel and judge. Raises ValueError for a mark that belongs to another entry or plan, or comes twice."""
    panels: dict[str, Sheets] = {}
    leaves, entry = compiled.leaves, facts.entry
    for mark in facts.marks:
        if mark.state == "cleared":
            continue
        leaf = leaves.get(mark.criterion)
        if leaf is None or mark.entry != entry:
            raise ValueError(
                f"A mark on {mark.criterion} of {mark.entry} is not a mark of entry {entry} in this plan."
            )
        key = leaf.key
        if skipped and key in skipped:
            continue
        sheets = panels.get(leaf.panel)
        if sheets is None:
            sheets = panels[leaf.panel] = {}
        sheet = sheets.get(mark.judge)
        if sheet is None:
            sheet = sheets[mark.judge] = Sheet({}, {})
        elif key in sheet.value or key in sheet.void:
            raise ValueError(f"Judge {mark.judge} has two current marks on {key} of entry {entry}.")
        value = mark.value
        if value is not None and not changes:
            sheet.value[key] = value if leaf.points is None else leaf.points(value)
        elif value is None and mark.state == "not_attempted" and not changes:
            sheet.value[key] = leaf.blank
        else:
            # What is added to the whole panel is not added to each sheet too.
            change = None if key == leaf.panel else changes.get(key)
            outcome: Outcome = leaf.raw(value) if value is not None else _state(mark, leaf.raw_blank)
            settle(leaf.finish, key, outcome, change, sheet.value, None, sheet.void)
    return panels


def _state(mark: Mark, blank: Decimal) -> Decimal | VoidState:
    match mark.state:
        case "scored" | "not_attempted" | "cleared":
            return blank
        case state:
            return state


def seat(panel: CompiledPanel, facts: EntryFacts, sheets: Sheets, criteria: tuple[str, ...]) -> Seats:
    """Who sits there. Without named judges those who marked, up to the planned size, and the rest is vacant."""
    rule = panel.rule
    named = facts.panels.get(panel.key, facts.panels.get(panel.base))
    away = facts.recused.get(panel.key, facts.recused.get(panel.base, ())) if facts.recused else ()
    present = set(sheets if named is None else named)
    recused = tuple(sorted(set(away) if named is None else present.intersection(away)))
    judges = tuple(sorted(present.difference(away) if away else present))
    if named is None or rule.minimum is None:
        due = max(rule.size - len(recused), rule.minimum or 1)
    else:
        due = rule.minimum
    answers = {judge: len(sheet.value) + len(sheet.void) for judge, sheet in sheets.items()}
    return Seats(judges, recused, max(0, due - len(judges)), criteria, sheets, answers, [], {}, True)


def panel_outcome(panel: CompiledPanel, seats: Seats) -> Outcome:
    """The panel's value from the full sheets, or the state that more than half of the seats give."""
    key, sheets = panel.key, seats.sheets
    if seats.void and 2 * len(seats.void) > len(seats.judges) + seats.vacant:
        named = Counter(seats.void.values())
        return min(named, key=lambda state: (-named[state], GRAVITY[state]))
    if not seats.full:
        return None
    marks = [(sheets[judge].value[key], judge) for judge in seats.full]
    seats.agreed = agrees(panel.rule, marks)
    return panel_value(panel.rule, marks, len(seats.recused))


def part_outcome(panel: CompiledPanel, seats: Seats, key: str) -> Outcome:
    """The same made of a node below the panel, to explain it."""
    found = [(seats.sheets[judge], judge) for judge in seats.full or seats.void]
    marks = [(sheet.value[key], judge) for sheet, judge in found if key in sheet.value]
    if marks:
        return panel_value(panel.rule, marks, len(seats.recused))
    return next((sheet.void[key] for sheet, _ in found if key in sheet.void), None)
