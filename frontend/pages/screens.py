"""S1, S2: a big screen. What it shows is cut to what anybody may see before it comes here."""

from typing import Final

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec.structs import replace

from api.dependencies import FromDb
from api.live.schemas import Ceremony, ScreenShow, Step
from api.live.screens import screen_show
from api.plumbing.db import Db
from api.results.award_lines import AwardLine, award_lines
from api.results.schemas import Board
from frontend.locales import Locale, texts
from frontend.pages.award_bands import award_bands
from frontend.pages.rankings import tie_rule
from frontend.pages.serving import PageRequest, is_partial, locale_of, named, show_shared
from frontend.views.screens import HallAward, HallRow, RevealStep, ScreenPage

ROWS: Final = 10
# What stays in sight of a long ceremony.
LADDER: Final = 10


@get("/screen/{code:str}", opt={"public": True})
async def show_screen(request: PageRequest, db: FromDb, code: FromPath[str]) -> Response[str]:
    """The screen; the part alone for its own script."""
    locale = locale_of(request)
    shown = await screen_show(db, code)
    page = await screen_page(db, shown, code, locale)
    return show_shared(request, page, template=ScreenPage.SHOW if is_partial(request) else None)


async def screen_page(db: Db, shown: ScreenShow, code: str, locale: Locale) -> ScreenPage:
    """The page's data."""
    t = texts(locale)
    contest = named(locale, shown.contest_name, shown.contest_name_en)
    bare = ScreenPage(
        id=shown.id, code=code, contest=shown.contest, contest_name=contest, title=contest, state="notice"
    )
    if shown.view == "notice":
        return replace(bare, notice=shown.notice or "")
    if shown.view == "reveal":
        return _reveal(bare, shown.ceremony, locale)
    board = shown.board
    if board is None:
        return replace(bare, state="none")
    item = named(locale, board.item_name, board.item_name_en)
    lines = await award_lines(db, board)
    return replace(
        bare,
        title=f"{item} {t('rank.title')}",
        state=_state(board),
        judged=board.judged,
        to_judge=board.to_judge,
        at=board.at,
        pages=_pages(board, shown.moves, lines, locale),
        moving=board.audience == "live",
        awards=tuple(
            HallAward(named(locale, one.name_zh, one.name_en), one.first, one.last) for one in lines
        ),
        tie_rule=tie_rule(board, locale),
        frozen_since=board.frozen_since,
        audience=board.audience,
        notice=board.withdrawn_reason or "",
        version=board.version,
        fragment=board.hash_fragment or "",
    )


def _state(board: Board) -> str:
    if board.audience in ("progress", "none", "withdrawn"):
        return board.audience
    return "board"


def _pages(
    board: Board, moves: dict[str, int], lines: tuple[AwardLine, ...], locale: Locale
) -> tuple[tuple[HallRow, ...], ...]:
    ranked = [row for row in board.rows if row.rank is not None]
    rows: list[HallRow] = []
    for band in award_bands(ranked, lines, locale):
        for row in band.rows:
            rows.append(
                HallRow(
                    entry=row.entry,
                    rank=row.rank or 0,
                    name=row.name,
                    team=team_of(row.delegation, row.unit_short),
                    total=row.total or "0",
                    move=moves.get(row.entry),
                    first=bool(band.award and band.first == 1),
                    last=bool(band.award) and row is band.rows[-1],
                )
            )
    return tuple(tuple(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS))


def team_of(delegation: str, unit: str) -> str:
    """Delegation and unit as one line; a unit that begins with its place does not say it twice."""
    return " ".join(
        word for word in (delegation, unit.removeprefix(delegation) if delegation != unit else "") if word
    )


def _reveal(bare: ScreenPage, ceremony: Ceremony | None, locale: Locale) -> ScreenPage:
    if ceremony is None:
        return replace(bare, state="waiting")
    steps = revealed_steps(ceremony, locale)
    return replace(
        bare,
        title=named(locale, ceremony.item_name, ceremony.item_name_en),
        state="reveal",
        steps=steps[-LADDER:] if ceremony.position < LADDER else steps[-ceremony.position :][:LADDER],
        position=ceremony.position,
        judged=ceremony.position,
        to_judge=ceremony.count,
        version=ceremony.version,
        fragment=ceremony.fragment,
    )


def revealed_steps(ceremony: Ceremony, locale: Locale) -> tuple[RevealStep, ...]:
    """All places from the first down; the hall's ceremony knows no more than the revealed ones, so the others are empty."""
    known = [
        reveal_step(step, locale, current=place == ceremony.position)
        for place, step in enumerate(ceremony.steps[: ceremony.position], 1)
    ]
    hidden = [RevealStep(place, known=False) for place in range(1, ceremony.count - ceremony.position + 1)]
    return (*hidden, *reversed(known))


def reveal_step(step: Step, locale: Locale, *, current: bool = False) -> RevealStep:
    """A place with its name."""
    return RevealStep(
        rank=step.rank,
        known=True,
        shared=step.shared,
        name=step.name,
        team=step.unit or step.delegation,
        total=step.total,
        parts=tuple((named(locale, part.name, part.name_en), part.value) for part in step.parts),
        award=named(locale, step.award, step.award_en),
        current=current,
    )


PAGES: list[ControllerRouterHandler] = [show_screen]
