"""How far the items of a contest have come, from the first panel to the last signature."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import contest_scope
from api.plumbing.db import Db
from api.plumbing.ids import encode_id

PROGRESS = """/* judging.progress_of_contest */
SELECT i.id, coalesce(p.state, 'open') AS publication, e.waiting, e.accepted, t.with_theory, s.sessions, s.running,
       (SELECT count(*) FROM panel n JOIN panel_judge j ON j.panel_id = n.id WHERE n.item_id = i.id) AS seated,
       EXISTS (SELECT FROM draw WHERE item_id = i.id) AS drawn, h.sheets, h.submitted, h.signed
FROM item i LEFT JOIN publication p ON p.item_id = i.id,
LATERAL (
    SELECT count(*) FILTER (WHERE state IN ('at_organiser', 'at_committee')) AS waiting,
           count(*) FILTER (WHERE state = 'accepted') AS accepted
    FROM entry WHERE item_id = i.id
) e,
LATERAL (
    SELECT count(DISTINCT entry_id) AS with_theory FROM theory_mark WHERE season_id = i.season_id AND item_id = i.id
) t,
LATERAL (
    SELECT count(*) AS sessions, count(*) FILTER (WHERE state IN ('running', 'paused')) AS running
    FROM judging_session WHERE item_id = i.id
) s,
LATERAL (
    SELECT count(*) AS sheets, count(*) FILTER (WHERE sheet.state <> 'open') AS submitted,
           count(*) FILTER (WHERE sheet.state = 'signed') AS signed
    FROM sheet JOIN attempt a ON a.id = sheet.attempt_id AND NOT a.voided WHERE sheet.item_id = i.id
) h
WHERE i.contest_id = $1 ORDER BY i.position, i.code
"""


class ItemProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one item. `waiting` entries lie with the host, `seated` counts judges, `submitted` sheets include the signed."""

    item: str
    publication: str
    waiting: int
    accepted: int
    with_theory: int
    seated: int
    sessions: int
    running: int
    drawn: bool
    sheets: int
    submitted: int
    signed: int


async def progress_of_contest(db: Db, actor: Actor, contest_id: UUID) -> list[ItemProgress]:
    """Every item of a contest in its order, for those who run it; one statement. Raises not_found."""
    async with db.reading() as connection:
        actor.require("contest.read", (await contest_scope(connection, contest_id)).scope)
        rows = await connection.fetch(PROGRESS, contest_id)
    return [
        ItemProgress(item=encode_id("item", row["id"]), **{name: row[name] for name in _NAMES})
        for row in rows
    ]


_NAMES = tuple(name for name in ItemProgress.__struct_fields__ if name != "item")
