"""The session as a judge's tablet takes it along, so that it can go on without network for a day."""

import hashlib
from collections import defaultdict
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.desk import sheet_form
from api.judging.queries.sessions import OWN_SEAT, session_by_id
from api.judging.tablet_schemas import Pack, PackLine, PackMark, PackSheet
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from scoring.decimals import plain

OWN_SHEETS = """/* judging.own_sheets */
SELECT s.id, s.season_id, s.state, s.seq, s.plan_id, a.station, st.node, coalesce(e.standing, 'present') = 'present' AS present, pv.hash,
       CASE WHEN s.state = 'open' THEN (
           SELECT x.reason FROM sheet_transition x WHERE x.sheet_id = s.id ORDER BY x.position DESC LIMIT 1
       ) END AS returned
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
JOIN judging_session js ON js.id = s.session_id
JOIN stage st ON st.id = js.stage_id
JOIN plan_version pv ON pv.id = s.plan_id
WHERE s.session_id = $1 AND s.account_id = $2 ORDER BY a.station
"""

MARKS_OF_SHEETS = """/* judging.marks_of_sheets */
SELECT DISTINCT ON (sheet_id, criterion) sheet_id, criterion, state, value, reasons, rev, received_at FROM mark_revision
WHERE season_id = $1 AND sheet_id = ANY ($2::uuid[]) ORDER BY sheet_id, criterion, rev DESC
"""


async def pack_for(db: Db, actor: Actor, session_id: UUID) -> Pack:
    """The actor's own sheets of a session. Raises not_found for a session in which they have none."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.mark", place.scope)
        rows = await connection.fetch(OWN_SHEETS, session_id, actor.account_id)
        seat = await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
        if not rows or seat is None:
            raise Problem("not_found")
        form = await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])
        session = await session_by_id(connection, session_id)
        marks: defaultdict[UUID, dict[str, PackMark]] = defaultdict(dict)
        for mark in await connection.fetch(
            MARKS_OF_SHEETS, rows[0]["season_id"], [row["id"] for row in rows]
        ):
            value = None if mark["value"] is None else format(plain(mark["value"]), "f")
            marks[mark["sheet_id"]][mark["criterion"]] = PackMark(
                mark["state"], value, tuple(mark["reasons"]), mark["rev"], mark["received_at"]
            )
    return Pack(
        session=session,
        account=encode_id("account", actor.account_id),
        judge=seat["code"],
        chief=seat["chief"],
        plan_version=form.plan.version,
        plan_hash=rows[0]["hash"].hex(),
        lines=tuple(PackLine(number, rule) for number, rule in enumerate(form.lines, 1)),
        sheets=tuple(
            PackSheet(
                sheet=encode_id("sheet", row["id"]),
                station=row["station"],
                present=row["present"],
                state=row["state"],
                seq=row["seq"],
                marks=marks[row["id"]],
                returned=row["returned"],
            )
            for row in rows
        ),
    )


def packed(pack: Pack) -> tuple[bytes, str]:
    """The pack's bytes with their ETag: a tablet asks often, and mostly nothing has changed."""
    body = msgspec.json.encode(pack)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
