"""Items and their assessment plans. A plan that holds marks never changes; before that a new version takes its place."""

from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET

from api.access.actor import Actor
from api.contests.locks import is_locked, locked_changes
from api.contests.presets import PresetItem, plan_errors, shape_errors
from api.contests.queries.items import item_by_id, plan_view
from api.contests.queries.presets import preset_of_contest
from api.contests.schemas import ChangeItem, CreateItem, Item, PlanView
from api.contests.scopes import ItemScope, contest_scope, item_scope
from api.contests.settled import settled
from api.contests.stages import add_stages, replace_stages
from api.plumbing.db import Connection, Db
from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields
from api.plumbing.texts import clean_text
from api.results.boards import touch_board
from api.results.ledger import append_ledger
from scoring import Plan, plan_hash


class NewItem(NamedTuple):
    """Where a new item goes, and who makes it."""

    season_id: UUID
    event_id: UUID
    contest_id: UUID
    account_id: UUID


ADD_ITEM = """/* contests.add_item */
INSERT INTO item (season_id, event_id, contest_id, trade_code, code, name_zh, name_en, kind, team_size, group_name, min_field,
    capacity, per_delegation, blind_layers, live, plan_id, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
RETURNING id
"""

TAKE_RESULTS = """/* contests.take_results */
INSERT INTO contest_item (contest_id, item_id) VALUES ($1, $2)
"""

OPEN_PUBLICATION = """/* contests.open_publication */
INSERT INTO publication (item_id, season_id) VALUES ($1, $2)
"""


async def add_item(
    connection: Connection, place: NewItem, item: PresetItem, position: int, group_name: str | None = None
) -> UUID:
    """Store a checked item with its plan, stages and publication; its own contest takes its results."""
    plan_id = await _store_plan(connection, place.season_id, item.plan, place.account_id)
    item_id: UUID = await connection.fetchval(
        ADD_ITEM, place.season_id, place.event_id, place.contest_id, item.trade, item.code, item.name_zh, item.name_en or None,
        item.kind, item.team_size, group_name, item.min_field, item.capacity, item.per_delegation, item.blind_layers, item.live,
        plan_id, position,
    )  # fmt: skip
    await connection.execute(TAKE_RESULTS, place.contest_id, item_id)
    await connection.execute(OPEN_PUBLICATION, item_id, place.season_id)
    await add_stages(connection, place.season_id, item_id, item.plan)
    return item_id


LAST_POSITION = """/* contests.last_position */
SELECT coalesce(max(position), 0) FROM item WHERE contest_id = $1
"""


async def create_item(db: Db, actor: Actor, contest_id: UUID, data: CreateItem) -> Item:
    """Add an item to a contest. Raises not_found, contest_settled, invalid_fields, item_exists, trade_unknown."""
    async with db.transaction() as connection:
        found = await contest_scope(connection, contest_id, held=True)
        actor.require("item.change", found.scope)
        if found.state not in ("draft", "published"):
            raise settled(found.state)
        errors: list[FieldError] = []
        item, group_name = await _checked(connection, contest_id, data, errors)
        if errors or item is None:
            raise invalid_fields(*errors)
        place = NewItem(found.season_id, found.event_id, contest_id, actor.account_id)
        position = await connection.fetchval(LAST_POSITION, contest_id) + 1
        item_id = await add_item(connection, place, item, position, group_name)
        payload = msgspec.json.encode({"code": item.code, "plan": plan_hash(item.plan)}).decode()
        await append_ledger(
            connection, found.season_id, contest_id, "item.created", item_id, payload, actor.account_id
        )
        return await item_by_id(connection, item_id)


HOLD_ITEM = """/* contests.hold_item */
SELECT 1 FROM item WHERE id = $1 FOR UPDATE
"""

CHANGE_ITEM = """/* contests.change_item */
UPDATE item SET name_zh = $2, name_en = $3, group_name = $4, kind = $5, team_size = $6, min_field = $7, capacity = $8,
       per_delegation = $9, blind_layers = $10, live = $11, rev = rev + 1
WHERE id = $1
"""

