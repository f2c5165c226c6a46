"""At the centre: what centre and venue wrote differently, once somebody has looked into it. Nothing of the records changes by that."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.plumbing.db import Db
from api.plumbing.problems import Problem
from api.plumbing.texts import needed_reason
from api.results.ledger import append_ledger
from api.venue.queries.handouts import HANDOUTS, handout_of
from api.venue.schemas import Handout, Settle

LONGEST_REASON = 200

HANDOUT = "/* venue.handout_by_number */ SELECT id FROM venue_handout WHERE session_id = $1 AND number = $2"

SETTLE = """/* venue.settle */
INSERT INTO venue_settlement (handout_id, difference, reason, by_account) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING at
"""


async def settle_difference(db: Db, actor: Actor, session_id: UUID, data: Settle) -> Handout:
    """Record that a difference of the latest report is settled. Raises not_found, reason_needed, venue_no_difference where the report tells of
    no such one, venue_settled where another was quicker."""
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        actor.require("venue.run", place.scope)
        reason = needed_reason(data.reason, LONGEST_REASON)
        rows = await connection.fetch(HANDOUTS, session_id)
        now = next((each for row in rows if (each := handout_of(row)).number == data.number), None)
        told = now.report.differences if now is not None and now.report is not None else ()
        if data.difference not in {each.key for each in told}:
            raise Problem("venue_no_difference")
        handout_id = await connection.fetchval(HANDOUT, session_id, data.number)
        if not await connection.fetchval(SETTLE, handout_id, data.difference, reason, actor.account_id):
            raise Problem("venue_settled")
        payload = {"number": data.number, "difference": data.difference, "reason": reason}
        await append_ledger(
            connection, place.item.season_id, place.item.item_id, "session.difference_settled", session_id,
            msgspec.json.encode(payload).decode(), actor.account_id,
        )  # fmt: skip
        rows = await connection.fetch(HANDOUTS, session_id)
        return next(each for row in rows if (each := handout_of(row)).number == data.number)
