"""The recheck: draw the sample, list it for the checkers, record what each check came to, and check everything after too many errors."""

import secrets
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.rules import RecheckRule, rules_of_contest
from api.contests.scopes import ItemScope, item_scope
from api.control.gates import checked_entries
from api.control.queries.rechecks import RECHECK, UNSUBMITTED, entries_with_errors, lines_of, recheck_state
from api.control.queries.sign_off import lacking
from api.control.sampling import (
    ALGORITHM,
    SEED_BYTES,
    drawn_entries,
    ranked_entries,
    too_many,
    top_entries,
)
from api.control.schemas import MakeRecheck, Rechecks, RecordCheck
from api.live.commands import tell_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_reason
from api.results.boards import touch_board
from api.results.ledger import append_ledger
from api.results.snapshots import latest_snapshot, lock_board, take_snapshot

LONGEST_NOTE: Final = 500
# Once confirmed a result has been checked; a correction opens it again.
MAY_DRAW: Final = frozenset({"open", "closed", "provisional", "final", "amended"})

ADD = """/* control.add_recheck */
INSERT INTO recheck (season_id, item_id, number, snapshot, rule, algorithm, seed, by_account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""

ADD_ENTRIES = """/* control.add_recheck_entries */
INSERT INTO recheck_entry (recheck_id, entry_id, because) SELECT $1, entry, $3 FROM unnest($2::uuid[]) entry ON CONFLICT DO NOTHING
"""

RECORD = """/* control.record_check */
INSERT INTO recheck_result (recheck_id, entry_id, position, outcome, note, facts, by_account)
SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6 FROM recheck_result WHERE recheck_id = $1 AND entry_id = $2
"""


class RecheckMoved(msgspec.Struct, frozen=True):
    """What those who run the item are told."""

    item: str


async def make_recheck(db: Db, actor: Actor, item_id: UUID, data: MakeRecheck) -> Rechecks:
    """Draw the sample, or add those who have come up since to the one that there is.

    Raises recheck_not_asked, recheck_too_early while a sheet is with its judge, standing_incomplete, recheck_drawn where another was quicker.
    """
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("recheck.make", item.scope)
        season_id, state, _ = await lock_board(connection, item_id)
        rule = (await rules_of_contest(connection, item.contest_id))[1].recheck
        if rule is None:
            raise Problem("recheck_not_asked")
        waiting = int(await connection.fetchval(UNSUBMITTED, item_id))
        if waiting or state not in MAY_DRAW:
            raise Problem("recheck_too_early", count=waiting)
        before = await connection.fetchrow(RECHECK, item_id, None)
        if data.number != (before["number"] if before else 0):
            raise Problem("recheck_drawn")
        snapshot, fresh = await take_snapshot(connection, item_id, season_id)
        if fresh:
            await touch_board(connection, item_id)
        rows = snapshot.standings.rows
        top = top_entries(rule, rows)
        if before is None and (lacking(snapshot) or not rows):
            # Who has no rank yet is in no sample, and nobody would be drawn from them later: also before a blind item is decoded.
            raise Problem("standing_incomplete", count=lacking(snapshot))
        if before is None:
            seed = secrets.token_bytes(SEED_BYTES)
            recheck_id = await connection.fetchval(
                ADD, season_id, item_id, 1, snapshot.number, msgspec.json.encode(rule).decode(), ALGORITHM, seed, actor.account_id
            )  # fmt: skip
            rest = drawn_entries(rule, seed, [each for each in ranked_entries(rows) if each not in set(top)])
            await _add(connection, recheck_id, rest, "drawn")
            payload = {"snapshot": snapshot.number, "seed": seed.hex(), "top": len(top), "drawn": len(rest)}
            await _note(connection, item, "recheck.drawn", recheck_id, payload, actor)
        else:
            recheck_id = before["id"]
            await _note(
                connection, item, "recheck.extended", recheck_id, {"snapshot": snapshot.number}, actor
            )
            if await _everything(connection, recheck_id):
                await _add(connection, recheck_id, ranked_entries(rows), "all")
        await _add(connection, recheck_id, top, "top")
        return await recheck_state(connection, actor, item)


async def record_check(db: Db, actor: Actor, recheck_id: UUID, key: str, data: RecordCheck) -> Rechecks:
    """Record what checking one entry came to; the last one counts, and an error counts for ever.

    Raises not_found, recheck_own_marks, recheck_moved, recheck_note. Past the limit every entry with a rank is to be checked.
    """
    note = clean_reason(data.note, LONGEST_NOTE, "/note")
    if data.outcome == "error" and note is None:
        raise Problem("recheck_note")
    async with db.transaction() as connection:
        row = await connection.fetchrow(RECHECK, None, recheck_id)
        if row is None:
            raise Problem("not_found")
        item = await item_scope(connection, row["item_id"])
        actor.require("recheck.record", item.scope)
        # One after the other: of two errors at once neither may miss that together they are too many.
        await lock_board(connection, item.item_id)
        line = next((each for each in await lines_of(connection, actor, row) if each.key == key), None)
        if line is None:
            raise Problem("not_found")
        if line.mine:
            raise Problem("recheck_own_marks")
        if line.facts != data.facts:
            raise Problem("recheck_moved")
        entry_id = await _entry_of(connection, key)
        await connection.execute(
            RECORD, recheck_id, entry_id, data.outcome, note, data.facts, actor.account_id
        )
        payload = {"line": key, "outcome": data.outcome, "note": note, "facts": data.facts}
        await _note(connection, item, f"recheck.{data.outcome}", recheck_id, payload, actor)
        await _check_everything(connection, item, row, actor)
        notice = RecheckMoved(encode_id("item", item.item_id))
        await tell_item(connection, item.item_id, ("org",), "recheck", notice)
        return await recheck_state(connection, actor, item)


async def _check_everything(
    connection: Connection, item: ItemScope, row: asyncpg.Record, actor: Actor
) -> None:
    entries = await checked_entries(connection, row["id"], row["season_id"], row["item_id"])
    rule = msgspec.json.decode(row["rule"], type=RecheckRule)
    if any(each.because == "all" for each in entries) or not too_many(
        entries_with_errors(entries), len(entries), rule.errors_percent
    ):
        return
    latest = await latest_snapshot(connection, item.item_id, item.season_id)
    assert latest is not None
    await _add(connection, row["id"], ranked_entries(latest.standings.rows), "all")
    payload = {"errors": entries_with_errors(entries), "of": len(entries)}
    await _note(connection, item, "recheck.everything", row["id"], payload, actor)


async def _everything(connection: Connection, recheck_id: UUID) -> bool:
    sql = "SELECT EXISTS (SELECT FROM recheck_entry WHERE recheck_id = $1 AND because = 'all')"
    return bool(await connection.fetchval(sql, recheck_id))


async def _add(connection: Connection, recheck_id: UUID, entries: list[str], because: str) -> None:
    ids = [parse_id("entry", entry) for entry in entries]
    await connection.execute(ADD_ENTRIES, recheck_id, ids, because)


async def _entry_of(connection: Connection, key: str) -> UUID:
    if key.startswith("ent_"):
        return parse_id("entry", key)
    sql = "SELECT entry_id FROM attempt_entry WHERE attempt_id = $1"
    found: UUID = await connection.fetchval(sql, parse_id("attempt", key))
    return found


async def _note(
    connection: Connection, item: ItemScope, act: str, subject: UUID, payload: object, actor: Actor
) -> None:
    await append_ledger(
        connection, item.season_id, item.item_id, act, subject, msgspec.json.encode(payload).decode(), actor.account_id
    )  # fmt: skip
