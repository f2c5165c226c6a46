"""Contests for those who run or oversee them."""

from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.presets import Tier
from api.contests.queries.items import LIST_ITEMS, item_of
from api.contests.queries.presets import preset_of_contest
from api.contests.rules import rules_of_contest
from api.contests.schemas import (
    Contest,
    ContestLine,
    ContestState,
    Filing,
    Organiser,
    OrganiserRole,
    RulesView,
    Step,
)
from api.contests.scopes import contest_scope
from api.organisations.parameters import cursor_day, cursor_id
from api.plumbing.calendar import show_deadline
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem
from api.plumbing.states import MACHINES

LIST_CONTESTS = """/* contests.list_contests */
SELECT c.id, c.slug, c.season_id, c.tier, c.class_code, c.state, c.name_zh, c.name_en, c.host_id, o.short_name, c.region_code,
       c.starts_on, c.ends_on, c.registration_opens_at, c.registration_closes_at, c.rev,
       (SELECT count(*) FROM contest_item l WHERE l.contest_id = c.id) AS items,
       (SELECT count(*) FROM entry e WHERE e.contest_id = c.id AND e.state NOT IN ('refused', 'withdrawn')) AS entries
FROM contest c JOIN organisation o ON o.id = c.host_id
WHERE (o.path && $1 OR c.id = ANY ($2) OR EXISTS (SELECT FROM item i WHERE i.contest_id = c.id AND i.id = ANY ($3)))
  AND ($4::uuid[] IS NULL OR c.id = ANY ($4))
  AND ($5::uuid IS NULL OR c.season_id = $5)
  AND ($6::text IS NULL OR c.tier = $6)
  AND ($7::text IS NULL OR starts_with(c.region_code, $7))
  AND ($8::text IS NULL OR c.state = $8)
  AND ($9::text IS NULL OR strpos(c.name_zh, $9) > 0 OR strpos(lower(c.name_en), lower($9)) > 0)
  AND ($10::date IS NULL OR (c.starts_on, c.id) > ($10, $11))
ORDER BY c.starts_on, c.id
LIMIT $12
"""


class ContestFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of contests is cut to. A region holds what lies below it."""

    season_id: UUID | None = None
    tier: Tier | None = None
    region: str | None = None
    state: ContestState | None = None
    q: str | None = None


async def list_contests(
    db: Db, actor: Actor, limit: int, cursor: str | None = None, cut: ContestFilter | None = None
) -> Page[ContestLine]:
    """Contests within the reader's grants, by their first day."""
    cut = cut or ContestFilter()
    after = decode_cursor(cursor, 2)
    reach = actor.reach("contest.read")
    async with db.reading() as connection:
        rows = await connection.fetch(
            LIST_CONTESTS, reach.organisations, reach.contests, reach.items, reach.token_contests, cut.season_id, cut.tier,
            region_prefix(cut.region), cut.state, cut.q, cursor_day(after[0]) if after else None,
            cursor_id("contest", after[1]) if after else None,
            limit + 1,
        )  # fmt: skip
    contests = [_line(row) for row in rows]
    return page_of(contests, limit, [[each.starts_on.isoformat(), each.id] for each in contests])


CONTEST = """/* contests.contest */
SELECT c.*, (SELECT coalesce(max(revision), 0) FROM contest_rules r WHERE r.contest_id = c.id) AS rules_revision,
       (SELECT json_agg(json_build_array(role, organisation_id, name_zh, name_en) ORDER BY
            array_position(ARRAY['lead', 'host', 'co_organiser', 'committee', 'technical_committee', 'supervision', 'sponsor'], role),
            position)
        FROM contest_organiser g WHERE g.contest_id = c.id) AS organisers,
       (SELECT json_agg(json_build_array(f.authority_id, a.name_zh, f.number, f.filed_on) ORDER BY f.filed_on, f.authority_id)
        FROM contest_filing f JOIN organisation a ON a.id = f.authority_id WHERE f.contest_id = c.id) AS filings,
       (SELECT json_agg(json_build_array(t.from_state, t.to_state, t.reason, a.display_name, t.at) ORDER BY t.seq)
        FROM contest_transition t LEFT JOIN account a ON a.id = t.by_account WHERE t.contest_id = c.id) AS history
FROM contest c WHERE c.id = $1
"""


async def contest(db: Db, actor: Actor, contest_id: UUID) -> Contest:
    """One contest with its items. Raises not_found."""
    async with db.reading() as connection:
        found = await contest_scope(connection, contest_id)
        actor.require("contest.read", found.scope)
        return await contest_by_id(connection, contest_id)


