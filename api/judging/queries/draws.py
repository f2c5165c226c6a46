"""Draws with all that is needed to replay them."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.rights import PIN_ROLES
from api.contests.scopes import ItemScope, item_scope
from api.judging.rounds import is_decoded
from api.judging.schemas import Draw, DrawnPlace, Redraw
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem

KNOW_BLIND = frozenset({"encryption_officer", "supervisor", "auditor", "administrator"})

DRAWS = """/* judging.draws */
SELECT d.id, d.number, d.algorithm, d.seed, d.result_hash, d.reason, b.display_name AS by, s.display_name AS second, d.at,
       c.payload->>'commitment' AS commitment, c.at AS committed_at,
       d.number = max(d.number) OVER (PARTITION BY d.item_id)
       AND NOT EXISTS (SELECT FROM layer_round WHERE item_id = d.item_id AND number > d.number) AS current
FROM draw d LEFT JOIN account b ON b.id = d.by_account LEFT JOIN account s ON s.id = d.second_account
LEFT JOIN ledger c ON c.season_id = d.season_id AND c.chain = d.item_id AND c.kind = 'draw.committed' AND c.subject = d.id
WHERE d.item_id = $1
ORDER BY d.number
"""

DRAWN_PLACES = """/* judging.drawn_places */
SELECT a.session_id, a.station, ae.entry_id, e.number
FROM attempt a JOIN attempt_entry ae ON ae.attempt_id = a.id JOIN entry e ON e.id = ae.entry_id
JOIN judging_session s ON s.id = a.session_id
WHERE a.draw_id = $1 ORDER BY s.position, a.station
"""


# Requests for the draw that would be the next one; those for an earlier one are over.
REDRAWS = """/* judging.redraws */
SELECT r.id, r.number, r.reason, r.by_account, r.at, a.display_name AS by
FROM redraw_request r JOIN account a ON a.id = r.by_account
WHERE r.id = $2 OR (r.item_id = $1 AND r.number > (SELECT count(*) FROM draw WHERE item_id = $1)
                    AND NOT EXISTS (SELECT FROM layer_round WHERE item_id = $1 AND number >= r.number))
ORDER BY r.at DESC, r.id DESC
"""


async def redraws_of_item(db: Db, actor: Actor, item_id: UUID) -> list[Redraw]:
    """The redraws that wait for a second person, the latest first."""
    async with db.reading() as connection:
        actor.require("draw.read", (await item_scope(connection, item_id)).scope)
        return [_redraw(row, actor) for row in await connection.fetch(REDRAWS, item_id, None)]


async def redraw_by_id(connection: Connection, actor: Actor, redraw_id: UUID) -> Redraw:
    """One request for a redraw."""
    [row] = await connection.fetch(REDRAWS, None, redraw_id)
    return _redraw(row, actor)


def _redraw(row: asyncpg.Record, actor: Actor) -> Redraw:
    return Redraw(
        id=encode_id("redraw", row["id"]),
        number=row["number"],
        reason=row["reason"],
        by=row["by"],
        own=row["by_account"] == actor.account_id,
        at=row["at"],
    )


async def draws_of_item(db: Db, actor: Actor, item_id: UUID) -> list[Draw]:
    """Every draw of an item with its result: staff who may know who works where."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("draw.read", item.scope)
        told = may_know(actor, item)
        return [await _draw(connection, row, told=told) for row in await connection.fetch(DRAWS, item_id)]


async def draw_by_id(connection: Connection, actor: Actor, item: ItemScope, draw_id: UUID) -> Draw:
    """One draw of the item."""
    rows = await connection.fetch(DRAWS, item.item_id)
    row = next(row for row in rows if row["id"] == draw_id)
    return await _draw(connection, row, told=may_know(actor, item))


def may_know(actor: Actor, item: ItemScope) -> bool:
    """Who works where in a blind item is for those only whose work it is, and for them once its layers are opened."""
    if item.blind_layers == 0:
        return True
    sworn = tuple(grant for grant in actor.grants if grant.role in KNOW_BLIND)
    return msgspec.structs.replace(actor, grants=sworn).may("draw.read", item.scope)


async def require_apart(connection: Connection, actor: Actor, right: str, item: ItemScope) -> None:
    """Raise not_found where the right is a judge's only, and the item is still blind: no entry's id reaches those who mark."""
    actor.require(right, item.scope)
    if await is_apart(connection, actor, right, item):
        raise Problem("not_found")


async def is_apart(connection: Connection, actor: Actor, right: str, item: ItemScope) -> bool:
    """Whether somebody holds a right as one who marks only, in an item that is still blind."""
    if item.blind_layers == 0 or await is_decoded(connection, item.item_id):
        return False
    others = tuple(grant for grant in actor.grants if grant.role not in PIN_ROLES)
    return not msgspec.structs.replace(actor, grants=others).may(right, item.scope)


async def _draw(connection: Connection, row: asyncpg.Record, *, told: bool) -> Draw:
    places = await connection.fetch(DRAWN_PLACES, row["id"]) if told else []
    return Draw(
        id=encode_id("draw", row["id"]),
        number=row["number"],
        algorithm=row["algorithm"],
        seed=row["seed"].hex() if told and row["seed"] else None,
        result_hash=row["result_hash"].hex(),
        reason=row["reason"],
        by=row["by"],
        second=row["second"],
        at=row["at"],
        current=row["current"],
        commitment=row["commitment"],
        committed_at=row["committed_at"],
        places=tuple(
            DrawnPlace(
                encode_id("session", each["session_id"]),
                each["station"],
                encode_id("entry", each["entry_id"]),
                each["number"],
            )
            for each in places
        ),
    )
