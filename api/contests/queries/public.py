"""Contests for everybody: the home page's list and one contest's page. No draft, no person, no mark."""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from api.contests.presets import Tier
from api.contests.public_schemas import (
    Phase,
    PublicContest,
    PublicContestLine,
    PublicContests,
    PublicItem,
    PublicProgress,
    PublicSeason,
    PublicTier,
    TierCount,
    TimelineDate,
)
from api.contests.queries.contests import filings_of, organisers_of, region_prefix
from api.contests.queries.seasons import season_by_id
from api.contests.schemas import ContestState
from api.organisations.parameters import cursor_id, cursor_number
from api.plumbing.calendar import show_deadline
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import decode_cursor, encode_cursor
from api.plumbing.problems import Problem

# Counting a million contestants is not worth doing for every reader of the home page.
COUNTS_SECONDS: Final = 60
TABS: Final[tuple[Literal["province", "city", "county", "enterprise"], ...]] = (
    "province",
    "city",
    "county",
    "enterprise",
)

# A contest that was cancelled as a draft was never public. Asked of cancelled ones only: as a plain anti-join a generic plan
# compared every contest with every transition (51 ms instead of 9 for 328 contests, growing by the square).
PUBLIC = """c.state <> 'draft' AND (c.state <> 'cancelled' OR NOT EXISTS (
        SELECT FROM contest_transition t WHERE t.contest_id = c.id AND t.from_state = 'draft' AND t.to_state = 'cancelled'))"""
# One look at the key for each contest: the fence keeps a cached plan, which takes the season for one row, from looping over all hosts.
HOST = "LATERAL (SELECT kind, short_name FROM organisation WHERE id = c.host_id OFFSET 0) h"
TAB = "CASE WHEN c.tier <> 'base' THEN c.tier WHEN h.kind = 'enterprise' THEN 'enterprise' ELSE 'county' END"
PUBLISHED = "('provisional', 'final', 'amended')"
# $1 season, $2 prefix of the region's code, $3 state, $4 search, $5 whether only those with a published result.
CUT = f"""c.season_id = $1 AND {PUBLIC}
      AND ($2::text IS NULL OR starts_with(c.region_code, $2))
      AND ($3::text IS NULL OR c.state = $3)
      AND ($4::text IS NULL OR strpos(c.name_zh, $4) > 0 OR strpos(lower(c.name_en), lower($4)) > 0
           OR EXISTS (SELECT FROM item i WHERE i.contest_id = c.id AND strpos(i.name_zh, $4) > 0))
      AND (NOT $5::boolean OR EXISTS (SELECT FROM item i JOIN publication u ON u.item_id = i.id
                                      WHERE i.contest_id = c.id AND u.state IN {PUBLISHED}))"""  # noqa: S608 - built from constants of this file

NEWEST_SEASON = f"""/* contests.newest_public_season */
SELECT s.id FROM season s
WHERE EXISTS (SELECT FROM contest c WHERE c.season_id = s.id AND {PUBLIC})
ORDER BY s.year DESC, s.created_at DESC LIMIT 1
"""  # noqa: S608 - built from constants of this file

COUNT_TABS = f"""/* contests.count_public_contests */
SELECT {TAB} AS tab, count(*) FROM contest c, {HOST} WHERE {CUT} GROUP BY 1
"""  # noqa: S608 - built from constants of this file

