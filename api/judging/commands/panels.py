"""Judges and panels: who may mark, and who sits together. A seat gives the role that goes with it, a lost seat takes it."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.access.commands.grants import insert_grant
from api.contests.scopes import ItemScope, contest_scope, item_scope
from api.judging.avoidance import require_no_conflict, require_one_per_unit
from api.judging.queries import judges as queries
from api.judging.schemas import AddJudge, CreatePanel, Judge, Panel, ReplaceJudge, Seat, SetSeats
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.texts import clean_reason, clean_text
from api.results.ledger import append_ledger

LONGEST_NAME = 60
LONGEST_REASON = 200

# Whoever cannot sign in marks nothing. From which organisation somebody comes is not asked: juries are drawn from everywhere.
JUDGE_FITS = """/* judging.judge_fits */
SELECT EXISTS (SELECT FROM account WHERE id = $1 AND disabled_at IS NULL)
   AND ($2::uuid IS NULL OR EXISTS (SELECT FROM organisation WHERE id = $2))
"""
ADD_JUDGE = """/* judging.add_judge */
INSERT INTO judge (contest_id, account_id, code, unit_id) VALUES ($1, $2, $3, $4) RETURNING id
"""


async def add_judge(db: Db, actor: Actor, contest_id: UUID, data: AddJudge) -> Judge:
    """Make an account a judge; it gets the role in this contest. Raises not_found, judge_exists, roles_exclude."""
    account_id = parse_id("account", data.account)
    unit_id = None if data.unit is None else parse_id("organisation", data.unit)
    async with db.transaction() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("panel.change", contest.scope)
        if not await connection.fetchval(JUDGE_FITS, account_id, unit_id):
            raise Problem("not_found")
        judge_id = await connection.fetchval(ADD_JUDGE, contest_id, account_id, data.code, unit_id)
        await _give(connection, actor, account_id, "judge", "contest", contest_id, contest_id)
        await append_ledger(
            connection, contest.season_id, contest_id, "judge.added", judge_id,
            msgspec.json.encode({"code": data.code}).decode(), actor.account_id,
        )  # fmt: skip
        return await queries.judge_by_id(connection, judge_id)


ADD_PANEL = """/* judging.add_panel */
INSERT INTO panel (season_id, item_id, name) VALUES ($1, $2, $3) RETURNING id
"""


async def create_panel(db: Db, actor: Actor, item_id: UUID, data: CreatePanel) -> Panel:
    """Make a panel, with its judges if they are named. Raises what set_seats raises, and panel_exists."""
    name = clean_text(data.name, "/name", LONGEST_NAME)
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("panel.change", item.scope)
        panel_id = await connection.fetchval(ADD_PANEL, item.season_id, item_id, name)
        if data.seats:
            await _seat(connection, actor, panel_id, data.seats)
        return await queries.panel_by_id(connection, panel_id)


HOLD_PANEL = """/* judging.hold_panel */
SELECT item_id, rev FROM panel WHERE id = $1 FOR UPDATE
"""
IN_USE = """/* judging.panel_in_use */
SELECT EXISTS (
    SELECT FROM judging_session s JOIN sheet ON sheet.session_id = s.id
    JOIN attempt a ON a.id = sheet.attempt_id AND NOT a.voided WHERE s.panel_id = $1
)
"""
COUNT_UP = """/* judging.count_up_panel */
UPDATE panel SET rev = rev + 1 WHERE id = $1
"""


async def set_seats(db: Db, actor: Actor, panel_id: UUID, data: SetSeats, base_rev: int) -> Panel:
    """Name the panel's judges afresh. Raises stale, panel_in_use, panel_size, panel_chief, judge_unknown, judge_twice, judge_avoidance."""
    async with db.transaction() as connection:
        await _held_panel(connection, actor, panel_id, base_rev)
        if await connection.fetchval(IN_USE, panel_id):
            raise Problem("panel_in_use")
        await _seat(connection, actor, panel_id, data.seats)
        await connection.execute(COUNT_UP, panel_id)
        return await queries.panel_by_id(connection, panel_id)


