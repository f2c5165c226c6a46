"""The control room of a session: every sheet as a cell, every judge with their tablet. Nameless."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.control.queries.spreads import station_spreads
from api.control.schemas import Cell, CellState, ControlJudge, ControlRoom, ControlStation
from api.judging.avoidance import Conflict, conflicts_at_work
from api.judging.desk import sheet_form
from api.judging.queries.sessions import session_by_id
from api.judging.queries.tablets import SILENT_SECONDS
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id

CELLS = """/* control.cells */
SELECT a.station, ae.entry_id, coalesce(e.standing, 'present') = 'present' AS present, s.id, s.judge_id, j.code, s.state, s.plan_id, st.node, m.done, t.returned
FROM attempt a
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
JOIN sheet s ON s.attempt_id = a.id
JOIN judge j ON j.id = s.judge_id
JOIN judging_session js ON js.id = a.session_id
JOIN stage st ON st.id = js.stage_id
CROSS JOIN LATERAL (
    SELECT count(*) AS done FROM (
        SELECT DISTINCT ON (criterion) state FROM mark_revision
        WHERE season_id = s.season_id AND sheet_id = s.id ORDER BY criterion, rev DESC
    ) latest WHERE state <> 'cleared'
) m
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM sheet_transition x WHERE x.sheet_id = s.id AND x.to_state = 'open') AS returned
) t
WHERE a.session_id = $1 AND NOT a.voided ORDER BY a.station, j.code
"""

JUDGES = """/* control.judges_of_session */
SELECT j.id, j.code, coalesce(pj.chief, false) AS chief
FROM judging_session s
JOIN item i ON i.id = s.item_id
JOIN judge j ON j.contest_id = i.contest_id
LEFT JOIN panel_judge pj ON pj.panel_id = s.panel_id AND pj.judge_id = j.id
WHERE s.id = $1 AND (pj.judge_id IS NOT NULL OR EXISTS (
    SELECT FROM sheet x JOIN attempt a ON a.id = x.attempt_id AND NOT a.voided WHERE x.session_id = s.id AND x.judge_id = j.id))
ORDER BY j.code
"""

TABLETS = """/* control.tablets */
SELECT j.code, d.name AS device, t.battery, t.charging, t.unsent + t.troubled AS unsent, t.others, t.seen_at
FROM tablet t
JOIN judging_session s ON s.id = t.session_id
JOIN item i ON i.id = s.item_id
JOIN judge j ON j.contest_id = i.contest_id AND j.account_id = t.account_id
LEFT JOIN device d ON d.id = t.device_id
WHERE t.session_id = $1 ORDER BY j.code, t.seen_at DESC, t.storage
"""

HANDS = """/* control.open_hands */
SELECT station, count(*) AS hands FROM incident i
WHERE i.session_id = $1 AND i.station IS NOT NULL
  AND NOT EXISTS (SELECT FROM incident_answer n WHERE n.incident_id = i.id AND n.state = 'settled')
GROUP BY station
"""


async def control_room(db: Db, actor: Actor, session_id: UUID) -> ControlRoom:
    """The session as it is now. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("control.read", place.scope)
        rows = await connection.fetch(CELLS, session_id)
        item = place.item
        conflicts = await conflicts_at_work(connection, item.item_id)
        # Which cells it concerns would tell, in a blind item, where somebody of that unit works.
        told = conflicts if item.blind_layers == 0 else []
        spreads = {
            station.station: sum(each.decided is None for each in station.spreads)
            for _, station in await station_spreads(
                connection, session_id, item.item_id, item.contest_id, actor.account_id
            )
        }
        hands = {row["station"]: row["hands"] for row in await connection.fetch(HANDS, session_id)}
        of = 0
        if rows:
            of = len((await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])).lines)
        judges = await _judges(connection, session_id, conflicts)
        session = await session_by_id(connection, session_id)
    return ControlRoom(
        session=session,
        contest=encode_id("contest", item.contest_id),
        item=encode_id("item", item.item_id),
        at=datetime.now(UTC),
        judges=tuple(judges),
        stations=tuple(_stations(rows, of, told, spreads, hands)),
        submitted=sum(row["state"] != "open" for row in rows if row["present"]),
        sheets=sum(row["present"] for row in rows),
        unsent=sum(judge.unsent for judge in judges),
    )


async def _judges(connection: Connection, session_id: UUID, conflicts: list[Conflict]) -> list[ControlJudge]:
    tablets: defaultdict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(TABLETS, session_id):
        tablets[row["code"]].append(row)
    now = datetime.now(UTC)
    concerned = {each.judge_id for each in conflicts}
    return [
        _judge(row, tablets.get(row["code"], []), now, conflict=row["id"] in concerned)
        for row in await connection.fetch(JUDGES, session_id)
    ]


def _judge(
    row: asyncpg.Record, tablets: list[asyncpg.Record], now: datetime, *, conflict: bool
) -> ControlJudge:
    """The tablet that spoke last is the judge's; an earlier one is lost while it is silent with marks on it."""
    last = tablets[0] if tablets else None
    silent = [max(0, round((now - each["seen_at"]).total_seconds())) for each in tablets]
    return ControlJudge(
        judge=row["code"],
        chief=row["chief"],
        device=last["device"] if last else None,
        seen_at=last["seen_at"] if last else None,
        silent_s=silent[0] if last else None,
        battery=last["battery"] if last else None,
        charging=bool(last and last["charging"]),
        unsent=sum(each["unsent"] for each in tablets),
        others=last["others"] if last else 0,
        lost=sum(
            each["unsent"] > 0 and quiet > SILENT_SECONDS for each, quiet in zip(tablets, silent, strict=True)
        ),
        conflict=conflict,
    )


def _stations(
    rows: list[asyncpg.Record], of: int, conflicts: list[Conflict], spreads: dict[int, int], hands: dict[int, int]
) -> list[ControlStation]:  # fmt: skip
    pairs = Counter((each.judge_id, each.entry_id) for each in conflicts)
    stations: defaultdict[int, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        stations[row["station"]].append(row)
    return [
        ControlStation(
            station=number,
            present=each[0]["present"],
            cells=tuple(
                Cell(
                    sheet=encode_id("sheet", row["id"]),
                    judge=row["code"],
                    state=_state(row, of),
                    done=row["done"],
                    of=of,
                    conflict=(row["judge_id"], row["entry_id"]) in pairs,
                )
                for row in each
            ),
            spreads=spreads.get(number, 0),
            hands=hands.get(number, 0),
        )
        for number, each in stations.items()
    ]


def _state(row: asyncpg.Record, of: int) -> CellState:
    if not row["present"]:
        return "absent"
    if row["state"] != "open":
        return "signed" if row["state"] == "signed" else "submitted"
    if row["returned"]:
        return "returned"
    if row["done"] == 0:
        return "untouched"
    return "ready" if row["done"] >= of else "marking"
