"""One sheet as those see it who run the session, check a result or correct a mark."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.control.queries.corrections import waiting_corrections
from api.control.schemas import Correction
from api.control.sheets import sheet_at
from api.judging.queries.sessions import sees_all
from api.judging.queries.sheets import sheet_by_id
from api.judging.schemas import Sheet
from api.plumbing.db import Db
from api.plumbing.problems import Problem

READS = ("control.read", "recheck.read", "correction.read")


class SheetDetail(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet, without its marks while it is with its judge and the reader is not of the jury. What the reader may do with it."""

    sheet: Sheet
    told: bool
    returns: bool
    corrects: bool
    waiting: tuple[Correction, ...] = ()
    """Corrections of it that wait for a second person."""


async def sheet_detail(db: Db, actor: Actor, sheet_id: UUID) -> SheetDetail:
    """Raises not_found."""
    async with db.reading() as connection:
        held = await sheet_at(connection, sheet_id)
        if not any(actor.may(right, held.scope) for right in READS):
            raise Problem("not_found")
        sheet = await sheet_by_id(connection, sheet_id)
        told = held.row["state"] != "open" or sees_all(actor, "sheet.read", held.scope)
        if not told:
            blank = tuple(msgspec.structs.replace(line, current=None) for line in sheet.criteria)
            sheet = msgspec.structs.replace(sheet, criteria=blank)
        # While it is at a venue, what is done with it is done there.
        closed = held.row["state"] != "open" and sheet.session.away is None
        return SheetDetail(
            sheet=sheet,
            told=told,
            returns=closed and actor.may("sheet.sign", held.scope),
            corrects=closed and actor.may("correction.ask", held.scope),
            waiting=tuple(
                each
                for each in await waiting_corrections(connection, actor, held.row["item_id"])
                if each.sheet == sheet.id
            )
            if actor.may("correction.read", held.scope)
            else (),
        )
