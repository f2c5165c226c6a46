"""Regions, organisations and delegations as a reader may see them.

A reader sees what lies below the nodes of its own grants, the ancestors of those nodes, and the authorities that its ancestors
answer to: a city organiser sees its province and the labour department, but not another city.
"""

from datetime import date
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.organisations.parameters import cursor_id
from api.organisations.regions import LEVELS, NO_BEGINNING
from api.organisations.schemas import Delegation, Organisation, Region, RegionLevel
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem

LIST_REGIONS = """/* organisations.list_regions */
SELECT r.code, r.level, r.parent_code, n.name_zh, n.name_en, n.valid_from, n.valid_to
FROM region r
JOIN region_name n ON n.code = r.code AND n.valid_from <= $1 AND (n.valid_to IS NULL OR n.valid_to > $1)
WHERE ($2::text IS NULL OR r.parent_code = $2)
  AND ($3::smallint IS NULL OR r.level = $3)
  AND ($4::text IS NULL OR starts_with(r.code, $4) OR strpos(n.name_zh, $4) > 0
       OR strpos(regexp_replace(lower(n.name_en), '[^a-z]', '', 'g'), $5) > 0)
  AND ($6::text IS NULL OR r.code > $6)
ORDER BY r.code
LIMIT $7
"""


async def list_regions(
    db: Db,
    on: date,
    limit: int,
    cursor: str | None = None,
    parent: str | None = None,
    level: RegionLevel | None = None,
    q: str | None = None,
) -> Page[Region]:
    """Regions as they were on a day. `q` is the beginning of a code, part of a name, or part of its pinyin."""
    after = decode_cursor(cursor, 1)
    number = LEVELS[level] if level else None
    pinyin = "".join(letter for letter in (q or "").lower() if "a" <= letter <= "z")
    async with db.reading() as connection:
        rows = await connection.fetch(
            # Without a letter the pinyin would be empty, and an empty text is part of every name.
            LIST_REGIONS, on, parent, number, q, pinyin or "?", after[0] if after else None, limit + 1,
        )  # fmt: skip
    regions = [_region(row) for row in rows]
    return page_of(regions, limit, [[region.code] for region in regions])


REGION_NAMES = """/* organisations.region_names */
SELECT DISTINCT ON (code) code, name_zh, name_en FROM region_name WHERE code = ANY ($1) ORDER BY code, valid_from DESC
"""


async def region_names(db: Db, codes: list[str]) -> dict[str, tuple[str, str]]:
    """The latest names of divisions, Chinese and English, by code."""
    async with db.reading() as connection:
        rows = await connection.fetch(REGION_NAMES, codes)
    return {row["code"]: (row["name_zh"], row["name_en"]) for row in rows}


COLUMNS = """o.id, o.parent_id, o.path, o.kind, o.tier, o.region_code, o.name_zh, o.name_en, o.short_name, o.credit_code,
       o.valid_from, o.valid_to, o.rev"""

# $1: organisations of the reader's grants; $2: contests of its grants.
LINEAGE = """lineage AS (
    SELECT DISTINCT unnest(path) AS id FROM organisation
    WHERE id = ANY ($1) OR id IN (SELECT host_id FROM contest WHERE id = ANY ($2))
)"""
VISIBLE = """(o.path && $1 OR o.id IN (SELECT id FROM lineage)
       OR (o.kind = 'authority' AND o.parent_id IN (SELECT id FROM lineage)))"""

LIST_ORGANISATIONS = f"""/* organisations.list_organisations */
WITH {LINEAGE}
SELECT {COLUMNS} FROM organisation o
WHERE {VISIBLE}
  AND ($3::uuid IS NULL OR o.parent_id = $3)
  AND ($4::text IS NULL OR o.kind = $4)
  AND ($5::text IS NULL OR strpos(o.name_zh, $5) > 0 OR strpos(o.short_name, $5) > 0 OR o.credit_code = upper($5))
  AND ($6::text IS NULL OR (o.name_zh, o.id) > ($6, $7))
ORDER BY o.name_zh, o.id
LIMIT $8
"""  # noqa: S608 - built from constants of this file


