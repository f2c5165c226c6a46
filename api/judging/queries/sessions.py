"""Sessions and their stations: a judge's own sheets, or every sheet for those who run the session."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor, Scope
from api.contests.scopes import item_scope, session_scope
from api.judging.desk import sheet_form
from api.judging.schemas import Away, Session, SheetLine, Station, StationGrid
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem

# Roles under which somebody reads their own sheets only.
OWN_SHEETS_ONLY = frozenset({"judge", "outside_assessor"})

SESSIONS = """/* judging.sessions */
SELECT s.id, s.name_zh, s.name_en, i.name_zh AS item_name, st.name_zh AS stage_name, s.position, s.panel_id, s.stations,
       s.starts_at, s.ends_at, s.state, s.rev, (SELECT count(*) FROM attempt WHERE session_id = s.id AND NOT voided) AS drawn,
       h.label AS away_label, h.at AS away_since
FROM judging_session s JOIN item i ON i.id = s.item_id JOIN stage st ON st.id = s.stage_id
LEFT JOIN venue_handout h ON h.session_id = s.id AND h.ended_at IS NULL
WHERE s.item_id = $1 OR s.id = ANY ($2::uuid[]) ORDER BY s.state = 'closed', s.starts_at, s.position, s.id
"""

MY_SESSIONS = """/* judging.my_sessions */
SELECT s.id FROM judge j JOIN item i ON i.contest_id = j.contest_id JOIN judging_session s ON s.item_id = i.id
WHERE j.account_id = $1 AND EXISTS (SELECT FROM sheet WHERE session_id = s.id AND account_id = $1)
ORDER BY s.starts_at DESC LIMIT 100
"""


async def sessions_of_item(db: Db, actor: Actor, item_id: UUID) -> list[Session]:
    """The judging sessions of an item. Raises not_found."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        # Whoever may see a draw sees the sessions it fills, and whoever types sheets those that they belong to.
        if not (actor.may("draw.read", item.scope) or actor.may("paper.read", item.scope)):
            actor.require("session.read", item.scope)
        return [_session(row) for row in await connection.fetch(SESSIONS, item_id, [])]


async def my_sessions(db: Db, actor: Actor) -> list[Session]:
    """The sessions in which the actor has sheets, those still to come or running first."""
    async with db.reading() as connection:
        own = [row["id"] for row in await connection.fetch(MY_SESSIONS, actor.account_id)]
        return [_session(row) for row in await connection.fetch(SESSIONS, None, own)]


async def session_by_id(connection: Connection, session_id: UUID) -> Session:
    """One session."""
    row = await connection.fetchrow(SESSIONS, None, [session_id])
    if row is None:
        raise Problem("not_found")
    return _session(row)


def _session(row: asyncpg.Record) -> Session:
    return Session(
        id=encode_id("session", row["id"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        item_name=row["item_name"],
        stage_name=row["stage_name"],
        position=row["position"],
        panel=None if row["panel_id"] is None else encode_id("panel", row["panel_id"]),
        stations=row["stations"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        state=row["state"],
        drawn=row["drawn"],
        rev=row["rev"],
        away=None if row["away_label"] is None else Away(row["away_label"], row["away_since"]),
    )


STATIONS = """/* judging.stations */
SELECT a.station, coalesce(e.standing, 'present') = 'present' AS present, s.id, s.account_id, j.code, s.state, s.seq, s.plan_id, st.node,
       s.state = 'open' AND EXISTS (SELECT FROM sheet_transition x WHERE x.sheet_id = s.id) AS returned,
       (SELECT count(*) FROM (
            SELECT DISTINCT ON (criterion) state FROM mark_revision
            WHERE season_id = s.season_id AND sheet_id = s.id ORDER BY criterion, rev DESC
        ) latest WHERE state <> 'cleared') AS done
FROM attempt a
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
JOIN sheet s ON s.attempt_id = a.id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = a.session_id
JOIN stage st ON st.id = js.stage_id
WHERE a.session_id = $1 AND NOT a.voided AND ($2::uuid IS NULL OR s.account_id = $2)
ORDER BY a.station, j.code
"""

# A judge who was replaced has no seat any more, and still the sheets that they had begun.
OWN_SEAT = """/* judging.own_seat */
SELECT j.code, coalesce(pj.chief, false) AS chief FROM judging_session s
JOIN item i ON i.id = s.item_id
JOIN judge j ON j.contest_id = i.contest_id AND j.account_id = $2
LEFT JOIN panel_judge pj ON pj.panel_id = s.panel_id AND pj.judge_id = j.id
WHERE s.id = $1 AND (pj.judge_id IS NOT NULL OR EXISTS (SELECT FROM sheet WHERE session_id = s.id AND account_id = $2))
"""


async def station_grid(db: Db, actor: Actor, session_id: UUID, *, own: bool = False) -> StationGrid:
    """The stations of a session: a judge sees their own sheets, who runs the session (and `own` is not asked) every sheet.

    Raises not_found for a session in which a judge has no sheet.
    """
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("session.read", place.scope)
        only = actor.account_id if own or not sees_all(actor, "session.read", place.scope) else None
        seat = await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
        rows = await connection.fetch(STATIONS, session_id, only)
        if only is not None and not rows:
            raise Problem("not_found")
        session = await session_by_id(connection, session_id)
        of = 0
        if rows:
            of = len((await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])).lines)
    code: str | None = seat["code"] if seat else None
    return StationGrid(session, code, bool(seat and seat["chief"]), tuple(_stations(rows, of)))


def sees_all(actor: Actor, right: str, scope: Scope) -> bool:
    """Whether the right reaches the scope by another role than a judge's."""
    office = tuple(grant for grant in actor.grants if grant.role not in OWN_SHEETS_ONLY)
    return msgspec.structs.replace(actor, grants=office).may(right, scope)


def _stations(rows: Iterable[asyncpg.Record], of: int) -> list[Station]:
    stations: dict[int, tuple[bool, list[SheetLine]]] = {}
    for row in rows:
        line = SheetLine(
            sheet=encode_id("sheet", row["id"]), judge=row["code"], state=row["state"], done=row["done"], of=of, seq=row["seq"],
            returned=row["returned"],
        )  # fmt: skip
        stations.setdefault(row["station"], (row["present"], []))[1].append(line)
    return [Station(number, present, tuple(lines)) for number, (present, lines) in stations.items()]


class Gap(msgspec.Struct, frozen=True):
    """A sheet that keeps a session open."""

    station: int
    judge: str
    done: int
    of: int


async def gaps_of_session(connection: Connection, session_id: UUID) -> list[Gap]:
    """Sheets of present contestants that are not submitted, in station order."""
    rows = await connection.fetch(STATIONS, session_id, None)
    if not rows:
        return []
    of = len((await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])).lines)
    return [
        Gap(row["station"], row["code"], row["done"], of)
        for row in rows
        if row["present"] and row["state"] == "open"
    ]
