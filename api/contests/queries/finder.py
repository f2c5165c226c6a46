"""What helps everybody find a contest: regions to choose from, and the notices that are open now."""

from datetime import datetime
from uuid import UUID

import msgspec

from api.plumbing.db import Db
from api.plumbing.ids import parse_id

MOST_NOTICES = 5

SEASON_REGIONS = """/* contests.season_regions */
WITH held AS (
    SELECT DISTINCT left(region_code, 4) || '00' AS code FROM contest
    WHERE season_id = $1 AND state <> 'draft' AND region_code IS NOT NULL
)
SELECT DISTINCT ON (h.code) h.code, n.name_zh, n.name_en FROM held h JOIN region_name n ON n.code = h.code
WHERE h.code NOT LIKE '%0000' ORDER BY h.code, n.valid_from DESC
"""

OPEN_NOTICES = """/* contests.open_notices */
SELECT c.slug, i.code, i.name_zh, i.name_en, p.notice_closes_at
FROM publication p JOIN item i ON i.id = p.item_id JOIN contest c ON c.id = i.contest_id
WHERE p.season_id = $1 AND p.state = 'provisional' AND NOT p.frozen AND p.notice_closes_at > $2
  AND c.state NOT IN ('draft', 'cancelled')
ORDER BY p.notice_closes_at, c.slug, i.code LIMIT $3
"""


class FinderRegion(msgspec.Struct, frozen=True):
    """A prefecture in which the season has contests."""

    code: str
    name_zh: str
    name_en: str | None


class FinderNotice(msgspec.Struct, frozen=True):
    """A provisional result against which appeals may still come."""

    slug: str
    code: str
    name_zh: str
    name_en: str | None
    notice_closes_at: datetime


async def season_regions(db: Db, season_id: str) -> list[FinderRegion]:
    """The prefectures to choose from, by code; a county's contest counts for its prefecture."""
    async with db.reading() as connection:
        rows = await connection.fetch(SEASON_REGIONS, parse_id("season", season_id))
    return [FinderRegion(**dict(row)) for row in rows]


async def open_notices(db: Db, season_id: str, now: datetime) -> list[FinderNotice]:
    """Provisional results whose notice is still open, those that close first in front."""
    season: UUID = parse_id("season", season_id)
    async with db.reading() as connection:
        rows = await connection.fetch(OPEN_NOTICES, season, now, MOST_NOTICES)
    return [FinderNotice(**dict(row)) for row in rows]
