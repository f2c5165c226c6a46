"""One judge's sheet of one attempt, without any name."""

from uuid import UUID

import asyncpg

from api.access.actor import Actor, Scope
from api.judging.desk import sheet_form
from api.judging.queries.sessions import sees_all, session_by_id
from api.judging.schemas import CurrentAnswer, Sheet, SheetCriterion, SheetMove
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem

SHEET = """/* judging.sheet */
SELECT s.id, s.season_id, s.item_id, s.session_id, s.account_id, s.state, s.seq, s.head, s.plan_id, a.station, st.node, j.code,
       coalesce(e.standing, 'present') = 'present' AS present, pv.hash AS plan_hash, i.contest_id, o.path
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
JOIN plan_version pv ON pv.id = s.plan_id
JOIN item i ON i.id = s.item_id
JOIN contest c ON c.id = i.contest_id
JOIN organisation o ON o.id = c.host_id
WHERE s.id = $1
"""

CURRENT_MARKS = """/* judging.current_marks */
SELECT DISTINCT ON (criterion) criterion, state, value, reasons, rev, received_at FROM mark_revision
WHERE season_id = $1 AND sheet_id = $2 ORDER BY criterion, rev DESC
"""

SHEET_MOVES = """/* judging.sheet_moves */
SELECT t.to_state, j.code, t.at, t.seq, t.reason FROM sheet_transition t
LEFT JOIN judge j ON j.account_id = t.by_account AND j.contest_id = $2
WHERE t.sheet_id = $1 ORDER BY t.position
"""


async def sheet_for(db: Db, actor: Actor, sheet_id: UUID) -> Sheet:
    """One sheet: a judge's own, or any for those who watch over judging. Raises not_found."""
    async with db.reading() as connection:
        row = await connection.fetchrow(SHEET, sheet_id)
        if row is None:
            raise Problem("not_found")
        scope = Scope(
            organisation_path=tuple(row["path"]),
            contest_id=row["contest_id"],
            item_id=row["item_id"],
            session_id=row["session_id"],
        )
        actor.require("sheet.read", scope)
        if row["account_id"] != actor.account_id and not sees_all(actor, "sheet.read", scope):
            raise Problem("not_found")
        return await _sheet(connection, row)


async def sheet_by_id(connection: Connection, sheet_id: UUID) -> Sheet:
    """One sheet, for whoever has just been let at it."""
    row = await connection.fetchrow(SHEET, sheet_id)
    assert row is not None
    return await _sheet(connection, row)


async def _sheet(connection: Connection, row: asyncpg.Record) -> Sheet:
    form = await sheet_form(connection, row["plan_id"], row["node"])
    current = {
        mark["criterion"]: CurrentAnswer(
            mark["state"], mark["value"], tuple(mark["reasons"]), mark["rev"], mark["received_at"]
        )
        for mark in await connection.fetch(CURRENT_MARKS, row["season_id"], row["id"])
    }
    moves = await connection.fetch(SHEET_MOVES, row["id"], row["contest_id"])
    return Sheet(
        id=encode_id("sheet", row["id"]),
        session=await session_by_id(connection, row["session_id"]),
        station=row["station"],
        judge=row["code"],
        present=row["present"],
        state=row["state"],
        seq=row["seq"],
        head=row["head"].hex(),
        plan_hash=f"sha256:{row['plan_hash'].hex()}",
        criteria=tuple(
            SheetCriterion(number=form.numbers[line.key], rule=line, current=current.get(line.key))
            for line in form.lines
        ),
        transitions=tuple(
            SheetMove(move["to_state"], move["code"], move["at"], move["seq"], move["reason"])
            for move in moves
        ),
    )
