"""P5: the public ranking of an item, with the reason for every place."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, cast

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from api.dependencies import FromDb
from api.plumbing.ids import parse_id
from api.results import queries
from api.results.award_lines import AwardLine, award_lines
from api.results.board_cache import BOARD_HEADER
from api.results.schemas import Board, BoardRow
from frontend.locales import Locale, texts
from frontend.pages.award_bands import award_bands
from frontend.pages.serving import PageRequest, is_partial, locale_of, show
from frontend.views.common import Choice, ContestHead, ItemHead, Tier, Version
from frontend.views.results import EntryState, PartColumn, RankBand, RankPage, RankRow, TieStep, WhyPanel


@get("/c/{slug:str}/e/{item:str}/rank", opt={"public": True})
async def show_ranking(
    request: PageRequest,
    db: FromDb,
    slug: FromPath[str],
    item: FromPath[str],
    q: Annotated[str, QueryParameter(max_length=60)] = "",
    delegation: Annotated[str, QueryParameter(max_length=60)] = "",
    why: Annotated[str, QueryParameter(max_length=60)] = "",
) -> Response[str]:
    """The ranking as anybody may see it; one copy is shared by all readers."""
    board = await queries.public_board_at(db, slug, item)
    lines = await award_lines(db, board)
    page = rank_page(board, item, locale_of(request), q.strip(), delegation, why, lines)
    template = RankPage.LIVE if is_partial(request) else None
    headers = {BOARD_HEADER: str(parse_id("item", board.item)), "Vary": "HX-Request"}
    return show(request, page, "public", template=template, headers=headers)


def rank_page(
    board: Board,
    key: str,
    locale: Locale,
    query: str,
    delegation: str,
    why: str,
    lines: Sequence[AwardLine] = (),
) -> RankPage:
    """The page's data: rows that match the search, cut into the bands of the awards."""
    english = locale == "en"
    names = [column.name_en if english else column.name for column in board.columns]
    rows = [row for row in board.rows if _matches(row, query, delegation)]
    here = f"/c/{board.contest_slug}/e/{key}/rank"
    return RankPage(
        item=ItemHead(
            key=key,
            name=board.item_name_en if english else board.item_name,
            contest=ContestHead(
                board.contest,
                board.contest_slug,
                board.contest_name_en if english else board.contest_name,
                tier_of(board.tier),
            ),
        ),
        now=datetime.now(UTC),
        state=board.audience,
        columns=tuple(
            PartColumn(column.key, name, column.weight)
            for column, name in zip(board.columns, names, strict=True)
        ),
        bands=tuple(
            RankBand(tuple(_row(row, board) for row in band.rows), band.award, band.first, band.last)
            for band in award_bands(rows, lines, locale)
        ),
        entrants=board.field,
        version=Version(board.version, board.hash_fragment or "", board.at)
        if board.version and board.at
        else None,
        tie_rule=tie_rule(board, locale),
        query=query,
        delegation=delegation,
        delegations=_delegations(board, delegation, locale),
        why=_why(board, why, locale, here) if why else None,
        judged=board.judged,
        to_judge=board.to_judge,
        withdrawn_at=board.withdrawn_at,
        withdrawn_reason=board.withdrawn_reason or "",
        amended_at=board.amended_at,
        amended_note=board.amended_note or "",
        appeals_until=board.notice_closes_at,
        frozen_since=board.frozen_since,
    )


def tier_of(tier: str) -> Tier:
    """The word of the pages for a tier; at the base they speak of counties unless they know of an enterprise."""
    return "county" if tier == "base" else cast("Tier", tier)


def _matches(row: BoardRow, query: str, delegation: str) -> bool:
    wanted = query.casefold()
    return (not delegation or row.delegation == delegation) and (
        not wanted
        or any(wanted in text.casefold() for text in (row.name, row.number, row.unit, row.delegation))
    )


def _row(row: BoardRow, board: Board) -> RankRow:
    return RankRow(
        entry=row.entry,
        number=row.number,
        name=row.name,
        delegation=row.delegation,
        unit=row.unit,
        rank=row.rank,
        total=row.total,
        parts=tuple(row.parts),
        shared=row.shared,
        explained=_tied_with(board, row) is not None,
        state="ranked" if row.state == "present" else cast("EntryState", row.state),
    )


def _tied_with(board: Board, row: BoardRow) -> BoardRow | None:
    """The neighbour with the same total: first the one above, then the one below."""
    if row.rank is None or row.total is None:
        return None
    place = next(index for index, each in enumerate(board.rows) if each.entry == row.entry)
    neighbours = (
        board.rows[place - 1] if place else None,
        board.rows[place + 1] if place + 1 < len(board.rows) else None,
    )
    return next(
        (each for each in neighbours if each and each.rank is not None and each.total == row.total), None
    )


def _delegations(board: Board, chosen: str, locale: Locale) -> tuple[Choice, ...]:
    names = sorted({row.delegation for row in board.rows if row.delegation})
    if len(names) < 2:
        return ()
    first = Choice("", texts(locale)("rank.all_delegations"), not chosen)
    return (first, *(Choice(name, name, name == chosen) for name in names))


def _criteria(board: Board, locale: Locale) -> list[str]:
    return [each.name_en if locale == "en" else each.name for each in board.order]


def tie_rule(board: Board, locale: Locale) -> str:
    """How equal totals are told apart, as one sentence."""
    separator = ", " if locale == "en" else "、"
    return (
        texts(locale)("rank.tie_rule_text", criteria=separator.join(_criteria(board, locale)))
        if board.order
        else ""
    )


def _why(board: Board, entry: str, locale: Locale, close_url: str) -> WhyPanel | None:
    row = next((each for each in board.rows if each.entry == entry), None)
    other = _tied_with(board, row) if row else None
    if row is None or other is None:
        return None
    t = texts(locale)
    criteria = _criteria(board, locale)
    deciding = next(
        (
            index
            for index, pair in enumerate(zip(row.compared, other.compared, strict=True))
            if pair[0] != pair[1]
        ),
        None,
    )
    last = len(criteria) - 1 if deciding is None else deciding
    steps = tuple(
        TieStep(
            name,
            (row.compared[index] or "—") if index <= last else None,
            (other.compared[index] or "—") if index <= last else None,
            index == deciding,
        )
        for index, name in enumerate(criteria)
    )
    names = {"name": row.name, "other": other.name, "total": row.total}
    if deciding is None:
        opening = verdict = t("rank.why_shared", **names)
    else:
        opening = t("rank.why_opening", n=deciding + 1, **names)
        first, second = (row, other) if (row.rank or 0) < (other.rank or 0) else (other, row)
        verdict = t("rank.why_verdict", criterion=criteria[deciding], better=first.name, worse=second.name)
    return WhyPanel(
        entry=row.entry,
        title=t("rank.why_title", name=row.name, rank=row.rank),
        opening=opening,
        first_name=row.name,
        second_name=other.name,
        steps=steps,
        verdict=verdict,
        source=t("rank.why_source"),
        close_url=close_url,
    )


PAGES: list[ControllerRouterHandler] = [show_ranking]
