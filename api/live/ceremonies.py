"""The reveal: steps computed once from a final standing, last place first; the hall sees as many as the presenter has taken."""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import item_scope
from api.live.commands import tell_contest
from api.live.schemas import Ceremony, CeremonyMoved, MoveCeremony, StartCeremony, Step, StepPart
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.results.award_lines import AwardLine, award_lines
from api.results.ledger import append_ledger
from api.results.queries import published_board
from api.results.schemas import Board, BoardRow
from api.results.snapshots import lock_board, snapshot_by_number

SETTLED: Final = frozenset({"final", "amended"})

# A later standing of the item ends what was computed from an earlier one.
LATEST = """/* live.latest_ceremony */
SELECT c.id, c.season_id, c.item_id, c.snapshot, c.steps, c.position, c.rev, i.contest_id, i.name_zh, i.name_en,
       k.name_zh AS contest_name, k.name_en AS contest_name_en
FROM ceremony c JOIN item i ON i.id = c.item_id JOIN contest k ON k.id = i.contest_id
JOIN publication p ON p.item_id = i.id AND p.snapshot = c.snapshot AND p.state IN ('final', 'amended')
WHERE c.item_id = $1 ORDER BY c.number DESC LIMIT 1
"""

ADD = """/* live.add_ceremony */
INSERT INTO ceremony (season_id, item_id, number, snapshot, steps, by_account)
SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 FROM ceremony WHERE item_id = $2
"""

MOVE = "/* live.move_ceremony */ UPDATE ceremony SET position = $2, rev = rev + 1 WHERE id = $1"


async def start_ceremony(db: Db, actor: Actor, item_id: UUID, data: StartCeremony) -> Ceremony:
    """Compute the steps and stand before the first. Raises ceremony_not_final, ceremony_not_frozen."""
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("ceremony.run", item.scope)
        _, state, snapshot = await lock_board(connection, item_id)
        board = await published_board(connection, item_id) if state in SETTLED else None
        if board is None or snapshot is None:
            raise Problem("ceremony_not_final")
        if not board.frozen:
            raise Problem("ceremony_not_frozen")
        steps = _steps(board, await award_lines(db, board), data.places)
        body = msgspec.json.encode(steps).decode()
        await connection.execute(ADD, item.season_id, item_id, snapshot, body, actor.account_id)
        payload = msgspec.json.encode({"snapshot": snapshot, "places": len(steps)}).decode()
        await append_ledger(
            connection, item.season_id, item_id, "ceremony.started", item_id, payload, actor.account_id
        )
        row = await _require(connection, item_id)
        await _tell(connection, row)
        return await _ceremony(connection, row, everything=True)


async def move_ceremony(db: Db, actor: Actor, item_id: UUID, data: MoveCeremony, base_rev: int) -> Ceremony:
    """Reveal up to this step, or take steps back. Raises stale (two taps are one step), ceremony_no_such_step."""
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("ceremony.run", item.scope)
        await lock_board(connection, item_id)
        row = await _require(connection, item_id)
        if row["rev"] != base_rev:
            raise Problem("stale", current=await _ceremony(connection, row, everything=True))
        count = len(_stored(row))
        if data.position > count:
            raise Problem("ceremony_no_such_step", count=count)
        await connection.execute(MOVE, row["id"], data.position)
        row = await _require(connection, item_id)
        await _tell(connection, row)
        return await _ceremony(connection, row, everything=True)


async def ceremony_of_item(db: Db, actor: Actor, item_id: UUID) -> Ceremony:
    """The ceremony with every step, for whoever runs it. Raises not_found."""
    async with db.reading() as connection:
        actor.require("ceremony.run", (await item_scope(connection, item_id)).scope)
        return await _ceremony(connection, await _require(connection, item_id), everything=True)


async def hall_view(connection: Connection, item_id: UUID) -> Ceremony | None:
    """What the hall sees: the revealed steps and no other; None where there is no ceremony."""
    row = await connection.fetchrow(LATEST, item_id)
    return None if row is None else await _ceremony(connection, row, everything=False)


async def _require(connection: Connection, item_id: UUID) -> asyncpg.Record:
    row = await connection.fetchrow(LATEST, item_id)
    if row is None:
        raise Problem("not_found")
    return row


async def _tell(connection: Connection, row: asyncpg.Record) -> None:
    moved = CeremonyMoved(encode_id("item", row["item_id"]), row["position"], row["rev"])
    await tell_contest(connection, row["contest_id"], ("public", "org"), "ceremony", moved, row["item_id"])


async def _ceremony(connection: Connection, row: asyncpg.Record, *, everything: bool) -> Ceremony:
    steps = _stored(row)
    named = await snapshot_by_number(connection, row["item_id"], row["season_id"], row["snapshot"])
    return Ceremony(
        id=encode_id("ceremony", row["id"]),
        item=encode_id("item", row["item_id"]),
        item_name=row["name_zh"],
        item_name_en=row["name_en"] or row["name_zh"],
        contest_name=row["contest_name"],
        contest_name_en=row["contest_name_en"] or row["contest_name"],
        version=named.number,
        fragment=named.fragment,
        count=len(steps),
        position=row["position"],
        rev=row["rev"],
        steps=steps if everything else steps[: row["position"]],
    )


def _stored(row: asyncpg.Record) -> list[Step]:
    return msgspec.json.decode(row["steps"], type=list[Step])


def _steps(board: Board, lines: tuple[AwardLine, ...], places: int) -> list[Step]:
    """The first places, the last of them first. Nobody is cut off who shares a rank with one of them."""
    ranked = [row for row in board.rows if row.rank is not None and row.rank <= places]
    return [_step(board, row, lines) for row in reversed(ranked)]


def _step(board: Board, row: BoardRow, lines: tuple[AwardLine, ...]) -> Step:
    place = row.award_rank
    line = next((line for line in lines if place is not None and line.first <= place <= line.last), None)
    return Step(
        rank=row.rank or 0,
        shared=row.shared,
        name=row.name,
        delegation=row.delegation,
        unit=row.unit,
        total=row.total,
        parts=[
            StepPart(column.name, column.name_en, value)
            for column, value in zip(board.columns, row.parts, strict=True)
        ],
        award=line.name_zh if line else "",
        award_en=(line.name_en or line.name_zh) if line else "",
    )
