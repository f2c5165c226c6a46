"""Broadcasts 广播: a short notice of those who run a contest to the tablets of a session, or to every judge of the contest.

A tablet is told that there is one and asks for it; a tablet that comes later finds it with its session. It stays until its judge has
read it, or until it is withdrawn. It is free text, so that whoever writes it is told to name nobody; who wrote it never reaches a judge.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import contest_scope, session_scope
from api.judging.queries.sessions import OWN_SEAT
from api.judging.tablet_schemas import Broadcast, Broadcasting, UnreadBroadcast
from api.live.commands import tell_contest, tell_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.texts import clean_text
from api.results.ledger import append_ledger

LONGEST: Final = 100
MOST_SHOWN: Final = 50


class BroadcastNotice(msgspec.Struct, frozen=True):
    """What tablets and the control room are told: that there is one, and for whom; never what it says."""

    broadcast: str
    session: str | None


SEND = """/* judging.send_broadcast */
INSERT INTO broadcast (contest_id, session_id, text, by_account) VALUES ($1, $2, $3, $4) RETURNING id
"""

ITEMS = "/* judging.items_of_contest */ SELECT id FROM item WHERE contest_id = $1 ORDER BY id"

# Who is meant: the judges with a sheet in the session, or every judge of the contest.
BROADCASTS = """/* judging.broadcasts */
SELECT b.id, b.session_id, b.text, coalesce(j.code, a.display_name) AS by, b.at,
       (SELECT count(*) FROM judge x WHERE x.contest_id = b.contest_id AND (b.session_id IS NULL OR EXISTS (
            SELECT FROM sheet s JOIN attempt t ON t.id = s.attempt_id AND NOT t.voided
            WHERE s.session_id = b.session_id AND s.account_id = x.account_id))) AS judges,
       (SELECT count(*) FROM broadcast_receipt r WHERE r.broadcast_id = b.id) AS read,
       w.at AS withdrawn_at, coalesce(wj.code, wa.display_name) AS withdrawn_by
FROM broadcast b
LEFT JOIN broadcast_withdrawal w ON w.broadcast_id = b.id
LEFT JOIN account wa ON wa.id = w.by_account
LEFT JOIN judge wj ON wj.account_id = w.by_account AND wj.contest_id = b.contest_id
JOIN account a ON a.id = b.by_account
LEFT JOIN judge j ON j.account_id = b.by_account AND j.contest_id = b.contest_id
WHERE b.contest_id = $1 AND (b.session_id IS NULL OR b.session_id = $2) AND ($3::uuid IS NULL OR b.id = $3)
ORDER BY b.at DESC, b.id LIMIT $4
"""

UNREAD = """/* judging.unread_broadcasts */
SELECT b.id, b.text, b.at FROM broadcast b
WHERE b.contest_id = $1 AND (b.session_id IS NULL OR b.session_id = $2)
  AND NOT EXISTS (SELECT FROM broadcast_receipt r WHERE r.broadcast_id = b.id AND r.account_id = $3)
  AND NOT EXISTS (SELECT FROM broadcast_withdrawal w WHERE w.broadcast_id = b.id)
