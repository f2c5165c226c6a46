"""Who would have to stand aside: asked by those who make panels, before and after they seat somebody."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import ItemScope, item_scope
from api.judging.avoidance import ConflictOfJudge, by_judge, conflicts_among, conflicts_at_work, of_one_unit
from api.judging.queries.draws import is_apart
from api.judging.queries.judges import JUDGES
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id


class PanelConflicts(msgspec.Struct, frozen=True):
    """Judges who come from the unit of a contestant, and (`together`, by judge) the codes with whom the rules let them sit on no panel."""

    judges: tuple[ConflictOfJudge, ...]
    together: dict[str, tuple[str, ...]]


async def conflicts_of_item(db: Db, actor: Actor, item_id: UUID) -> list[ConflictOfJudge]:
    """Judges with a seat or a sheet in the item who come from the unit of a contestant, as far as is known now. Raises not_found."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("panel.read", item.scope)
        found = by_judge(await conflicts_at_work(connection, item_id))
        return await _cut(connection, actor, item, found)


async def conflicts_of_candidates(db: Db, actor: Actor, item_id: UUID) -> PanelConflicts:
    """The same for every judge of the contest: whoever makes the panel sees it before the server has to refuse. Raises not_found."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("panel.read", item.scope)
        judges = [row["id"] for row in await connection.fetch(JUDGES, item.contest_id, None)]
        found = by_judge(await conflicts_among(connection, item_id, judges))
        cut = await _cut(connection, actor, item, found)
        groups = await of_one_unit(connection, item.contest_id, judges)
    together = {
        encode_id("judge", judge): tuple(code for other, code in group.items() if other != judge)
        for group in groups
        for judge in group
    }
    return PanelConflicts(tuple(cut), together)


async def _cut(
    connection: Connection, actor: Actor, item: ItemScope, found: list[ConflictOfJudge]
) -> list[ConflictOfJudge]:
    """No unit of a contestant reaches whoever marks a blind item."""
    if not await is_apart(connection, actor, "panel.read", item):
        return found
    return [msgspec.structs.replace(each, units=(), reasons=()) for each in found]