async def list_organisations(
    db: Db,
    actor: Actor,
    limit: int,
    cursor: str | None = None,
    parent_id: UUID | None = None,
    kind: str | None = None,
    q: str | None = None,
) -> Page[Organisation]:
    """Organisations in the order of their names."""
    after = decode_cursor(cursor, 2)
    async with db.reading() as connection:
        rows = await connection.fetch(
            LIST_ORGANISATIONS, *reach_of(actor, "organisation.read"), parent_id, kind, q,
            after[0] if after else None, cursor_id("organisation", after[1]) if after else None, limit + 1,
        )  # fmt: skip
    found = [organisation_of(row) for row in rows]
    return page_of(found, limit, [[each.name_zh, each.id] for each in found])


VISIBLE_ORGANISATIONS = f"""/* organisations.visible_organisations */
WITH {LINEAGE}
SELECT {COLUMNS} FROM organisation o WHERE o.id = ANY ($3) AND {VISIBLE}
"""  # noqa: S608 - built from constants of this file


async def organisation(db: Db, actor: Actor, organisation_id: UUID) -> Organisation:
    """One organisation. Raises not_found."""
    async with db.reading() as connection:
        found = await visible_organisations(connection, actor, [organisation_id])
    if not found:
        raise Problem("not_found")
    return found[organisation_id]


async def visible_organisations(
    connection: Connection, actor: Actor, ids: list[UUID]
) -> dict[UUID, Organisation]:
    """Those of `ids` that the actor may see: what a body may refer to."""
    rows = await connection.fetch(VISIBLE_ORGANISATIONS, *reach_of(actor, "organisation.read"), ids)
    return {row["id"]: organisation_of(row) for row in rows}


LIST_DELEGATIONS = """/* organisations.list_delegations */
SELECT id, season_id, kind, name_zh, name_en, short_name, organisation_id, region_code, position
FROM delegation WHERE season_id = $1 ORDER BY position, id
"""

SEASON_IN_SIGHT = f"""/* organisations.season_in_sight */
WITH {LINEAGE}
SELECT EXISTS (SELECT FROM season s JOIN organisation o ON o.id = s.organisation_id WHERE s.id = $3
               AND (o.path && $1 OR o.id IN (SELECT id FROM lineage)))
"""  # noqa: S608 - built from constants of this file


async def list_delegations(db: Db, actor: Actor, season_id: UUID) -> Page[Delegation]:
    """All delegations of a season whose organisation stands above or below the reader. Raises not_found."""
    async with db.reading() as connection:
        if not await connection.fetchval(SEASON_IN_SIGHT, *reach_of(actor, "organisation.read"), season_id):
            raise Problem("not_found")
        rows = await connection.fetch(LIST_DELEGATIONS, season_id)
    return Page([delegation_of(row) for row in rows])


def reach_of(actor: Actor, right: str) -> tuple[list[UUID], list[UUID]]:
    """Organisations and contests from which a reader looks; a token of certain contests looks from those alone."""
    reach = actor.reach(right)
    if reach.token_contests is not None:
        return [], reach.token_contests
    return reach.organisations, reach.contests


def organisation_of(row: asyncpg.Record) -> Organisation:
    """The struct of a row with COLUMNS."""
    return Organisation(
        id=encode_id("organisation", row["id"]),
        parent_id=encode_id("organisation", row["parent_id"]) if row["parent_id"] else None,
        path=[encode_id("organisation", each) for each in row["path"]],
        kind=row["kind"],
        tier=row["tier"],
        region_code=row["region_code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        short_name=row["short_name"],
        credit_code=row["credit_code"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        rev=row["rev"],
    )


def delegation_of(row: asyncpg.Record) -> Delegation:
    """The struct of a row of `delegation`."""
    organisation_id = row["organisation_id"]
    return Delegation(
        id=encode_id("delegation", row["id"]),
        season_id=encode_id("season", row["season_id"]),
        kind=row["kind"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        short_name=row["short_name"],
        organisation_id=encode_id("organisation", organisation_id) if organisation_id else None,
        region_code=row["region_code"],
        position=row["position"],
    )


_LEVEL_NAMES: dict[int, RegionLevel] = {number: name for name, number in LEVELS.items()}


def _region(row: asyncpg.Record) -> Region:
    return Region(
        code=row["code"],
        level=_LEVEL_NAMES[row["level"]],
        parent_code=row["parent_code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        valid_from=None if row["valid_from"] == NO_BEGINNING else row["valid_from"],
        valid_to=row["valid_to"],
    )
