"""Correcting a mark on a closed sheet: one person asks and sees what it would move, another signs in and makes it (DOMAIN 6).

It is a new revision; nothing is overwritten. A result that is confirmed goes back to closed; a published one stays as it was published
until the chief judge has signed the new version and the organiser shows it as amended.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.persons import one_person
from api.contests.scopes import item_scope
from api.control.moves import moved_by
from api.control.queries.corrections import CORRECTIONS, SHEET_OF, new_mark, one_correction, previewed
from api.control.schemas import AskCorrection, ConfirmCorrection, Correction, RefuseCorrection
from api.control.sheets import HeldSheet, checked_mark, revise, sheet_at
from api.live.commands import tell_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_reason, needed_reason
from api.results.boards import touch_board
from api.results.ledger import append_ledger
from api.results.snapshots import lock_board, take_snapshot

LONGEST_REASON: Final = 200
PUBLISHED: Final = frozenset({"provisional", "final", "amended"})

WAITING = """/* control.correction_waits */
SELECT EXISTS (
    SELECT FROM mark_correction c WHERE c.sheet_id = $1 AND c.criterion = $2 AND c.base_rev = $3
    AND NOT EXISTS (SELECT FROM correction_outcome o WHERE o.correction_id = c.id)
)
"""

ASK = """/* control.ask_correction */
INSERT INTO mark_correction (season_id, item_id, sheet_id, criterion, base_rev, state, value, reason, note, by_account, by_chief)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
"""

END = """/* control.end_correction */
INSERT INTO correction_outcome (correction_id, asked_by, outcome, moved, reason, by_account, note) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

UNCONFIRM = """/* control.unconfirm */
WITH noted AS (
    INSERT INTO publication_transition (item_id, seq, from_state, to_state, snapshot, reason, by_account)
    SELECT $1, coalesce(max(seq), 0) + 1, 'confirmed', 'closed', NULL, $2, $3 FROM publication_transition WHERE item_id = $1
)
UPDATE publication SET state = 'closed', snapshot = NULL, rev = rev + 1 WHERE item_id = $1
"""


class SheetChanged(msgspec.Struct, frozen=True):
    """What the control room is told; no mark stands in it."""

    sheet: str


async def ask_correction(db: Db, actor: Actor, sheet_id: UUID, data: AskCorrection) -> Correction:
    """Ask for it; nothing changes until somebody else confirms.

    Raises what preview_correction raises; correction_over when the mark is another than the one looked at, correction_exists,
    correction_note where a published result would change without a word to its readers.
    """
    reason = needed_reason(data.reason, LONGEST_REASON)
    note = clean_reason(data.note, LONGEST_REASON, "/note")
    async with db.transaction() as connection:
        sheet = await sheet_at(connection, sheet_id, held=True)
        actor.require("correction.ask", sheet.scope)
        found = await previewed(connection, actor, sheet, data)
        if found.base_rev != data.base_rev:
            raise Problem("correction_over")
        if found.publication in PUBLISHED and (note is None or len(note) < 2):
            raise Problem("correction_note")
        if await connection.fetchval(WAITING, sheet_id, data.criterion, data.base_rev):
            raise Problem("correction_exists")
        row = sheet.row
        correction_id = await connection.fetchval(
            ASK, row["season_id"], row["item_id"], sheet_id, data.criterion, data.base_rev, data.state,
            checked_mark(sheet.form, data.criterion, data.state, data.value), reason, note, actor.account_id,
            actor.may("sheet.sign", sheet.scope),
        )  # fmt: skip
        payload = {
            "sheet": encode_id("sheet", sheet_id),
            "criterion": data.criterion,
            "old": msgspec.to_builtins(found.before),
            "new": msgspec.to_builtins(found.after),
            "reason": reason,
            "note": note,
        }
        await _note(connection, sheet, "correction.asked", correction_id, payload, actor)
        return await one_correction(connection, actor, correction_id)


