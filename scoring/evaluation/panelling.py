"""The arithmetic of panels: which marks count, and what they come to. The methods stand at `Panel` in scoring/plans/panels.py."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import TypeAlias

from scoring.decimals import ZERO, kept, round_to
from scoring.plans.panels import Panel

Marked: TypeAlias = tuple[Decimal, str]
"""A mark and whose it is, "" for a mark put in the place of a recused judge."""


def panel_value(panel: Panel, marks: Sequence[Marked], recused: int = 0) -> Decimal | None:
    """One value from at least one mark; None where the judges must agree first."""
    if panel.method == "sub_panels" and panel.each is not None:
        values = [panel_value(panel.each, each) for each in sub_panels(marks)]
        known = [value for value in values if value is not None]
        return _mean([_rounded(panel.each, value) for value in known]) if len(known) == len(values) else None
    if recused:
        return _value(panel, [value for value, _ in ranked(panel, marks, recused)])
    return _value(panel, sorted([value for value, _ in marks]))


def ranked(panel: Panel, marks: Sequence[Marked], recused: int) -> list[Marked]:
    """The marks in ascending order, with those that fill the places of recused judges."""
    if recused and panel.fill == "mean":
        fill = _mean([value for value, _ in marks])
        return sorted([*marks, *[(fill, "")] * recused])
    return sorted(marks)


def counted(panel: Panel, ordered: Sequence[Decimal]) -> tuple[int, int]:
    """Which of the marks count, in ascending order: from the first number up to the second."""
    marks = len(ordered)
    if panel.method == "majority":
        return _majority(ordered, panel.spread or ZERO)
    if marks < panel.plain_below:
        return 0, marks
    if panel.middle is not None:
        cut = max(0, marks - panel.middle)
        low = cut // 2 + (cut % 2 if panel.uneven == "low" else 0)
        return low, marks - (cut - low)
    # Drop marks, not judges: two may share the top value, and then one of the two stays.
    return panel.drop_low, marks - panel.drop_high


def sub_panels(marks: Sequence[Marked]) -> list[list[Marked]]:
    """The marks by the part of the judge's id before "/"."""

    def name(mark: Marked) -> str:
        return mark[1].partition("/")[0]

    return [list(each) for _, each in groupby(sorted(marks, key=name), name)]


def agrees(panel: Panel, marks: Sequence[Marked]) -> bool:
    """Whether the judges agree as far as the method asks them to."""
    if panel.each is not None:
        return all(agrees(panel.each, each) for each in sub_panels(marks))
    values = [value for value, _ in marks]
    return panel.method != "consensus" or not values or max(values) - min(values) <= (panel.spread or ZERO)


def _value(panel: Panel, ordered: list[Decimal]) -> Decimal | None:
    marks = len(ordered)
    match panel.method:
        case "median":
            half = marks // 2
            return ordered[half] if marks % 2 else (ordered[half - 1] + ordered[half]) / 2
        case "consensus" if ordered[-1] - ordered[0] > (panel.spread or ZERO):
            return None
        case _:
            start, stop = counted(panel, ordered)
            added = panel.method == "sum" or panel.total == "sum"
            return sum(ordered[start:stop], ZERO) if added else _mean(ordered[start:stop])


def _majority(ordered: Sequence[Decimal], spread: Decimal) -> tuple[int, int]:
    marks = len(ordered)
    best = (0, ZERO, 0)
    for start, low in enumerate(ordered):
        stop = start
        while stop < marks and ordered[stop] - low <= spread:
            stop += 1
        # The largest group; of several the closest, then the highest.
        best = max(best, (stop - start, low - ordered[stop - 1], start))
    size, _, start = best
    return (start, start + size) if 2 * size > marks else (0, marks)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, ZERO) / len(values)


def _rounded(panel: Panel, value: Decimal) -> Decimal:
    rounding = panel.rounding
    return value if rounding is None else round_to(kept(value), rounding.digits, rounding.mode, rounding.step)
