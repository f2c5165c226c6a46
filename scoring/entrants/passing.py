"""Which parts of an entry reach their own pass line (`pass_at` of a node), as award rules and ladders ask. Source: DOMAIN §3."""

from collections.abc import Iterable

import msgspec

from scoring.entrants.people import Entrant
from scoring.plans.nodes import walk
from scoring.plans.plan import Plan
from scoring.ranking.standings import StandingRow, Standings


def passed_of(plan: Plan, row: StandingRow) -> dict[str, bool]:
    """Node key → passed, for the nodes that have a pass line and whose value the row shows.

    A row that is not complete shows no fail yet, and a pass only of complete parts; it gives nothing.
    """
    if not row.complete:
        return {}
    lines = {node.key: node.pass_at for _, node in walk(plan.root) if node.pass_at is not None}
    return {key: row.values[key] >= line for key, line in lines.items() if key in row.values}


def with_passed(plan: Plan, standings: Standings, entrants: Iterable[Entrant]) -> tuple[Entrant, ...]:
    """The entrants with what the standings say of their parts; what was recorded from outside goes before it."""
    found = {row.entry: passed_of(plan, row) for row in standings.rows}
    return tuple(
        msgspec.structs.replace(each, passed=found.get(each.entry, {}) | each.passed) for each in entrants
    )
