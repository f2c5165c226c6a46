"""A tablet says that it is there, and how much it still holds."""

from datetime import UTC, datetime
from uuid import UUID

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.tablet_schemas import Beat, LeftBehind, Pulse
from api.plumbing.db import Db
from api.plumbing.problems import Problem

# A clock that is wrong by more than a day is told as wrong by a day.
FARTHEST_DRIFT_MS = 86_400_000

BEAT = """/* judging.beat */
INSERT INTO tablet AS t (session_id, account_id, storage, device_id, battery, charging, unsent, troubled, others, station, drift_ms)
VALUES ($1, $2, $3, (SELECT device_id FROM sign_in_session WHERE id = $4), $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (session_id, account_id, storage) DO UPDATE SET device_id = EXCLUDED.device_id, battery = EXCLUDED.battery,
    charging = EXCLUDED.charging, unsent = EXCLUDED.unsent, troubled = EXCLUDED.troubled, others = EXCLUDED.others,
    station = EXCLUDED.station, drift_ms = EXCLUDED.drift_ms, seen_at = now()
"""

OWN_STATE = """/* judging.own_state */
SELECT js.state, js.rev + (SELECT count(*) FROM sheet_transition t JOIN sheet o ON o.id = t.sheet_id
                           WHERE o.session_id = $1 AND o.account_id = $2) AS moves, sum(s.seq) AS seq
FROM judging_session js
JOIN sheet s ON s.session_id = js.id AND s.account_id = $2
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
WHERE js.id = $1 GROUP BY js.id
"""

# Storages that began before this one: a tablet in use beside it is none that it has lost.
LEFT_BEHIND = """/* judging.left_behind */
SELECT t.unsent + t.troubled AS unsent, t.seen_at, t.device_id IS NOT NULL AND t.device_id = own.device_id AS here
FROM tablet t JOIN tablet own ON own.session_id = t.session_id AND own.account_id = t.account_id AND own.storage = $3
WHERE t.session_id = $1 AND t.account_id = $2 AND t.storage <> $3 AND t.unsent + t.troubled > 0 AND t.first_at < own.first_at
ORDER BY t.seen_at DESC LIMIT 20
"""


async def take_beat(db: Db, actor: Actor, session_id: UUID, beat: Beat) -> Pulse:
    """Note what the tablet says. Raises not_found for a session in which the actor has no sheet."""
    now = datetime.now(UTC)
    ahead = round((beat.clock - now).total_seconds() * 1000)
    drift = max(-FARTHEST_DRIFT_MS, min(FARTHEST_DRIFT_MS, ahead))
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        actor.require("sheet.mark", place.scope)
        state = await connection.fetchrow(OWN_STATE, session_id, actor.account_id)
        if state is None:
            raise Problem("not_found")
        await connection.execute(
            BEAT, session_id, actor.account_id, beat.storage, actor.session_id, beat.battery, beat.charging, beat.unsent,
            beat.troubled, beat.others, beat.station, drift,
        )  # fmt: skip
        left = await connection.fetch(LEFT_BEHIND, session_id, actor.account_id, beat.storage)
    return Pulse(
        at=now,
        drift_ms=drift,
        state=state["state"],
        moves=state["moves"],
        seq=state["seq"],
        missing=tuple(LeftBehind(row["unsent"], row["seen_at"], row["here"]) for row in left),
    )
