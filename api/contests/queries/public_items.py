"""How one item is assessed and when it takes place, for everybody. Criteria stay with those who run the item."""

from datetime import datetime
from uuid import UUID

import msgspec

from api.contests.plans import plan_by_id
from api.plumbing.db import Db
from api.plumbing.problems import Problem
from scoring import Plan

PLAN_OF_ITEM = """/* contests.plan_of_public_item */
SELECT plan_id FROM item WHERE id = $1
"""

PUBLIC_SESSIONS = """/* contests.public_sessions */
SELECT s.name_zh, s.name_en, st.name_zh AS stage_zh, st.name_en AS stage_en, s.starts_at, s.ends_at, s.stations
FROM judging_session s JOIN stage st ON st.id = s.stage_id
WHERE s.item_id = $1 ORDER BY s.starts_at, s.position
"""


class PublicSession(msgspec.Struct, frozen=True):
    """When a part of an item takes place, and at how many stations."""

    name_zh: str
    name_en: str | None
    stage_zh: str
    stage_en: str | None
    starts_at: datetime
    ends_at: datetime
    stations: int


async def public_plan(db: Db, item_id: UUID) -> Plan:
    """The plan of an item that the caller has found in a public contest. Raises not_found."""
    async with db.reading() as connection:
        plan_id = await connection.fetchval(PLAN_OF_ITEM, item_id)
        if plan_id is None:
            raise Problem("not_found")
        return await plan_by_id(connection, plan_id)


async def public_sessions(db: Db, item_id: UUID) -> list[PublicSession]:
    """The sessions of an item that the caller has found in a public contest."""
    async with db.reading() as connection:
        rows = await connection.fetch(PUBLIC_SESSIONS, item_id)
    return [PublicSession(**dict(row)) for row in rows]
