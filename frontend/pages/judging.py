"""SJ1, SJ2, SJ3 and SJ8: a judge's way in, the stations, the sheet and the chief's sign-off. No name is in any byte of them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access import commands as access
from api.access.actor import Actor
from api.access.routes import SIGNS_IN
from api.access.schemas import SignInByBadge
from api.access.sessions import caller_of, session_cookie
from api.dependencies import FromActor, FromDb, FromSettings
from api.judging.commands.marks import enter_marks
from api.judging.commands.sheets import move_sheet
from api.judging.queries.sessions import my_sessions, station_grid
from api.judging.queries.sheets import sheet_for
from api.judging.queries.totals import station_totals
from api.judging.schemas import EnterMarks, MoveSheet, Sheet, SheetLine, Station, StationGrid
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, texts
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.sheet_form import Outcome, operations_of, rows_of, shown_groups
from frontend.views.judging import (
    JudgeHead,
    JudgeSignInPage,
    MarkReceipt,
    SheetPage,
    SignOffPage,
    SignRow,
    StationsPage,
    StationState,
    StationTile,
)

SESSION_STATES = {"planned": "not_started", "running": "running", "paused": "paused", "closed": "closed"}
Code = Annotated[str, QueryParameter(max_length=200)]


@get("/judge", opt={"public": True})
async def show_door(
    request: PageRequest, db: FromDb, actor: FromActor, code: Code = ""
) -> Response[str] | Redirect:
    """The way in; a judge who is in goes on to the session at hand."""
    if actor.signed_in and actor.holds("session.read"):
        sessions = await my_sessions(db, actor)
        if sessions:
            running = next((each for each in sessions if each.state == "running"), sessions[0])
            return go(request, f"/judge/s/{running.id}")
    page = JudgeSignInPage(
        now=datetime.now(UTC), device=texts(locale_of(request))("judge_in.this_device"), badge=code or None
    )
    return show(request, page, "judge")


@post("/judge", opt=SIGNS_IN, status_code=200)
async def take_over(request: PageRequest, db: FromDb, settings: FromSettings) -> Response[str] | Redirect:
    """Badge and PIN."""
    form = await form_fields(request)
    badge = form.get("badge") or form.get("code", "")
    try:
        shown = msgspec.convert({"badge": badge, "pin": form.get("pin", "")}, SignInByBadge)
        opened = await access.sign_in_by_badge(db, caller_of(request), shown)
    except msgspec.ValidationError:
        return _door_again(request, form, Problem("badge_failed"))
    except Problem as problem:
        return _door_again(request, form, problem)
    answer = go(request, "/judge")
    answer.set_cookie(session_cookie(settings, opened))
    return answer


@get("/judge/s/{session:str}", opt={"right": "session.read"})
async def show_stations(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """The stations of a session; who watches over it without a seat goes on to the sign-off."""
    grid = await station_grid(db, actor, parse_id("session", session), own=True)
    locale = locale_of(request)
    page = StationsPage(
        head=_head(grid, locale),
        tiles=tuple(_tile(station) for station in grid.stations),
        session_state=SESSION_STATES[grid.session.state],  # type: ignore[arg-type]
        chief=grid.chief,
    )
    return show(request, page, "judge")


@get("/judge/s/{session:str}/w/{station:str}", opt={"right": "sheet.read"})
async def show_sheet(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str], station: FromPath[str]
) -> Response[str]:
    """The sheet of one station."""
    grid, sheet = await _own_sheet(db, actor, session, station)
    return show(request, _sheet_page(request, grid, sheet), "judge")


@post("/judge/s/{session:str}/w/{station:str}", opt={"right": "sheet.mark"}, status_code=200)
async def save_sheet(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    state: State,
    session: FromPath[str],
    station: FromPath[str],
) -> Response[str] | Redirect:
    """Keep what was typed; with act=submit also submit. What is not taken stays on the page with the reason."""
    grid, sheet = await _own_sheet(db, actor, session, station)
    form = await form_fields(request)
    outcome = await _enter(state, actor, sheet, form)
    sheet = await sheet_for(db, actor, parse_id("sheet", sheet.id))
    problem = None
    if form.get("act") == "submit" and not outcome.trouble:
        try:
            await move_sheet(db, actor, parse_id("sheet", sheet.id), MoveSheet("submitted", sheet.seq))
            return go(request, f"/judge/s/{session}")
        except Problem as refused:
            problem = refused
    if problem is None and not outcome.trouble:
        return go(request, f"/judge/s/{session}/w/{station}")
    page = _sheet_page(request, grid, sheet, outcome, problem)
    return show(request, page, "judge", status=problem.status if problem else 422)


@post("/judge/s/{session:str}/w/{station:str}/marks", opt={"right": "sheet.mark"}, status_code=200)
async def save_mark(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    state: State,
    session: FromPath[str],
    station: FromPath[str],
) -> Response[str]:
    """One tap: enter one criterion and give back its row's receipt."""
    grid, sheet = await _own_sheet(db, actor, session, station)
    form = await form_fields(request)
    key = form.get("criterion", "")
    if all(line.rule.key != key for line in sheet.criteria):
        raise Problem("invalid_parameter")
    outcome = await _enter(state, actor, sheet, form, only=key)
    page = _sheet_page(request, grid, await sheet_for(db, actor, parse_id("sheet", sheet.id)), outcome)
    receipt = MarkReceipt(
        head=page.head,
        station=page.station,
        criterion=next(each for each in page.criteria if each.key == key),
        numbers=page.numbers,
        received_at=datetime.now(UTC),
    )
    return show(request, receipt, "judge", template=SheetPage.RECEIPT)


