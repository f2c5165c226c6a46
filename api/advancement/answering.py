"""The places that were won by a unit's own people: what the unit is asked to answer."""

from datetime import datetime
from typing import Literal

import msgspec

from api.access.actor import Actor
from api.plumbing.db import Db
from api.plumbing.ids import encode_id

MOST_SLOTS = 100


class OwnSlot(msgspec.Struct, frozen=True, kw_only=True):
    """One place of the unit's people. `used`: they are entered there with it already."""

    id: str
    rev: int
    state: Literal["offered", "accepted", "declined", "lapsed", "cancelled"]
    substitute: bool
    name: str
    from_contest_zh: str
    from_contest_en: str | None
    to_contest_zh: str
    to_contest_en: str | None
    to_item: str
    item_zh: str
    item_en: str | None
    answer_by: datetime | None
    registers_until: datetime
    used: bool


OWN_SLOTS = """/* advancement.own_slots */
SELECT s.id, s.rev, s.state, s.kind = 'substitute' AS substitute, s.answer_by, s.to_item_id, n.name_zh AS item_zh, n.name_en AS item_en,
       c.name_zh AS from_contest_zh, c.name_en AS from_contest_en, t.name_zh AS to_contest_zh, t.name_en AS to_contest_en,
       t.registration_closes_at AS registers_until,
       EXISTS (SELECT FROM entry u WHERE u.via_slot_id = s.id AND u.state NOT IN ('refused', 'withdrawn')) AS used,
       coalesce((SELECT string_agg(v.name, '、' ORDER BY m.position) FROM entry_member m
                 JOIN person_version v ON v.id = m.person_version_id WHERE m.entry_id = e.id AND m.role = 'contestant'), '') AS name
FROM slot s
JOIN entry e ON e.id = s.entry_id
JOIN organisation o ON o.id = e.unit_id
JOIN contest c ON c.id = e.contest_id
JOIN item n ON n.id = s.to_item_id
JOIN contest t ON t.id = n.contest_id
WHERE o.path && $1 AND ($2::uuid[] IS NULL OR e.contest_id = ANY ($2))
ORDER BY s.state <> 'offered', s.id DESC
LIMIT $3
"""


async def own_slots(db: Db, actor: Actor) -> list[OwnSlot]:
    """Places of the people of the actor's units, those that wait for an answer first."""
    reach = actor.reach("slot.answer")
    async with db.reading() as connection:
        rows = await connection.fetch(OWN_SLOTS, reach.organisations, reach.token_contests, MOST_SLOTS)
    return [
        OwnSlot(
            **{name: value for name, value in row.items() if name not in ("id", "to_item_id")},
            id=encode_id("slot", row["id"]),
            to_item=encode_id("item", row["to_item_id"]),
        )
        for row in rows
    ]
