"""Seasons, presets, contests, items, plans and rules over HTTP."""

from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from api.contests.commands import contests, events, items, organisers, presets, rules, seasons
from api.contests.parameters import StateFilter
from api.contests.presets import Tier
from api.contests.public_routes import PUBLIC_ROUTES
from api.contests.queries import contests as contest_queries
from api.contests.queries import events as event_queries
from api.contests.queries import items as item_queries
from api.contests.queries import presets as preset_queries
from api.contests.queries import seasons as season_queries
from api.contests.queries.contests import ContestFilter
from api.contests.rule_presets import RulePreset, RulePresetKind, rule_presets
from api.contests.rules import ContestRules
from api.contests.schemas import (
    ChangeContest,
    ChangeItem,
    ChangeSeason,
    Contest,
    ContestLine,
    CreateContest,
    CreateItem,
    CreatePreset,
    CreateSeason,
    Event,
    FileContest,
    Filing,
    Item,
    MoveContest,
    NameOrganisers,
    PlanView,
    Preset,
    PresetLine,
    RulesView,
    Season,
)
from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce
from api.organisations.parameters import Cursor, PageLimit, RegionFilter, Search
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.plumbing.paging import DEFAULT_LIMIT, Page
from scoring import Plan


@get("/seasons", opt={"right": "contest.read"})
async def list_seasons(
    db: FromDb, actor: FromActor, cursor: Cursor = None, limit: PageLimit = DEFAULT_LIMIT
) -> Page[Season]:
    """Seasons with their 10 / 100 / 1,000 and how far they have come, newest first."""
    return await season_queries.list_seasons(db, actor, limit, cursor)


@post("/seasons", opt={"right": "season.create"})
async def create_season(
    db: FromDb, actor: FromActor, once: FromOnce, data: JSONBody[CreateSeason]
) -> Response[bytes]:
    """Open a season of an organisation."""
    return await once.answer(lambda: seasons.create_season(db, actor, data), _at)


@get("/seasons/{season_id:str}", opt={"right": "contest.read"})
async def show_season(db: FromDb, actor: FromActor, season_id: FromPath[str]) -> Response[Season]:
    """One season."""
    found = await season_queries.season(db, actor, parse_id("season", season_id))
    return Response(found, headers={"ETag": etag(found.rev)})


@patch("/seasons/{season_id:str}", opt={"right": "season.change"})
async def change_season(
    db: FromDb,
    actor: FromActor,
    season_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[ChangeSeason],
) -> Response[Season]:
    """Change name or plan; needs If-Match."""
    found = await seasons.change_season(db, actor, parse_id("season", season_id), data, base_rev)
    return Response(found, headers={"ETag": etag(found.rev)})