@get("/judge/s/{session:str}/sign", opt={"right": "sheet.sign"})
async def show_sign_off(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """Totals and gaps of every station, for the chief judge."""
    return show(request, await _sign_off(request, db, actor, parse_id("session", session)), "judge")


@post("/judge/s/{session:str}/sign", opt={"right": "sheet.sign"}, status_code=200)
async def sign(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """Sign every submitted sheet of the session, each at the revision that was looked at."""
    session_id = parse_id("session", session)
    grid = await station_grid(db, actor, session_id)
    waiting = [line for station in grid.stations for line in station.sheets if line.state == "submitted"]
    try:
        async with db.transaction():
            for line in waiting:
                await move_sheet(db, actor, parse_id("sheet", line.sheet), MoveSheet("signed", line.seq))
    except Problem as problem:
        page = await _sign_off(request, db, actor, session_id, problem)
        return show(request, page, "judge", status=problem.status)
    return go(request, f"/judge/s/{session}/sign")


def _door_again(request: PageRequest, form: dict[str, str], problem: Problem) -> Response[str]:
    # The PIN is never given back.
    kept = {name: value for name, value in form.items() if name in ("badge", "code")}
    page = JudgeSignInPage(
        now=datetime.now(UTC),
        device=texts(locale_of(request))("judge_in.this_device"),
        badge=form.get("badge") or None,
        form=form_state(request, kept, problem),
    )
    # A form that was filled in wrongly, not a page that asks who is there.
    status = 422 if problem.code == "badge_failed" else problem.status
    return show(request, page, "judge", status=status, headers=problem.headers)


async def _own_sheet(db: Db, actor: Actor, session: str, station: str) -> tuple[StationGrid, Sheet]:
    """The actor's sheet of a station. Raises not_found."""
    grid = await station_grid(db, actor, parse_id("session", session), own=True)
    found = next(
        (each for each in grid.stations if f"{each.station:02d}" == station or str(each.station) == station),
        None,
    )
    if found is None or not found.sheets:
        raise Problem("not_found")
    return grid, await sheet_for(db, actor, parse_id("sheet", found.sheets[0].sheet))


async def _enter(
    state: State, actor: Actor, sheet: Sheet, form: dict[str, str], only: str | None = None
) -> Outcome:
    outcome = Outcome()
    operations = operations_of(sheet, form, only, outcome)
    if operations:
        receipt = await enter_marks(state.desk, actor, parse_id("sheet", sheet.id), EnterMarks(operations))
        outcome.take(operations, receipt)
    return outcome


def _head(grid: StationGrid, locale: Locale, saved: str = "saved") -> JudgeHead:
    session = grid.session
    return JudgeHead(
        session=session.id,
        session_name=named(locale, session.name_zh, session.name_en),
        item=session.item_name,
        stage=session.stage_name,
        room="",
        judge=grid.judge or "—",
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        saved=saved,  # type: ignore[arg-type]
    )


def _tile(station: Station) -> StationTile:
    line = station.sheets[0]
    return StationTile(f"{station.station:02d}", line.done, line.of, _tile_state(station.present, line))


def _tile_state(present: bool, line: SheetLine) -> StationState:
    if not present:
        return "absent"
    if line.state != "open":
        return "submitted" if line.state == "submitted" else "locked"
    return "untouched" if not line.done else "ready" if line.done == line.of else "doing"


def _sheet_page(
    request: PageRequest,
    grid: StationGrid,
    sheet: Sheet,
    outcome: Outcome | None = None,
    problem: Problem | None = None,
) -> SheetPage:
    locale = locale_of(request)
    outcome = outcome or Outcome()
    trouble = bool(outcome.trouble)
    signed = next((move for move in reversed(sheet.transitions) if move.to == "signed"), None)
    closed = sheet.state != "open" or grid.session.state == "closed"
    return SheetPage(
        head=_head(grid, locale, "trouble" if trouble else "locked" if closed else "saved"),
        station=f"{sheet.station:02d}",
        sheet=sheet.id,
        project=sheet.session.stage_name,
        plan_version="",
        hash_fragment=sheet.plan_hash.partition(":")[2][:4].upper(),
        groups=shown_groups(rows_of(sheet, outcome, locale)),
        state="submitted" if sheet.state == "submitted" else "locked" if closed else "open",
        locked_by=(signed.by or "") if signed else "",
        locked_at=signed.at if signed else None,
        last_key=outcome.last_key or _last_key(sheet),
        form=form_state(request, {}, problem),
    )


def _last_key(sheet: Sheet) -> str | None:
    """The criterion answered last."""
    answered = [line for line in sheet.criteria if line.current is not None]
    return max(answered, key=lambda line: line.current.received_at).rule.key if answered else None  # type: ignore[union-attr]


async def _sign_off(
    request: PageRequest, db: Db, actor: Actor, session_id: UUID, problem: Problem | None = None
) -> SignOffPage:
    grid = await station_grid(db, actor, session_id)
    locale = locale_of(request)
    t = texts(locale)
    totals = await station_totals(db, actor, session_id)
    rows = tuple(
        SignRow(
            station=f"{station.station:02d}",
            submitted=sum(line.state != "open" for line in station.sheets),
            of=len(station.sheets),
            total=totals.get(station.station),
            gaps=tuple(
                t("sign.gap", judge=line.judge, done=line.done, of=line.of)
                for line in station.sheets
                if station.present and line.state == "open"
            ),
        )
        for station in grid.stations
    )
    lines = [line for station in grid.stations if station.present for line in station.sheets]
    signed = lines and all(line.state == "signed" for line in lines)
    return SignOffPage(
        head=_head(grid, locale),
        rows=rows,
        hash_fragment=totals.fragment,
        signed_at=totals.signed_at if signed else None,
        form=form_state(request, {}, problem),
    )


PAGES: list[ControllerRouterHandler] = [
    show_door,
    take_over,
    show_stations,
    show_sheet,
    save_sheet,
    save_mark,
    show_sign_off,
    sign,
]