async def _held_panel(connection: Connection, actor: Actor, panel_id: UUID, base_rev: int) -> ItemScope:
    """Hold the panel and give its item. Raises not_found, stale."""
    held = await connection.fetchrow(HOLD_PANEL, panel_id)
    if held is None:
        raise Problem("not_found")
    item = await item_scope(connection, held["item_id"])
    actor.require("panel.change", item.scope)
    if held["rev"] != base_rev:
        raise Problem("stale", current=await queries.panel_by_id(connection, panel_id))
    return item


# As marks do, one sheet after the other by its id, and only what is still without a mark once it is held.
HAND_OVER = """/* judging.hand_over_sheets */
WITH held AS (
    SELECT s.id FROM sheet s
    JOIN judging_session js ON js.id = s.session_id
    JOIN attempt a ON a.id = s.attempt_id
    WHERE js.panel_id = $1 AND js.state <> 'closed' AND NOT a.voided AND s.judge_id = $2 AND s.state = 'open'
      AND (s.seq = 0 OR $4)
      -- Nobody has two voices on one piece of work: who came back to another seat keeps the sheet begun there.
      AND NOT EXISTS (SELECT FROM sheet other WHERE other.attempt_id = s.attempt_id AND other.judge_id = $3)
    ORDER BY s.id FOR NO KEY UPDATE OF s
), moved AS (
    UPDATE sheet SET judge_id = j.id, account_id = j.account_id FROM held, judge j
    WHERE sheet.id = held.id AND j.id = $3 RETURNING sheet.id
)
SELECT count(*) FROM moved
"""
GIVE_SEAT = """/* judging.give_seat */
UPDATE panel_judge SET judge_id = $3 WHERE panel_id = $1 AND judge_id = $2 RETURNING position
"""
RESULTS_STATE = """/* judging.results_state */
SELECT state FROM publication WHERE item_id = $1 FOR SHARE
"""


async def replace_judge(db: Db, actor: Actor, panel_id: UUID, data: ReplaceJudge, base_rev: int) -> Panel:
    """Put another judge on a seat, also after the draw: somebody falls ill on the day. Marks stay with whoever gave them.

    Raises not_found, stale, reason_needed, results_closed, judge_unknown, judge_twice, judge_avoidance.
    """
    reason = clean_reason(data.reason, LONGEST_REASON)
    judge, other = parse_id("judge", data.judge), parse_id("judge", data.by)
    async with db.transaction() as connection:
        item = await _held_panel(connection, actor, panel_id, base_rev)
        if reason is None or len(reason) < 2:
            raise Problem("reason_needed")
        if await connection.fetchval(RESULTS_STATE, item.item_id) not in (None, "open"):
            raise Problem("results_closed")
        await _require_fit(connection, item, panel_id, judge, other)
        if await connection.fetchval(GIVE_SEAT, panel_id, judge, other) is None:
            raise invalid_fields(field_error("/judge", "judge_unknown", judge=data.judge))
        sheets = await connection.fetchval(HAND_OVER, panel_id, judge, other, data.begun)
        await _move_chief_role(connection, actor, item.item_id, item.contest_id)
        await connection.execute(COUNT_UP, panel_id)
        payload = {
            "judge": data.judge,
            "by": data.by,
            "sheets": sheets,
            "begun": data.begun,
            "reason": reason,
        }
        await append_ledger(
            connection, item.season_id, item.item_id, "panel.judge_replaced", panel_id,
            msgspec.json.encode(payload).decode(), actor.account_id,
        )  # fmt: skip
        return await queries.panel_by_id(connection, panel_id)


SEATED = """/* judging.is_seated */
SELECT EXISTS (SELECT FROM panel_judge WHERE panel_id = $1 AND judge_id = $2)
"""


SEATS = """/* judging.seats_of_panel */
SELECT judge_id FROM panel_judge WHERE panel_id = $1
"""


async def _require_fit(
    connection: Connection, item: ItemScope, panel_id: UUID, judge: UUID, other: UUID
) -> None:
    if not await connection.fetch(JUDGES_OF_CONTEST, item.contest_id, [other]):
        raise invalid_fields(field_error("/by", "judge_unknown", judge=encode_id("judge", other)))
    if await connection.fetchval(SEATED, panel_id, other):
        raise invalid_fields(field_error("/by", "judge_twice"))
    await require_no_conflict(connection, item.item_id, [other])
    staying = [row["judge_id"] for row in await connection.fetch(SEATS, panel_id)]
    await require_one_per_unit(
        connection, item.contest_id, [*(each for each in staying if each != judge), other]
    )


