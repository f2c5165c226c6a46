"""At the centre: hand a session out, and end a hand-out."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import SessionScope, session_scope
from api.judging.commands.sheets import OPEN_RESULTS, PUBLICATION
from api.judging.rounds import require_sealed
from api.live.commands import tell_contest
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.settings import Settings
from api.plumbing.texts import clean_reason, clean_text
from api.results.ledger import append_ledger
from api.venue.keys import own_key
from api.venue.queries.handouts import latest_handout
from api.venue.schemas import HandOut, Handout, TakeBack

LONGEST_LABEL = 60
LONGEST_REASON = 200

HOLD_SESSION = "/* venue.hold_session */ SELECT FROM judging_session WHERE id = $1 FOR UPDATE"
# Whoever changes a sheet holds its lock: with all of them held, what goes out is all there is.
HOLD_SHEETS = """/* venue.hold_sheets */
SELECT count(*) FROM (
    SELECT s.id FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
    WHERE s.session_id = $1 ORDER BY s.id FOR NO KEY UPDATE OF s
) held
"""
HELD_OUT = """/* venue.held_out */
SELECT id, number, label, venue_key, latest, ledger_seq, rev FROM venue_handout WHERE session_id = $1 AND ended_at IS NULL FOR UPDATE
"""
ADD_HANDOUT = """/* venue.add_handout */
INSERT INTO venue_handout (session_id, number, label, venue_key, by_account)
SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM venue_handout WHERE session_id = $1
"""
END_HANDOUT = """/* venue.end_handout */
UPDATE venue_handout SET ended_at = now(), ended_by = $2, reason = $3, rev = rev + 1 WHERE id = $1
"""


class VenueMoved(msgspec.Struct, frozen=True):
    """What tablets and the control room are told."""

    session: str
    out: bool


async def hand_out(db: Db, settings: Settings, actor: Actor, session_id: UUID, data: HandOut) -> Handout:
    """Hand the session out; from now on nothing of it changes here. Asked again with the same venue's key, it is the same hand-out.

    Raises not_found, session_not_ready, session_running, session_handed_out, layer_opened_already, results_closed.
    """
    label = clean_text(data.label, "/label", LONGEST_LABEL)
    key = None if data.venue_key is None else bytes.fromhex(data.venue_key)
    async with db.transaction() as connection:
        await connection.execute(HOLD_SESSION, session_id)
        place = await session_scope(connection, session_id)
        actor.require("venue.run", place.scope)
        out = await connection.fetchrow(HELD_OUT, session_id)
        if out is not None:
            if key is None or out["venue_key"] != key:
                raise Problem("session_handed_out", label=out["label"], number=out["number"])
            return await latest_handout(connection, session_id)
        await _require_ready(connection, place)
        await own_key(connection, settings)
        await connection.execute(ADD_HANDOUT, session_id, label, key, actor.account_id)
        handout = await latest_handout(connection, session_id)
        await _note(
            connection, place, actor, "session.handed_out", {"number": handout.number, "label": label}
        )
        await _tell(connection, place, out=True)
        return handout


async def take_back(db: Db, actor: Actor, session_id: UUID, data: TakeBack, base_rev: int) -> Handout:
    """End the open hand-out; whatever the venue has not sent by now cannot come any more.

    Raises not_found, session_not_handed_out, stale, and venue_reason_missing at the field of the reason.
    """
    reason = clean_reason(data.reason, LONGEST_REASON)
    if reason is None or len(reason) < 2:
        raise invalid_fields(field_error("/reason", "venue_reason_missing"))
    async with db.transaction() as connection:
        await connection.execute(HOLD_SESSION, session_id)
        place = await session_scope(connection, session_id)
        actor.require("venue.take_back", place.scope)
        out = await connection.fetchrow(HELD_OUT, session_id)
        if out is None:
            raise Problem("session_not_handed_out")
        if out["rev"] != base_rev:
            raise Problem("stale", current=await latest_handout(connection, session_id))
        await connection.execute(END_HANDOUT, out["id"], actor.account_id, reason)
        payload = {"number": out["number"], "bundles": out["latest"], "reason": reason}
        await _note(connection, place, actor, "session.taken_back", payload)
        await _tell(connection, place, out=False)
        return await latest_handout(connection, session_id)


async def _require_ready(connection: Connection, place: SessionScope) -> None:
    if place.state == "running":
        raise Problem("session_running")
    await require_sealed(connection, place.item.item_id)
    if place.panel_id is None or not await connection.fetchval(HOLD_SHEETS, place.session_id):
        raise Problem("session_not_ready")
    if await connection.fetchval(PUBLICATION, place.item.item_id) not in (None, *OPEN_RESULTS):
        raise Problem("results_closed")


async def _note(
    connection: Connection, place: SessionScope, actor: Actor, kind: str, payload: dict[str, object]
) -> None:
    await append_ledger(
        connection, place.item.season_id, place.item.item_id, kind, place.session_id,
        msgspec.json.encode(payload).decode(), actor.account_id,
    )  # fmt: skip


async def _tell(connection: Connection, place: SessionScope, *, out: bool) -> None:
    notice = VenueMoved(encode_id("session", place.session_id), out)
    await tell_contest(
        connection, place.item.contest_id, ("judge", "org"), "venue", notice, place.item.item_id
    )
