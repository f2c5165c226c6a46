"""The facts of one entry measured by a compiled plan: values, states and gaps, as lean as ranking needs them. Inside scoring.

A judge's blank is not a zero. A sheet counts in its panel when it is answered in full; until then the panel's value
comes from the full sheets and is provisional. A part without any value yet adds nothing to its sum, and the sum is
provisional.
"""

from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from scoring.evaluation.compiled import CompiledPanel, CompiledPlan
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.seating import (
    Changes,
    Seats,
    Sheet,
    Sheets,
    collect,
    panel_outcome,
    part_outcome,
    run,
    seat,
    settle,
)
from scoring.evaluation.special import Special, adjustments, given, special_of
from scoring.plans.nodes import VoidState

_NO_CHANGES: Final[dict[str, Decimal]] = {}
_NO_SHEETS: Final[Sheets] = {}


class Tally(msgspec.Struct):
    """The lean core that `evaluate` explains and `rank` compares. Inside scoring only.

    A key is in `value` (and `exact`), or in `void`, or in neither: nothing is known of it. `open` are the keys that answers
    still missing may change; `gaps` the nodes that wait for something else than a judge.
    """

    exact: dict[str, Decimal]
    value: dict[str, Decimal]
    void: dict[str, VoidState]
    open: set[str]
    answered: int
    expected: int
    seats: dict[str, Seats]
    gaps: list[str]


class Work(NamedTuple):
    """One entry half measured, where a plan has nodes that look at the whole field."""

    facts: EntryFacts
    tally: Tally
    changes: Changes
    special: Special


def begin(compiled: CompiledPlan, facts: EntryFacts, wanted: frozenset[str]) -> Work:
    """Everything up to the first node that looks at the field; below panels only the `wanted` keys."""
    special = special_of(compiled, facts)
    changes = adjustments(compiled, facts) if facts.params else _NO_CHANGES
    tally = Tally({}, {}, {}, set(), 0, 0, {}, [])
    work = Work(facts, tally, changes, special)
    _outside(compiled, work)
    marked = collect(compiled, facts, changes, special.skipped)
    for panel in compiled.panels:
        _panel(compiled, work, panel, marked.get(panel.key, _NO_SHEETS), wanted)
    segment(compiled, work, 0)
    return work


def segment(compiled: CompiledPlan, work: Work, number: int) -> None:
    """The steps up to the next node that looks at the field."""
    tally, steps, skipped = work.tally, compiled.segments[number], work.special.skipped
    run(steps, tally.value, tally.exact, tally.void, work.changes, skipped, tally.open)


def _outside(compiled: CompiledPlan, work: Work) -> None:
    """States, and leaves that no judge marks."""
    facts, tally, changes, special = work
    for key, state in special.void.items():
        if compiled.panel_of.get(key, key) == key:
            settle(compiled.finish[key], key, state, None, tally.value, tally.exact, tally.void)
    for leaf in compiled.given:
        if leaf.key in special.skipped:
            continue
        value = given(facts, leaf)
        if value is None:
            _wait_for(tally, leaf.key)
        else:
            settle(leaf.finish, leaf.key, value, changes.get(leaf.key), tally.value, tally.exact, tally.void)
    for key in compiled.imported:
        if key in special.skipped:
            continue
        mark = facts.imported.get(key)
        if mark is None and (base := compiled.nodes[key].key) != key and compiled.aliases[base] == key:
            mark = facts.imported.get(base)
        if mark is None:
            _wait_for(tally, key)
        else:
            tally.answered += 1
            tally.expected += 1
            settle(compiled.finish[key], key, mark, changes.get(key), tally.value, tally.exact, tally.void)


def _wait_for(tally: Tally, key: str) -> None:
    tally.expected += 1
    tally.open.add(key)
    tally.gaps.append(key)


def _panel(
    compiled: CompiledPlan, work: Work, panel: CompiledPanel, sheets: Sheets, wanted: frozenset[str]
) -> None:
    tally, changes, special = work.tally, work.changes, work.special
    criteria = panel.criteria
    if special.skipped:
        criteria = tuple([key for key in criteria if key not in special.skipped])
        if panel.key in special.skipped:
            tally.seats[panel.key] = Seats((), (), 0, (), {}, {}, [], {}, True)
            return
    seats = tally.seats[panel.key] = seat(panel, work.facts, sheets, criteria)
    if not criteria:
        # Every criterion has a state: what follows is the same on every sheet.
        seats.judges, seats.vacant, seats.sheets = (), 0, {"": Sheet({}, {})}
    waiting = _fill_in(work, panel, seats)
    asked = len(criteria)
    tally.answered += sum([seats.answers.get(judge, 0) for judge in seats.judges])
    tally.expected += (len(seats.judges) + seats.vacant) * asked
    outcome = panel_outcome(panel, seats)
    settle(panel.finish, panel.key, outcome, changes.get(panel.key), tally.value, tally.exact, tally.void)
    if not seats.agreed:
        _wait_for(tally, panel.key)
    if waiting or seats.vacant or not seats.agreed:
        tally.open.update([key for key in panel.inside if key not in special.skipped])
    if len(panel.inside) > 1:
        for key in panel.inside:
            if (key in wanted or key in compiled.explained) and key != panel.key and key not in panel.outside:
                outcome = part_outcome(panel, seats, key)
                settle(panel.part_finish, key, outcome, None, tally.value, tally.exact, tally.void)


def _fill_in(work: Work, panel: CompiledPanel, seats: Seats) -> bool:
    """Everything that follows on each full sheet; whether a sheet still waits for something."""
    tally, special = work.tally, work.special
    asked, key = len(seats.criteria), panel.key
    changes = work.changes
    if key in changes:
        changes = {each: change for each, change in changes.items() if each != key}
    waiting = not tally.open.isdisjoint(panel.outside)
    for judge in seats.judges if asked else ("",):
        sheet = seats.sheets.get(judge)
        if sheet is None or (asked and seats.answers[judge] < asked):
            waiting = True
            continue
        if panel.outside or special.void:
            _copy(work, panel, sheet)
        if panel.steps:
            run(panel.steps, sheet.value, None, sheet.void, changes, special.skipped, set())
        if key in sheet.value:
            seats.full.append(judge)
        elif key in sheet.void:
            seats.void[judge] = sheet.void[key]
        else:
            waiting = True
    return waiting


def _copy(work: Work, panel: CompiledPanel, sheet: Sheet) -> None:
    """What stands on the sheet without a judge: parameters, constants and states."""
    tally, special = work.tally, work.special
    for key in panel.outside:
        if key in tally.value:
            sheet.value[key] = tally.value[key]
    for key, state in special.void.items():
        if key in panel.on_sheet and key != panel.key:
            settle(panel.on_sheet[key], key, state, None, sheet.value, None, sheet.void)
