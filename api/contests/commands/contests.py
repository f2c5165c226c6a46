"""A contest from its preset to its archive."""

import secrets
from datetime import date, datetime
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET

from api.access.actor import Actor, Scope
from api.contests.commands.events import create_event, event_to_join, follow_contests
from api.contests.commands.holding import hold_contest
from api.contests.commands.items import NewItem, add_item
from api.contests.commands.rules import append_rules
from api.contests.locks import is_locked
from api.contests.presets import PresetDocument, PresetItem
from api.contests.queries.contests import contest_by_id
from api.contests.queries.presets import find_preset, preset_of_contest
from api.contests.schemas import ChangeContest, Contest, CreateContest, MoveContest
from api.contests.scopes import ContestScope
from api.contests.settled import settled
from api.organisations.references import parse_reference
from api.plumbing.calendar import parse_day, parse_deadline
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields
from api.plumbing.states import require_transition
from api.plumbing.texts import clean_text
from api.results.ledger import append_ledger

TIER_HEIGHT = {"base": 1, "city": 2, "province": 3}

HOST = """/* contests.host */
SELECT o.path, o.tier, o.region_code, o.name_zh, o.name_en, s.timezone, s.year
FROM organisation o, season s JOIN organisation p ON p.id = s.organisation_id
WHERE o.id = $1 AND s.id = $2 AND p.id = ANY (o.path)
"""

CREATE_CONTEST = """/* contests.create_contest */
INSERT INTO contest (season_id, event_id, slug, tier, class_code, host_id, region_code, next_contest_id, name_zh, name_en,
    registration_opens_at, registration_closes_at, starts_on, ends_on, timezone, notice_days, preset_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
RETURNING id
"""

LEAD_BY_HOST = """/* contests.lead_by_host */
INSERT INTO contest_organiser (contest_id, role, position, organisation_id, name_zh, name_en) VALUES ($1, 'lead', 1, $2, $3, $4)
"""


async def create_contest(db: Db, actor: Actor, data: CreateContest) -> Contest:
    """Make contest, organiser, rules and items of a preset at once, and the event, unless the contest joins one that is held already.

    Only who may write at the host itself creates there. Raises not_found, invalid_fields, contest_exists, region_unknown.
    """
    host_id, season_id = parse_id("organisation", data.host_id), parse_id("season", data.season_id)
    async with db.transaction() as connection:
        host = await connection.fetchrow(HOST, host_id, season_id)
        # A contest that does not exist yet lies at its host: a grant above reads there and does not write (DESIGN 6).
        scope = Scope(organisation_path=tuple(host["path"]) if host else (), contest_id=uuid4())
        actor.require("contest.create", scope)
        assert host is not None
        errors: list[FieldError] = []
        dates = _dates(data, host["timezone"], errors)
        name_zh = clean_text(data.name_zh, "/name_zh", 100, errors)
        name_en = clean_text(data.name_en, "/name_en", 100, errors) if data.name_en is not None else None
        preset_id, preset = await _preset(connection, actor, data, host["tier"], errors)
        if errors or preset is None:
            raise invalid_fields(*errors)
        ticked = _ticked(preset, data.items, errors)
        if not ticked and data.event_id is None:
            errors.append(field_error("/items", "items_missing"))
        next_id = await _next_contest(
            connection, data.next_contest_id, season_id, preset.tier, "/next_contest_id", errors
        )
        joined = (
            await event_to_join(connection, actor, data.event_id, season_id, errors)
            if data.event_id is not None
            else None
        )
        if errors:
            raise invalid_fields(*errors)
        opens, closes, starts_on, ends_on = dates
        event_id = joined or await create_event(connection, season_id, name_zh, name_en, starts_on, ends_on)
        contest_id = await connection.fetchval(
            CREATE_CONTEST, season_id, event_id, _slug(host["year"], name_zh), preset.tier, preset.class_code, host_id,
            data.region_code or host["region_code"], next_id, name_zh, name_en, opens, closes, starts_on, ends_on,
            host["timezone"], preset.notice_days, preset_id,
        )  # fmt: skip
        await follow_contests(connection, event_id)
        await connection.execute(LEAD_BY_HOST, contest_id, host_id, host["name_zh"], host["name_en"])
        await append_rules(connection, season_id, contest_id, 1, preset.rules, actor.account_id)
        place = NewItem(season_id, event_id, contest_id, actor.account_id)
        for position, item in enumerate(ticked, 1):
            await add_item(connection, place, item, position)
        payload = msgspec.json.encode(
            {
                "preset": encode_id("preset", preset_id),
                "name": name_zh,
                "items": [i.code for i in ticked],
            }
        ).decode()
        await append_ledger(
            connection, season_id, contest_id, "contest.created", contest_id, payload, actor.account_id
        )
        return await contest_by_id(connection, contest_id)


