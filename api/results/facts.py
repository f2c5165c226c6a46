"""Loads the facts of one item in the form that scoring takes. Nothing derived is read here."""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

import msgspec

from api.contests.columns import columns_of_items, columns_of_plan
from api.contests.plans import plan_by_id
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from scoring import EntryFacts, Mark, Plan, criteria
from scoring.plans.nodes import walk

ITEM_OF_FACTS = """/* results.item_of_facts */
SELECT season_id, plan_id FROM item WHERE id = $1
"""

ENTRIES = """/* results.entries_of_item */
SELECT e.id, e.standing, e.hors_concours, t.place
FROM entry e
LEFT JOIN LATERAL (
    SELECT place FROM tie_decision WHERE item_id = e.item_id AND entry_id = e.id ORDER BY rev DESC LIMIT 1
) t ON true
WHERE e.item_id = $1 AND e.state = 'accepted'
"""

SHEETS = """/* results.sheets_of_item */
SELECT ae.entry_id, j.code AS judge, st.node, m.criteria, m.states, m.marks
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
JOIN attempt_entry ae ON ae.attempt_id = a.id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
LEFT JOIN LATERAL (
    SELECT array_agg(criterion) AS criteria, array_agg(state) AS states, array_agg(value) AS marks
    FROM (
        SELECT DISTINCT ON (criterion) criterion, state, value FROM mark_revision
        WHERE season_id = s.season_id AND sheet_id = s.id ORDER BY criterion, rev DESC
    ) latest
) m ON true
WHERE s.item_id = $1
"""

THEORY = """/* results.theory_of_item */
SELECT DISTINCT ON (entry_id, node) entry_id, node, state, value FROM theory_mark
WHERE season_id = $2 AND item_id = $1 ORDER BY entry_id, node, rev DESC
"""

COUNT_FACTS = """/* results.count_facts */
SELECT count_item_facts($1, $2)
"""


class ItemFacts(msgspec.Struct, frozen=True):
    """Everything a standing of the item is made from. `count` tells cheaply whether facts have come since."""

    season_id: UUID
    plan: Plan
    entries: tuple[EntryFacts, ...]
    count: int


async def facts_of_item(connection: Connection, item_id: UUID) -> ItemFacts:
    """The facts as they are now, inside the caller's transaction."""
    item = await connection.fetchrow(ITEM_OF_FACTS, item_id)
    if item is None:
        raise Problem("not_found")
    plan = await plan_by_id(connection, item["plan_id"])
    # Counted before they are read: facts that come in between are counted next time, never missed.
    count = await count_facts(connection, item_id, item["season_id"])
    marks: defaultdict[UUID, list[Mark]] = defaultdict(list)
    seats: defaultdict[UUID, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    panels = panels_below(plan)
    for row in await connection.fetch(SHEETS, item_id):
        for panel in panels.get(row["node"], ()):
            seats[row["entry_id"]][panel].add(row["judge"])
        entry = encode_id("entry", row["entry_id"])
        for criterion, state, value in zip(
            row["criteria"] or (), row["states"] or (), row["marks"] or (), strict=True
        ):
            marks[row["entry_id"]].append(Mark(entry, row["judge"], criterion, state, value))
    theory: defaultdict[UUID, dict[str, Decimal]] = defaultdict(dict)
    absent: set[UUID] = set()
    for row in await connection.fetch(THEORY, item_id, item["season_id"]):
        if row["state"] == "absent":
            absent.add(row["entry_id"])
        else:
            theory[row["entry_id"]][row["node"]] = row["value"]
    # Only what the plan asks for: a fact that decides nothing has no business in a standing.
    columns = await columns_of_items(connection, [item_id], columns_of_plan(plan))
    entries = tuple(
        EntryFacts(
            entry=encode_id("entry", row["id"]),
            # Who missed a part has no total: absent, not a zero (DOMAIN 3).
            state="absent" if row["standing"] == "present" and row["id"] in absent else row["standing"],
            hors_concours=row["hors_concours"],
            marks=tuple(marks[row["id"]]),
            panels={panel: tuple(sorted(judges)) for panel, judges in seats[row["id"]].items()},
            imported=theory[row["id"]],
            columns=columns.get(row["id"], {}),
            decision=row["place"],
        )
        for row in await connection.fetch(ENTRIES, item_id)
    )
    return ItemFacts(item["season_id"], plan, entries, count)


async def count_facts(connection: Connection, item_id: UUID, season_id: UUID) -> int:
    """How many facts there are: it grows with every one of them."""
    return int(await connection.fetchval(COUNT_FACTS, season_id, item_id))


def panels_below(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Node → keys of the panels at or below it, so that a stage's judges sit on the panels of its part.

    A leaf that is marked without a panel is its own. Panels below attempts are named once for all attempts.
    """
    panels = {criterion.panel.partition("#")[0] for criterion in criteria(plan)}
    below: defaultdict[str, list[str]] = defaultdict(list)
    for ancestors, node in walk(plan.root):
        if node.key in panels:
            for above in (*ancestors, node):
                below[above.key].append(node.key)
    return {key: tuple(keys) for key, keys in below.items()}