LIST_PUBLIC = f"""/* contests.public_contests */
WITH listed AS (
    SELECT c.id, c.slug, c.name_zh, c.name_en, c.state, c.region_code, c.starts_on, c.ends_on, c.registration_opens_at,
           c.registration_closes_at, c.timezone, h.short_name AS host_zh, {TAB} AS tab,
           CASE c.state WHEN 'running' THEN 1 WHEN 'published' THEN 2 ELSE 3 END AS phase_order,
           CASE WHEN c.state IN ('running', 'published') THEN 1 ELSE -1 END * (c.starts_on - date '2000-01-01') AS day_order
    FROM contest c, {HOST}
    WHERE {CUT} AND ($6::text[] IS NULL OR {TAB} = ANY ($6))
), page AS (
    SELECT * FROM listed
    WHERE $7::integer IS NULL OR (phase_order, day_order, id) > ($7, $8::integer, $9::uuid)
    ORDER BY phase_order, day_order, id LIMIT $10
)
SELECT p.*, r.name_zh AS region_zh, r.name_en AS region_en, i.item_count, i.trades_zh, i.trades_en,
       e.entry_count, e.team_count, e.people_count, s.name_zh AS stage_zh, s.name_en AS stage_en, b.published, b.published_at,
       EXISTS (SELECT FROM award_proposal a JOIN award_decision d ON d.proposal_id = a.id
               WHERE a.contest_id = p.id AND d.decision = 'granted') AS awarded
FROM page p
LEFT JOIN LATERAL (
    SELECT name_zh, name_en FROM region_name WHERE code = p.region_code AND valid_from <= p.starts_on ORDER BY valid_from DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS item_count, array_agg(name_zh ORDER BY position) AS trades_zh,
           array_agg(coalesce(name_en, name_zh) ORDER BY position) AS trades_en
    FROM item WHERE contest_id = p.id
) i ON true
LEFT JOIN LATERAL (
    SELECT count(DISTINCT x.id) AS entry_count, count(m.person_id) AS people_count,
           count(DISTINCT (x.item_id, x.delegation_id)) FILTER (WHERE x.delegation_id IS NOT NULL) AS team_count
    FROM entry x LEFT JOIN entry_member m ON m.entry_id = x.id AND m.role = 'contestant'
    WHERE x.contest_id = p.id AND x.state = 'accepted'
) e ON true
LEFT JOIN LATERAL (
    SELECT s.name_zh, s.name_en FROM judging_session s JOIN item y ON y.id = s.item_id
    WHERE y.contest_id = p.id AND s.state = 'running' ORDER BY s.starts_at, s.id LIMIT 1
) s ON true
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE u.state IN {PUBLISHED}) AS published,
           max(t.at) FILTER (WHERE t.to_state IN {PUBLISHED}) AS published_at
    FROM item y JOIN publication u ON u.item_id = y.id LEFT JOIN publication_transition t ON t.item_id = y.id
    WHERE y.contest_id = p.id
) b ON true
ORDER BY p.phase_order, p.day_order, p.id
"""  # noqa: S608 - built from constants of this file


class PublicFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What the public list is cut to; without a season the newest that has a public contest."""

    season_id: UUID | None = None
    tier: PublicTier | None = None
    region: str | None = None
    state: ContestState | None = None
    q: str | None = None
    with_results: bool = False


async def public_contests(
    db: Db,
    limit: int,
    cursor: str | None = None,
    cut: PublicFilter | None = None,
    now: datetime | None = None,
) -> PublicContests:
    """A page of the public list, with the season's progress and the count of every tier."""
    cut, now = cut or PublicFilter(), now or datetime.now(UTC)
    after = decode_cursor(cursor, 3)
    async with db.reading() as connection:
        season_id = cut.season_id or await connection.fetchval(NEWEST_SEASON)
        if season_id is None:
            return PublicContests(season=None, counts=[], data=[], next_cursor=None, has_more=False)
        season = await _season(connection, season_id)
        shared = (season_id, region_prefix(cut.region), cut.state, cut.q, cut.with_results)
        counts = {row["tab"]: row["count"] for row in await connection.fetch(COUNT_TABS, *shared)}
        rows = await connection.fetch(
            LIST_PUBLIC, *shared, _tabs(cut.tier), *_after(after), limit + 1,
        )  # fmt: skip
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return PublicContests(
        season=season,
        counts=[TierCount(tier=tab, count=counts.get(tab, 0)) for tab in TABS],
        data=[_line(row, now) for row in rows[:limit]],
        next_cursor=encode_cursor(
            [str(last["phase_order"]), str(last["day_order"]), encode_id("contest", last["id"])]
        )
        if last
        else None,
        has_more=more,
    )


