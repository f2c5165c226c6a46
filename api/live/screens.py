"""Big screens: named by the organiser, pointed from afar, and never shown more than anybody may see."""

import secrets
from typing import Final
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.scopes import contest_scope
from api.live.ceremonies import hall_view
from api.live.commands import tell_contest
from api.live.schemas import AddScreen, PointScreen, Screen, ScreenMoved, ScreenShow
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_text
from api.results.queries import board_for_anybody
from api.results.schemas import Board
from api.results.snapshots import ranks_before

LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH: Final = 10
LONGEST_NAME: Final = 30
LONGEST_NOTICE: Final = 200

SCREENS = """/* live.screens */
SELECT id, contest_id, name, code, view, item_id, notice, rev, seen_at FROM screen WHERE contest_id = $1 OR id = $2 ORDER BY name
"""

ADD = """/* live.add_screen */
INSERT INTO screen (season_id, contest_id, name, code, view, item_id, notice) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
"""

POINT = """/* live.point_screen */
UPDATE screen SET view = $2, item_id = $3, notice = $4, reloads = reloads + $5::int, rev = rev + 1 WHERE id = $1
"""

SHOWN = """/* live.screen_shown */
SELECT s.id, s.name, s.view, s.item_id, s.notice, s.rev, c.id AS contest_id, c.name_zh, coalesce(c.name_en, c.name_zh) AS name_en,
       coalesce(s.seen_at < now() - interval '10 seconds', true) AS unseen
FROM screen s JOIN contest c ON c.id = s.contest_id WHERE s.code = $1 AND c.state NOT IN ('draft', 'cancelled')
"""

SEEN = "/* live.screen_seen */ UPDATE screen SET seen_at = now() WHERE id = $1"


async def screens_of_contest(db: Db, actor: Actor, contest_id: UUID) -> list[Screen]:
    """Every screen of a contest, by name."""
    async with db.reading() as connection:
        actor.require("screen.read", (await contest_scope(connection, contest_id)).scope)
        return [_screen(row) for row in await connection.fetch(SCREENS, contest_id, None)]


async def add_screen(db: Db, actor: Actor, contest_id: UUID, data: AddScreen) -> Screen:
    """Register a screen. Raises screen_name_taken, screen_without_content."""
    name = clean_text(data.name, "/name", LONGEST_NAME)
    async with db.transaction() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("screen.change", contest.scope)
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        screen_id = await connection.fetchval(
            ADD, contest.season_id, contest_id, name, code, data.view, *_content(data)
        )
        [row] = await connection.fetch(SCREENS, None, screen_id)
        return _screen(row)


async def point_screen(db: Db, actor: Actor, screen_id: UUID, data: PointScreen, base_rev: int) -> Screen:
    """Let a screen show something else. Raises stale, screen_without_content."""
    async with db.transaction() as connection:
        row = await connection.fetchrow("SELECT contest_id FROM screen WHERE id = $1 FOR UPDATE", screen_id)
        if row is None:
            raise Problem("not_found")
        contest = await contest_scope(connection, row["contest_id"])
        actor.require("screen.change", contest.scope)
        [before] = await connection.fetch(SCREENS, None, screen_id)
        if before["rev"] != base_rev:
            raise Problem("stale", current=_screen(before))
        await connection.execute(POINT, screen_id, data.view, *_content(data), int(data.reload))
        moved = ScreenMoved(encode_id("screen", screen_id), base_rev + 1, data.reload)
        await tell_contest(connection, contest.contest_id, ("public", "org"), "screen", moved)
        [after] = await connection.fetch(SCREENS, None, screen_id)
        return _screen(after)


async def screen_show(db: Db, code: str) -> ScreenShow:
    """What the screen at this address shows now. Raises not_found."""
    async with db.reading() as connection:
        row = await connection.fetchrow(SHOWN, code)
        if row is None:
            raise Problem("not_found")
        if row["unseen"]:
            await connection.execute(SEEN, row["id"])
        board = await board_for_anybody(connection, row["item_id"]) if row["view"] == "board" else None
        return ScreenShow(
            id=encode_id("screen", row["id"]),
            name=row["name"],
            contest=encode_id("contest", row["contest_id"]),
            contest_name=row["name_zh"],
            contest_name_en=row["name_en"],
            view=row["view"],
            rev=row["rev"],
            notice=row["notice"] if row["view"] == "notice" else None,
            board=board,
            ceremony=await hall_view(connection, row["item_id"]) if row["view"] == "reveal" else None,
            moves=await _moves(connection, row["item_id"], board) if board else {},
        )


async def _moves(connection: Connection, item_id: UUID, board: Board) -> dict[str, int]:
    """Places gained since a minute before this standing. A published one moves no more."""
    if board.audience != "live" or board.version is None:
        return {}
    before = await ranks_before(connection, item_id, board.version)
    return {
        row.entry: before[row.entry] - row.rank
        for row in board.rows
        if row.rank is not None and row.entry in before
    }


def _content(data: AddScreen | PointScreen) -> tuple[UUID | None, str | None]:
    """Item and words; what belongs to another view is dropped."""
    item = parse_id("item", data.item) if data.item and data.view != "notice" else None
    notice = (
        clean_text(data.notice, "/notice", LONGEST_NOTICE) if data.notice and data.view == "notice" else None
    )
    if item is None and notice is None:
        raise Problem("screen_without_content")
    return item, notice


def _screen(row: asyncpg.Record) -> Screen:
    return Screen(
        id=encode_id("screen", row["id"]),
        name=row["name"],
        code=row["code"],
        view=row["view"],
        item=encode_id("item", row["item_id"]) if row["item_id"] else None,
        notice=row["notice"],
        rev=row["rev"],
        seen_at=row["seen_at"],
    )