@get("/presets", opt={"right": "contest.read"})
async def list_presets(
    db: FromDb,
    actor: FromActor,
    tier: FromQuery[Tier | None] = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[PresetLine]:
    """Presets that you may use, by code, newest version first."""
    return await preset_queries.list_presets(db, actor, limit, cursor, tier)


@post("/presets", opt={"right": "preset.create"})
async def create_preset(
    db: FromDb, actor: FromActor, once: FromOnce, data: JSONBody[CreatePreset]
) -> Response[bytes]:
    """Add a preset or its next version."""
    return await once.answer(lambda: presets.create_preset(db, actor, data), _at)


@get("/presets/{preset_id:str}", opt={"right": "contest.read"})
async def show_preset(db: FromDb, actor: FromActor, preset_id: FromPath[str]) -> Preset:
    """A preset with its document: items with plans, rules, locked and adjustable paths."""
    return await preset_queries.preset(db, actor, parse_id("preset", preset_id))


@get("/rule-presets", opt={"right": "contest.read"})
async def list_rule_presets(kind: FromQuery[RulePresetKind | None] = None) -> Page[RulePreset]:
    """Award and quota rules of real notices to start from; copy what fits into the contest's rules."""
    return Page(rule_presets(kind))


@get("/contests", opt={"right": "contest.read"})
async def list_contests(
    db: FromDb,
    actor: FromActor,
    season_id: FromQuery[str | None] = None,
    tier: FromQuery[Tier | None] = None,
    region: RegionFilter = None,
    in_state: StateFilter = None,
    q: Search = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[ContestLine]:
    """Contests within your grants, by their first day."""
    season = parse_id("season", season_id) if season_id else None
    cut = ContestFilter(season_id=season, tier=tier, region=region, state=in_state, q=q)
    return await contest_queries.list_contests(db, actor, limit, cursor, cut)


@post("/contests", opt={"right": "contest.create"})
async def create_contest(
    db: FromDb, actor: FromActor, once: FromOnce, data: JSONBody[CreateContest]
) -> Response[bytes]:
    """Make a contest from a preset: event, organiser, rules and the ticked items with their plans at once."""
    return await once.answer(lambda: contests.create_contest(db, actor, data), _at)


@get("/contests/{contest_id:str}", opt={"right": "contest.read"})
async def show_contest(db: FromDb, actor: FromActor, contest_id: FromPath[str]) -> Response[Contest]:
    """One contest with organisers, filings, items and history."""
    return _contest(await contest_queries.contest(db, actor, parse_id("contest", contest_id)))


@patch("/contests/{contest_id:str}", opt={"right": "contest.change"})
async def change_contest(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[ChangeContest],
) -> Response[Contest]:
    """Change what is given; needs If-Match."""
    key = parse_id("contest", contest_id)
    return _contest(await contests.change_contest(db, actor, key, data, base_rev))


@post("/contests/{contest_id:str}/transitions", opt={"right": "contest.change"}, status_code=200)
async def move_contest(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[MoveContest],
) -> Response[Contest]:
    """Take one step of the contest's state machine; needs If-Match."""
    key = parse_id("contest", contest_id)
    return _contest(await contests.move_contest(db, actor, key, data, base_rev))


@put("/contests/{contest_id:str}/organisers", opt={"right": "contest.change"})
async def name_organisers(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[NameOrganisers],
) -> Response[Contest]:
    """Name all organisers anew; exactly one leads; needs If-Match."""
    key = parse_id("contest", contest_id)
    return _contest(await organisers.name_organisers(db, actor, key, data, base_rev))


@get("/contests/{contest_id:str}/filings", opt={"right": "contest.read"})
async def list_filings(db: FromDb, actor: FromActor, contest_id: FromPath[str]) -> Page[Filing]:
    """With whom the contest is filed, by date."""
    found = await contest_queries.contest(db, actor, parse_id("contest", contest_id))
    return Page(found.filings)


@post("/contests/{contest_id:str}/filings", opt={"right": "contest.change"})
async def file_contest(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[FileContest]
) -> Response[bytes]:
    """Record a filing with one authority; it must lie before the contest begins."""
    key = parse_id("contest", contest_id)
    return await once.answer(lambda: organisers.file_contest(db, actor, key, data))


@get("/contests/{contest_id:str}/rules", opt={"right": "contest.read"})
async def show_rules(db: FromDb, actor: FromActor, contest_id: FromPath[str]) -> Response[RulesView]:
    """Quota and award rules in force, and what the preset locks."""
    return _rules(await contest_queries.contest_rules(db, actor, parse_id("contest", contest_id)))


@put("/contests/{contest_id:str}/rules", opt={"right": "contest.change"})
async def change_rules(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[ContestRules],
) -> Response[RulesView]:
    """Put new rules in force as the next revision; needs If-Match with the revision's ETag."""
    return _rules(await rules.change_rules(db, actor, parse_id("contest", contest_id), data, base_rev))


@get("/contests/{contest_id:str}/items", opt={"right": "contest.read"})
async def list_items(db: FromDb, actor: FromActor, contest_id: FromPath[str]) -> Page[Item]:
    """Items whose results the contest takes."""
    return await item_queries.list_items(db, actor, parse_id("contest", contest_id))


@post("/contests/{contest_id:str}/items", opt={"right": "item.change"})
async def create_item(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[CreateItem]
) -> Response[bytes]:
    """Add an item; without a plan it takes that of the preset's item with the same code."""
    key = parse_id("contest", contest_id)
    return await once.answer(lambda: items.create_item(db, actor, key, data), _at)


@put("/contests/{contest_id:str}/taken-items/{item_id:str}", opt={"right": "contest.change"})
async def take_item(
    db: FromDb, actor: FromActor, contest_id: FromPath[str], item_id: FromPath[str], base_rev: FromIfMatch
) -> Response[Contest]:
    """Take the results of an item that another contest of the event runs; needs If-Match and the right to change both."""
    contest, item = parse_id("contest", contest_id), parse_id("item", item_id)
    return _contest(await events.take_item(db, actor, contest, item, base_rev))


@delete(
    "/contests/{contest_id:str}/taken-items/{item_id:str}", opt={"right": "contest.change"}, status_code=200
)
async def let_item_go(
    db: FromDb, actor: FromActor, contest_id: FromPath[str], item_id: FromPath[str], base_rev: FromIfMatch
) -> Response[Contest]:
    """Take them no longer; needs If-Match."""
    contest, item = parse_id("contest", contest_id), parse_id("item", item_id)
    return _contest(await events.let_item_go(db, actor, contest, item, base_rev))


@get("/events/{event_id:str}", opt={"right": "contest.read"})
async def show_event(db: FromDb, actor: FromActor, event_id: FromPath[str]) -> Event:
    """What is held once, with the contests that take its results."""
    return await event_queries.event(db, actor, parse_id("event", event_id))


@get("/items/{item_id:str}", opt={"right": "contest.read"})
async def show_item(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Response[Item]:
    """One item with its stages."""
    return _item(await item_queries.item(db, actor, parse_id("item", item_id)))


@patch("/items/{item_id:str}", opt={"right": "item.change"})
async def change_item(
    db: FromDb, actor: FromActor, item_id: FromPath[str], base_rev: FromIfMatch, data: JSONBody[ChangeItem]
) -> Response[Item]:
    """Change what is given; needs If-Match."""
    return _item(await items.change_item(db, actor, parse_id("item", item_id), data, base_rev))


@get("/items/{item_id:str}/plan", opt={"right": "contest.read"})
async def show_plan(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Response[PlanView]:
    """The assessment plan in force; its ETag is the item's."""
    return _plan(*await item_queries.plan_of_item(db, actor, parse_id("item", item_id)))


@put("/items/{item_id:str}/plan", opt={"right": "plan.change"})
async def change_plan(
    db: FromDb, actor: FromActor, item_id: FromPath[str], base_rev: FromIfMatch, data: JSONBody[Plan]
) -> Response[PlanView]:
    """Give the item a new version of its plan; refused once sheets or marks exist; needs If-Match."""
    return _plan(*await items.change_plan(db, actor, parse_id("item", item_id), data, base_rev))


def _at(made: msgspec.Struct) -> str:
    assert isinstance(made, Season | Preset | Contest | Item)
    folder = {Season: "seasons", Preset: "presets", Contest: "contests", Item: "items"}[type(made)]
    return f"/api/v1/{folder}/{made.id}"


def _contest(found: Contest) -> Response[Contest]:
    return Response(found, headers={"ETag": etag(found.rev)})


def _rules(found: RulesView) -> Response[RulesView]:
    return Response(found, headers={"ETag": etag(found.revision)})


def _item(found: Item) -> Response[Item]:
    return Response(found, headers={"ETag": etag(found.rev)})


def _plan(found: PlanView, rev: int) -> Response[PlanView]:
    return Response(found, headers={"ETag": etag(rev)})


ROUTES: list[Any] = [
    list_seasons, create_season, show_season, change_season,
    list_presets, create_preset, show_preset, list_rule_presets,
    list_contests, create_contest, show_contest, change_contest, move_contest, name_organisers, list_filings, file_contest,
    show_rules, change_rules,
    show_event, take_item, let_item_go,
    list_items, create_item, show_item, change_item, show_plan, change_plan,
    *PUBLIC_ROUTES,
]  # fmt: skip
