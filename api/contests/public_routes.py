"""Contests for everybody over HTTP: one shared copy for all readers, with a strong ETag and no token."""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, HeaderParameter

from api.contests.parameters import StateFilter
from api.contests.public_schemas import PublicContest, PublicContests, PublicTier
from api.contests.queries.public import PublicFilter, public_contest, public_contests
from api.dependencies import FromDb
from api.organisations.parameters import Cursor, PageLimit, RegionFilter, Search
from api.plumbing.ids import parse_id

# As long as a reader may see what has just changed elsewhere; after that it asks again and mostly hears 304.
FRESH_SECONDS = 10
PUBLIC_LIMIT = 50

IfNoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", required=False, description="ETag of your copy")
]


@get("/public/contests", opt={"public": True})
async def list_public_contests(
    db: FromDb,
    season_id: FromQuery[str | None] = None,
    tier: FromQuery[PublicTier | None] = None,
    region: RegionFilter = None,
    in_state: StateFilter = None,
    q: Search = None,
    cursor: Cursor = None,
    limit: PageLimit = PUBLIC_LIMIT,
    if_none_match: IfNoneMatch = None,
) -> Response[PublicContests]:
    """Contests by tier and region with the season's progress: running ones first, finished ones last."""
    season = parse_id("season", season_id) if season_id else None
    cut = PublicFilter(season_id=season, tier=tier, region=region, state=in_state, q=q)
    return _shared(await public_contests(db, limit, cursor, cut), if_none_match)


@get("/public/contests/{slug:str}", opt={"public": True})
async def show_public_contest(
    db: FromDb, slug: FromPath[str], if_none_match: IfNoneMatch = None
) -> Response[PublicContest]:
    """One contest: dates, organisers, filings, items with entries and places."""
    return _shared(await public_contest(db, slug), if_none_match)


def _shared(found: msgspec.Struct, if_none_match: str | None) -> Response[Any]:
    body = msgspec.json.encode(found)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={FRESH_SECONDS}"}
    known = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    if tag in known or "*" in known:
        return Response(None, status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


PUBLIC_ROUTES: list[Any] = [list_public_contests, show_public_contest]
