"""P4: one's own rank by the ticket's QR code or by number and digits, without signing in."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.dependencies import FromDb, FromLimiter, FromSettings
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.award_lines import award_lines
from api.results.board_cache import BOARD_HEADER
from api.results.own import OwnRank, find_code, own_rank
from api.results.schemas import BoardRow
from frontend.locales import Locale
from frontend.pages.forms import TRIED_TOO_OFTEN, require_answered
from frontend.pages.organising import listed
from frontend.pages.rankings import tier_of
from frontend.pages.serving import (
    PageRequest,
    form_fields,
    form_state,
    go,
    is_partial,
    locale_of,
    named,
    show,
)
from frontend.views.common import ContestHead, FormState, ItemHead
from frontend.views.own_rank import FindOwnPage, OwnRankPage
from frontend.views.results import RankRow


@get("/r", opt={"public": True})
async def show_form(request: PageRequest) -> Response[str]:
    """The way without a QR code."""
    return show(request, FindOwnPage(), "public")


@post("/r", opt={"public": True}, status_code=200)
async def look_up(
    request: PageRequest, db: FromDb, settings: FromSettings, limiter: FromLimiter
) -> Response[str] | Redirect:
    """From number and digits to one's own page; they stand in no address."""
    fields = await form_fields(request)
    try:
        code = await find_code(db, settings, limiter, fields.get("number", ""), fields.get("digits", ""))
    except Problem as problem:
        require_answered(problem, TRIED_TOO_OFTEN)
        form = form_state(request, {"number": fields.get("number", "")[:40]}, problem)
        return show(request, FindOwnPage(form=form), "public", status=problem.status)
    return go(request, f"/r/{code}")


@get("/r/{code:str}", opt={"public": True})
async def show_own(
    request: PageRequest, db: FromDb, settings: FromSettings, code: FromPath[str]
) -> Response[str]:
    """One's own row first; one copy for all who look at it."""
    try:
        found = await own_rank(db, settings, code)
    except Problem as problem:
        if problem.code != "not_found":
            raise
        return show(request, FindOwnPage(unknown=True, form=FormState()), "public", status=404)
    page = await _page(db, found, code, locale_of(request))
    headers = {BOARD_HEADER: str(parse_id("item", found.board.item)), "Vary": "HX-Request"}
    return show(
        request, page, "public", template=OwnRankPage.LIVE if is_partial(request) else None, headers=headers
    )


async def _page(db: Db, found: OwnRank, code: str, locale: Locale) -> OwnRankPage:
    board = found.board
    contest = ContestHead(
        board.contest,
        board.contest_slug,
        named(locale, board.contest_name, board.contest_name_en),
        tier_of(board.tier),
    )
    place = found.own.award_rank if found.own else None
    # All that the board's line names for this place, not the highest alone.
    awards = [
        named(locale, one.name_zh, one.name_en)
        for one in await award_lines(db, board)
        if place is not None and one.first <= place <= one.last
    ]
    own = found.own
    return OwnRankPage(
        item=ItemHead(found.item_code, named(locale, board.item_name, board.item_name_en), contest),
        code=code,
        state=board.audience,
        own=_row(own, own=True) if own else None,
        award=listed(locale, dict.fromkeys(awards)),
        near=tuple(_row(row, own=own is not None and row.entry == own.entry) for row in found.near),
        entrants=board.field,
        judged=board.judged,
        to_judge=board.to_judge,
        at=board.at,
        frozen_since=board.frozen_since,
        withdrawn_at=board.withdrawn_at,
        withdrawn_reason=board.withdrawn_reason or "",
        amended_at=board.amended_at,
        amended_note=board.amended_note or "",
        appeals_until=board.notice_closes_at,
    )


def _row(row: BoardRow, *, own: bool) -> RankRow:
    return RankRow(
        entry=row.entry,
        number=row.number,
        name=row.name,
        delegation=row.delegation,
        unit=row.unit,
        rank=row.rank,
        total=row.total,
        shared=row.shared,
        state="ranked" if row.state == "present" else row.state,  # type: ignore[arg-type]
        own=own,
    )


PAGES: list[ControllerRouterHandler] = [show_form, look_up, show_own]