# What may change in which state; a running contest keeps its promises to those who have entered.
CHANGEABLE: dict[str, frozenset[str]] = {
    "draft": frozenset(ChangeContest.__struct_fields__),
    "published": frozenset(ChangeContest.__struct_fields__) - {"slug"},
    "running": frozenset({"name_en", "ends_on", "next_contest_id", "notice_days"}),
    "finished": frozenset(),
    "archived": frozenset(),
    "cancelled": frozenset(),
}

CHANGE_CONTEST = """/* contests.change_contest */
UPDATE contest SET name_zh = $2, name_en = $3, slug = $4, region_code = $5, next_contest_id = $6, registration_opens_at = $7,
       registration_closes_at = $8, starts_on = $9, ends_on = $10, notice_days = $11, rev = rev + 1
WHERE id = $1
"""


async def change_contest(
    db: Db, actor: Actor, contest_id: UUID, data: ChangeContest, base_rev: int
) -> Contest:
    """Change what is given. Raises not_found, stale, contest_settled, invalid_fields, slug_taken, contest_exists."""
    async with db.transaction() as connection:
        found, now = await hold_contest(connection, actor, "contest.change", contest_id, base_rev)
        given = {name for name in data.__struct_fields__ if getattr(data, name) is not UNSET}
        if given - CHANGEABLE[found.state]:
            raise settled(found.state)
        errors: list[FieldError] = []
        new = await _changed(connection, found, now, data, errors)
        preset = await preset_of_contest(connection, contest_id)
        if (
            preset
            and new.notice_days != preset.notice_days
            and is_locked("/notice_days", preset.locked, preset.adjustable)
        ):
            errors.append(field_error("/notice_days", "preset_locked", path="/notice_days"))  # fmt: skip
        if errors:
            raise invalid_fields(*errors)
        next_id = parse_id("contest", new.next_contest_id) if new.next_contest_id else None
        await connection.execute(
            CHANGE_CONTEST, contest_id, new.name_zh, new.name_en, new.slug, new.region_code, next_id, new.registration_opens_at,
            new.registration_closes_at, new.starts_on, new.ends_on, new.notice_days,
        )  # fmt: skip
        await follow_contests(connection, found.event_id)
        payload = msgspec.json.encode({"changed": sorted(given)}).decode()
        await append_ledger(
            connection, found.season_id, contest_id, "contest.changed", contest_id, payload, actor.account_id
        )
        return await contest_by_id(connection, contest_id)


MOVE_CONTEST = """/* contests.move_contest */
UPDATE contest SET state = $2, rev = rev + 1 WHERE id = $1
"""

NOTE_MOVE = """/* contests.note_move */
INSERT INTO contest_transition (contest_id, seq, from_state, to_state, reason, by_account)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 FROM contest_transition WHERE contest_id = $1
"""


