"""Sign a whole session at once, so that a chief judge of forty stations does not sign two hundred sheets one by one."""

from uuid import UUID

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.commands.sessions import HOLD_SHEETS
from api.judging.commands.sheets import SheetMoved, move_sheet
from api.judging.queries.signing import SessionToSign, session_to_sign
from api.judging.schemas import MoveSheet
from api.live.commands import tell_item
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem


async def sign_session(db: Db, actor: Actor, session_id: UUID, looked_at: str) -> SessionToSign:
    """Sign every submitted sheet of the session, or none.

    `looked_at` is the hash of what the chief judge saw. Raises not_found, sheet_moved when a mark came or a sheet was returned
    since, sign_has_gaps while a sheet is not submitted, results_closed.
    """
    async with db.transaction() as connection:
        # All of them before the publication, as whoever corrects one does: otherwise each may wait for the other.
        await connection.execute(HOLD_SHEETS, session_id)
        found = await session_to_sign(db, actor, session_id)
        if found.hash != looked_at:
            raise Problem("sheet_moved", current=found)
        _require_no_gaps(found)
        # Each step holds its sheet and looks again: whatever moves in between takes all signatures back.
        for sheet in found.sheets:
            if sheet.state == "submitted":
                move = MoveSheet("signed", sheet.seq)
                await move_sheet(db, actor, parse_id("sheet", sheet.sheet), move, tell=False)
        place = await session_scope(connection, session_id)
        notice = SheetMoved(encode_id("session", session_id), "signed")
        await tell_item(connection, place.item.item_id, ("judge", "org"), "sheet", notice)
        return await session_to_sign(db, actor, session_id)


def _require_no_gaps(found: SessionToSign) -> None:
    gaps = [
        (station.station, sheet)
        for station in found.stations
        for sheet in station.sheets
        if sheet.state == "open"
    ]
    if gaps:
        raise Problem(
            "sign_has_gaps",
            count=len(gaps),
            gaps="、".join(
                f"{station:02d}号工位{sheet.judge}（{sheet.done}/{sheet.of}）" for station, sheet in gaps[:20]
            ),
            gaps_en=", ".join(
                f"station {station:02d} {sheet.judge} ({sheet.done}/{sheet.of})"
                for station, sheet in gaps[:20]
            ),
        )
