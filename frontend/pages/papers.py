"""Paper sheets: print them blank, type them in twice, compare, and make marks of those on which both copies agree."""

from typing import Final
from uuid import uuid4

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.paper import (
    EnterCopy,
    PaperAnswer,
    PaperSheet,
    enter_copy,
    paper_lines,
    paper_of_session,
    transfer_copy,
)
from api.judging.schemas import SheetCriterion
from api.judging.tablet_schemas import PackLine
from api.plumbing.db import Db
from api.plumbing.idempotency import once_of
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.forms import require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.pages.session_heads import head_of, station_text
from frontend.pages.sheet_form import value_of
from frontend.pages.sheet_rows import groups_of
from frontend.views.common import FormState
from frontend.views.judging import CriterionGroup
from frontend.views.papers import BlankSheetsPage, PaperCopyPage, PaperDifference, PaperLine, PaperPage

# How "not attempted" is written on the paper and typed in.
NOT_ATTEMPTED: Final = frozenset({"-", "－", "—", "/", "未做"})


@get("/paper/s/{session:str}", opt={"right": "paper.read"})
async def show_paper(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """How far each sheet is."""
    return await _list(request, db, actor, session)


@post("/paper/s/{session:str}", opt={"right": "paper.transfer"}, status_code=200)
async def transfer(
    request: PageRequest, db: FromDb, actor: FromActor, state: State, session: FromPath[str]
) -> Response[str] | Redirect:
    """sheet: make marks of it."""
    fields = await form_fields(request)
    try:
        await transfer_copy(db, state.desk, actor, parse_id("sheet", fields.get("sheet", "")))
    except Problem as problem:
        require_answered(problem)
        return await _list(request, db, actor, session, form_state(request, {}, problem))
    return go(request, f"/paper/s/{session}")


@get("/paper/s/{session:str}/{sheet:str}", opt={"right": "paper.enter"})
async def show_copy(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str], sheet: FromPath[str]
) -> Response[str]:
    """One sheet to type; empty, whoever has typed it before."""
    return await _copy(request, db, actor, session, sheet)


@post("/paper/s/{session:str}/{sheet:str}", opt={"right": "paper.enter"}, status_code=200)
async def type_copy(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str], sheet: FromPath[str]
) -> Response[str] | Redirect:
    """mark.{key} for every criterion."""
    fields = await form_fields(request)
    _, lines = await paper_lines(db, actor, parse_id("session", session))
    answers = {
        line.rule.key: answer
        for line in lines
        if (answer := _answer(line, fields.get(f"mark.{line.rule.key}", "")))
    }
    once = await once_of(request, db, actor.account_id, f"paper:{fields.get('once') or uuid4()}")
    sheet_id = parse_id("sheet", sheet)
    try:
        await once.answer(lambda: enter_copy(db, actor, sheet_id, EnterCopy(answers)))
    except Problem as problem:
        require_answered(problem)
        names = {f"/answers/{line.rule.key}": f"mark-{line.number:02}" for line in lines}
        return await _copy(request, db, actor, session, sheet, form_state(request, fields, problem, names))
    return go(request, f"/paper/s/{session}")


@get("/paper/s/{session:str}/blank", opt={"right": "paper.read"})
async def show_blank(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """Blank sheets to print: a page for each station and judge."""
    session_id = parse_id("session", session)
    found, lines = await paper_lines(db, actor, session_id)
    sheets = await paper_of_session(db, actor, session_id)
    locale = locale_of(request)
    page = BlankSheetsPage(
        head_of(None, found, "", locale),
        tuple((station_text(sheet.station), sheet.judge) for sheet in sheets),
        _groups(lines, locale),
    )
    return show(request, page, "judge")


def _answer(line: PackLine, typed: str) -> PaperAnswer | None:
    text = typed.strip()
    if not text:
        return None
    if text in NOT_ATTEMPTED:
        return PaperAnswer("not_attempted")
    return PaperAnswer("scored", value_of(line.rule, text[:40]))


def _groups(lines: tuple[PackLine, ...], locale: Locale) -> tuple[CriterionGroup, ...]:
    blank = tuple(SheetCriterion(number=line.number, rule=line.rule, current=None) for line in lines)
    return groups_of(blank, {}, locale)


async def _list(
    request: PageRequest, db: Db, actor: Actor, session: str, form: FormState | None = None
) -> Response[str]:
    session_id = parse_id("session", session)
    found, _ = await paper_lines(db, actor, session_id)
    page = PaperPage(
        head=head_of(None, found, "", locale_of(request)),
        sheets=tuple(_line(sheet) for sheet in await paper_of_session(db, actor, session_id)),
        types=actor.holds("paper.enter") and found.away is None,
        transfers=actor.holds("paper.transfer") and found.away is None,
        form=form or FormState(),
    )
    return show(request, page, "judge", status=409 if form else 200)


def _line(sheet: PaperSheet) -> PaperLine:
    return PaperLine(
        sheet=sheet.sheet,
        station=station_text(sheet.station),
        judge=sheet.judge,
        state=sheet.state,
        mine=sheet.mine,
        differences=tuple(
            PaperDifference(f"{each.number:02}", each.title, _shown(each.first), _shown(each.second))
            for each in sheet.differences
        ),
    )


def _shown(answer: PaperAnswer | None) -> str:
    return "" if answer is None else answer.value if answer.value is not None else "—"


async def _copy(
    request: PageRequest, db: Db, actor: Actor, session: str, sheet: str, form: FormState | None = None
) -> Response[str]:
    session_id = parse_id("session", session)
    found, lines = await paper_lines(db, actor, session_id)
    line = next((each for each in await paper_of_session(db, actor, session_id) if each.sheet == sheet), None)
    if line is None:
        raise Problem("not_found")
    locale = locale_of(request)
    page = PaperCopyPage(
        head=head_of(None, found, line.judge, locale),
        sheet=sheet,
        station=station_text(line.station),
        groups=_groups(lines, locale),
        once=str(uuid4()),
        form=form or FormState(),
    )
    return show(request, page, "judge", status=422 if form else 200)


PAGES: list[ControllerRouterHandler] = [show_paper, transfer, show_blank, show_copy, type_copy]
