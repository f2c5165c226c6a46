"""Take facts of a session in: the same at the venue when the session comes, and at the centre when it comes back.

Facts are compared before they are added. A sheet's chain has to be the same on both sides as far as both have it; then only the
rest of the longer one is new. Nothing is merged: two chains that part are two stories, and people have to decide.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from api.judging.chain import ALGORITHM, verify_sheet
from api.judging.desk import sheet_form
from api.judging.forms import SheetForm
from api.judging.schemas import SessionState
from api.plumbing.db import Connection
from api.plumbing.problems import Problem
from api.venue.schemas import Link, SessionFacts, SheetFacts, Tally
from api.venue.tables import TABLES, write_rows
from scoring.decimals import plain

HERE = """/* venue.sheets_here */
SELECT s.id, s.season_id, s.attempt_id, s.state, s.seq, s.head, s.algorithm, s.judge_id, s.account_id, s.plan_id, st.node, a.station, j.code
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
WHERE s.session_id = $1 ORDER BY s.id FOR NO KEY UPDATE OF s
"""

LINK_HERE = """/* venue.link_here */
SELECT hash FROM mark_revision WHERE season_id = $1 AND sheet_id = $2 AND seq = $3
"""

ADD_LINKS = """/* venue.add_links */
INSERT INTO mark_revision (season_id, sheet_id, criterion, rev, seq, op_id, state, value, reasons, account_id, entered_at, received_at, hash)
SELECT $1, $2, c, r, s, o, t, v, CASE WHEN w = '' THEN '{}' ELSE string_to_array(w, E'\\x1e') END, a, e, g, h
FROM unnest($3::text[], $4::integer[], $5::integer[], $6::uuid[], $7::text[], $8::numeric[], $9::text[], $10::uuid[],
            $11::timestamptz[], $12::timestamptz[], $13::bytea[]) AS x (c, r, s, o, t, v, w, a, e, g, h)
"""
SET_HEAD = "/* venue.set_head */ UPDATE sheet SET seq = $2, head = $3 WHERE id = $1"
MOVES_HERE = """/* venue.moves_here */
SELECT position, from_state, to_state, seq, encode(head, 'hex') AS head, at FROM sheet_transition WHERE sheet_id = $1 ORDER BY position
"""
ADD_MOVE = """/* venue.add_move */
INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head, reason, by_account, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
SET_STATE = "/* venue.set_sheet_state */ UPDATE sheet SET state = $2 WHERE id = $1"
SET_JUDGE = "/* venue.set_sheet_judge */ UPDATE sheet SET judge_id = $2, account_id = $3 WHERE id = $1"
JUDGES = """/* venue.judges_of_session */
SELECT j.id, j.account_id FROM judging_session s JOIN item i ON i.id = s.item_id JOIN judge j ON j.contest_id = i.contest_id WHERE s.id = $1
"""
FACTS_BROKEN = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


class Taken(msgspec.Struct, frozen=True):
    """What was new, sheets that are equal now, and sheets of which more is known here than the bundle holds."""

    tallies: tuple[Tally, ...]
    equal: int
    older: tuple[tuple[int, str], ...]


async def take_facts(connection: Connection, session_id: UUID, facts: SessionFacts) -> Taken:
    """Add what is new, inside the caller's transaction. Raises venue_facts_differ, venue_facts_unfit; then nothing is to be kept."""
    try:
        return await _take(connection, session_id, facts)
    except asyncpg.UniqueViolationError as error:
        # Only marks have a second name that must not come twice: the operation's.
        raise differ("一项操作", "an operation") from error
    except FACTS_BROKEN as error:
        raise unfit("附带记录", "a record beside the marks") from error


async def _take(connection: Connection, session_id: UUID, facts: SessionFacts) -> Taken:
    here = {row["id"]: row for row in await connection.fetch(HERE, session_id)}
    judges = {row["id"]: row["account_id"] for row in await connection.fetch(JUDGES, session_id)}
    if {sheet.id for sheet in facts.sheets} != here.keys() or facts.tables.keys() != TABLES.keys():
        raise unfit("评分表", "the list of sheets")
    marks = moves = equal = 0
    older = []
    for sheet in sorted(facts.sheets, key=lambda each: each.id):
        row = here[sheet.id]
        form = await sheet_form(connection, row["plan_id"], row["node"])
        _require_sound(sheet, row, form, judges)
        known = [tuple(each) for each in await connection.fetch(MOVES_HERE, sheet.id)]
        if row["seq"] > sheet.seq or len(known) > len(sheet.moves):
            await _require_beginning(connection, row, sheet, known)
            older.append((row["station"], row["code"]))
            continue
        marks += await _add_links(connection, row, sheet)
        moves += await _add_moves(connection, row, sheet, known)
        if (row["judge_id"], row["account_id"]) != (sheet.judge_id, sheet.account_id):
            await connection.execute(SET_JUDGE, sheet.id, sheet.judge_id, sheet.account_id)
        equal += 1
    tallies = [
        Tally("mark", sum(len(sheet.links) for sheet in facts.sheets), marks),
        Tally("sheet_move", sum(len(sheet.moves) for sheet in facts.sheets), moves),
    ]
    for name in TABLES:
        rows = facts.tables[name]
        new = await write_rows(connection, name, session_id, rows)
        if new is None:
            raise differ(*TABLES[name].words)
        tallies.append(Tally(name, len(rows), new))
    return Taken(tuple(tallies), equal, tuple(older))