ORDER BY b.at, b.id LIMIT $4
"""

PLACE_OF = """/* judging.place_of_broadcast */
SELECT contest_id, session_id FROM broadcast WHERE id = $1
"""

IS_JUDGE = """/* judging.is_judge_of_contest */
SELECT EXISTS (SELECT FROM judge WHERE contest_id = $1 AND account_id = $2)
"""

RECEIVE = """/* judging.receive_broadcast */
INSERT INTO broadcast_receipt (broadcast_id, account_id, session_id)
SELECT id, $2, session_id FROM broadcast WHERE id = $1 ON CONFLICT DO NOTHING
"""


async def send_broadcast(db: Db, actor: Actor, session_id: UUID, data: Broadcasting) -> Broadcast:
    """Say something to the judges of a session, or to all of its contest. Raises not_found, invalid_fields, session_at_venue."""
    text = _checked(data.text)
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        item = place.item
        whole = (await contest_scope(connection, item.contest_id)).scope
        actor.require("broadcast.send", whole if data.everybody else place.scope)
        meant = None if data.everybody else session_id
        broadcast_id = await connection.fetchval(SEND, item.contest_id, meant, text, actor.account_id)
        session = None if data.everybody else encode_id("session", session_id)
        payload = msgspec.json.encode({"text": text, "session": session}).decode()
        chain = item.contest_id if data.everybody else item.item_id
        await append_ledger(
            connection, item.season_id, chain, "broadcast.sent", broadcast_id, payload, actor.account_id
        )
        notice = BroadcastNotice(encode_id("broadcast", broadcast_id), session)
        await _tell(connection, item.contest_id, None if data.everybody else item.item_id, notice)
        [row] = await connection.fetch(BROADCASTS, item.contest_id, session_id, broadcast_id, 1)
        return _broadcast(row)


def _checked(text: str) -> str:
    """The text as it is stored, with a fault for each way in which it cannot be sent."""
    if not text.strip():
        raise invalid_fields(field_error("/text", "broadcast_empty"))
    if len(text.strip()) > LONGEST:
        raise invalid_fields(field_error("/text", "broadcast_long", length=len(text.strip()), most=LONGEST))
    return clean_text(text, "/text", LONGEST)


async def _tell(
    connection: Connection, contest_id: UUID, item_id: UUID | None, notice: BroadcastNotice
) -> None:
    if item_id is not None:
        await tell_item(connection, item_id, ("judge", "org"), "broadcast", notice)
        return
    # Item by item: a judge who is let at some items only is told of those.
    for row in await connection.fetch(ITEMS, contest_id):
        await tell_contest(connection, contest_id, ("judge", "org"), "broadcast", notice, row["id"])


WITHDRAW = """/* judging.withdraw_broadcast */
INSERT INTO broadcast_withdrawal (broadcast_id, session_id, by_account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING at
"""


async def withdraw_broadcast(db: Db, actor: Actor, broadcast_id: UUID) -> Broadcast:
    """Show it to nobody any more; what was said and who has read it stays. Again, it changes nothing. Raises not_found, session_at_venue."""
    async with db.transaction() as connection:
        found = await connection.fetchrow(PLACE_OF, broadcast_id)
        if found is None:
            raise Problem("not_found")
        contest_id, session_id = found["contest_id"], found["session_id"]
        chain, item_id, season_id = contest_id, None, None
        if session_id is None:
            place = await contest_scope(connection, contest_id)
            actor.require("broadcast.send", place.scope)
            season_id = place.season_id
        else:
            own = await session_scope(connection, session_id)
            actor.require("broadcast.send", own.scope)
            chain = item_id = own.item.item_id
            season_id = own.item.season_id
        if await connection.fetchval(WITHDRAW, broadcast_id, session_id, actor.account_id):
            session = None if session_id is None else encode_id("session", session_id)
            payload = msgspec.json.encode({"session": session}).decode()
            await append_ledger(
                connection, season_id, chain, "broadcast.withdrawn", broadcast_id, payload, actor.account_id
            )
            notice = BroadcastNotice(encode_id("broadcast", broadcast_id), session)
            await _tell(connection, contest_id, item_id, notice)
        [row] = await connection.fetch(BROADCASTS, contest_id, session_id, broadcast_id, 1)
        return _broadcast(row)


async def broadcasts_of_session(db: Db, actor: Actor, session_id: UUID) -> list[Broadcast]:
    """What was said to the session, the newest first, with how many judges have read it. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("control.read", place.scope)
        rows = await connection.fetch(BROADCASTS, place.item.contest_id, session_id, None, MOST_SHOWN)
        return [_broadcast(row) for row in rows]


async def unread_broadcasts(db: Db, actor: Actor, session_id: UUID) -> list[UnreadBroadcast]:
    """What a judge of the session has still to read, in the order in which it was said; who only looks has nothing. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("session.read", place.scope)
        if await connection.fetchrow(OWN_SEAT, session_id, actor.account_id) is None:
            return []
        rows = await connection.fetch(UNREAD, place.item.contest_id, session_id, actor.account_id, MOST_SHOWN)
        return [UnreadBroadcast(encode_id("broadcast", row["id"]), row["text"], row["at"]) for row in rows]


async def receive_broadcast(db: Db, actor: Actor, broadcast_id: UUID) -> None:
    """Note that the actor has read it; again, it changes nothing. Raises not_found for whoever it was not meant for."""
    async with db.transaction() as connection:
        found = await connection.fetchrow(PLACE_OF, broadcast_id)
        if found is None:
            raise Problem("not_found")
        session_id = found["session_id"]
        # A judge who was let at one item only reads what was said to all, so that a seat is asked for and not the contest.
        meant = (
            await connection.fetchval(IS_JUDGE, found["contest_id"], actor.account_id)
            if session_id is None
            else await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
        )
        if not meant:
            raise Problem("not_found")
        await connection.execute(RECEIVE, broadcast_id, actor.account_id)


def _broadcast(row: asyncpg.Record) -> Broadcast:
    return Broadcast(
        id=encode_id("broadcast", row["id"]),
        everybody=row["session_id"] is None,
        text=row["text"],
        by=row["by"],
        at=row["at"],
        judges=row["judges"],
        read=row["read"],
        withdrawn_at=row["withdrawn_at"],
        withdrawn_by=row["withdrawn_by"],
    )
