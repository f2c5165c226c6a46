"""Paper sheets: print them blank, type them in twice, compare, and make marks of those on which both copies agree."""

import unicodedata
from datetime import UTC, datetime
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
    paper_form,
    paper_of_session,
    transfer_copy,
)
from api.judging.schemas import SheetCriterion
from api.judging.tablet_schemas import PackLine
from api.plumbing.db import Db
from api.plumbing.idempotency import once_of
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, texts
from frontend.pages.forms import require_answered
from frontend.pages.organising import item_address
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_heads import head_of, station_text
from frontend.pages.sheet_form import shown_value, value_of
from frontend.pages.sheet_rows import groups_of
from frontend.views.common import FormState
from frontend.views.formats import MINUS, fragment
from frontend.views.judging import CriterionGroup
from frontend.views.papers import BlankSheetsPage, PaperCopyPage, PaperDifference, PaperLine, PaperPage
from scoring import Criterion

# How "not attempted" is written on the paper and typed in.
NOT_ATTEMPTED: Final = frozenset({"-", "—", "/", "未做"})


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
    lines = (await paper_form(db, actor, parse_id("session", session))).lines
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
    found = await paper_form(db, actor, session_id)
    sheets = await paper_of_session(db, actor, session_id)
    locale = locale_of(request)
    page = BlankSheetsPage(
        head=head_of(None, found.session, "", locale),
        contest=named(locale, found.contest_zh, found.contest_en),
        plan_version=f"v{found.plan_version}",
        hash_fragment=fragment(found.plan_hash),
        sheets=tuple((station_text(sheet.station), sheet.judge) for sheet in sheets),
        groups=_groups(found.lines, locale),
        printed_at=datetime.now(UTC),
    )
    return show(request, page, "judge")


def _answer(line: PackLine, typed: str) -> PaperAnswer | None:
    # Chinese keyboards type full-width digits; they are the same number.
    text = unicodedata.normalize("NFKC", typed).strip()
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
    found = await paper_form(db, actor, session_id)
    locale = locale_of(request)
    rules = {line.number: line.rule for line in found.lines}
    page = PaperPage(
        head=head_of(None, found.session, "", locale),
        back="/judge/chief"
        if actor.holds("tie.decide")
        else item_address(found.contest, found.item_code, "paper"),
        sheets=tuple(_line(sheet, rules, locale) for sheet in await paper_of_session(db, actor, session_id)),
        types=actor.holds("paper.enter") and found.session.away is None,
        transfers=actor.holds("paper.transfer") and found.session.away is None,
        form=form or FormState(),
    )
    return show(request, page, "judge", status=409 if form else 200)


def _line(sheet: PaperSheet, rules: dict[int, Criterion], locale: Locale) -> PaperLine:
    return PaperLine(
        sheet=sheet.sheet,
        station=station_text(sheet.station),
        judge=sheet.judge,
        state=sheet.state,
        mine=sheet.mine,
        differences=tuple(
            PaperDifference(
                f"{each.number:02}",
                named(locale, each.title, rules[each.number].title_en),
                _shown(rules[each.number], each.first, locale),
                _shown(rules[each.number], each.second, locale),
            )
            for each in sheet.differences
        ),
    )


def _shown(rule: Criterion, answer: PaperAnswer | None, locale: Locale) -> str:
    """An answer as it stands on the paper: of a deduction what was taken off, of a measure its unit."""
    if answer is None:
        return ""
    t = texts(locale)
    if answer.value is None:
        return t("judge.not_attempted")
    if rule.kind == "pass_fail":
        return t("judge.pass" if answer.value == "1" else "judge.fail")
    value = shown_value(rule, answer.value)
    if rule.kind == "deduction":
        return f"{MINUS}{value}" if value != "0" else value
    return f"{value} {rule.unit}".strip()


async def _copy(
    request: PageRequest, db: Db, actor: Actor, session: str, sheet: str, form: FormState | None = None
) -> Response[str]:
    session_id = parse_id("session", session)
    found = await paper_form(db, actor, session_id)
    line = next((each for each in await paper_of_session(db, actor, session_id) if each.sheet == sheet), None)
    if line is None:
        raise Problem("not_found")
    locale = locale_of(request)
    page = PaperCopyPage(
        head=head_of(None, found.session, line.judge, locale),
        sheet=sheet,
        station=station_text(line.station),
        groups=_groups(found.lines, locale),
        once=str(uuid4()),
        form=form or FormState(),
    )
    return show(request, page, "judge", status=422 if form else 200)


PAGES: list[ControllerRouterHandler] = [show_paper, transfer, show_blank, show_copy, type_copy]