PUBLIC_CONTEST = f"""/* contests.public_contest */
SELECT c.*, h.name_zh AS host_zh, h.name_en AS host_en, {TAB} AS tab, p.document ->> 'class_zh' AS class_zh,
       p.document ->> 'class_en' AS class_en, n.slug AS next_slug, n.name_zh AS next_name_zh, r.revision, r.hash,
       (SELECT json_agg(json_build_array(role, organisation_id, name_zh, name_en) ORDER BY
            array_position(ARRAY['lead', 'host', 'co_organiser', 'committee', 'technical_committee', 'supervision', 'sponsor'], role),
            position)
        FROM contest_organiser g WHERE g.contest_id = c.id) AS organisers,
       (SELECT json_agg(json_build_array(f.authority_id, a.name_zh, f.number, f.filed_on) ORDER BY f.filed_on, f.authority_id)
        FROM contest_filing f JOIN organisation a ON a.id = f.authority_id WHERE f.contest_id = c.id) AS filings,
       t.theory_from, t.theory_to, u.published, u.notice_opens_at, u.notice_closes_at,
       EXISTS (SELECT FROM award_proposal a JOIN award_decision d ON d.proposal_id = a.id
               WHERE a.contest_id = c.id AND d.decision = 'granted') AS awarded
FROM contest c
JOIN organisation h ON h.id = c.host_id
LEFT JOIN preset p ON p.id = c.preset_id
LEFT JOIN contest n ON n.id = c.next_contest_id AND n.state <> 'draft'
LEFT JOIN LATERAL (SELECT revision, hash FROM contest_rules WHERE contest_id = c.id ORDER BY revision DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (
    SELECT min(s.starts_at) AS theory_from, max(s.ends_at) AS theory_to
    FROM judging_session s JOIN stage g ON g.id = s.stage_id AND g.kind = 'theory' JOIN item i ON i.id = s.item_id
    WHERE i.contest_id = c.id
) t ON true
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE b.state IN {PUBLISHED}) AS published, min(b.notice_opens_at) AS notice_opens_at,
           max(b.notice_closes_at) AS notice_closes_at
    FROM publication b JOIN item i ON i.id = b.item_id WHERE i.contest_id = c.id
) u ON true
WHERE c.slug = $1 AND {PUBLIC}
"""  # noqa: S608 - built from constants of this file

PUBLIC_ITEMS = """/* contests.public_items */
SELECT i.id, i.code, t.name_zh AS trade_zh, t.name_en AS trade_en, i.name_zh, i.name_en, i.kind, i.team_size, i.group_name,
       i.capacity, i.per_delegation, coalesce(p.state, 'open') AS publication,
       (SELECT count(*) FROM entry e WHERE e.item_id = i.id AND e.state = 'accepted') AS entered
FROM contest_item l JOIN item i ON i.id = l.item_id JOIN trade t ON t.code = i.trade_code
LEFT JOIN publication p ON p.item_id = i.id
WHERE l.contest_id = $1 ORDER BY i.position, i.code
"""


