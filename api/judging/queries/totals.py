"""What a session's stations come to, for the chief judge who signs them. Stations, not people."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.results.facts import facts_of_item
from scoring import evaluate

STATIONS_OF_SESSION = """/* judging.stations_of_session */
SELECT a.station, ae.entry_id, st.node FROM attempt a
JOIN attempt_entry ae ON ae.attempt_id = a.id JOIN judging_session js ON js.id = a.session_id JOIN stage st ON st.id = js.stage_id
WHERE a.session_id = $1 AND NOT a.voided
"""

HEADS_OF_SESSION = """/* judging.heads_of_session */
SELECT s.head, (SELECT max(at) FROM sheet_transition WHERE sheet_id = s.id AND to_state = 'signed') AS signed_at
FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided WHERE s.session_id = $1 ORDER BY s.id
"""


class StationTotals(msgspec.Struct, frozen=True):
    """Points of the stage by station; `fragment` stands for the heads of all sheets, as it is printed and signed."""

    totals: dict[int, str]
    fragment: str
    signed_at: datetime | None

    def get(self, station: int) -> str | None:
        """The points of one station, if any sheet of it is full."""
        return self.totals.get(station)


async def station_totals(db: Db, actor: Actor, session_id: UUID) -> StationTotals:
    """The totals as the sheets stand now. Raises not_found."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.sign", place.scope)
        facts = await facts_of_item(connection, place.item.item_id)
        rows = await connection.fetch(STATIONS_OF_SESSION, session_id)
        heads = await connection.fetch(HEADS_OF_SESSION, session_id)
    by_entry = {each.entry: each for each in facts.entries}
    totals = {}
    for row in rows:
        entry = by_entry.get(encode_id("entry", row["entry_id"]))
        value = evaluate(facts.plan, entry).node(row["node"]).value if entry else None
        if value is not None:
            totals[row["station"]] = format(value, "f")
    digits = sha256(b"".join(row["head"] for row in heads)).hexdigest()[:8].upper()
    signed = [row["signed_at"] for row in heads if row["signed_at"] is not None]
    return StationTotals(totals, f"{digits[:4]}-{digits[4:]}", max(signed, default=None))
