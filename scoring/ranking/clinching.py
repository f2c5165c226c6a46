"""Whether answers still missing can change a rank, a slot or an award: for boards while a contest is on.

Each entry has two corners: everything still open goes as well for it as it can, or as badly. Two entries are settled where the worst
corner of one is ahead of the best corner of the other. What is called clinched or out of reach can no longer change by
marks; what is open may be settled already where values hang together in a way that corners do not see.

Marks that are there are taken as final, and so are states and columns. A time, lot or decision that is not recorded may still be.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from scoring.decimals import exact_arithmetic
from scoring.evaluation.compiled import compile_plan
from scoring.evaluation.facts import EntryFacts
from scoring.plans.plan import Plan
from scoring.ranking.corners import Corners, Field, corners_of
from scoring.ranking.ordering import Ordering, compare, plan_ordering
from scoring.ranking.standings import RankKind, placed, tallies

Status: TypeAlias = Literal["clinched", "open", "out_of_reach", "beyond"]


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """Places from `first` to `last`: a slot rule's (1 to n), an award's (4 to 10). `within` counts them per value of a column."""

    key: str
    last: int
    first: int = 1
    by: RankKind = "award_rank"
    within: str | None = None


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `rank` is the present one; `best` and `worst` are the ranks still possible, `worst` None: perhaps none at all.

    `settled`: the rank can no longer change. `boundaries` by key: clinched (in whatever happens, even with a tie), out_of_reach
    (behind it whatever happens), beyond (ahead of its first place whatever happens), or open.
    """

    entry: str
    rank: int | None
    best: int | None
    worst: int | None
    settled: bool
    boundaries: dict[str, Status]


def outlook(
    plan: Plan, facts: Iterable[EntryFacts], boundaries: Sequence[Boundary] = ()
) -> tuple[Outlook, ...]:
    """What is still possible for each entry, in the order of the present standings. Errors as `rank`."""
    compiled, order = compile_plan(plan), plan_ordering(plan)
    with exact_arithmetic():
        lines = [compare(order, compiled, *each) for each in tallies(compiled, order.wanted, facts)]
        corners = [each for line in lines if (each := corners_of(plan, order, line)) is not None]
        field = Field(order, corners)
        races = [(each, _races(order, each, corners)) for each in boundaries]
        known = {each.entry: each for each in corners}
        return tuple(
            _outlook(plan, field, races, line.entry, place.rank, known.get(line.entry))
            for line, place in placed(plan, order, lines)
        )


def _outlook(
    plan: Plan,
    field: Field,
    races: Sequence[tuple[Boundary, dict[str, Field]]],
    entry: str,
    rank: int | None,
    corners: Corners | None,
) -> Outlook:
    if corners is None:
        gone: dict[str, Status] = {boundary.key: "out_of_reach" for boundary, _ in races}
        return Outlook(
            entry=entry,
            rank=rank,
            best=None,
            worst=None,
            settled=rank is None,
            boundaries=gone,
        )
    best, worst = field.ranks(corners, plan.shared)
    return Outlook(
        entry=entry,
        rank=rank,
        best=best,
        worst=worst,
        settled=best == worst,
        boundaries={boundary.key: _status(boundary, race.get(entry), corners) for boundary, race in races},
    )


def _races(order: Ordering, boundary: Boundary, corners: Sequence[Corners]) -> dict[str, Field]:
    """Who competes for these places with whom, by entry."""
    groups: dict[str, list[Corners]] = {}
    for each in corners:
        if boundary.by == "rank" or not each.facts.hors_concours:
            value = "" if boundary.within is None else each.facts.columns.get(boundary.within, "")
            groups.setdefault(value, []).append(each)
    return {
        each.entry: field for group in groups.values() for field in (Field(order, group),) for each in group
    }


def _status(boundary: Boundary, race: Field | None, corners: Corners) -> Status:
    if race is None:
        return "out_of_reach"
    first, last = race.places(corners)
    if first > boundary.last:
        return "out_of_reach"
    if last is None:
        return "open"
    if last < boundary.first:
        return "beyond"
    return "clinched" if boundary.first <= first and last <= boundary.last else "open"
