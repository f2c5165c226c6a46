"""The facts of a session as they stand, read the same way at the centre and at the venue."""

from collections import defaultdict
from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from api.venue.schemas import HeldMarks, LedgerRow, Link, Move, SessionFacts, SheetFacts, Standing
from api.venue.tables import TABLES, read_rows

SHEETS = """/* venue.sheets */
SELECT s.id, s.attempt_id, s.judge_id, s.account_id, s.state, s.seq, s.head
FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
WHERE s.session_id = $1 ORDER BY a.station, s.id
"""

LINKS = """/* venue.links */
SELECT m.sheet_id, m.seq, m.criterion, m.rev, m.op_id, m.state, m.value, m.reasons, m.account_id, m.entered_at, m.received_at,
       encode(m.hash, 'hex') AS hash
FROM sheet s JOIN mark_revision m ON m.season_id = s.season_id AND m.sheet_id = s.id
WHERE s.session_id = $1 ORDER BY m.sheet_id, m.seq
"""

MOVES = """/* venue.moves */
SELECT t.sheet_id, t.position, t.from_state, t.to_state, t.seq, encode(t.head, 'hex') AS head, t.reason, t.by_account, t.at
FROM sheet_transition t JOIN sheet s ON s.id = t.sheet_id WHERE s.session_id = $1 ORDER BY t.sheet_id, t.position
"""

STATE = "SELECT state FROM judging_session WHERE id = $1"

# Changes made on this installation; at the centre they stay where they are.
STANDINGS = """/* venue.standings */
SELECT a.id AS attempt_id, c.from_standing, c.to_standing, c.reason, c.by_account, c.at
FROM attempt a JOIN attempt_entry ae ON ae.attempt_id = a.id JOIN entry_standing_change c ON c.entry_id = ae.entry_id
WHERE a.session_id = $1 AND NOT a.voided ORDER BY c.at, c.entry_id, c.seq
"""

LEDGER = """/* venue.ledger */
SELECT l.seq, l.kind, l.subject, l.payload::text AS payload, l.account_id, l.at
FROM judging_session js JOIN ledger l ON l.season_id = js.season_id AND l.chain = js.item_id
WHERE js.id = $1 AND l.seq > $2 AND (
    l.subject = $1 OR l.subject IN (SELECT id FROM sheet WHERE session_id = $1)
    OR l.subject IN (SELECT id FROM incident WHERE session_id = $1)
    OR (l.subject = js.panel_id AND l.kind = 'panel.judge_replaced')
    OR l.subject IN (SELECT id FROM broadcast WHERE session_id = $1)
    OR l.subject IN (SELECT d.id FROM spread_decision d JOIN attempt a ON a.id = d.attempt_id WHERE a.session_id = $1)
) ORDER BY l.seq
"""

HELD = """/* venue.held_marks */
SELECT DISTINCT ON (t.account_id, t.storage) j.code AS judge, t.unsent + t.troubled AS marks, t.seen_at
FROM tablet t JOIN judging_session s ON s.id = t.session_id JOIN item i ON i.id = s.item_id
JOIN judge j ON j.contest_id = i.contest_id AND j.account_id = t.account_id
WHERE t.session_id = $1 AND t.unsent + t.troubled > 0
"""


async def session_facts(
    connection: Connection, session_id: UUID, *, ledger_from: int | None = None
) -> SessionFacts:
    """Everything recorded in the session. With `ledger_from` what only a venue tells: its acts since, standings, tablets."""
    links: defaultdict[UUID, list[Link]] = defaultdict(list)
    for row in await connection.fetch(LINKS, session_id):
        fields = {name: row[name] for name in Link.__struct_fields__}
        links[row["sheet_id"]].append(Link(**fields | {"reasons": tuple(row["reasons"])}))
    moves: defaultdict[UUID, list[Move]] = defaultdict(list)
    for row in await connection.fetch(MOVES, session_id):
        moves[row["sheet_id"]].append(Move(**{name: row[name] for name in Move.__struct_fields__}))
    sheets = tuple(
        SheetFacts(
            id=row["id"],
            attempt_id=row["attempt_id"],
            judge_id=row["judge_id"],
            account_id=row["account_id"],
            state=row["state"],
            seq=row["seq"],
            head=row["head"].hex(),
            links=tuple(links[row["id"]]),
            moves=tuple(moves[row["id"]]),
        )
        for row in await connection.fetch(SHEETS, session_id)
    )
    state = await connection.fetchval(STATE, session_id)
    tables = {name: await read_rows(connection, name, session_id) for name in TABLES}
    if ledger_from is None:
        return SessionFacts(state=state, sheets=sheets, tables=tables)
    return SessionFacts(
        state=state,
        sheets=sheets,
        tables=tables,
        standings=tuple(Standing(**row) for row in await connection.fetch(STANDINGS, session_id)),
        ledger=tuple(
            LedgerRow(**{**row, "payload": msgspec.Raw(row["payload"].encode())})
            for row in await connection.fetch(LEDGER, session_id, ledger_from)
        ),
        held=tuple(HeldMarks(**row) for row in await connection.fetch(HELD, session_id)),
    )