async def move_contest(db: Db, actor: Actor, contest_id: UUID, data: MoveContest, base_rev: int) -> Contest:
    """Take one step. Raises not_found, stale, forbidden_transition, contest_not_ready, contest_reason_missing, invalid_fields."""
    async with db.transaction() as connection:
        found, _ = await hold_contest(connection, actor, "contest.change", contest_id, base_rev)
        require_transition("contest", found.state, data.to)
        reason = clean_text(data.reason, "/reason", 500) if data.reason is not None else None
        if data.to == "cancelled" and (reason is None or len(reason) < 2):
            raise Problem("contest_reason_missing")
        gaps = await _gaps(connection, contest_id, data.to)
        if gaps:
            raise Problem(
                "contest_not_ready",
                reasons_zh="；".join(zh for zh, _ in gaps) + "。",
                reasons_en="; ".join(en for _, en in gaps) + ".",
            )
        await connection.execute(MOVE_CONTEST, contest_id, data.to)
        await connection.execute(NOTE_MOVE, contest_id, found.state, data.to, reason, actor.account_id)
        payload = msgspec.json.encode({"from": found.state, "reason": reason}).decode()
        await append_ledger(
            connection, found.season_id, contest_id, f"contest.{data.to}", contest_id, payload, actor.account_id
        )  # fmt: skip
        return await contest_by_id(connection, contest_id)


READY_TO_PUBLISH = """/* contests.ready_to_publish */
SELECT EXISTS (SELECT FROM contest_item WHERE contest_id = $1) AS items,
       EXISTS (SELECT FROM contest_organiser WHERE contest_id = $1 AND role = 'lead') AS lead,
       EXISTS (SELECT FROM contest_rules WHERE contest_id = $1) AS rules
"""

READY_TO_RUN = """/* contests.ready_to_run */
SELECT EXISTS (SELECT FROM contest_item l JOIN entry e ON e.item_id = l.item_id WHERE l.contest_id = $1 AND e.state = 'accepted')
"""

UNPUBLISHED_ITEMS = """/* contests.unpublished_items */
SELECT i.name_zh, coalesce(i.name_en, i.name_zh) AS name_en
FROM contest_item l JOIN item i ON i.id = l.item_id LEFT JOIN publication p ON p.item_id = i.id
WHERE l.contest_id = $1 AND coalesce(p.state, 'open') NOT IN ('final', 'amended', 'withdrawn')
ORDER BY i.position, i.code
"""


async def _gaps(connection: Connection, contest_id: UUID, to: str) -> list[tuple[str, str]]:
    """What the next step lacks, in both languages."""
    if to == "published":
        row = await connection.fetchrow(READY_TO_PUBLISH, contest_id)
        assert row is not None
        lacking = {
            "items": ("还没有项目", "there is no item"),
            "lead": ("没有牵头主办单位", "no organiser leads"),
            "rules": ("没有晋级和奖励规则", "there are no rules for advancement and awards"),
        }
        return [texts for name, texts in lacking.items() if not row[name]]
    if to == "running" and not await connection.fetchval(READY_TO_RUN, contest_id):
        return [("还没有通过审核的参赛者", "no entry has been accepted")]
    if to == "finished":
        rows = await connection.fetch(UNPUBLISHED_ITEMS, contest_id)
        return [(f"{row['name_zh']}的成绩尚未生效", f"the result of {row['name_en']} is not final") for row in rows]  # fmt: skip
    return []


def _dates(data: CreateContest, zone: str, errors: list[FieldError]) -> tuple[datetime, datetime, date, date]:
    opens = parse_deadline(data.registration_opens_at, zone, "/registration_opens_at", errors)
    closes = parse_deadline(data.registration_closes_at, zone, "/registration_closes_at", errors)
    starts_on = parse_day(data.starts_on, "/starts_on", errors)
    ends_on = parse_day(data.ends_on, "/ends_on", errors)
    if not errors:
        _check_periods(opens, closes, starts_on, ends_on, errors)
    return opens, closes, starts_on, ends_on


def _check_periods(
    opens: datetime, closes: datetime, starts_on: date, ends_on: date, errors: list[FieldError]
) -> None:
    if closes <= opens:
        errors.append(field_error("/registration_closes_at", "period_empty"))
    if ends_on < starts_on:
        errors.append(field_error("/ends_on", "period_empty"))


