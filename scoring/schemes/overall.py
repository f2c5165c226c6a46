"""One order over several stages: finalists by their final rank, then who went out, the later the better.

An entry stands by the last stage it was let into. Inside a stage come those with a rank there, then those without (absent
from the final, did not finish …) in the order of the stage before. An entry that was disqualified, came too late or lost its score
has no overall rank, nor has one that never had a rank.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

import msgspec

from scoring.evaluation.facts import EntryState
from scoring.ranking.standings import StandingRow
from scoring.schemes.stage_results import StageResults

_STRUCK: Final[frozenset[EntryState]] = frozenset({"disqualified", "late", "score_cancelled"})


class OverallRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: the stage it reached, its rank and total there, and its place over all stages."""

    entry: str
    rank: int | None
    award_rank: int | None
    shared: bool
    stage: str
    stage_rank: int | None
    total: Decimal | None
    state: EntryState
    hors_concours: bool


class _Reached(NamedTuple):
    """An entry at the last stage it was let into; lower `place` stands ahead, None has no rank."""

    row: StandingRow
    stage: str
    place: tuple[int, ...] | None


def stand_overall(stages: Sequence[StageResults]) -> tuple[OverallRow, ...]:
    """Everybody of all stages, given in the order they were held; shared ranks are numbered 1 2 2 4."""
    reached = list(_reached(stages))
    ranked = sorted(
        (each for each in reached if each.place), key=lambda each: (each.place or (), each.row.entry)
    )
    rows: list[OverallRow] = []
    ahead = rivals_ahead = 0
    for _, level in groupby(ranked, key=lambda each: each.place):
        group = list(level)
        for each in group:
            award_rank = None if each.row.hors_concours else rivals_ahead + 1
            rows.append(_row(each, ahead + 1, award_rank, len(group) > 1))
        ahead += len(group)
        rivals_ahead += sum(not each.row.hors_concours for each in group)
    return (*rows, *(_row(each, None, None, False) for each in reached if not each.place))


def _reached(stages: Sequence[StageResults]) -> Iterator[_Reached]:
    """From the last stage back to the first, each entry once."""
    ranks = [{row.entry: row.rank for row in stage.standings.rows} for stage in stages]
    seen: set[str] = set()
    for at in reversed(range(len(stages))):
        for row in stages[at].standings.rows:
            if row.entry not in seen:
                seen.add(row.entry)
                known = [earlier.get(row.entry) for earlier in ranks[at::-1]]
                struck = row.state in _STRUCK or row.void == "disqualified"
                yield _Reached(row, stages[at].key, None if struck else _place(len(stages) - at, known))


def _place(from_last: int, known: list[int | None]) -> tuple[int, ...] | None:
    """The first stage back that has a rank decides; every stage without one is behind all that have one."""
    without = next((n for n, place in enumerate(known) if place is not None), None)
    if without is None:
        return None
    return (from_last, without, known[without] or 0)


def _row(each: _Reached, rank: int | None, award_rank: int | None, shared: bool) -> OverallRow:
    row = each.row
    return OverallRow(
        entry=row.entry,
        rank=rank,
        award_rank=award_rank,
        shared=shared,
        stage=each.stage,
        stage_rank=row.rank,
        total=row.total,
        state=row.state,
        hors_concours=row.hors_concours,
    )
