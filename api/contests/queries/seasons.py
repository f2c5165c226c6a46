"""Seasons and how far their 10 / 100 / 1,000 have come."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.schemas import Season, TierProgress
from api.organisations.parameters import cursor_id, cursor_number
from api.organisations.queries import LINEAGE, reach_of
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem

# A cancelled contest counts nowhere.
COUNTS = """LATERAL (
    SELECT count(*) AS contests,
           count(*) FILTER (WHERE c.state <> 'draft') AS published,
           count(*) FILTER (WHERE c.state = 'running') AS running,
           count(*) FILTER (WHERE c.state IN ('finished', 'archived')) AS done,
           count(DISTINCT c.region_code) FILTER (WHERE c.state <> 'draft') AS regions
    FROM contest c WHERE c.season_id = s.id AND c.tier = t.tier AND c.state <> 'cancelled'
)"""

SEASON_COLUMNS = f"""s.id, s.organisation_id, s.year, s.name_zh, s.name_en, s.timezone, s.rev,
       (SELECT json_agg(json_build_object(
            'tier', t.tier, 'planned', t.planned, 'contests', n.contests, 'published', n.published, 'running', n.running,
            'done', n.done, 'regions', n.regions, 'running_items', (
                SELECT count(*) FROM item i JOIN contest c ON c.id = i.contest_id
                WHERE c.season_id = s.id AND c.tier = t.tier AND c.state = 'running')) ORDER BY t.position)
        FROM (VALUES (1, 'province', s.plan_province), (2, 'city', s.plan_city), (3, 'base', s.plan_base))
             AS t (position, tier, planned), {COUNTS} n) AS tiers"""  # noqa: S608 - built from constants

SEASON_BY_ID = f"""/* contests.season_by_id */
SELECT {SEASON_COLUMNS} FROM season s WHERE s.id = $1
"""  # noqa: S608 - built from constants of this file


async def season_by_id(connection: Connection, season_id: UUID) -> Season:
    """A season inside the caller's transaction, unasked for rights. Raises not_found."""
    row = await connection.fetchrow(SEASON_BY_ID, season_id)
    if row is None:
        raise Problem("not_found")
    return season_of(row)


LIST_SEASONS = f"""/* contests.list_seasons */
WITH {LINEAGE}
SELECT {SEASON_COLUMNS}
FROM season s JOIN organisation o ON o.id = s.organisation_id
WHERE (o.path && $1 OR o.id IN (SELECT id FROM lineage))
  AND ($3::uuid IS NULL OR s.id = $3)
  AND ($4::smallint IS NULL OR (-s.year, s.id) > (-$4, $5::uuid))
ORDER BY -s.year, s.id
LIMIT $6
"""  # noqa: S608 - built from constants


async def list_seasons(db: Db, actor: Actor, limit: int, cursor: str | None = None) -> Page[Season]:
    """Seasons of organisations above and below the reader's, newest first."""
    after = decode_cursor(cursor, 2)
    year = cursor_number(after[0]) if after else None
    async with db.reading() as connection:
        rows = await connection.fetch(
            LIST_SEASONS, *reach_of(actor, "contest.read"), None, year, cursor_id("season", after[1]) if after else None, limit + 1,
        )  # fmt: skip
    seasons = [season_of(row) for row in rows]
    return page_of(seasons, limit, [[str(each.year), each.id] for each in seasons])


async def season(db: Db, actor: Actor, season_id: UUID) -> Season:
    """One season. Raises not_found."""
    async with db.reading() as connection:
        row = await connection.fetchrow(
            LIST_SEASONS, *reach_of(actor, "contest.read"), season_id, None, None, 1
        )
    if row is None:
        raise Problem("not_found")
    return season_of(row)


def season_of(row: asyncpg.Record) -> Season:
    """The struct of a row with SEASON_COLUMNS."""
    return Season(
        id=encode_id("season", row["id"]),
        organisation_id=encode_id("organisation", row["organisation_id"]),
        year=row["year"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        timezone=row["timezone"],
        tiers=msgspec.json.decode(row["tiers"], type=list[TierProgress]),
        rev=row["rev"],
    )
