"""The tablets of a session, for those who run it: who is silent, and who still holds marks."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.scopes import session_scope
from api.judging.tablet_schemas import Tablet
from api.plumbing.db import Db

# A tablet that has said nothing for so long is out of touch until it speaks again.
SILENT_SECONDS: Final = 30

TABLETS = """/* judging.tablets */
SELECT j.code AS judge, d.name AS device, t.battery, t.charging, t.unsent, t.troubled, t.others, t.station, t.drift_ms, t.seen_at
FROM tablet t
JOIN judging_session s ON s.id = t.session_id
JOIN panel_judge pj ON pj.panel_id = s.panel_id
JOIN judge j ON j.id = pj.judge_id AND j.account_id = t.account_id
LEFT JOIN device d ON d.id = t.device_id
WHERE t.session_id = $1 ORDER BY j.code, t.seen_at DESC, t.storage LIMIT 500
"""


async def tablets_of_session(db: Db, actor: Actor, session_id: UUID) -> list[Tablet]:
    """Every tablet on which a judge of the session has worked, with how long it has been silent."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        actor.require("tablet.read", place.scope)
        rows = await connection.fetch(TABLETS, session_id)
    now = datetime.now(UTC)
    return [
        msgspec.convert({**row, "silent_s": max(0, round((now - row["seen_at"]).total_seconds()))}, Tablet)
        for row in rows
    ]