# What those who entered rely on.
FIXED_BY_ENTRIES = ("kind", "team_size", "blind_layers")


async def change_item(db: Db, actor: Actor, item_id: UUID, data: ChangeItem, base_rev: int) -> Item:
    """Change what is given. Raises not_found, stale, contest_settled, entries_exist, invalid_fields."""
    async with db.transaction() as connection:
        found = await _hold_item(connection, actor, "item.change", item_id)
        now = await item_by_id(connection, item_id)
        if now.rev != base_rev:
            raise Problem("stale", current=now)
        if found.state not in ("draft", "published", "running"):
            raise settled(found.state)
        errors: list[FieldError] = []
        new = _changed(now, data, errors)
        errors += shape_errors(new.kind, new.team_size, new.live, new.blind_layers)
        errors += await _locked_settings(connection, found.contest_id, new)
        if errors:
            raise invalid_fields(*errors)
        if now.entries and any(getattr(now, name) != getattr(new, name) for name in FIXED_BY_ENTRIES):
            raise Problem("entries_exist")
        await connection.execute(
            CHANGE_ITEM, item_id, new.name_zh, new.name_en, new.group_name, new.kind, new.team_size, new.min_field, new.capacity,
            new.per_delegation, new.blind_layers, new.live,
        )  # fmt: skip
        if (now.live, now.blind_layers) != (new.live, new.blind_layers):
            # Readers of the board must not keep what they may no longer see.
            await touch_board(connection, item_id)
        payload = msgspec.json.encode({"live": new.live, "blind_layers": new.blind_layers}).decode()
        await append_ledger(
            connection, found.season_id, item_id, "item.changed", item_id, payload, actor.account_id
        )
        return await item_by_id(connection, item_id)


# Sheets name the plan they were made under, and theory marks were checked against it.
PLAN_IN_USE = """/* contests.plan_in_use */
SELECT EXISTS (SELECT FROM sheet WHERE item_id = $1)
    OR EXISTS (SELECT FROM theory_mark WHERE season_id = $2 AND item_id = $1)
    OR EXISTS (SELECT FROM judging_session WHERE item_id = $1 AND state <> 'planned')
"""

SET_PLAN = """/* contests.set_plan */
UPDATE item SET plan_id = $2, rev = rev + 1 WHERE id = $1
"""


async def change_plan(db: Db, actor: Actor, item_id: UUID, plan: Plan, base_rev: int) -> tuple[PlanView, int]:
    """Give an item a new version of its plan. Raises not_found, stale, plan_in_use, contest_settled, and invalid_fields with the
    path of each node that is wrong or locked."""
    async with db.transaction() as connection:
        found = await _hold_item(connection, actor, "plan.change", item_id)
        now, rev = await plan_view(connection, item_id)
        if rev != base_rev:
            raise Problem("stale", current=now)
        if found.state not in ("draft", "published", "running"):
            raise settled(found.state)
        errors = plan_errors(plan) or await _locked_plan(connection, found, plan)
        if errors:
            raise invalid_fields(*errors)
        if await connection.fetchval(PLAN_IN_USE, item_id, found.season_id):
            raise Problem("plan_in_use")
        await replace_stages(connection, found.season_id, item_id, plan)
        plan_id = await _store_plan(connection, found.season_id, plan, actor.account_id)
        await connection.execute(SET_PLAN, item_id, plan_id)
        payload = msgspec.json.encode({"plan": plan_hash(plan)}).decode()
        await append_ledger(
            connection, found.season_id, item_id, "item.plan", item_id, payload, actor.account_id
        )
        return await plan_view(connection, item_id)


STORE_PLAN = """/* contests.store_plan */
WITH added AS (
    INSERT INTO plan_version (season_id, code, hash, document, by_account) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT ON CONSTRAINT plan_version_once DO NOTHING RETURNING id
)
SELECT id FROM added UNION ALL SELECT id FROM plan_version WHERE season_id = $1 AND hash = $3 LIMIT 1
"""


