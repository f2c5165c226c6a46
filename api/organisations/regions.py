"""Puts `data/regions.csv` into the tables. A migration calls it, so that every database that is up to date knows its regions."""

from datetime import date
from typing import Final

from api.organisations.region_data import RegionLevel, region_rows
from api.plumbing.db import Connection

LEVELS: Final[dict[RegionLevel, int]] = {"province": 1, "prefecture": 2, "county": 3}

# "No beginning is proved" is stored as PostgreSQL's -infinity, which asyncpg knows as the first day of Python.
NO_BEGINNING: Final = date.min

LOAD_REGIONS = """/* organisations.load_regions */
INSERT INTO region (code, level, parent_code)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[])
ON CONFLICT (code) DO NOTHING
"""

LOAD_REGION_NAMES = """/* organisations.load_region_names */
INSERT INTO region_name AS known (code, valid_from, valid_to, name_zh, name_en, source)
SELECT * FROM unnest($1::text[], $2::date[], $3::date[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (code, valid_from) DO UPDATE
SET valid_to = excluded.valid_to, name_zh = excluded.name_zh, name_en = excluded.name_en, source = excluded.source
WHERE (known.valid_to, known.name_zh, known.name_en, known.source)
      IS DISTINCT FROM (excluded.valid_to, excluded.name_zh, excluded.name_en, excluded.source)
"""


async def load_regions(connection: Connection) -> int:
    """Bring both tables to the edition of the file, as their owner; gives how many names were new or changed.

    A code is never taken back, because people keep it in their ID numbers; it only ends.
    """
    rows = region_rows()
    first = {row.code: row for row in reversed(rows)}
    await connection.execute(
        LOAD_REGIONS,
        list(first),
        [LEVELS[row.level] for row in first.values()],
        [row.parent for row in first.values()],
    )
    done = await connection.execute(
        LOAD_REGION_NAMES,
        [row.code for row in rows],
        [row.valid_from or NO_BEGINNING for row in rows],
        [row.valid_to for row in rows],
        [row.name_zh for row in rows],
        [row.name_en for row in rows],
        [row.source for row in rows],
    )
    return int(done.rpartition(" ")[2])
