"""P2: one contest with its dates, items and papers."""

from datetime import UTC, datetime, timedelta
from typing import Final

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from api.contests.public_schemas import PublicContest, PublicItem, TimelineDate
from api.contests.queries.public import public_contest
from api.dependencies import FromDb
from frontend.locales import Locale, texts
from frontend.pages.serving import PageRequest, locale_of, named, show_shared
from frontend.views.common import ContestHead
from frontend.views.contests import ContestPage, ItemLine, TimelineEvent
from frontend.views.formats import fragment

ONE_DAY: Final = timedelta(days=1)


@get("/c/{slug:str}", opt={"public": True})
async def show_contest(request: PageRequest, db: FromDb, slug: FromPath[str]) -> Response[str]:
    """A contest for everybody; one copy is shared by all readers."""
    now = datetime.now(UTC)
    return show_shared(request, contest_page(await public_contest(db, slug, now), locale_of(request), now))


def contest_page(contest: PublicContest, locale: Locale, now: datetime) -> ContestPage:
    """The page's data."""
    return ContestPage(
        contest=contest_head(contest, locale),
        now=now,
        host=named(locale, contest.host_zh, contest.host_en),
        items=tuple(
            ItemLine(item.code, item_name(item, locale), item.entered, item.places, item.team_size > 1)
            for item in contest.items
        ),
        timeline=tuple(_event(each) for each in contest.timeline),
        places=contest.places,
        filing_number=contest.filings[0].number if contest.filings else None,
        notice_version=f"v{contest.rules_revision}" if contest.rules_revision else None,
        hash_fragment=fragment(contest.rules_hash) if contest.rules_hash else None,
        entry_rule=_entry_rule(contest.items, locale),
        register_opens_at=contest.registration_opens_at,
        register_closes_at=contest.registration_closes_at,
    )


def contest_head(contest: PublicContest, locale: Locale) -> ContestHead:
    """What the title block says of the contest."""
    return ContestHead(
        id=contest.id,
        slug=contest.slug,
        name=named(locale, contest.name_zh, contest.name_en),
        tier=contest.tier,
        contest_class=named(locale, contest.class_zh, contest.class_en) if contest.class_zh else None,
        state=contest.phase,
    )


def item_name(item: PublicItem, locale: Locale) -> str:
    """An item with the group it is for."""
    name = named(locale, item.name_zh, item.name_en or item.trade_en)
    return f"{name} {item.group_name}" if item.group_name else name


def _event(each: TimelineDate) -> TimelineEvent:
    # What is over within a day is an hour on a scale of weeks: its beginning says more than a span of one day.
    short = not each.all_day and each.until is not None and each.until - each.at < ONE_DAY
    return TimelineEvent(
        each.kind,
        each.at,
        None if short else each.until,
        is_limit=each.is_limit,
        all_day=not short,
        working_days=each.working_days,
    )


def _entry_rule(items: list[PublicItem], locale: Locale) -> str | None:
    """Who may enter, where it is the same for all items."""
    rules = {(item.kind, item.per_delegation) for item in items}
    if len(rules) != 1:
        return None
    kind, each = rules.pop()
    t = texts(locale)
    sentence = t(f"entry_kind.{kind}")
    return t("contest.per_delegation", kind=sentence, n=each) if each else sentence


PAGES: list[ControllerRouterHandler] = [show_contest]