async def confirm_correction(
    db: Db, actor: Actor, correction_id: UUID, data: ConfirmCorrection
) -> Correction:
    """Make the correction that somebody else asked for.

    Raises not_found, correction_needs_two for whoever asked, correction_needs_chief when neither is the chief judge, correction_over,
    correction_note where the result has been published since and nobody has written a word to its readers.
    """
    given = clean_reason(data.note, LONGEST_REASON, "/note")
    async with db.transaction() as connection:
        sheet, asked = await _held(connection, actor, "correction.confirm", correction_id)
        if await one_person(connection, asked["by_account"], actor.account_id):
            raise Problem("correction_needs_two")
        if not (asked["by_chief"] or actor.may("sheet.sign", sheet.scope)):
            raise Problem("correction_needs_chief")
        row = sheet.row
        if row["state"] == "open":
            raise Problem("correction_over")
        season_id, publication, _ = await lock_board(connection, row["item_id"])
        # A note that stands is not replaced: the first person answers for it.
        note = given if asked["note"] is None else None
        if publication in PUBLISHED and asked["note"] is None and (note is None or len(note) < 2):
            raise Problem("correction_note")
        item = await item_scope(connection, row["item_id"])
        mark = new_mark(sheet, asked["criterion"], asked["state"], asked["value"])
        moved = await moved_by(connection, item, mark)
        if not await revise(
            connection, sheet, asked["criterion"], asked["base_rev"], asked["state"], asked["value"], asked["reason"],
            actor.account_id,
        ):  # fmt: skip
            raise Problem("correction_over")
        await connection.execute(
            END, correction_id, asked["by_account"], "made", msgspec.json.encode(moved).decode(), None, actor.account_id, note
        )  # fmt: skip
        if publication == "confirmed":
            await connection.execute(UNCONFIRM, row["item_id"], asked["reason"], actor.account_id)
        payload = {
            "correction": encode_id("correction", correction_id),
            "sheet": encode_id("sheet", row["id"]),
            "note": asked["note"] or note,
        }
        await _note(connection, sheet, "correction.made", correction_id, payload, actor)
        await take_snapshot(connection, row["item_id"], season_id)
        await touch_board(connection, row["item_id"])
        await _tell(connection, sheet)
        return await one_correction(connection, actor, correction_id)


async def refuse_correction(db: Db, actor: Actor, correction_id: UUID, data: RefuseCorrection) -> Correction:
    """Let it be: whoever may confirm, or whoever asked. Raises not_found, reason_needed, correction_over."""
    reason = needed_reason(data.reason, LONGEST_REASON)
    async with db.transaction() as connection:
        sheet, asked = await _held(connection, actor, "correction.read", correction_id)
        if asked["by_account"] != actor.account_id:
            actor.require("correction.confirm", sheet.scope)
        await connection.execute(
            END, correction_id, asked["by_account"], "refused", None, reason, actor.account_id, None
        )
        await _note(connection, sheet, "correction.refused", correction_id, {"reason": reason}, actor)
        return await one_correction(connection, actor, correction_id)


async def _held(
    connection: Connection, actor: Actor, right: str, correction_id: UUID
) -> tuple[HeldSheet, asyncpg.Record]:
    """The correction with its sheet held: of two who end it at once the second finds it over."""
    sheet_id = await connection.fetchval(SHEET_OF, correction_id)
    if sheet_id is None:
        raise Problem("not_found")
    sheet = await sheet_at(connection, sheet_id, held=True)
    actor.require(right, sheet.scope)
    asked = await connection.fetchrow(CORRECTIONS, None, correction_id)
    assert asked is not None
    if asked["outcome"] is not None or asked["now_rev"] != asked["base_rev"]:
        raise Problem("correction_over")
    return sheet, asked


async def _note(
    connection: Connection, sheet: HeldSheet, act: str, subject: UUID, payload: object, actor: Actor
) -> None:
    await append_ledger(
        connection, sheet.row["season_id"], sheet.row["item_id"], act, subject, msgspec.json.encode(payload).decode(), actor.account_id
    )  # fmt: skip


async def _tell(connection: Connection, sheet: HeldSheet) -> None:
    notice = SheetChanged(encode_id("sheet", sheet.row["id"]))
    await tell_item(connection, sheet.row["item_id"], ("judge", "org"), "sheet", notice)