def _require_sound(sheet: SheetFacts, row: asyncpg.Record, form: SheetForm, judges: dict[UUID, UUID]) -> None:
    """The chain follows from its rows, every mark fits the plan, and everybody in it is a judge of the contest."""
    place = _place(row)
    if row["algorithm"] != ALGORITHM or sheet.attempt_id != row["attempt_id"]:
        raise unfit(place, place)
    if (
        verify_sheet((link.of(sheet.id) for link in sheet.links), sheet.seq, bytes.fromhex(sheet.head))
        is not None
    ):
        raise Problem("venue_chain_broken", sheet=place)
    accounts = set(judges.values())
    # A correction is made by whoever confirmed it, judge or not; the sheet's own step to itself says so.
    corrected = {(move.seq, move.by_account) for move in sheet.moves if move.from_state == move.to_state}
    if judges.get(sheet.judge_id) != sheet.account_id or any(
        link.account_id not in accounts and (link.seq, link.account_id) not in corrected
        for link in sheet.links
    ):
        raise unfit(place, place)
    if any(_refused(form, link) for link in sheet.links):
        raise unfit(place, place)


def _refused(form: SheetForm, link: Link) -> bool:
    if link.state not in ("scored", "not_attempted", "cleared"):
        return True
    value = None if link.value is None else format(plain(link.value), "f")
    return form.answer(link.criterion, link.state, value).refused is not None  # type: ignore[arg-type]


KnownMove = tuple[object, ...]


async def _require_beginning(
    connection: Connection, row: asyncpg.Record, sheet: SheetFacts, known: list[KnownMove]
) -> None:
    """What the bundle has of the sheet is how the longer story here begins."""
    head = await connection.fetchval(LINK_HERE, row["season_id"], row["id"], sheet.seq) if sheet.seq else b""
    given = _moves_of(sheet)
    if head != bytes.fromhex(sheet.head) or known[: len(given)] != given:
        raise _differ(row)


def _moves_of(sheet: SheetFacts) -> list[KnownMove]:
    return [(m.position, m.from_state, m.to_state, m.seq, m.head, m.at) for m in sheet.moves]


async def _add_links(connection: Connection, row: asyncpg.Record, sheet: SheetFacts) -> int:
    links = sorted(sheet.links, key=lambda link: link.seq)
    if row["seq"] and bytes.fromhex(links[row["seq"] - 1].hash) != row["head"]:
        raise _differ(row)
    new = links[row["seq"] :]
    if new:
        await connection.execute(
            ADD_LINKS, row["season_id"], sheet.id, [x.criterion for x in new], [x.rev for x in new], [x.seq for x in new],
            [x.op_id for x in new], [x.state for x in new], [x.value for x in new], ["\x1e".join(x.reasons) for x in new],
            [x.account_id for x in new], [x.entered_at for x in new], [x.received_at for x in new],
            [bytes.fromhex(x.hash) for x in new],
        )  # fmt: skip
        await connection.execute(SET_HEAD, sheet.id, sheet.seq, bytes.fromhex(sheet.head))
    return len(new)


async def _add_moves(
    connection: Connection, row: asyncpg.Record, sheet: SheetFacts, known: list[KnownMove]
) -> int:
    if _moves_of(sheet)[: len(known)] != known:
        raise _differ(row)
    state = row["state"]
    for place, move in enumerate(sheet.moves[len(known) :], len(known) + 1):
        if move.from_state != state or move.position != place:
            raise unfit(_place(row), _place(row))
        await connection.execute(
            ADD_MOVE, row["season_id"], sheet.id, move.position, move.from_state, move.to_state, move.seq,
            bytes.fromhex(move.head), move.reason, move.by_account, move.at,
        )  # fmt: skip
        await connection.execute(SET_STATE, sheet.id, move.to_state)
        state = move.to_state
    if state != sheet.state:
        raise unfit(_place(row), _place(row))
    return len(sheet.moves) - len(known)


def _differ(row: asyncpg.Record) -> Problem:
    return differ(f"评分表{_place(row)}", f"sheet {_place(row)}")


def _place(row: asyncpg.Record) -> str:
    return f"{row['station']:02d} {row['code']}"


def differ(what: str, what_en: str) -> Problem:
    """Two stories that nobody but people can join."""
    return Problem("venue_facts_differ", what=what, what_en=what_en)


def unfit(what: str, what_en: str) -> Problem:
    """Something that is not of this session or does not fit its plan."""
    return Problem("venue_facts_unfit", what=what, what_en=what_en)


SET_SESSION = (
    "/* venue.set_session_state */ UPDATE judging_session SET state = $2, rev = rev + 1 WHERE id = $1"
)

# Only the ways that the state machine knows; nobody sees the states on the way, they are in one transaction.
WAYS: dict[tuple[str, str], Sequence[str]] = {
    ("planned", "paused"): ("running", "paused"),
    ("planned", "closed"): ("running", "closed"),
    ("planned", "running"): ("running",),
    ("paused", "closed"): ("closed",),
    ("paused", "running"): ("running",),
    ("running", "paused"): ("paused",),
    ("running", "closed"): ("closed",),
    ("closed", "paused"): ("running", "paused"),
    ("closed", "running"): ("running",),
}


async def move_to(connection: Connection, session_id: UUID, was: SessionState, state: SessionState) -> None:
    """Bring the session to a state that it has reached elsewhere; one that was never begun stays so."""
    for step in WAYS.get((was, state), ()):
        await connection.execute(SET_SESSION, session_id, step)
