"""What a chief judge signs: every sheet of a session with its last revision, the totals that follow, and what is missing. Nameless."""

import hashlib
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.desk import sheet_form
from api.judging.forms import SheetForm
from api.judging.queries.sessions import OWN_SEAT, session_by_id
from api.judging.schemas import Session, SheetState
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.results.facts import panels_below
from scoring import EntryFacts, Mark, evaluate
from scoring.plans.expanding import attempt_homes

SHEETS_TO_SIGN = """/* judging.sheets_to_sign */
SELECT a.station, coalesce(e.standing, 'present') = 'present' AS present, s.id, j.code, s.state, s.seq, s.head, s.plan_id, st.node, m.criteria, m.states,
       m.marks, t.at AS signed_at, t.code AS signed_by, r.reopened
FROM attempt a
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
JOIN sheet s ON s.attempt_id = a.id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = a.session_id
JOIN stage st ON st.id = js.stage_id
LEFT JOIN LATERAL (
    SELECT array_agg(criterion) AS criteria, array_agg(state) AS states, array_agg(value) AS marks
    FROM (
        SELECT DISTINCT ON (criterion) criterion, state, value FROM mark_revision
        WHERE season_id = s.season_id AND sheet_id = s.id ORDER BY criterion, rev DESC
    ) latest WHERE state <> 'cleared'
) m ON true
LEFT JOIN LATERAL (
    SELECT x.at, c.code FROM sheet_transition x LEFT JOIN judge c ON c.account_id = x.by_account AND c.contest_id = j.contest_id
    WHERE x.sheet_id = s.id AND x.to_state = 'signed' ORDER BY x.position DESC LIMIT 1
) t ON s.state = 'signed'
LEFT JOIN LATERAL (
    SELECT EXISTS (SELECT FROM sheet_transition x WHERE x.sheet_id = s.id AND x.from_state = 'signed') AS reopened
) r ON s.state <> 'signed'
WHERE a.session_id = $1 AND NOT a.voided
ORDER BY a.station, j.code
"""


class SheetToSign(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's sheet. `reopened`: it was signed once and returned since."""

    sheet: str
    judge: str
    state: SheetState
    seq: int
    done: int
    of: int
    reopened: bool


class StationToSign(msgspec.Struct, frozen=True, kw_only=True):
    """One station; `total` is the panel's value of this stage, once every sheet is submitted."""

    station: int
    present: bool
    total: Decimal | None
    sheets: tuple[SheetToSign, ...]


class SessionToSign(msgspec.Struct, frozen=True, kw_only=True):
    """A session before its signature. `hash` is of every sheet with its last revision; it is what is signed.

    `judge` is the code of who asks, where they sit on the panel.
    """

    session: Session
    judge: str | None
    stations: tuple[StationToSign, ...]
    hash: str
    signed_at: datetime | None
    signed_by: str | None

    @property
    def sheets(self) -> list[SheetToSign]:
        """Every sheet, in order of stations and judges."""
        return [sheet for station in self.stations for sheet in station.sheets]


async def session_to_sign(db: Db, actor: Actor, session_id: UUID) -> SessionToSign:
    """The session as its chief judge signs it. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.sign", place.scope)
        rows = await connection.fetch(SHEETS_TO_SIGN, session_id)
        seat = await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
        session = await session_by_id(connection, session_id)
        stations: defaultdict[int, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            stations[row["station"]].append(row)
        form = await _form(connection, rows)
    signed = [row for row in rows if row["signed_at"]]
    last = max(signed, key=lambda row: row["signed_at"]) if rows and len(signed) == len(rows) else None
    return SessionToSign(
        session=session,
        judge=seat["code"] if seat else None,
        stations=tuple(_station(number, each, form) for number, each in stations.items() if form),
        hash=hash_of([(row["id"], row["seq"], row["head"]) for row in rows]),
        signed_at=last["signed_at"] if last else None,
        signed_by=last["signed_by"] if last else None,
    )


def hash_of(sheets: list[tuple[UUID, int, bytes]]) -> str:
    """SHA-256 of `<sheet> <seq> <head>` lines in the order of the sheets' ids."""
    lines = "".join(f"{sheet} {seq} {head.hex()}\n" for sheet, seq, head in sorted(sheets))
    return hashlib.sha256(lines.encode()).hexdigest()


async def _form(connection: Connection, rows: list[asyncpg.Record]) -> SheetForm | None:
    return await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"]) if rows else None


def _station(number: int, rows: list[asyncpg.Record], form: SheetForm) -> StationToSign:
    present = rows[0]["present"]
    complete = present and all(row["state"] != "open" for row in rows)
    return StationToSign(
        station=number,
        present=present,
        total=_total(number, rows, form) if complete else None,
        sheets=tuple(
            SheetToSign(
                sheet=encode_id("sheet", row["id"]),
                judge=row["code"],
                state=row["state"],
                seq=row["seq"],
                done=len(row["criteria"] or ()),
                of=len(form.lines),
                reopened=bool(row["reopened"]),
            )
            for row in rows
        ),
    )


def _total(number: int, rows: list[asyncpg.Record], form: SheetForm) -> Decimal | None:
    """The value of the stage's node for one station. The station stands for the contestant: nobody's name is known here."""
    name, node = str(number), rows[0]["node"]
    marks = tuple(
        Mark(name, row["code"], criterion, state, value)
        for row in rows
        for criterion, state, value in zip(
            row["criteria"] or (), row["states"] or (), row["marks"] or (), strict=True
        )
    )
    judges = tuple(row["code"] for row in rows)
    panels = dict.fromkeys(panels_below(form.plan).get(node, ()), judges)
    # Of a panel below attempts there are as many values as attempts; what is taken of them stands at the attempts.
    shown = attempt_homes(form.plan.root).get(node, node)
    return evaluate(form.plan, EntryFacts(entry=name, marks=marks, panels=panels)).node(shown).value
