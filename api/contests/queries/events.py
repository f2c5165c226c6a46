"""What is held once, and the contests that take its results."""

from uuid import UUID

import msgspec

from api.access.actor import Actor, Scope
from api.contests.schemas import Event, EventContest
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem

EVENT = """/* contests.event */
SELECT id, season_id, name_zh, name_en, venue, starts_on, ends_on FROM event WHERE id = $1
"""

CONTESTS = """/* contests.contests_of_event */
SELECT c.id, c.slug, c.tier, c.state, c.name_zh, c.name_en, c.host_id, o.path,
       (SELECT json_agg(i.id ORDER BY i.position, i.code) FROM item i WHERE i.contest_id = c.id) AS runs,
       (SELECT json_agg(i.id ORDER BY i.position, i.code) FROM contest_item l JOIN item i ON i.id = l.item_id
        WHERE l.contest_id = c.id AND i.contest_id <> c.id) AS takes
FROM contest c JOIN organisation o ON o.id = c.host_id
WHERE c.event_id = $1 ORDER BY c.id
"""


async def event(db: Db, actor: Actor, event_id: UUID) -> Event:
    """An event with those of its contests that the reader may see. Raises not_found, also where that is none."""
    async with db.reading() as connection:
        row = await connection.fetchrow(EVENT, event_id)
        contests = [
            contest
            for contest, scope in await _contests(connection, event_id)
            if actor.may("contest.read", scope)
        ]
    if row is None or not contests:
        raise Problem("not_found")
    return Event(
        id=encode_id("event", row["id"]),
        season_id=encode_id("season", row["season_id"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        venue=row["venue"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        contests=contests,
    )


async def _contests(connection: Connection, event_id: UUID) -> list[tuple[EventContest, Scope]]:
    return [
        (
            EventContest(
                id=encode_id("contest", row["id"]),
                slug=row["slug"],
                tier=row["tier"],
                state=row["state"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                host_id=encode_id("organisation", row["host_id"]),
                runs=_items(row["runs"]),
                takes=_items(row["takes"]),
            ),
            Scope(organisation_path=tuple(row["path"]), contest_id=row["id"]),
        )
        for row in await connection.fetch(CONTESTS, event_id)
    ]


def _items(packed: str | None) -> list[str]:
    return [encode_id("item", each) for each in msgspec.json.decode(packed or "[]", type=list[UUID])]
