"""Items and their assessment plans for those who run or oversee a contest."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.plans import plan_by_id
from api.contests.schemas import Item, PlanView, Stage
from api.contests.scopes import contest_scope, item_scope
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page
from api.plumbing.problems import Problem

ITEM_COLUMNS = """i.id, i.contest_id, i.trade_code, i.code, i.name_zh, i.name_en, i.kind, i.team_size, i.group_name, i.min_field,
       i.capacity, i.per_delegation, i.blind_layers, i.live, i.plan_id, i.position, i.rev, v.hash, v.at AS plan_at,
       coalesce(p.state, 'open') AS publication,
       (SELECT count(*) FROM entry e WHERE e.item_id = i.id AND e.state NOT IN ('refused', 'withdrawn')) AS entries,
       (SELECT json_agg(json_build_array(s.id, s.kind, s.node, s.name_zh, s.name_en) ORDER BY s.position)
        FROM stage s WHERE s.item_id = i.id) AS stages"""
ITEM_SOURCE = (
    """FROM item i JOIN plan_version v ON v.id = i.plan_id LEFT JOIN publication p ON p.item_id = i.id"""
)

LIST_ITEMS = f"""/* contests.list_items */
SELECT {ITEM_COLUMNS} {ITEM_SOURCE} JOIN contest_item l ON l.item_id = i.id
WHERE l.contest_id = $1 ORDER BY i.position, i.code
"""

ITEM = f"""/* contests.item */
SELECT {ITEM_COLUMNS} {ITEM_SOURCE} WHERE i.id = $1
"""


async def list_items(db: Db, actor: Actor, contest_id: UUID) -> Page[Item]:
    """All items whose results the contest takes, those that another contest runs included. Raises not_found."""
    async with db.reading() as connection:
        found = await contest_scope(connection, contest_id)
        actor.require("contest.read", found.scope)
        rows = await connection.fetch(LIST_ITEMS, contest_id)
    return Page([item_of(row) for row in rows])


async def item(db: Db, actor: Actor, item_id: UUID) -> Item:
    """One item. Raises not_found."""
    async with db.reading() as connection:
        found = await item_scope(connection, item_id)
        actor.require("contest.read", found.scope)
        return await item_by_id(connection, item_id)


async def item_by_id(connection: Connection, item_id: UUID) -> Item:
    """An item inside the caller's transaction, unasked for rights. Raises not_found."""
    row = await connection.fetchrow(ITEM, item_id)
    if row is None:
        raise Problem("not_found")
    return item_of(row)


async def plan_of_item(db: Db, actor: Actor, item_id: UUID) -> tuple[PlanView, int]:
    """The plan of an item, and the item's version that a change must name. Raises not_found."""
    async with db.reading() as connection:
        found = await item_scope(connection, item_id)
        actor.require("contest.read", found.scope)
        return await plan_view(connection, item_id)


async def plan_view(connection: Connection, item_id: UUID) -> tuple[PlanView, int]:
    """See `plan_of_item`; inside the caller's transaction, unasked for rights."""
    row = await connection.fetchrow(ITEM, item_id)
    if row is None:
        raise Problem("not_found")
    plan = await plan_by_id(connection, row["plan_id"])
    view = PlanView(
        id=encode_id("plan", row["plan_id"]),
        item_id=encode_id("item", item_id),
        hash=row["hash"].hex(),
        at=row["plan_at"],
        plan=plan,
    )
    return view, row["rev"]


class _StageRow(msgspec.Struct, array_like=True):
    id: UUID
    kind: str
    node: str
    name_zh: str
    name_en: str | None


def item_of(row: asyncpg.Record) -> Item:
    """The struct of a row with ITEM_COLUMNS."""
    stages = msgspec.json.decode(row["stages"] or "[]", type=list[_StageRow])
    return Item(
        id=encode_id("item", row["id"]),
        contest_id=encode_id("contest", row["contest_id"]),
        trade=row["trade_code"],
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        kind=row["kind"],
        team_size=row["team_size"],
        group_name=row["group_name"],
        min_field=row["min_field"],
        capacity=row["capacity"],
        per_delegation=row["per_delegation"],
        blind_layers=row["blind_layers"],
        live=row["live"],
        plan_id=encode_id("plan", row["plan_id"]),
        plan_hash=row["hash"].hex(),
        publication=row["publication"],
        entries=row["entries"],
        stages=[
            Stage(
                id=encode_id("stage", stage.id),
                kind="theory" if stage.kind == "theory" else "practical",
                node=stage.node,
                name_zh=stage.name_zh,
                name_en=stage.name_en,
            )
            for stage in stages
        ],
        rev=row["rev"],
    )
