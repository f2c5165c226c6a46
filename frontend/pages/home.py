"""P1: the season's rule and the contests of one tier, found by region and by word."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from api.contests.public_schemas import PublicContestLine, PublicContests, PublicSeason
from api.contests.queries.finder import FinderNotice, open_notices, season_regions
from api.contests.queries.public import PublicFilter, public_contests
from api.dependencies import FromDb
from api.plumbing.db import Db
from frontend.locales import Locale, texts
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, is_partial, locale_of, named, show_shared
from frontend.views.common import Choice, Tier
from frontend.views.contests import ContestRow, HomePage, OpenNotice, TierProgress, TierTab

ROWS: Final = 50
TRADES_NAMED: Final = 3
TIERS: Final[tuple[Tier, ...]] = ("province", "city", "county", "enterprise")

RegionQuery = Annotated[str, QueryParameter(pattern=r"^([0-9]{6})?$")]


class Asked(PublicFilter, frozen=True, kw_only=True):
    """What the reader looks for, and where in the list they stand."""

    shown_tier: Tier
    place: Place = Place()

    def address(self, more: dict[str, str]) -> str:
        """The same question, asked of another page."""
        asked = {
            "state": "published" if self.with_results else None,
            "tier": self.shown_tier,
            "region": self.region,
            "q": self.q,
        }
        return f"/?{urlencode({name: value for name, value in {**asked, **more}.items() if value})}"


@get("/", opt={"public": True})
async def show_home(
    request: PageRequest,
    db: FromDb,
    tier: Annotated[Tier, QueryParameter()] = "province",
    region: RegionQuery = "",
    q: Annotated[str, QueryParameter(max_length=60)] = "",
    shown: Annotated[Literal["published", ""], QueryParameter(name="state")] = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """Contests for everybody; one copy is shared by all readers."""
    asked = Asked(
        tier=tier,
        region=region or None,
        q=q.strip() or None,
        with_results=shown == "published",
        shown_tier=tier,
        place=Place(cursor, before, back),
    )
    now = datetime.now(UTC)
    found = await public_contests(db, ROWS, cursor or None, asked, now)
    page = await _page(db, locale_of(request), found, asked, now)
    return show_shared(request, page, template=HomePage.LIST if is_partial(request) else None)


async def _page(db: Db, locale: Locale, found: PublicContests, asked: Asked, now: datetime) -> HomePage:
    counts = {each.tier: each.count for each in found.counts}
    season = found.season
    return HomePage(
        season=str(season.year if season else now.year),
        now=now,
        progress=_progress(season) if season else (),
        tabs=tuple(TierTab(tier, counts.get(tier, 0), tier == asked.shown_tier) for tier in TIERS),
        regions=await _regions(db, season, asked, locale),
        rows=tuple(_row(line, locale) for line in found.data),
        paging=asked.place.paging(
            len(found.data),
            ROWS,
            found.next_cursor if found.has_more else None,
            asked.address,
            counts.get(asked.shown_tier, 0),
        ),
        query=asked.q or "",
        published_only=asked.with_results,
        upper_tier=None if found.data else _above(asked.shown_tier),
        notices=tuple(_notice(each, locale) for each in await open_notices(db, season.id, now))
        if season
        else (),
    )


def _progress(season: PublicSeason) -> tuple[TierProgress, ...]:
    return tuple(
        TierProgress(
            tier.tier,
            tier.done,
            tier.planned,
            running_items=tier.running_items if tier.tier == "province" else None,
            regions=tier.regions or None,
            people=tier.people or None,
        )
        for tier in season.tiers
    )


async def _regions(db: Db, season: PublicSeason | None, asked: Asked, locale: Locale) -> tuple[Choice, ...]:
    """Everything first; a region chosen by address that has no contest stays chosen, or the list would lie."""
    everywhere = Choice("", texts(locale)("home.everywhere"), asked.region is None)
    known = await season_regions(db, season.id) if season else []
    choices = [
        Choice(each.code, named(locale, each.name_zh, each.name_en), each.code == asked.region)
        for each in known
    ]
    if asked.region and not any(choice.chosen for choice in choices):
        choices.append(Choice(asked.region, asked.region, True))
    return (everywhere, *choices)


def _row(line: PublicContestLine, locale: Locale) -> ContestRow:
    trades = line.trades_en if locale == "en" else line.trades_zh
    return ContestRow(
        slug=line.slug,
        name=named(locale, line.name_zh, line.name_en),
        region=named(locale, line.region_zh or line.host_zh, line.region_en),
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        state=line.phase,
        trades=tuple(trades[:TRADES_NAMED]),
        item_count=line.item_count,
        team_count=line.team_count or None,
        people_count=line.people_count or None,
        deadline=line.deadline,
        state_at=line.published_at,
        stage=named(locale, line.stage_zh, line.stage_en) if line.stage_zh else None,
    )


def _notice(notice: FinderNotice, locale: Locale) -> OpenNotice:
    title = texts(locale)("home.notice_of", item=named(locale, notice.name_zh, notice.name_en))
    return OpenNotice(title, f"/c/{notice.slug}/e/{notice.code}/rank", notice.notice_closes_at)


def _above(tier: Tier) -> Tier | None:
    place = TIERS.index(tier)
    return TIERS[place - 1] if place else None


PAGES: list[ControllerRouterHandler] = [show_home]
