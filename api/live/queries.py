"""Who is told what of a contest, and the events themselves."""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import ContestScope, contest_scope, session_scope
from api.live.schemas import Audience, Notice, View, event_id
from api.plumbing.db import Connection, Db
from api.plumbing.problems import Problem

EVENTS_SINCE = """/* live.events_since */
SELECT seq, kind, item_id, data, at FROM live_event
WHERE contest_id = $1 AND audience = $2 AND seq > $3 AND at > now() - interval '24 hours' ORDER BY seq LIMIT $4
"""

HEAD = """/* live.head */
SELECT coalesce((SELECT seq FROM live_head WHERE contest_id = $1 AND audience = $2), 0)
"""

CONTEST_OF_ITEM = """/* live.contest_of_item */
SELECT i.contest_id FROM item i JOIN contest c ON c.id = i.contest_id
WHERE i.id = $1 AND c.state NOT IN ('draft', 'cancelled')
"""

ITEMS_REACHED = """/* live.items_reached */
SELECT i.id FROM contest_item ci JOIN item i ON i.id = ci.item_id
WHERE ci.contest_id = $1 AND (i.id = ANY($2) OR EXISTS (
    SELECT FROM judging_session s WHERE s.item_id = i.id AND s.id = ANY($3)))
"""

# The first that the caller holds decides. Whoever marks is told of sessions only, whatever else they may hold elsewhere.
AUDIENCES: Final[tuple[tuple[Audience, str], ...]] = (
    ("judge", "sheet.mark"),
    ("org", "standings.read"),
    ("judge", "session.read"),
    ("unit", "entry.register"),
)
HIDDEN: Final = frozenset({"draft", "cancelled"})
TOLD_TO_TABLETS: Final = frozenset({"broadcast"})


NOTHING: Final = msgspec.Raw(b"{}")


class Event(msgspec.Struct, frozen=True):
    """One event, encoded once for all streams of its audience."""

    seq: int
    kind: str
    item: UUID | None
    sse: bytes
    line: bytes


async def view_of(db: Db, actor: Actor, contest_id: UUID) -> View:
    """What the caller is told of a contest. Raises not_found for one that is nobody's business yet."""
    async with db.reading() as connection:
        contest = await contest_scope(connection, contest_id)
        return await view_in(connection, actor, contest)


async def view_in(connection: Connection, actor: Actor, contest: ContestScope) -> View:
    """The same where the contest is known."""
    for audience, right in AUDIENCES:
        if not actor.holds(right):
            continue
        if actor.may(right, contest.scope):
            return View(contest.contest_id, audience)
        reach = actor.reach(right)
        if reach.items or reach.sessions:
            rows = await connection.fetch(ITEMS_REACHED, contest.contest_id, reach.items, reach.sessions)
            items = frozenset(
                row["id"]
                for row in rows
                if reach.token_contests is None or contest.contest_id in reach.token_contests
            )
            if items:
                return View(contest.contest_id, audience, items)
    if contest.state in HIDDEN:
        raise Problem("not_found")
    return View(contest.contest_id, "public")


async def board_view(db: Db, item_id: UUID) -> View:
    """What anybody is told of one item. Raises not_found."""
    async with db.reading() as connection:
        contest_id = await connection.fetchval(CONTEST_OF_ITEM, item_id)
    if contest_id is None:
        raise Problem("not_found")
    return View(contest_id, "public", frozenset({item_id}))


async def session_view(db: Db, actor: Actor, session_id: UUID) -> View:
    """What a judge's tablet is told: that something was said to its session. Raises not_found.

    No other event goes there, as others name items, and a tablet knows neither item nor contest by id.
    """
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("session.read", place.scope)
    return View(place.item.contest_id, "judge", frozenset({place.item.item_id}), TOLD_TO_TABLETS)


async def events_since(db: Db, contest: UUID, audience: Audience, since: int, most: int) -> list[Event]:
    """Events after `since` in their order, at most so many."""
    async with db.reading() as connection:
        rows = await connection.fetch(EVENTS_SINCE, contest, audience, since, most)
    return [_event(row, audience) for row in rows]


async def head_of(db: Db, contest: UUID, audience: Audience) -> int:
    """The number of the latest event."""
    async with db.reading() as connection:
        return int(await connection.fetchval(HEAD, contest, audience))


def _event(row: asyncpg.Record, audience: Audience) -> Event:
    notice = Notice(event_id(audience, row["seq"]), row["kind"], row["at"], msgspec.Raw(row["data"].encode()))
    return Event(row["seq"], row["kind"], row["item_id"], *encoded(notice))


def encoded(notice: Notice) -> tuple[bytes, bytes]:
    """A notice as an event of a stream and as a line of JSON."""
    line = msgspec.json.encode(notice)
    sse = b"id: %b\nevent: %b\ndata: %b\n\n" % (notice.id.encode(), notice.type.encode(), line)
    return sse, line + b"\n"