async def public_contest(db: Db, slug: str, now: datetime | None = None) -> PublicContest:
    """One contest by its address. Raises not_found, for a draft too."""
    async with db.reading() as connection:
        row = await connection.fetchrow(PUBLIC_CONTEST, slug)
        if row is None:
            raise Problem("not_found")
        items = [_item(item) for item in await connection.fetch(PUBLIC_ITEMS, row["id"])]
    places = [item.places for item in items if item.places is not None]
    return PublicContest(
        id=encode_id("contest", row["id"]),
        slug=row["slug"],
        season_id=encode_id("season", row["season_id"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        tier=row["tab"],
        class_zh=row["class_zh"],
        class_en=row["class_en"],
        phase=phase_of(row, now or datetime.now(UTC)),
        host_zh=row["host_zh"],
        host_en=row["host_en"],
        region_code=row["region_code"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        timezone=row["timezone"],
        registration_opens_at=row["registration_opens_at"],
        registration_closes_at=row["registration_closes_at"],
        deadline_zh=show_deadline(row["registration_closes_at"], row["timezone"]),
        deadline_en=show_deadline(row["registration_closes_at"], row["timezone"], "en"),
        # One item without a limit leaves the whole without one.
        places=sum(places) if places and len(places) == len(items) else None,
        rules_revision=row["revision"] or 0,
        rules_hash=row["hash"].hex() if row["hash"] else None,
        next_slug=row["next_slug"],
        next_name_zh=row["next_name_zh"],
        organisers=organisers_of(row["organisers"]),
        filings=filings_of(row["filings"]),
        items=items,
        timeline=_timeline(row),
    )


def phase_of(row: asyncpg.Record, now: datetime) -> Phase:
    """What a reader calls the state: it follows from state, clock and publications together."""
    state: ContestState = row["state"]
    if state == "published":
        if now < row["registration_opens_at"]:
            return "announced"
        return "registration" if now < row["registration_closes_at"] else "closed"
    if state == "finished":
        if row["awarded"]:
            return "awarded"
        return "published" if row["published"] else "finished"
    assert state != "draft", "a draft reached the public"
    return state


PEOPLE_BY_TIER = """/* contests.people_by_tier */
SELECT c.tier, count(*) AS people
FROM entry e JOIN contest c ON c.id = e.contest_id AND c.state NOT IN ('draft', 'cancelled')
JOIN entry_member m ON m.entry_id = e.id AND m.role = 'contestant'
WHERE c.season_id = $1 AND e.state = 'accepted'
GROUP BY c.tier
"""

_people: dict[UUID, tuple[float, dict[Tier, int]]] = {}


async def _people_by_tier(connection: Connection, season_id: UUID) -> dict[Tier, int]:
    known = _people.get(season_id)
    if known is not None and time.monotonic() - known[0] < COUNTS_SECONDS:
        return known[1]
    rows = await connection.fetch(PEOPLE_BY_TIER, season_id)
    people: dict[Tier, int] = {row["tier"]: row["people"] for row in rows}
    _people[season_id] = (time.monotonic(), people)
    return people


async def _season(connection: Connection, season_id: UUID) -> PublicSeason:
    season = await season_by_id(connection, season_id)
    people = await _people_by_tier(connection, season_id)
    return PublicSeason(
        id=season.id,
        year=season.year,
        name_zh=season.name_zh,
        name_en=season.name_en,
        tiers=[
            PublicProgress(
                tier=tier.tier,
                planned=tier.planned,
                published=tier.published,
                running=tier.running,
                done=tier.done,
                running_items=tier.running_items,
                regions=tier.regions,
                people=people.get(tier.tier, 0),
            )
            for tier in season.tiers
        ],
    )


def _tabs(tier: PublicTier | None) -> list[str] | None:
    if tier is None:
        return None
    return ["county", "enterprise"] if tier == "base" else [tier]


def _after(key: list[str] | None) -> tuple[int | None, int | None, UUID | None]:
    if key is None:
        return None, None, None
    return cursor_number(key[0]), cursor_number(key[1]), cursor_id("contest", key[2])


def _line(row: asyncpg.Record, now: datetime) -> PublicContestLine:
    return PublicContestLine(
        id=encode_id("contest", row["id"]),
        slug=row["slug"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        tier=row["tab"],
        phase=phase_of(row, now),
        host_zh=row["host_zh"],
        region_code=row["region_code"],
        region_zh=row["region_zh"],
        region_en=row["region_en"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        deadline=row["registration_closes_at"],
        deadline_zh=show_deadline(row["registration_closes_at"], row["timezone"]),
        deadline_en=show_deadline(row["registration_closes_at"], row["timezone"], "en"),
        trades_zh=row["trades_zh"] or [],
        trades_en=row["trades_en"] or [],
        item_count=row["item_count"],
        entry_count=row["entry_count"],
        team_count=row["team_count"],
        people_count=row["people_count"],
        published_at=row["published_at"],
        stage_zh=row["stage_zh"],
        stage_en=row["stage_en"],
    )


def _item(row: asyncpg.Record) -> PublicItem:
    return PublicItem(
        id=encode_id("item", row["id"]),
        code=row["code"],
        trade_zh=row["trade_zh"],
        trade_en=row["trade_en"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        kind=row["kind"],
        team_size=row["team_size"],
        group_name=row["group_name"],
        entered=row["entered"],
        places=row["capacity"],
        per_delegation=row["per_delegation"],
        publication=row["publication"],
    )


def _timeline(row: asyncpg.Record) -> list[TimelineDate]:
    """Dates in the order of a contest's life; what is not fixed yet is left out."""
    zone = ZoneInfo(row["timezone"])
    dates = [
        TimelineDate(
            kind="registration",
            at=row["registration_opens_at"],
            until=row["registration_closes_at"],
            is_limit=True,
        )
    ]
    if row["theory_from"]:
        dates.append(TimelineDate(kind="theory", at=row["theory_from"], until=row["theory_to"]))
    dates.append(
        TimelineDate(
            kind="practical",
            at=_midnight(row["starts_on"], zone),
            until=_midnight(row["ends_on"] + timedelta(days=1), zone),
            all_day=True,
        )
    )
    if row["notice_opens_at"]:
        dates.append(
            TimelineDate(
                kind="notice",
                at=row["notice_opens_at"],
                until=row["notice_closes_at"],
                is_limit=True,
                working_days=row["notice_days"],
            )
        )
    return dates


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock(0), zone).astimezone(UTC)
