"""What an item's rules ask of its chief judge beside the signature, and what waits for them: no page speaks of a rule that is not there."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.plans import plan_by_id
from api.contests.rules import rules_of_contest, rules_of_item
from api.contests.scopes import item_scope, session_scope
from api.control.queries.corrections import waiting_corrections
from api.control.queries.rechecks import has_recheck
from api.control.schemas import Correction
from api.plumbing.db import Connection, Db
from scoring.plans.nodes import walk

ITEM_PLAN = "/* control.item_plan */ SELECT code, plan_id FROM item WHERE id = $1"


class Duties(msgspec.Struct, frozen=True):
    """`spreads`: some limit holds for marks that lie apart. `recheck`: results are checked once more, or were."""

    spreads: bool
    recheck: bool
    waiting: tuple[Correction, ...] = ()
    """Corrections that wait for a second person, for whoever may read them."""


async def duties_of_item(db: Db, actor: Actor, item_id: UUID) -> Duties:
    """Raises not_found."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        reads = actor.may("correction.read", item.scope)
        return Duties(
            spreads=await limits_spreads(connection, item_id, item.contest_id),
            recheck=await _asks_recheck(connection, item_id),
            waiting=tuple(await waiting_corrections(connection, actor, item_id) if reads else ()),
        )


async def waiting_in_session(db: Db, actor: Actor, session_id: UUID) -> tuple[Correction, ...]:
    """Corrections of the session's item that wait for a second person; none for whoever may not read them. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        if not actor.may("correction.read", place.scope):
            return ()
        return tuple(await waiting_corrections(connection, actor, place.item.item_id))


async def asks_recheck(db: Db, item_id: UUID) -> bool:
    """Whether results of the item are checked once more, or were."""
    async with db.reading() as connection:
        return await _asks_recheck(connection, item_id)


async def _asks_recheck(connection: Connection, item_id: UUID) -> bool:
    asked = (await rules_of_item(connection, item_id)).recheck is not None
    return asked or await has_recheck(connection, item_id)


async def limits_spreads(connection: Connection, item_id: UUID, contest_id: UUID) -> bool:
    """Whether the contest's rules or a panel of the plan say how far judges may lie apart."""
    row = await connection.fetchrow(ITEM_PLAN, item_id)
    assert row is not None
    rule = (await rules_of_contest(connection, contest_id))[1].spread_of(row["code"])
    if rule.criteria or rule.criterion is not None or rule.sheet is not None:
        return True
    panels = (
        getattr(node, "panel", None) for _, node in walk((await plan_by_id(connection, row["plan_id"])).root)
    )
    return any(panel is not None and panel.spread is not None for panel in panels)
