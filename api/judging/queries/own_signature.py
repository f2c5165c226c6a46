"""What one judge has to sign of a session: their own sheets with their last revisions."""

from uuid import UUID

from api.access.actor import Actor
from api.access.commands.confirming import asks_pin
from api.contests.scopes import session_scope
from api.judging.queries.sessions import OWN_SEAT, session_by_id
from api.judging.queries.signing import hash_of
from api.judging.tablet_schemas import OwnSignature
from api.plumbing.db import Db
from api.plumbing.problems import Problem

OWN_HEADS = """/* judging.own_heads */
SELECT s.id, s.seq, s.head, s.state, a.station, coalesce(e.standing, 'present') = 'present' AS present
FROM sheet s
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id
LEFT JOIN entry e ON e.id = ae.entry_id
WHERE s.session_id = $1 AND s.account_id = $2 ORDER BY a.station
"""

LAST_SIGNATURE = """/* judging.last_signature */
SELECT hash, at FROM judge_signature WHERE session_id = $1 AND account_id = $2 ORDER BY at DESC LIMIT 1
"""


async def own_signature(db: Db, actor: Actor, session_id: UUID) -> OwnSignature:
    """The actor's own part. Raises not_found for a session in which they have no sheet."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.mark", place.scope)
        rows = await connection.fetch(OWN_HEADS, session_id, actor.account_id)
        seat = await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
        if not rows or seat is None:
            raise Problem("not_found")
        last = await connection.fetchrow(LAST_SIGNATURE, session_id, actor.account_id)
        session = await session_by_id(connection, session_id)
    digest = hash_of([(row["id"], row["seq"], row["head"]) for row in rows])
    stands = last is not None and last["hash"].hex() == digest
    return OwnSignature(
        session=session,
        judge=seat["code"],
        hash=digest,
        sheets=len(rows),
        open=tuple(row["station"] for row in rows if row["present"] and row["state"] == "open"),
        asks_pin=asks_pin(actor),
        signed_at=last["at"] if last is not None and stands else None,
        void=last is not None and not stands,
    )
