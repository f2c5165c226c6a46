"""Entries that share a rank, for the chief judge to put in order."""

from itertools import groupby
from uuid import UUID

from api.access.actor import Actor
from api.contests.queries.items import plan_of_item
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.commands import decide_tie
from api.results.schemas import Board, DecideTie
from frontend.views.results import TiedRow, TieGroup


async def decides_ties(db: Db, actor: Actor, item_id: UUID) -> bool:
    """Whether the item's plan leaves what nothing else tells apart to the chief judge."""
    view, _ = await plan_of_item(db, actor, item_id)
    return any(tie.of == "decision" for tie in view.plan.ties)


def tied_groups(board: Board, *, names: bool = True) -> tuple[TieGroup, ...]:
    """Those who share a rank and lack no mark. Without `names` they are known by their numbers alone."""
    shared = [row for row in board.rows if row.shared and row.rank is not None and row.complete]
    return tuple(
        TieGroup(
            rank or 0,
            tuple(TiedRow(row.entry, row.number, row.name if names else "", row.total) for row in rows),
        )
        for rank, rows in ((rank, list(found)) for rank, found in groupby(shared, key=lambda row: row.rank))
    )


def unclear_place(fields: dict[str, str]) -> str | None:
    """The field at which a form's order stops being one: a place is left out or given twice."""
    given = _places(fields)
    wanted = [str(place) for place in range(1, len(given) + 1)]
    seen: set[str] = set()
    for entry, place in given.items():
        if place not in wanted or place in seen:
            return f"place_{entry}"
        seen.add(place)
    return None


async def decide(db: Db, actor: Actor, fields: dict[str, str]) -> None:
    """Record the order that a form gives: a place from 1 for each of those who share the rank, and the reason.

    Call it with a form in which `unclear_place` finds nothing.
    """
    given = _places(fields)
    reason = fields.get("reason", "").strip()
    if len(reason) < 2:
        raise Problem("reason_needed")
    order = sorted(given, key=lambda entry: int(given[entry]))
    decision = DecideTie(order, reason[:500])
    await decide_tie(db, actor, parse_id("item", fields.get("item", "")), decision)


def _places(fields: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("place_"): value for name, value in fields.items() if name.startswith("place_")}
