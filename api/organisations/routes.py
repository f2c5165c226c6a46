"""Regions, organisations and delegations over HTTP."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce
from api.organisations import commands, queries
from api.organisations.parameters import Cursor, PageLimit, Search
from api.organisations.schemas import (
    ChangeOrganisation,
    CreateDelegation,
    CreateOrganisation,
    Delegation,
    Organisation,
    OrganisationKind,
    Region,
    RegionLevel,
)
from api.plumbing.calendar import parse_day, today_in
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.plumbing.paging import DEFAULT_LIMIT, Page


@get("/regions", opt={"public": True})
async def list_regions(
    db: FromDb,
    q: Search = None,
    parent: Annotated[str | None, QueryParameter(pattern="^[0-9]{6}$")] = None,
    level: FromQuery[RegionLevel | None] = None,
    on: Annotated[
        str | None, QueryParameter(max_length=10, description="Day of the names; default today")
    ] = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[Region]:
    """Regions of GB/T 2260 as they were on a day, by code, name or pinyin."""
    day = parse_day(on, "/on") if on else today_in()
    return await queries.list_regions(db, day, limit, cursor, parent, level, q)


@get("/organisations", opt={"right": "organisation.read"})
async def list_organisations(
    db: FromDb,
    actor: FromActor,
    q: Search = None,
    parent_id: FromQuery[str | None] = None,
    kind: FromQuery[OrganisationKind | None] = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[Organisation]:
    """Organisations above and below your own."""
    parent = parse_id("organisation", parent_id) if parent_id else None
    return await queries.list_organisations(db, actor, limit, cursor, parent, kind, q)


@post("/organisations", opt={"right": "organisation.manage"})
async def create_organisation(
    db: FromDb, actor: FromActor, once: FromOnce, data: JSONBody[CreateOrganisation]
) -> Response[bytes]:
    """Add an organisation below another."""
    return await once.answer(lambda: commands.create_organisation(db, actor, data), _at)


@get("/organisations/{organisation_id:str}", opt={"right": "organisation.read"})
async def show_organisation(
    db: FromDb, actor: FromActor, organisation_id: FromPath[str]
) -> Response[Organisation]:
    """One organisation."""
    return _with_etag(await queries.organisation(db, actor, parse_id("organisation", organisation_id)))


@patch("/organisations/{organisation_id:str}", opt={"right": "organisation.manage"})
async def change_organisation(
    db: FromDb,
    actor: FromActor,
    organisation_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[ChangeOrganisation],
) -> Response[Organisation]:
    """Change what is given; needs If-Match."""
    key = parse_id("organisation", organisation_id)
    return _with_etag(await commands.change_organisation(db, actor, key, data, base_rev))


@get("/seasons/{season_id:str}/delegations", opt={"right": "organisation.read"})
async def list_delegations(db: FromDb, actor: FromActor, season_id: FromPath[str]) -> Page[Delegation]:
    """All delegations of a season, in their order."""
    return await queries.list_delegations(db, actor, parse_id("season", season_id))


@post("/seasons/{season_id:str}/delegations", opt={"right": "season.change"})
async def create_delegation(
    db: FromDb, actor: FromActor, once: FromOnce, season_id: FromPath[str], data: JSONBody[CreateDelegation]
) -> Response[bytes]:
    """Let a region, an industry line or a firm send teams in a season."""
    key = parse_id("season", season_id)
    return await once.answer(lambda: commands.create_delegation(db, actor, key, data))


def _at(made: msgspec.Struct) -> str:
    assert isinstance(made, Organisation)
    return f"/api/v1/organisations/{made.id}"


def _with_etag(found: Organisation) -> Response[Organisation]:
    return Response(found, headers={"ETag": etag(found.rev)})


ROUTES: list[Any] = [
    list_regions,
    list_organisations,
    create_organisation,
    show_organisation,
    change_organisation,
    list_delegations,
    create_delegation,
]