async def _store_plan(connection: Connection, season_id: UUID, plan: Plan, account_id: UUID) -> UUID:
    """The version of this plan in the season; the same plan in a thousand contests is stored once."""
    digest = bytes.fromhex(plan_hash(plan).removeprefix("sha256:"))
    document = msgspec.json.encode(plan).decode()
    while True:
        plan_id: UUID | None = await connection.fetchval(
            STORE_PLAN, season_id, plan.code, digest, document, account_id
        )
        # None: somebody else has just added it, and this statement began before; the next one sees it.
        if plan_id is not None:
            return plan_id


async def _hold_item(connection: Connection, actor: Actor, right: str, item_id: UUID) -> ItemScope:
    await connection.execute(HOLD_ITEM, item_id)
    found = await item_scope(connection, item_id, held=True)
    actor.require(right, found.scope)
    return found


async def _checked(
    connection: Connection, contest_id: UUID, data: CreateItem, errors: list[FieldError]
) -> tuple[PresetItem | None, str | None]:
    preset = await preset_of_contest(connection, contest_id)
    given = preset.item(data.code) if preset else None
    plan = data.plan or (given.plan if given else None)
    if plan is None:
        errors.append(field_error("/plan", "plan_missing"))
        return None, None
    errors += plan_errors(plan, "/plan")
    errors += shape_errors(data.kind, data.team_size, data.live, data.blind_layers)
    if preset and given and not errors:
        paths = locked_changes(given.plan, plan, f"/items/{data.code}/plan", preset.locked, preset.adjustable)
        errors += [field_error(path.removeprefix(f"/items/{data.code}"), "preset_locked", path=path) for path in paths]  # fmt: skip
    elif preset and is_locked(f"/items/{data.code}", preset.locked, preset.adjustable):
        errors.append(field_error("/code", "preset_locked", path=f"/items/{data.code}"))
    name_zh = clean_text(data.name_zh, "/name_zh", 60, errors)
    name_en = clean_text(data.name_en, "/name_en", 60, errors) if data.name_en is not None else ""
    group = clean_text(data.group_name, "/group_name", 60, errors) if data.group_name is not None else None
    item = PresetItem(
        trade=data.trade,
        code=data.code,
        name_zh=name_zh,
        name_en=name_en,
        plan=plan,
        kind=data.kind,
        team_size=data.team_size,
        min_field=data.min_field,
        capacity=data.capacity,
        per_delegation=data.per_delegation,
        blind_layers=data.blind_layers,
        live=data.live,
    )
    return item, group


def _changed(now: Item, data: ChangeItem, errors: list[FieldError]) -> Item:
    given = {name: getattr(data, name) for name in data.__struct_fields__ if getattr(data, name) is not UNSET}
    for name in ("name_zh", "name_en", "group_name"):
        text = given.get(name)
        if text is not None:
            given[name] = clean_text(text, f"/{name}", 60, errors)
    return msgspec.structs.replace(now, **given)


async def _locked_settings(connection: Connection, contest_id: UUID, new: Item) -> list[FieldError]:
    """Settings of an item that its preset locks, such as the number of blind layers."""
    preset = await preset_of_contest(connection, contest_id)
    given = preset.item(new.code) if preset else None
    if preset is None or given is None:
        return []
    names = ("kind", "team_size", "min_field", "capacity", "per_delegation", "blind_layers", "live")
    return [
        field_error(f"/{name}", "preset_locked", path=f"/items/{new.code}/{name}")
        for name in names
        if getattr(given, name) != getattr(new, name)
        and is_locked(f"/items/{new.code}/{name}", preset.locked, preset.adjustable)
    ]


async def _locked_plan(connection: Connection, found: ItemScope, plan: Plan) -> list[FieldError]:
    preset = await preset_of_contest(connection, found.contest_id)
    item = await item_by_id(connection, found.item_id)
    given = preset.item(item.code) if preset else None
    if preset is None or given is None:
        return []
    at = f"/items/{item.code}/plan"
    paths = locked_changes(given.plan, plan, at, preset.locked, preset.adjustable)
    return [field_error(path.removeprefix(at), "preset_locked", path=path) for path in paths]
