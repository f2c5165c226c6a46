"""Corrections as both people see them: old and new mark, and everything that moves."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.persons import one_person
from api.contests.scopes import item_scope
from api.control.moves import labelled, moved_by
from api.control.schemas import Correction, CorrectionPreview, MarkShown, Moved, NewMark
from api.control.sheets import HeldSheet, MarkNow, checked_mark, mark_now, sheet_at
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from scoring import Mark
from scoring.decimals import plain

CORRECTIONS = """/* control.corrections */
SELECT c.id, c.item_id, c.sheet_id, c.criterion, c.base_rev, c.state, c.value, c.reason, coalesce(c.note, o.note) AS note, c.by_account, c.by_chief, c.at,
       a.display_name AS asked_by, o.outcome, o.moved::text AS moved, o.reason AS refused_because, o.at AS ended_at,
       b.display_name AS by, coalesce(old.state, 'cleared') AS old_state, old.value AS old_value, coalesce(now.rev, 0) AS now_rev
FROM mark_correction c
JOIN account a ON a.id = c.by_account
LEFT JOIN correction_outcome o ON o.correction_id = c.id
LEFT JOIN account b ON b.id = o.by_account
LEFT JOIN mark_revision old ON old.season_id = c.season_id AND old.sheet_id = c.sheet_id AND old.criterion = c.criterion
                           AND old.rev = c.base_rev
LEFT JOIN LATERAL (
    SELECT rev FROM mark_revision m WHERE m.season_id = c.season_id AND m.sheet_id = c.sheet_id AND m.criterion = c.criterion
    ORDER BY rev DESC LIMIT 1
) now ON true
WHERE c.item_id = $1 OR c.id = $2 ORDER BY o.outcome IS NOT NULL, c.at DESC, c.id LIMIT 200
"""

SHEET_OF = """/* control.sheet_of_correction */
SELECT sheet_id FROM mark_correction WHERE id = $1
"""


async def preview_correction(db: Db, actor: Actor, sheet_id: UUID, data: NewMark) -> CorrectionPreview:
    """What a correction would move, without making it. Raises not_found, correction_open_sheet, blind_not_decoded, correction_same,
    invalid_fields."""
    async with db.reading() as connection:
        sheet = await sheet_at(connection, sheet_id)
        actor.require("correction.ask", sheet.scope)
        return await previewed(connection, actor, sheet, data)


async def corrections_of_item(db: Db, actor: Actor, item_id: UUID) -> list[Correction]:
    """The corrections of an item, those that wait first."""
    async with db.reading() as connection:
        actor.require("correction.read", (await item_scope(connection, item_id)).scope)
        return [
            await _correction(connection, actor, row)
            for row in await connection.fetch(CORRECTIONS, item_id, None)
        ]


async def waiting_corrections(connection: Connection, actor: Actor, item_id: UUID) -> list[Correction]:
    """Those that a second person may still make, for whoever has been let at them; one overtaken by another change is none."""
    rows = await connection.fetch(CORRECTIONS, item_id, None)
    waiting = [row for row in rows if row["outcome"] is None and row["now_rev"] == row["base_rev"]]
    return [await _correction(connection, actor, row) for row in waiting]


async def correction_by_id(db: Db, actor: Actor, correction_id: UUID) -> Correction:
    """One correction. Raises not_found."""
    async with db.reading() as connection:
        sheet_id = await connection.fetchval(SHEET_OF, correction_id)
        if sheet_id is None:
            raise Problem("not_found")
        actor.require("correction.read", (await sheet_at(connection, sheet_id)).scope)
        return await one_correction(connection, actor, correction_id)


async def previewed(
    connection: Connection, actor: Actor, sheet: HeldSheet, data: NewMark
) -> CorrectionPreview:
    """The same for whoever has been let at the sheet."""
    row = sheet.row
    if row["state"] == "open":
        raise Problem("correction_open_sheet")
    if row["entry_id"] is None:
        # Nobody knows whose result would move, and until then the chief judge may still return the sheet.
        raise Problem("blind_not_decoded")
    value = checked_mark(sheet.form, data.criterion, data.state, data.value)
    now = await mark_now(connection, sheet, data.criterion)
    after = MarkNow(0, data.state, value).shown
    if after == now.shown:
        raise Problem("correction_same")
    item = await item_scope(connection, row["item_id"])
    moved = await moved_by(connection, item, new_mark(sheet, data.criterion, data.state, value))
    line = sheet.form.lines[sheet.form.numbers[data.criterion] - 1]
    return CorrectionPreview(
        sheet=encode_id("sheet", row["id"]),
        station=row["station"],
        judge=row["judge"],
        number=sheet.form.numbers[data.criterion],
        title=line.title,
        title_en=line.title_en or line.title,
        before=now.shown,
        after=after,
        base_rev=now.rev,
        moved=await labelled(connection, actor, item, row["publication"], moved),
        publication=row["publication"],
        unit=line.unit,
    )


def new_mark(sheet: HeldSheet, criterion: str, state: str, value: object) -> Mark:
    """The mark as scoring takes it."""
    entry = encode_id("entry", sheet.row["entry_id"])
    return Mark(entry, sheet.row["judge"], criterion, state, value)  # type: ignore[arg-type]


async def one_correction(connection: Connection, actor: Actor, correction_id: UUID) -> Correction:
    """One correction with what it moves."""
    row = await connection.fetchrow(CORRECTIONS, None, correction_id)
    assert row is not None
    return await _correction(connection, actor, row, foresee=True)


async def _correction(
    connection: Connection, actor: Actor, row: asyncpg.Record, *, foresee: bool = False
) -> Correction:
    sheet = await sheet_at(connection, row["sheet_id"])
    number = sheet.form.numbers[row["criterion"]]
    line = sheet.form.lines[number - 1]
    over = row["outcome"] is None and row["now_rev"] != row["base_rev"]
    item = await item_scope(connection, row["item_id"])
    moved = Moved()
    if row["moved"] is not None:
        moved = msgspec.json.decode(row["moved"], type=Moved)
    elif foresee and row["outcome"] is None and not over:
        moved = await moved_by(
            connection, item, new_mark(sheet, row["criterion"], row["state"], row["value"])
        )
    return Correction(
        id=encode_id("correction", row["id"]),
        item=encode_id("item", row["item_id"]),
        sheet=encode_id("sheet", row["sheet_id"]),
        station=sheet.row["station"],
        judge=sheet.row["judge"],
        criterion=row["criterion"],
        number=number,
        title=line.title,
        title_en=line.title_en or line.title,
        before=_shown(row["old_state"], row["old_value"]),
        after=_shown(row["state"], row["value"]),
        reason=row["reason"],
        note=row["note"],
        outcome=row["outcome"] or ("over" if over else "waiting"),
        own=await one_person(connection, row["by_account"], actor.account_id),
        asked_by=row["asked_by"],
        asked_at=row["at"],
        by=row["by"],
        at=row["ended_at"],
        refused_because=row["refused_because"],
        moved=await labelled(connection, actor, item, sheet.row["publication"], moved),
        unit=line.unit,
    )


def _shown(state: str, value: object) -> MarkShown:
    return MarkShown(state, None if value is None else format(plain(value), "f"))  # type: ignore[arg-type]