async def _preset(
    connection: Connection, actor: Actor, data: CreateContest, host_tier: str | None, errors: list[FieldError]
) -> tuple[UUID, PresetDocument | None]:
    wrong = len(errors)
    preset_id = parse_reference("preset", data.preset_id, "/preset_id", errors)
    if len(errors) > wrong:
        return preset_id, None
    found = await find_preset(connection, actor, preset_id)
    if found is None:
        errors.append(field_error("/preset_id", "reference_unknown"))
        return preset_id, None
    # An industry line has no tier and may host at any.
    if host_tier is not None and TIER_HEIGHT[host_tier] < TIER_HEIGHT[found.document.tier]:
        errors.append(field_error("/preset_id", "preset_unfit"))
    return preset_id, found.document


def _ticked(
    preset: PresetDocument, codes: tuple[str, ...] | None, errors: list[FieldError]
) -> list[PresetItem]:
    if codes is None:
        return list(preset.items)
    ticked = []
    for place, code in enumerate(codes):
        item = preset.item(code)
        if item is None:
            errors.append(field_error(f"/items/{place}", "item_not_in_preset", item=code))
        elif item in ticked:
            errors.append(field_error(f"/items/{place}", "code_repeated", value=code))
        else:
            ticked.append(item)
    return ticked


NEXT_CONTEST = """/* contests.next_contest */
SELECT season_id, tier FROM contest WHERE id = $1
"""


async def _next_contest(
    connection: Connection,
    text: str | None,
    season_id: UUID,
    tier: str,
    pointer: str,
    errors: list[FieldError],
) -> UUID | None:
    """The contest of a higher tier in the same season that this one selects for."""
    if text is None:
        return None
    wrong = len(errors)
    next_id = parse_reference("contest", text, pointer, errors)
    if len(errors) > wrong:
        return None
    row = await connection.fetchrow(NEXT_CONTEST, next_id)
    if row is None:
        errors.append(field_error(pointer, "reference_unknown"))
    elif row["season_id"] != season_id or TIER_HEIGHT[row["tier"]] <= TIER_HEIGHT[tier]:
        errors.append(field_error(pointer, "next_contest_unfit"))
    return next_id


async def _changed(
    connection: Connection,
    found: ContestScope,
    now: Contest,
    data: ChangeContest,
    errors: list[FieldError],
) -> Contest:
    given: dict[str, object] = {}
    if data.name_zh is not UNSET:
        given["name_zh"] = clean_text(data.name_zh, "/name_zh", 100, errors)
    if data.name_en is not UNSET:
        given["name_en"] = (
            clean_text(data.name_en, "/name_en", 100, errors) if data.name_en is not None else None
        )
    for name in ("slug", "region_code", "notice_days"):
        if getattr(data, name) is not UNSET:
            given[name] = getattr(data, name)
    if data.next_contest_id is not UNSET:
        await _next_contest(
            connection, data.next_contest_id, found.season_id, found.tier, "/next_contest_id", errors
        )
        given["next_contest_id"] = data.next_contest_id
    for name in ("registration_opens_at", "registration_closes_at"):
        text = getattr(data, name)
        if text is not UNSET:
            given[name] = parse_deadline(text, found.timezone, f"/{name}", errors)
    for name in ("starts_on", "ends_on"):
        text = getattr(data, name)
        if text is not UNSET:
            given[name] = parse_day(text, f"/{name}", errors)
    new = msgspec.structs.replace(now, **given)
    if not errors:
        _check_periods(new.registration_opens_at, new.registration_closes_at, new.starts_on, new.ends_on, errors)  # fmt: skip
    return new


def _slug(year: int, name: str) -> str:
    """The public address: year, initials of the name, and a random end, so that two contests of one name do not meet."""
    # Not with the module: its dictionaries take 50 MB (see api/people/names.py).
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")).lower()
    plain = "".join(letter for letter in letters if "a" <= letter <= "z")[:24]
    return f"{year}-{plain}-{secrets.token_hex(3)}" if plain else f"{year}-{secrets.token_hex(6)}"