SEAT_JUDGES = """/* judging.seat_judges */
INSERT INTO panel_judge (panel_id, judge_id, position, chief)
SELECT $1, judge_id, position, chief FROM unnest($2::uuid[], $3::boolean[]) WITH ORDINALITY AS s (judge_id, chief, position)
"""

JUDGES_OF_CONTEST = """/* judging.judges_of_contest */
SELECT id FROM judge WHERE contest_id = $1 AND id = ANY ($2::uuid[])
"""


async def _seat(connection: Connection, actor: Actor, panel_id: UUID, seats: Sequence[Seat]) -> None:
    item = await item_scope(
        connection, await connection.fetchval("SELECT item_id FROM panel WHERE id = $1", panel_id)
    )
    judges = [parse_id("judge", seat.judge) for seat in seats]
    found = await connection.fetch(JUDGES_OF_CONTEST, item.contest_id, judges)
    known = {row["id"] for row in found}
    errors = [
        field_error(f"/seats/{place}/judge", code, judge=encode_id("judge", judge))
        for place, judge in enumerate(judges)
        if (code := "judge_unknown" if judge not in known else "judge_twice" if judge in judges[:place] else None)
    ]  # fmt: skip
    if errors:
        raise invalid_fields(*errors)
    if sum(seat.chief for seat in seats) != 1:
        raise Problem("panel_chief")
    await queries.require_panel_size(connection, panel_id, item, len(seats))
    await require_no_conflict(connection, item.item_id, judges)
    await require_one_per_unit(connection, item.contest_id, judges)
    await connection.execute("DELETE FROM panel_judge WHERE panel_id = $1", panel_id)
    await connection.execute(SEAT_JUDGES, panel_id, judges, [seat.chief for seat in seats])
    await _move_chief_role(connection, actor, item.item_id, item.contest_id)
    await append_ledger(
        connection, item.season_id, item.item_id, "panel.seated", panel_id,
        msgspec.json.encode({"judges": [encode_id("judge", judge) for judge in judges]}).decode(), actor.account_id,
    )  # fmt: skip


CHIEFS = """/* judging.chiefs_of_item */
SELECT DISTINCT j.account_id FROM panel p
JOIN panel_judge pj ON pj.panel_id = p.id AND pj.chief JOIN judge j ON j.id = pj.judge_id
WHERE p.item_id = $1
"""

UNSEAT_CHIEFS = """/* judging.unseat_chiefs */
UPDATE access_grant SET revoked_at = now()
WHERE scope_kind = 'item' AND scope_id = $1 AND role = 'chief_judge' AND reason = 'panel' AND revoked_at IS NULL
  AND account_id <> ALL ($2::uuid[])
"""


async def _move_chief_role(connection: Connection, actor: Actor, item_id: UUID, contest_id: UUID) -> None:
    """Only roles that a seat gave are taken back with it."""
    chiefs = [row["account_id"] for row in await connection.fetch(CHIEFS, item_id)]
    await connection.execute(UNSEAT_CHIEFS, item_id, chiefs)
    for account_id in chiefs:
        await _give(connection, actor, account_id, "chief_judge", "item", item_id, contest_id)


HOLDS = """/* judging.holds_role */
SELECT EXISTS (
    SELECT FROM access_grant WHERE account_id = $1 AND role = $2 AND scope_kind = $3 AND scope_id = $4
    AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now())
)
"""


async def _give(
    connection: Connection, actor: Actor, account_id: UUID, role: str, scope_kind: str, scope_id: UUID, contest_id: UUID
) -> None:  # fmt: skip
    if not await connection.fetchval(HOLDS, account_id, role, scope_kind, scope_id):
        await insert_grant(
            connection, account_id, role, scope_kind, scope_id,
            contest_id=contest_id, granted_by=actor.account_id, reason="panel",
        )  # fmt: skip
