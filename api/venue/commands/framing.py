"""On the venue server: the rows around a session that the program needs to judge it. Called again they are as the bundle says.

Who is judged is not known here. The host has no name, every station an entrant of its own without person, unit or delegation, and
the draw is a place holder without seed: the real ones stay at the centre.
"""

from hashlib import sha256
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from api.contests.rules import SpreadRule, rules_of_contest
from api.plumbing.db import Connection
from api.plumbing.problems import Problem
from api.venue.commands.taking import differ
from api.venue.schemas import Row, SessionBundle

STAND_IN = uuid5(NAMESPACE_OID, "shibaiqian venue stand-in")

ADD_HOST = """/* venue.add_host */
INSERT INTO organisation (id, path, kind, name_zh, name_en, short_name) VALUES ($1, '{}', 'federation', $2, 'Host', '主办单位')
ON CONFLICT (id) DO NOTHING
"""
ADD_SEASON = """/* venue.add_season */
INSERT INTO season (id, organisation_id, year, name_zh, name_en, timezone)
SELECT id, organisation_id, year, name_zh, name_en, timezone
FROM jsonb_to_record($1::jsonb) AS r (id uuid, organisation_id uuid, year smallint, name_zh text, name_en text, timezone text)
ON CONFLICT (id) DO NOTHING RETURNING id
"""
ADD_TRADE = """/* venue.add_trade */
INSERT INTO trade (code, name_zh, name_en)
SELECT code, name_zh, name_en FROM jsonb_to_record($1::jsonb) AS r (code text, name_zh text, name_en text) ON CONFLICT DO NOTHING
"""
ADD_EVENT = """/* venue.add_event */
INSERT INTO event (id, season_id, name_zh, name_en, starts_on, ends_on)
SELECT event_id, season_id, name_zh, name_en, starts_on, ends_on
FROM jsonb_to_record($1::jsonb) AS r (event_id uuid, season_id uuid, name_zh text, name_en text, starts_on date, ends_on date)
ON CONFLICT (id) DO NOTHING
"""
ADD_CONTEST = """/* venue.add_contest */
INSERT INTO contest (id, season_id, event_id, slug, tier, class_code, host_id, name_zh, name_en, state, registration_opens_at,
                     registration_closes_at, starts_on, ends_on, timezone)
SELECT id, season_id, event_id, slug, tier, class_code, host_id, name_zh, name_en, state, registration_opens_at,
       registration_closes_at, starts_on, ends_on, timezone
FROM jsonb_to_record($1::jsonb) AS r (id uuid, season_id uuid, event_id uuid, slug text, tier text, class_code text, host_id uuid,
     name_zh text, name_en text, state text, registration_opens_at timestamptz, registration_closes_at timestamptz, starts_on date,
     ends_on date, timezone text)
ON CONFLICT (id) DO NOTHING
"""
ADD_PLAN = """/* venue.add_plan */
INSERT INTO plan_version (id, season_id, code, hash, document)
SELECT plan_id, season_id, $2, $3, $4::jsonb FROM jsonb_to_record($1::jsonb) AS r (plan_id uuid, season_id uuid)
ON CONFLICT (id) DO NOTHING
"""
# Nothing of it is shown to the public from here.
ADD_ITEM = """/* venue.add_item */
INSERT INTO item (id, season_id, event_id, contest_id, trade_code, code, name_zh, name_en, kind, team_size, blind_layers, live, plan_id)
SELECT id, season_id, event_id, contest_id, trade_code, code, name_zh, name_en, kind, team_size, blind_layers, 'off', plan_id
FROM jsonb_to_record($1::jsonb) AS r (id uuid, season_id uuid, event_id uuid, contest_id uuid, trade_code text, code text,
     name_zh text, name_en text, kind text, team_size smallint, blind_layers smallint, plan_id uuid)
ON CONFLICT (id) DO UPDATE SET plan_id = EXCLUDED.plan_id
"""
ADD_CONTEST_ITEM = """/* venue.add_contest_item */
INSERT INTO contest_item (contest_id, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
ADD_PUBLICATION = """/* venue.add_publication */
INSERT INTO publication (item_id, season_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
ADD_STAGE = """/* venue.add_stage */
INSERT INTO stage (id, season_id, item_id, position, kind, node, name_zh, name_en)
SELECT id, season_id, item_id, position, kind, node, name_zh, name_en
FROM jsonb_to_record($1::jsonb) AS r (id uuid, season_id uuid, item_id uuid, position smallint, kind text, node text, name_zh text,
     name_en text)
ON CONFLICT (id) DO NOTHING
"""
ADD_PANEL = """/* venue.add_panel */
INSERT INTO panel (id, season_id, item_id, name)
SELECT id, season_id, item_id, name FROM jsonb_to_record($1::jsonb) AS r (id uuid, season_id uuid, item_id uuid, name text)
ON CONFLICT (id) DO NOTHING
"""
ADD_SESSION = """/* venue.add_session */
INSERT INTO judging_session (id, season_id, item_id, stage_id, panel_id, position, name_zh, name_en, starts_at, ends_at, stations)
SELECT id, season_id, item_id, stage_id, panel_id, position, name_zh, name_en, starts_at, ends_at, stations
FROM jsonb_to_record($1::jsonb) AS r (id uuid, season_id uuid, item_id uuid, stage_id uuid, panel_id uuid, position smallint,
     name_zh text, name_en text, starts_at timestamptz, ends_at timestamptz, stations smallint)
ON CONFLICT (id) DO NOTHING
"""
# A badge may have gone from one to another since the last hand-out.
LIFT_BADGES = "/* venue.lift_badges */ UPDATE account SET badge_hash = NULL WHERE id = ANY ($1::uuid[])"
ADD_ACCOUNT = """/* venue.add_account */
INSERT INTO account (id, login, display_name, badge_hash, pin_hash) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET display_name = EXCLUDED.display_name, badge_hash = EXCLUDED.badge_hash, pin_hash = EXCLUDED.pin_hash
"""
RENEW_BADGE = """/* venue.renew_badge */
UPDATE account SET badge_hash = $2, pin_hash = $3 WHERE id = $1 AND badge_hash IS NULL
"""
ADD_GRANT = """/* venue.add_grant */
INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id, reason)
SELECT $1, $2, $3, $4, $5, 'venue' WHERE NOT EXISTS (
    SELECT FROM access_grant WHERE account_id = $1 AND role = $2 AND scope_kind = $3 AND scope_id = $4 AND revoked_at IS NULL
)
"""
ADD_JUDGE = """/* venue.add_judge */
INSERT INTO judge (id, contest_id, account_id, code) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET account_id = EXCLUDED.account_id, code = EXCLUDED.code
"""
SEAT = (
    "/* venue.seat */ INSERT INTO panel_judge (panel_id, judge_id, position, chief) VALUES ($1, $2, $3, $4)"
)
FORGET_LIMITS = "/* venue.forget_judge_limits */ DELETE FROM venue_judge_limit WHERE item_id = $1"
ADD_LIMIT = """/* venue.add_judge_limit */
INSERT INTO venue_judge_limit (item_id, judge_id, barred, of_unit) VALUES ($1, $2, $3, $4)
"""
ADD_DRAW = """/* venue.add_draw */
INSERT INTO draw (id, season_id, item_id, number, algorithm, seed, result_hash, by_account)
VALUES ($1, $2, $3, 1, 'at-centre', '\\x', '\\x', $4) ON CONFLICT (id) DO NOTHING
"""
GONE = """/* venue.gone_sheets */
SELECT EXISTS (SELECT FROM sheet WHERE session_id = $1 AND attempt_id <> ALL ($2::uuid[]) AND seq > 0)
"""
VOID = """/* venue.void_attempts */
UPDATE attempt SET voided = true WHERE session_id = $1 AND id <> ALL ($2::uuid[]) AND NOT voided
"""
ADD_ATTEMPTS = """/* venue.add_attempts */
INSERT INTO attempt (id, season_id, item_id, session_id, draw_id, station)
SELECT a, $1, $2, $3, $4, s FROM unnest($5::uuid[], $6::smallint[]) AS x (a, s) ON CONFLICT (id) DO NOTHING
"""
ADD_ENTRANTS = """/* venue.add_entrants */
INSERT INTO entry (id, season_id, contest_id, item_id, number, state, standing)
SELECT e, $1, $2, $3, n, 'accepted', s FROM unnest($4::uuid[], $5::text[], $6::text[]) AS x (e, n, s)
ON CONFLICT (id) DO UPDATE SET standing = EXCLUDED.standing
"""
LINK_ENTRANTS = """/* venue.link_entrants */
INSERT INTO attempt_entry (attempt_id, item_id, entry_id, draw_id)
SELECT a, $1, e, $2 FROM unnest($3::uuid[], $4::uuid[]) AS x (a, e) ON CONFLICT (attempt_id) DO NOTHING
"""
ADD_SHEETS = """/* venue.add_sheets */
INSERT INTO sheet (id, season_id, item_id, session_id, attempt_id, judge_id, account_id, plan_id)
SELECT s, $1, $2, $3, a, j, c, $4 FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[]) AS x (s, a, j, c)
ON CONFLICT (id) DO NOTHING
"""

ADD_RULES = """/* venue.add_rules */
INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, $2, $3, $4)
"""


def id_of(row: Row, name: str = "id") -> UUID:
    """An id out of a bundle's row. Raises venue_bundle_broken for what is none."""
    try:
        return UUID(str(row[name]))
    except (KeyError, ValueError) as error:
        raise Problem("venue_bundle_broken") from error


async def build(connection: Connection, bundle: SessionBundle) -> None:
    """Everything around the facts."""
    await _contest(connection, bundle)
    await _people(connection, bundle)
    await _stations(connection, bundle)


async def _contest(connection: Connection, bundle: SessionBundle) -> None:
    season, contest, item = id_of(bundle.season), bundle.contest, bundle.item
    for host in {id_of(bundle.season, "organisation_id"), id_of(contest, "host_id")}:
        await connection.execute(ADD_HOST, host, f"主办单位{host.hex[-4:]}")
    if await connection.fetchval(ADD_SEASON, _text(bundle.season)) is not None:
        await connection.execute("SELECT open_season_partitions($1)", season)
    await connection.execute(ADD_TRADE, _text(bundle.trade))
    await connection.execute(ADD_EVENT, _text(contest))
    await connection.execute(ADD_CONTEST, _text(contest))
    code = msgspec.json.decode(bundle.plan, type=dict[str, object]).get("code", "plan")
    plan = bytes(bundle.plan).decode()
    await connection.execute(ADD_PLAN, _text(item), code, bytes.fromhex(bundle.plan_hash), plan)
    await connection.execute(ADD_ITEM, _text(item))
    await connection.execute(ADD_CONTEST_ITEM, id_of(contest), id_of(item))
    await connection.execute(ADD_PUBLICATION, id_of(item), season)
    await connection.execute(ADD_STAGE, _text(bundle.stage))
    await connection.execute(ADD_PANEL, _text(bundle.panel))
    await connection.execute(ADD_SESSION, _text(bundle.session))
    await _rules(connection, id_of(contest), str(item["code"]), bundle.spread)


async def _rules(connection: Connection, contest: UUID, item: str, spread: SpreadRule) -> None:
    """The item's limits beside those of other items that are here."""
    revision, rules = await rules_of_contest(connection, contest)
    if rules.spread_of(item) != spread:
        document = msgspec.json.encode(msgspec.structs.replace(rules, spreads=rules.spreads | {item: spread}))
        await connection.execute(
            ADD_RULES, contest, revision + 1, document.decode(), sha256(document).digest()
        )


async def _people(connection: Connection, bundle: SessionBundle) -> None:
    contest, item, session = id_of(bundle.contest), id_of(bundle.item), id_of(bundle.session)
    places = {"contest": contest, "item": item, "session": session}
    await connection.execute(LIFT_BADGES, [person.id for person in bundle.people])
    for person in bundle.people:
        badge = None if person.badge_hash is None else bytes.fromhex(person.badge_hash)
        login = f"venue-{person.id.hex}"
        await connection.execute(ADD_ACCOUNT, person.id, login, person.shown, badge, person.pin_hash)
        for role, kind in person.roles:
            await connection.execute(ADD_GRANT, person.id, role, kind, places[kind], contest)
    panel = id_of(bundle.panel)
    await connection.execute("DELETE FROM panel_judge WHERE panel_id = $1", panel)
    for judge in bundle.judges:
        await connection.execute(ADD_JUDGE, judge.id, contest, judge.account_id, judge.code)
        if judge.position is not None:
            await connection.execute(SEAT, panel, judge.id, judge.position, judge.chief)
    # As the centre says now: somebody may have changed employer since the last hand-out, or an entry may have been accepted.
    await connection.execute(FORGET_LIMITS, item)
    for judge in bundle.judges:
        if judge.barred or judge.of_unit is not None:
            await connection.execute(ADD_LIMIT, item, judge.id, judge.barred, judge.of_unit)


async def renew_badges(connection: Connection, bundle: SessionBundle, *, fresh: bool) -> None:
    """Badges and PINs as the centre has them now. A file may be older than what is here: it only adds what was missing."""
    if fresh:
        await connection.execute(LIFT_BADGES, [person.id for person in bundle.people])
    for person in bundle.people:
        badge = None if person.badge_hash is None else bytes.fromhex(person.badge_hash)
        await connection.execute(RENEW_BADGE, person.id, badge, person.pin_hash)


async def _stations(connection: Connection, bundle: SessionBundle) -> None:
    season, item, session = id_of(bundle.season), id_of(bundle.item), id_of(bundle.session)
    draw = uuid5(STAND_IN, f"draw {item}")
    attempts = [place.attempt_id for place in bundle.places]
    entrants = [uuid5(STAND_IN, f"entrant {attempt}") for attempt in attempts]
    numbers = [f"{bundle.session['position']}-{place.station:02d}" for place in bundle.places]
    if await connection.fetchval(GONE, session, attempts):
        raise differ("抽签", "the draw")
    await connection.execute(VOID, session, attempts)
    await connection.execute(ADD_DRAW, draw, season, item, bundle.keeper)
    await connection.execute(
        ADD_ATTEMPTS, season, item, session, draw, attempts, [place.station for place in bundle.places]
    )
    await connection.execute(
        ADD_ENTRANTS,
        season,
        id_of(bundle.contest),
        item,
        entrants,
        numbers,
        [p.standing for p in bundle.places],
    )
    await connection.execute(LINK_ENTRANTS, item, draw, attempts, entrants)
    sheets = bundle.facts.sheets
    await connection.execute(
        ADD_SHEETS, season, item, session, id_of(bundle.item, "plan_id"), [sheet.id for sheet in sheets],
        [sheet.attempt_id for sheet in sheets], [sheet.judge_id for sheet in sheets], [sheet.account_id for sheet in sheets],
    )  # fmt: skip


def _text(row: Row) -> str:
    return msgspec.json.encode(row).decode()