async def contest_by_id(connection: Connection, contest_id: UUID) -> Contest:
    """A contest inside the caller's transaction, unasked for rights. Raises not_found."""
    row = await connection.fetchrow(CONTEST, contest_id)
    if row is None:
        raise Problem("not_found")
    items = await connection.fetch(LIST_ITEMS, contest_id)
    return Contest(
        id=encode_id("contest", row["id"]),
        slug=row["slug"],
        season_id=encode_id("season", row["season_id"]),
        event_id=encode_id("event", row["event_id"]),
        preset_id=encode_id("preset", row["preset_id"]) if row["preset_id"] else None,
        next_contest_id=encode_id("contest", row["next_contest_id"]) if row["next_contest_id"] else None,
        tier=row["tier"],
        class_code=row["class_code"],
        state=row["state"],
        next_states=list(MACHINES["contest"][row["state"]]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        host_id=encode_id("organisation", row["host_id"]),
        region_code=row["region_code"],
        registration_opens_at=row["registration_opens_at"],
        registration_closes_at=row["registration_closes_at"],
        deadline_zh=show_deadline(row["registration_closes_at"], row["timezone"]),
        deadline_en=show_deadline(row["registration_closes_at"], row["timezone"], "en"),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        timezone=row["timezone"],
        notice_days=row["notice_days"],
        rules_revision=row["rules_revision"],
        organisers=organisers_of(row["organisers"]),
        filings=filings_of(row["filings"]),
        items=[item_of(item) for item in items],
        history=_history(row["history"]),
        rev=row["rev"],
    )


RULES_HASH = """/* contests.rules_hash */
SELECT hash FROM contest_rules WHERE contest_id = $1 AND revision = $2
"""


async def contest_rules(db: Db, actor: Actor, contest_id: UUID) -> RulesView:
    """The rules in force with what the preset locks. Raises not_found."""
    async with db.reading() as connection:
        found = await contest_scope(connection, contest_id)
        actor.require("contest.read", found.scope)
        return await rules_view(connection, contest_id)


async def rules_view(connection: Connection, contest_id: UUID) -> RulesView:
    """The newest revision inside the caller's transaction, unasked for rights."""
    revision, rules = await rules_of_contest(connection, contest_id)
    digest = await connection.fetchval(RULES_HASH, contest_id, revision)
    preset = await preset_of_contest(connection, contest_id)
    return RulesView(
        revision=revision,
        hash=digest.hex() if digest else None,
        rules=rules,
        locked=list(preset.locked) if preset else [],
        adjustable=list(preset.adjustable) if preset else [],
    )


class _OrganiserRow(msgspec.Struct, array_like=True):
    role: OrganiserRole
    organisation_id: UUID | None
    name_zh: str
    name_en: str | None


class _FilingRow(msgspec.Struct, array_like=True):
    authority_id: UUID
    authority_zh: str
    number: str
    filed_on: date


class _StepRow(msgspec.Struct, array_like=True):
    from_state: ContestState
    to_state: ContestState
    reason: str | None
    by: str | None
    at: datetime


def organisers_of(packed: str | None) -> list[Organiser]:
    """Organisers in the order of a notice, from the aggregate of a query."""
    return [
        Organiser(
            role=row.role,
            organisation_id=encode_id("organisation", row.organisation_id) if row.organisation_id else None,
            name_zh=row.name_zh,
            name_en=row.name_en,
        )
        for row in msgspec.json.decode(packed or "[]", type=list[_OrganiserRow])
    ]


def filings_of(packed: str | None) -> list[Filing]:
    """Filings by date, from the aggregate of a query."""
    return [
        Filing(
            authority_id=encode_id("organisation", row.authority_id),
            authority_zh=row.authority_zh,
            number=row.number,
            filed_on=row.filed_on,
        )
        for row in msgspec.json.decode(packed or "[]", type=list[_FilingRow])
    ]


def region_prefix(code: str | None) -> str | None:
    """What the codes of a region and of all below it begin with: 130100 → 1301."""
    return None if code is None else code.removesuffix("00").removesuffix("00")


def _history(packed: str | None) -> list[Step]:
    return [
        Step(from_state=row.from_state, to_state=row.to_state, reason=row.reason, by=row.by, at=row.at)
        for row in msgspec.json.decode(packed or "[]", type=list[_StepRow])
    ]


def _line(row: asyncpg.Record) -> ContestLine:
    return ContestLine(
        id=encode_id("contest", row["id"]),
        slug=row["slug"],
        season_id=encode_id("season", row["season_id"]),
        tier=row["tier"],
        class_code=row["class_code"],
        state=row["state"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        host_id=encode_id("organisation", row["host_id"]),
        host_short_name=row["short_name"],
        region_code=row["region_code"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        registration_opens_at=row["registration_opens_at"],
        registration_closes_at=row["registration_closes_at"],
        items=row["items"],
        entries=row["entries"],
        rev=row["rev"],
    )
