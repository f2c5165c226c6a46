"""P3: one item of a contest: how it is marked, when it takes place, where its ranking stands."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from api.contests.public_schemas import PublicContest, PublicItem
from api.contests.queries.public import public_contest
from api.contests.queries.public_items import PublicSession, public_plan, public_sessions
from api.dependencies import FromDb
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.queries import board_columns, public_board
from api.results.schemas import Audience, Board
from frontend.locales import Locale, texts
from frontend.pages.contests import contest_head, item_name
from frontend.pages.rankings import tie_rule
from frontend.pages.serving import PageRequest, locale_of, named, show_shared
from frontend.planwords.nodes import node_words
from frontend.planwords.panels import panel_words
from frontend.views.common import ItemHead
from frontend.views.contests import ItemPage, PartLine, ScheduleLine
from scoring import Imported, Node, Plan
from scoring.decimals import plain
from scoring.plans.nodes import walk

RankingState = Literal["none", "progress", "live", "published", "withdrawn"]
RANKING: Final[dict[Audience, RankingState]] = {
    "none": "none",
    "progress": "progress",
    "live": "live",
    "provisional": "published",
    "final": "published",
    "amended": "published",
    "withdrawn": "withdrawn",
}


@get("/c/{slug:str}/e/{item:str}", opt={"public": True})
async def show_item(
    request: PageRequest, db: FromDb, slug: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """An item for everybody; one copy is shared by all readers."""
    now = datetime.now(UTC)
    contest = await public_contest(db, slug, now)
    found = next((each for each in contest.items if each.code == item), None)
    if found is None:
        raise Problem("not_found")
    item_id: UUID = parse_id("item", found.id)
    page = item_page(
        contest,
        found,
        await public_board(db, found.id),
        await public_plan(db, item_id),
        await public_sessions(db, item_id),
        locale_of(request),
        now,
    )
    return show_shared(request, page)


def item_page(
    contest: PublicContest,
    item: PublicItem,
    board: Board,
    plan: Plan,
    sessions: list[PublicSession],
    locale: Locale,
    now: datetime,
) -> ItemPage:
    """The page's data."""
    open_now = contest.phase == "registration"
    return ItemPage(
        item=ItemHead(item.code, item_name(item, locale), contest_head(contest, locale)),
        now=now,
        entered=item.entered,
        places=item.places,
        parts=_parts(plan, locale),
        ties=tie_rule(board, locale),
        ranking=RANKING[board.audience],
        ranked=sum(row.rank is not None for row in board.rows),
        judged=board.judged,
        to_judge=board.to_judge,
        published_at=board.at,
        schedule=tuple(_line(session, locale) for session in sessions),
        register_closes_at=contest.registration_closes_at if open_now else None,
        register_path=f"/my/reg/{item.id}" if open_now else None,
    )


def _parts(plan: Plan, locale: Locale) -> tuple[PartLine, ...]:
    nodes = {node.key: node for _, node in walk(plan.root)}
    return tuple(
        PartLine(
            named(locale, column.name, column.name_en),
            column.weight,
            _how(nodes[column.key.partition("#")[0]], locale),
        )
        for column in board_columns(plan)
    )


def _how(part: Node, locale: Locale) -> str:
    """How a part gets its marks, as one sentence."""
    t = texts(locale)
    if isinstance(part, Imported):
        return t("item.by_paper", n=format(plain(part.maximum), "f"))
    panel = next((node.panel for _, node in walk(part) if node.panel is not None), None)
    return named(locale, *(node_words(part) if panel is None else panel_words(panel)))


def _line(session: PublicSession, locale: Locale) -> ScheduleLine:
    stage = named(locale, session.stage_zh, session.stage_en)
    name = named(locale, session.name_zh, session.name_en)
    where = texts(locale)("judge.station_range", first="01", last=f"{session.stations:02}")
    return ScheduleLine(session.starts_at, session.ends_at, f"{name} {stage}", where)


PAGES: list[ControllerRouterHandler] = [show_item]
