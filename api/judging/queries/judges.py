"""Judges and panels, for those who make them."""

from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.plans import plan_by_id
from api.contests.scopes import ItemScope, contest_scope, item_scope
from api.contests.stages import stages_of
from api.judging.schemas import Judge, Panel, Replaced, SeatView
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from scoring import Plan
from scoring.plans.nodes import walk

JUDGES = """/* judging.judges */
SELECT j.id, j.account_id, a.display_name, j.code, j.unit_id, o.name_zh AS unit_name
FROM judge j JOIN account a ON a.id = j.account_id LEFT JOIN organisation o ON o.id = j.unit_id
WHERE j.contest_id = $1 OR j.id = $2 ORDER BY j.code
"""


async def judges_of_contest(db: Db, actor: Actor, contest_id: UUID) -> list[Judge]:
    """The judges of a contest, for those who make panels."""
    async with db.reading() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("panel.read", contest.scope)
        return [_judge(row) for row in await connection.fetch(JUDGES, contest_id, None)]


async def judge_by_id(connection: Connection, judge_id: UUID) -> Judge:
    """One judge."""
    row = await connection.fetchrow(JUDGES, None, judge_id)
    assert row is not None
    return _judge(row)


def _judge(row: asyncpg.Record) -> Judge:
    return Judge(
        id=encode_id("judge", row["id"]),
        account=encode_id("account", row["account_id"]),
        name=row["display_name"],
        code=row["code"],
        unit=None if row["unit_id"] is None else encode_id("organisation", row["unit_id"]),
        unit_name=row["unit_name"],
    )


PANELS = """/* judging.panels */
SELECT p.id, p.name, p.rev, p.item_id, i.plan_id, s.judges, s.codes, s.chiefs
FROM panel p JOIN item i ON i.id = p.item_id
LEFT JOIN LATERAL (
    SELECT array_agg(j.id ORDER BY pj.position) AS judges, array_agg(j.code ORDER BY pj.position) AS codes,
           array_agg(pj.chief ORDER BY pj.position) AS chiefs
    FROM panel_judge pj JOIN judge j ON j.id = pj.judge_id WHERE pj.panel_id = p.id
) s ON true
WHERE p.item_id = $1 OR p.id = $2 ORDER BY p.name COLLATE "C"
"""


async def panels_of_item(db: Db, actor: Actor, item_id: UUID) -> list[Panel]:
    """The panels of an item."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("panel.read", item.scope)
        size = panel_size(await plan_by_id(connection, item.plan_id))
        return [_panel(row, size) for row in await connection.fetch(PANELS, item_id, None)]


REPLACEMENTS = """/* judging.replacements */
SELECT l.payload->>'judge' AS judge, l.payload->>'by' AS by, l.payload->>'reason' AS reason, coalesce(a.display_name, '') AS ordered_by,
       coalesce((l.payload->'venue'->>'at')::timestamptz, l.at) AS at, (l.payload->'venue'->>'handout')::integer AS handout
FROM panel p
JOIN ledger l ON l.season_id = p.season_id AND l.chain = p.item_id AND l.kind = 'panel.judge_replaced' AND l.subject = p.id
LEFT JOIN account a ON a.id = l.account_id
WHERE p.item_id = $1 ORDER BY 5, l.seq
"""


async def replacements_of_item(db: Db, actor: Actor, item_id: UUID) -> list[Replaced]:
    """Who took whose place on the item's panels, here and at venues, in the order in which it happened."""
    async with db.reading() as connection:
        actor.require("panel.read", (await item_scope(connection, item_id)).scope)
        return [Replaced(**dict(row)) for row in await connection.fetch(REPLACEMENTS, item_id)]


async def panel_by_id(connection: Connection, panel_id: UUID) -> Panel:
    """One panel."""
    row = await connection.fetchrow(PANELS, None, panel_id)
    assert row is not None
    return _panel(row, panel_size(await plan_by_id(connection, row["plan_id"])))


def _panel(row: asyncpg.Record, size: int | None) -> Panel:
    seats = zip(row["judges"] or (), row["codes"] or (), row["chiefs"] or (), strict=True)
    return Panel(
        id=encode_id("panel", row["id"]),
        name=row["name"],
        size=size,
        seats=tuple(SeatView(encode_id("judge", judge), code, chief) for judge, code, chief in seats),
        rev=row["rev"],
    )


def panel_size(plan: Plan) -> int | None:
    """How many judges each panel of the plan has; None where its panels differ or it has none."""
    sizes = _sizes(plan)
    return next(iter(sizes)) if len(sizes) == 1 else None


def _sizes(plan: Plan) -> set[int]:
    """A stage that is marked without a panel has one official."""
    panels = {node.key: node.panel for _, node in walk(plan.root)}
    return {
        1 if (panel := panels[stage.node]) is None else panel.size
        for stage in stages_of(plan)
        if stage.kind == "practical"
    }


async def require_panel_size(connection: Connection, panel_id: UUID, item: ItemScope, count: int) -> None:
    """Raise panel_size unless the plan knows panels of so many judges."""
    plan = await plan_by_id(connection, item.plan_id)
    sizes = _sizes(plan)
    if count not in sizes:
        name = await connection.fetchval("SELECT name FROM panel WHERE id = $1", panel_id)
        raise Problem(
            "panel_size", size="/".join(str(size) for size in sorted(sizes)), panel=name, count=count
        )
