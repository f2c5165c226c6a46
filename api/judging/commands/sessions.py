"""Judging sessions: plan, start, pause, close, reopen."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import item_scope, session_scope
from api.judging.avoidance import require_no_conflict_in_session
from api.judging.queries import sessions as queries
from api.judging.rounds import require_sealed
from api.judging.schemas import CreateSession, MoveSession, Session
from api.live.commands import tell_contest
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.states import require_transition
from api.plumbing.texts import clean_text
from api.results.ledger import append_ledger

LONGEST_NAME = 60
LONGEST_REASON = 200
# Reopening what was closed, pausing and closing are answered for; starting and going on speak for themselves.
NEEDS_REASON = {("running", "paused"), ("paused", "closed"), ("closed", "running")}
MOST_GAPS_NAMED = 20

ADD_SESSION = """/* judging.add_session */
INSERT INTO judging_session (season_id, item_id, stage_id, panel_id, position, name_zh, name_en, starts_at, ends_at, stations)
SELECT $1, $2, $3, $4, coalesce(max(position), 0) + 1, $5, $6, $7, $8, $9 FROM judging_session WHERE item_id = $2
RETURNING id
"""

PRACTICAL_STAGES = """/* judging.practical_stages */
SELECT id FROM stage WHERE item_id = $1 AND kind = 'practical' ORDER BY position
"""


class SessionMoved(msgspec.Struct, frozen=True):
    """What tablets and the control room are told; the reason is theirs to ask for."""

    session: str
    was: str
    state: str


async def create_session(db: Db, actor: Actor, item_id: UUID, data: CreateSession) -> Session:
    """Plan a session. Raises not_found for a panel or stage of another item, session_period."""
    panel_id = parse_id("panel", data.panel)
    stage_id = None if data.stage is None else parse_id("stage", data.stage)
    name_zh = clean_text(data.name_zh, "/name_zh", LONGEST_NAME)
    name_en = None if data.name_en is None else clean_text(data.name_en, "/name_en", LONGEST_NAME)
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("panel.change", item.scope)
        stages = [row["id"] for row in await connection.fetch(PRACTICAL_STAGES, item_id)]
        if stage_id is None and len(stages) == 1:
            [stage_id] = stages
        if stage_id not in stages:
            raise Problem("not_found")
        if not await connection.fetchval(
            "SELECT 1 FROM panel WHERE id = $1 AND item_id = $2", panel_id, item_id
        ):
            raise Problem("not_found")
        session_id = await connection.fetchval(
            ADD_SESSION, item.season_id, item_id, stage_id, panel_id, name_zh, name_en, data.starts_at, data.ends_at, data.stations
        )  # fmt: skip
        return await queries.session_by_id(connection, session_id)


# Whoever marks holds the lock of a sheet: with all of them held, nobody is in the middle of a mark while the state changes.
HOLD_SHEETS = """/* judging.hold_sheets */
SELECT count(*) FROM (SELECT id FROM sheet WHERE session_id = $1 ORDER BY id FOR NO KEY UPDATE) held
"""

MOVE_SESSION = """/* judging.move_session */
UPDATE judging_session SET state = $2, rev = rev + 1 WHERE id = $1
"""


async def move_session(db: Db, actor: Actor, session_id: UUID, move: MoveSession, base_rev: int) -> Session:
    """Change a session's state. Raises stale, forbidden_transition, reason_needed, session_not_ready, judge_avoidance, session_has_gaps."""
    reason = None if move.reason is None else clean_text(move.reason, "/reason", LONGEST_REASON)
    async with db.transaction() as connection:
        await connection.execute("SELECT FROM judging_session WHERE id = $1 FOR UPDATE", session_id)
        place = await session_scope(connection, session_id)
        actor.require("session.run", place.scope)
        if place.rev != base_rev:
            raise Problem("stale", current=await queries.session_by_id(connection, session_id))
        require_transition("session", place.state, move.to)
        if not reason and (move.with_gaps or (place.state, move.to) in NEEDS_REASON):
            raise Problem("reason_needed")
        if (place.state, move.to) == ("closed", "running"):
            await require_sealed(connection, place.item.item_id)
        sheets = await connection.fetchval(HOLD_SHEETS, session_id)
        if place.state == "planned" and not sheets:
            raise Problem("session_not_ready")
        if place.state == "planned":
            # An entry may have been accepted, or an employment become known, since the judges were seated.
            await require_no_conflict_in_session(connection, place.item.item_id, session_id)
        if move.to == "closed" and not move.with_gaps:
            await _require_no_gaps(connection, session_id)
        await connection.execute(MOVE_SESSION, session_id, move.to)
        payload = {"from": place.state, "to": move.to, "reason": reason}
        await append_ledger(
            connection, place.item.season_id, place.item.item_id, f"session.{move.to}", session_id,
            msgspec.json.encode(payload).decode(), actor.account_id,
        )  # fmt: skip
        notice = SessionMoved(encode_id("session", session_id), place.state, move.to)
        await tell_contest(
            connection, place.item.contest_id, ("judge", "org"), "session", notice, place.item.item_id
        )
        return await queries.session_by_id(connection, session_id)


async def _require_no_gaps(connection: Connection, session_id: UUID) -> None:
    gaps = await queries.gaps_of_session(connection, session_id)
    if gaps:
        named = gaps[:MOST_GAPS_NAMED]
        raise Problem(
            "session_has_gaps",
            count=len(gaps),
            gaps="、".join(f"{gap.station:02d}号工位{gap.judge}（{gap.done}/{gap.of}）" for gap in named),
            gaps_en=", ".join(
                f"station {gap.station:02d} {gap.judge} ({gap.done}/{gap.of})" for gap in named
            ),
        )
