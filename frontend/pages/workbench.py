"""SO1: the contests somebody runs, and what needs them today."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.presets import Tier as ContestTier
from api.contests.queries.contests import ContestFilter, list_contests
from api.contests.queries.seasons import list_seasons
from api.contests.schemas import ContestLine, Season
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.paging import Page
from api.registration.queries import EntryFilter, count_entries
from frontend.locales import Locale, texts
from frontend.pages.organising import phase_of
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.rankings import tier_of
from frontend.pages.serving import PageRequest, locale_of, named, show
from frontend.views.common import Choice, Tier
from frontend.views.contests import ContestRow, TierProgress
from frontend.views.organiser import NeedsMe, OrganiserContest, WorkbenchPage

PAGE: Final = 50
MOST_NEEDS: Final = 7
MOST_COUNTED: Final = 12
TIERS: Final[dict[Tier, ContestTier]] = {"province": "province", "city": "city", "county": "base"}


@get("/org", opt={"right": "contest.read"})
async def show_workbench(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    tier: Annotated[Literal["province", "city", "county"] | None, QueryParameter()] = None,
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """The workbench; without a tier that of the highest contests within reach."""
    locale = locale_of(request)
    place = Place(cursor, before, back)
    chosen, found = await _contests(db, actor, tier, place)
    lines = found.data
    seasons = (await list_seasons(db, actor, 1)).data
    # The first ones only: seven lines are shown, and whoever looks down a tier reviews nothing there.
    asked = [line for line in lines if _is_open(line)][:MOST_COUNTED]
    waiting = {line.id: await _waiting(db, actor, line) for line in asked}
    page = WorkbenchPage(
        season=str(seasons[0].year) if seasons else "",
        now=datetime.now(UTC),
        organisation=actor.display_name,
        contests=tuple(_contest(line, waiting.get(line.id, 0), locale) for line in lines),
        needs_me=_needs(lines, waiting, locale),
        progress=season_progress(seasons[0]) if seasons else (),
        paging=place.paging(
            len(lines), PAGE, found.next_cursor, lambda more: f"/org?{urlencode({'tier': chosen} | more)}"
        ),
        tiers=tuple(Choice(each, "", each == chosen) for each in TIERS),
    )
    return show(request, page, "organiser")


def season_progress(season: Season) -> tuple[TierProgress, ...]:
    """The season's 10 / 100 / 1,000."""
    return tuple(TierProgress(tier.tier, tier.done, tier.planned) for tier in season.tiers)


async def _contests(db: Db, actor: Actor, tier: Tier | None, place: Place) -> tuple[Tier, Page[ContestLine]]:
    for each, cut in TIERS.items():
        if tier in (None, each):
            found = await list_contests(db, actor, PAGE, place.cursor or None, cut=ContestFilter(tier=cut))
            if found.data or tier:
                return each, found
    return "province", Page([])


def _is_open(line: ContestLine) -> bool:
    return line.state in ("published", "running") and line.entries > 0


async def _waiting(db: Db, actor: Actor, line: ContestLine) -> int:
    counts = await count_entries(db, actor, EntryFilter(contest=line.id))
    return counts.get("at_organiser", 0) + counts.get("at_committee", 0)


def _needs(lines: list[ContestLine], waiting: dict[str, int], locale: Locale) -> tuple[NeedsMe, ...]:
    t = texts(locale)
    drafts = [
        NeedsMe(
            t("org.publish_draft"),
            named(locale, line.name_zh, line.name_en),
            f"/org/c/{line.id}",
            line.registration_opens_at,
        )
        for line in lines
        if line.state == "draft"
    ]
    reviews = [
        NeedsMe(
            t("org.to_review", n=waiting[line.id]),
            named(locale, line.name_zh, line.name_en),
            f"/org/c/{line.id}/regs",
        )
        for line in lines
        if waiting.get(line.id)
    ]
    return tuple((reviews + drafts)[:MOST_NEEDS])


def _contest(line: ContestLine, waiting: int, locale: Locale) -> OrganiserContest:
    state = phase_of(line.state, line.registration_opens_at, line.registration_closes_at, datetime.now(UTC))
    row = ContestRow(
        slug=line.slug,
        name=named(locale, line.name_zh, line.name_en),
        region=line.host_short_name,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        state=state,
        item_count=line.items,
        people_count=line.entries,
    )
    tasks = (line.state == "draft") + (waiting > 0)
    return OrganiserContest(line.id, row, tier_of(line.tier), tasks)


PAGES: list[ControllerRouterHandler] = [show_workbench]
