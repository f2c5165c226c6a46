"""SJ1 and SJ2: a judge comes in with badge and PIN, and sees their stations. No name is in any byte of it."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access import commands
from api.access.actor import Actor
from api.access.queries import device_held
from api.access.routes import NO_STORE, SIGNS_IN
from api.access.schemas import SignInByBadge
from api.access.sessions import caller_of, session_cookie
from api.dependencies import FromActor, FromDb, FromSettings
from api.judging.queries.sessions import my_sessions, station_grid
from api.judging.schemas import Session, Station
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.broadcasts import unread_lines
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_heads import STATES, head_of, station_text
from frontend.rendering import app_version
from frontend.views.judging import (
    JudgeSignInPage,
    SessionLine,
    SessionsPage,
    StationsPage,
    StationState,
    StationTile,
)


@get("/judge", opt={"public": True})
async def show_door(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    code: Annotated[str, QueryParameter(max_length=512)] = "",
    every: Annotated[bool, QueryParameter(name="all")] = False,
) -> Response[str] | Redirect:
    """The judges' door; a judge who is in goes on to the one session that is running, or chooses."""
    if actor.signed_in and actor.holds("sheet.mark"):
        return await _sessions(request, db, actor, every=every)
    held = await device_held(db, caller_of(request).device_secret)
    page = JudgeSignInPage(
        now=datetime.now(UTC),
        device=held.name if held else None,
        app=app_version(),
        form=form_state(request, {"code": code}),
    )
    return _door(request, page)


@post("/judge", opt=SIGNS_IN, status_code=200)
async def come_in(request: PageRequest, db: FromDb, settings: FromSettings) -> Response[str] | Redirect:
    """Badge and PIN."""
    fields = await form_fields(request)
    badge = fields.get("badge") or fields.get("code", "")
    try:
        opened = await commands.sign_in_by_badge(db, caller_of(request), _shown(badge, fields.get("pin", "")))
    except Problem as problem:
        # The badge stays, the PIN never does.
        page = JudgeSignInPage(
            now=datetime.now(UTC), app=app_version(), form=form_state(request, {"code": badge}, problem)
        )
        return _door(request, page, problem)
    answer = go(request, "/judge")
    answer.set_cookie(session_cookie(settings, opened))
    answer.headers.update(NO_STORE)
    return answer


def _shown(badge: str, pin: str) -> SignInByBadge:
    """What no badge or PIN can look like is wrong like any other."""
    try:
        return msgspec.convert({"badge": badge.strip(), "pin": pin.strip()}, SignInByBadge)
    except msgspec.ValidationError as error:
        raise Problem("badge_failed") from error


def _door(request: PageRequest, page: JudgeSignInPage, problem: Problem | None = None) -> Response[str]:
    status = problem.status if problem else 200
    # The door again is a form to correct: 401 would be the answer of a place that asks a program for credentials.
    status = 422 if status == 401 else status
    return show(request, page, "judge", status=status, headers=problem.headers if problem else None)


async def _sessions(request: PageRequest, db: Db, actor: Actor, *, every: bool) -> Response[str] | Redirect:
    sessions = await my_sessions(db, actor)
    running = [session for session in sessions if session.state == "running"]
    if len(running) == 1 and not every:
        return go(request, f"/judge/s/{running[0].id}")
    locale = locale_of(request)
    lines = tuple(_line(session, locale) for session in sessions)
    page = SessionsPage(actor.display_name, lines, chief=actor.holds("tie.decide"))
    return show(request, page, "judge")


def _line(session: Session, locale: Locale) -> SessionLine:
    return SessionLine(
        session=session.id,
        name=named(locale, session.name_zh, session.name_en),
        item=session.item_name,
        stage=session.stage_name,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        state=STATES[session.state],
    )


@get("/judge/s/{session:str}", opt={"right": "session.read"})
async def show_stations(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """The judge's own stations; the chief's way to the signature beside them."""
    session_id = parse_id("session", session)
    grid = await station_grid(db, actor, session_id, own=True)
    page = StationsPage(
        head=head_of(actor, grid.session, grid.judge or "", locale_of(request)),
        tiles=tuple(_tile(station) for station in grid.stations),
        session_state=STATES[grid.session.state],
        chief=grid.chief and actor.holds("sheet.sign"),
        broadcasts=await unread_lines(db, actor, session_id),
    )
    return show(request, page, "judge")


def _tile(station: Station) -> StationTile:
    sheet = station.sheets[0]
    return StationTile(station_text(station.station), sheet.done, sheet.of, _tile_state(station))


def _tile_state(station: Station) -> StationState:
    sheet = station.sheets[0]
    if sheet.state == "signed":
        return "locked"
    if sheet.state == "submitted":
        return "submitted"
    if not station.present:
        return "absent"
    if sheet.returned:
        return "returned"
    if sheet.done == 0:
        return "untouched"
    return "ready" if sheet.done == sheet.of else "doing"


PAGES: list[ControllerRouterHandler] = [show_door, come_in, show_stations]
