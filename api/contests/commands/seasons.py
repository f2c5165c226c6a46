"""Seasons: one year of a programme with its 10, 100 and 1,000."""

import asyncio
import random
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET

from api.access.actor import Actor, Scope
from api.contests.queries import seasons as queries
from api.contests.schemas import ChangeSeason, CreateSeason, Season
from api.organisations.commands import organisation_scope
from api.plumbing.calendar import parse_zone
from api.plumbing.db import Connection, Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, invalid_fields
from api.plumbing.texts import clean_text

CREATE_SEASON = """/* contests.create_season */
INSERT INTO season (organisation_id, year, name_zh, name_en, plan_province, plan_city, plan_base, timezone)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""

# Marks and ledger of a season lie in partitions of their own; without them no fact of it could be stored.
OPEN_PARTITIONS = """/* contests.open_partitions */
SELECT open_season_partitions($1)
"""
# Each try waits less than a second for people at work; together they stay far below what a browser waits.
TRIES = 8


async def create_season(db: Db, actor: Actor, data: CreateSeason) -> Season:
    """Open a season of an organisation. Raises not_found, invalid_fields, season_exists."""
    organisation_id = parse_id("organisation", data.organisation_id)
    async with db.transaction() as connection:
        actor.require("season.create", await organisation_scope(connection, organisation_id))
        errors: list[FieldError] = []
        name_zh = clean_text(data.name_zh, "/name_zh", 100, errors)
        name_en = clean_text(data.name_en, "/name_en", 100, errors) if data.name_en is not None else None
        zone = parse_zone(data.timezone, "/timezone", errors)
        if errors:
            raise invalid_fields(*errors)
        season_id: UUID = await connection.fetchval(
            CREATE_SEASON, organisation_id, data.year, name_zh, name_en, data.plan_province, data.plan_city, data.plan_base, zone,
        )  # fmt: skip
        await _open_partitions(connection, season_id)
        return await queries.season_by_id(connection, season_id)


async def _open_partitions(connection: Connection, season_id: UUID) -> None:
    """A try that does not get its locks gives all of them back before the next one. Raises busy after the last."""
    for left in reversed(range(TRIES)):
        try:
            async with connection.transaction():
                await connection.execute(OPEN_PARTITIONS, season_id)
            return
        except asyncpg.LockNotAvailableError as error:
            if not left:
                raise Problem("busy", headers={"Retry-After": "1"}) from error
        await _give_way()


async def _give_way() -> None:
    """Not at the same beat as somebody else who gives way."""
    await asyncio.sleep(random.uniform(0.05, 0.3))  # noqa: S311 - no secret


HOLD_SEASON = """/* contests.hold_season */
SELECT o.path, s.rev FROM season s JOIN organisation o ON o.id = s.organisation_id WHERE s.id = $1 FOR UPDATE OF s
"""

CHANGE_SEASON = """/* contests.change_season */
UPDATE season SET name_zh = $2, name_en = $3, plan_province = $4, plan_city = $5, plan_base = $6, rev = rev + 1 WHERE id = $1
"""


async def change_season(db: Db, actor: Actor, season_id: UUID, data: ChangeSeason, base_rev: int) -> Season:
    """Change name or plan. Raises not_found, stale, invalid_fields, season_exists."""
    async with db.transaction() as connection:
        row = await connection.fetchrow(HOLD_SEASON, season_id)
        actor.require("season.change", Scope(organisation_path=tuple(row["path"]) if row else ()))
        now = await queries.season_by_id(connection, season_id)
        if now.rev != base_rev:
            raise Problem("stale", current=now)
        errors: list[FieldError] = []
        name_zh, name_en = now.name_zh, now.name_en
        if data.name_zh is not UNSET:
            name_zh = clean_text(data.name_zh, "/name_zh", 100, errors)
        if data.name_en is not UNSET:
            name_en = clean_text(data.name_en, "/name_en", 100, errors) if data.name_en is not None else None
        if errors:
            raise invalid_fields(*errors)
        planned = {tier.tier: tier.planned for tier in now.tiers}
        given = msgspec.to_builtins(data)
        await connection.execute(
            CHANGE_SEASON, season_id, name_zh, name_en,
            *(given.get(f"plan_{tier}", planned[tier]) for tier in ("province", "city", "base")),
        )  # fmt: skip
        return await queries.season_by_id(connection, season_id)
