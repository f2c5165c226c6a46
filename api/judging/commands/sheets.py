"""Submit, return, sign: who answers for a sheet, at which revision."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor, Scope
from api.judging.queries import sheets as queries
from api.judging.rounds import require_sealed
from api.judging.schemas import MoveSheet, Sheet
from api.live.commands import tell_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.states import require_transition
from api.plumbing.texts import clean_text
from api.results.ledger import append_ledger

LONGEST_REASON = 200
# While a result is confirmed or shown, sheets stay as they were signed; an amendment of a final result begins with its sheet.
OPEN_RESULTS = ("open", "final", "amended")

HOLD_SHEET = """/* judging.hold_sheet */
SELECT s.id, s.season_id, s.item_id, s.session_id, s.account_id, s.state, s.seq, s.head, a.voided, js.state AS session_state,
       i.contest_id, o.path
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id
JOIN judging_session js ON js.id = s.session_id
JOIN item i ON i.id = s.item_id
JOIN contest c ON c.id = i.contest_id
JOIN organisation o ON o.id = c.host_id
WHERE s.id = $1 FOR NO KEY UPDATE OF s
"""

PUBLICATION = """/* judging.publication */
SELECT state FROM publication WHERE item_id = $1 FOR SHARE
"""

MOVE_SHEET = """/* judging.move_sheet */
WITH moved AS (
    INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head, reason, by_account)
    SELECT $2, $1, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7, $8 FROM sheet_transition WHERE sheet_id = $1
)
UPDATE sheet SET state = $4 WHERE id = $1
"""


class SheetMoved(msgspec.Struct, frozen=True):
    """What the control room and the tablets are told."""

    session: str
    state: str


async def move_sheet(db: Db, actor: Actor, sheet_id: UUID, move: MoveSheet, *, tell: bool = True) -> Sheet:
    """Submit a sheet of one's own; return or sign one as chief judge. Whoever moves many tells of them once, without `tell`.

    Raises not_found, sheet_moved when marks came since it was looked at, forbidden_transition, sheet_incomplete, reason_needed,
    results_closed.
    """
    reason = None if move.reason is None else clean_text(move.reason, "/reason", LONGEST_REASON)
    async with db.transaction() as connection:
        held = await connection.fetchrow(HOLD_SHEET, sheet_id)
        if held is None:
            raise Problem("not_found")
        _require_right(actor, held, move)
        # A sheet that a redraw voided is nobody's any more.
        if held["voided"]:
            raise Problem("not_found")
        require_transition("sheet", held["state"], move.to)
        if held["seq"] != move.seq:
            raise Problem("sheet_moved", current=await queries.sheet_by_id(connection, sheet_id))
        if move.to == "open" and not reason:
            raise Problem("reason_needed")
        await _require_results_open(connection, held["item_id"])
        if move.to == "open":
            await _require_blind(connection, held["item_id"])
        if move.to == "submitted":
            await _require_complete(connection, held)
        await connection.execute(
            MOVE_SHEET, sheet_id, held["season_id"], held["state"], move.to, held["seq"], held["head"], reason, actor.account_id
        )  # fmt: skip
        payload = {"from": held["state"], "seq": held["seq"], "head": held["head"].hex(), "reason": reason}
        await append_ledger(
            connection, held["season_id"], held["item_id"], f"sheet.{move.to}", sheet_id,
            msgspec.json.encode(payload).decode(), actor.account_id,
        )  # fmt: skip
        if tell:
            notice = SheetMoved(encode_id("session", held["session_id"]), move.to)
            await tell_item(connection, held["item_id"], ("judge", "org"), "sheet", notice)
        return await queries.sheet_by_id(connection, sheet_id)


def _require_right(actor: Actor, held: asyncpg.Record, move: MoveSheet) -> None:
    scope = Scope(
        organisation_path=tuple(held["path"]),
        contest_id=held["contest_id"],
        item_id=held["item_id"],
        session_id=held["session_id"],
    )
    if move.to == "submitted":
        if held["account_id"] != actor.account_id:
            raise Problem("not_found")
        actor.require("sheet.mark", scope)
    else:
        actor.require("sheet.sign", scope)


async def _require_results_open(connection: Connection, item_id: UUID) -> None:
    state = await connection.fetchval(PUBLICATION, item_id)
    if state not in (None, *OPEN_RESULTS):
        raise Problem("results_closed")


async def _require_blind(connection: Connection, item_id: UUID) -> None:
    # Once a layer is opened it may be known whose work it was; what is then found wrong is an amendment of a final result.
    if await connection.fetchval(PUBLICATION, item_id) in (None, "open"):
        await require_sealed(connection, item_id)


async def _require_complete(connection: Connection, held: asyncpg.Record) -> None:
    if held["session_state"] == "planned":
        raise Problem("session_not_ready")
    sheet = await queries.sheet_by_id(connection, held["id"])
    missing = [
        str(line.number) for line in sheet.criteria if line.current is None or line.current.state == "cleared"
    ]
    if missing and sheet.present:
        raise Problem("sheet_incomplete", numbers="、".join(missing))
