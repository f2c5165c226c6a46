"""Sessions and draw of an item: planned, drawn and started from one page."""

from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.schemas import Contest, Item
from api.dependencies import FromActor, FromDb
from api.judging.commands.draws import ask_redraw, confirm_redraw, make_draw
from api.judging.commands.sessions import create_session
from api.judging.queries.draws import draws_of_item, redraws_of_item
from api.judging.queries.judges import panels_of_item
from api.judging.queries.layers import layers_of_item
from api.judging.queries.sessions import sessions_of_item
from api.judging.schemas import AskRedraw, CreateSession, Draw, Redraw, Session
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.registration.queries import EntryFilter, list_entries
from frontend.locales import Locale
from frontend.pages.forms import require_answered
from frontend.pages.organising import (
    PUBLISHED,
    contest_of,
    contestants,
    item_address,
    item_head,
    item_of,
    progress_of_item,
)
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_runs import MOVES, run_fault, run_session, session_line
from frontend.views.common import FormState
from frontend.views.formats import fragment
from frontend.views.organiser import DrawLine, DrawPage, RedrawAsked

# Two sessions a day: morning and afternoon, three hours each. They can be moved afterwards.
BEGINNINGS: Final = (time(9), time(14))
LENGTH: Final = timedelta(hours=3)
MOST_STATIONS: Final = 9999
MOST_SESSIONS: Final = 50
MOST_NAMED: Final = 2000


@get("/org/c/{contest_id:str}/e/{item:str}/draw", opt={"right": "draw.read"})
async def show_draw(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The sessions and who was drawn where."""
    return await _page(request, db, actor, contest_id, item, FormState())


@post("/org/c/{contest_id:str}/e/{item:str}/draw", opt={"right": "draw.make"}, status_code=200)
async def change_draw(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str] | Redirect:
    """Draw, planning the sessions first where there are none; or start, pause, resume, close or reopen one."""
    fields = await form_fields(request)
    contest = await contest_of(db, actor, contest_id)
    found = item_of(contest, item)
    try:
        if fields.get("act") in MOVES:
            await run_session(db, actor, fields)
        elif fields.get("act") == "plan":
            async with db.transaction():
                await _plan_sessions(db, actor, contest, found, fields.get("stations", ""))
        elif fields.get("act") == "redraw":
            asked = AskRedraw(fields.get("reason", ""))
            await ask_redraw(db, actor, parse_id("item", found.id), asked)
        else:
            await _draw(db, actor, contest, found, fields)
    except Problem as problem:
        require_answered(problem)
        fault = run_fault if fields.get("act") in MOVES else form_state
        form = fault(request, fields, problem)
        return await _page(request, db, actor, contest_id, item, form, problem.status)
    return go(request, item_address(contest_id, item, "draw"))


@post("/org/c/{contest_id:str}/e/{item:str}/draw/confirm", opt={"right": "draw.confirm"}, status_code=200)
async def confirm_draw(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str] | Redirect:
    """Confirm, as the second person, the redraw that the form names."""
    fields = await form_fields(request)
    try:
        await confirm_redraw(db, actor, parse_id("redraw", fields.get("redraw", "")))
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, {}, problem)
        return await _page(request, db, actor, contest_id, item, form, problem.status)
    return go(request, item_address(contest_id, item, "draw"))


async def _draw(db: Db, actor: Actor, contest: Contest, item: Item, fields: dict[str, str]) -> None:
    item_id = parse_id("item", item.id)
    # One transaction: sessions that no draw could fill are not left behind.
    async with db.transaction():
        if not await sessions_of_item(db, actor, item_id):
            await _plan_sessions(db, actor, contest, item, fields.get("stations", ""))
            if item.blind_layers:
                return
        await make_draw(db, actor, item_id)


async def _plan_sessions(db: Db, actor: Actor, contest: Contest, item: Item, text: str) -> None:
    """As many sessions of so many stations as the accepted entries need, the panels taking turns."""
    item_id = parse_id("item", item.id)
    if not actor.holds("panel.change"):
        raise Problem(
            "draw_not_possible",
            reason_zh="还没有场次，请主办单位先排场次。",
            reason_en="There are no sessions yet; the organiser plans them first.",
        )
    if await sessions_of_item(db, actor, item_id):
        raise Problem(
            "draw_not_possible", reason_zh="场次已经排好。", reason_en="There are sessions already."
        )
    stations = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if not 1 <= stations <= MOST_STATIONS:
        raise invalid_fields(field_error("/stations", "stations_invalid", most=MOST_STATIONS))
    panels = await panels_of_item(db, actor, item_id)
    if not panels:
        raise Problem("draw_not_possible", reason_zh="还没有裁判组。", reason_en="There is no panel yet.")
    accepted = (await progress_of_item(db, actor, contest, item)).accepted
    for number in range(min(MOST_SESSIONS, max(1, ceil(accepted / stations)))):
        day, half = divmod(number, len(BEGINNINGS))
        begins = datetime.combine(
            contest.starts_on + timedelta(days=day), BEGINNINGS[half], ZoneInfo(contest.timezone)
        ).astimezone(UTC)
        await create_session(
            db, actor, item_id,
            CreateSession(
                panel=panels[number % len(panels)].id,
                name_zh=f"第{number + 1}场",
                name_en=f"Session {number + 1}",
                starts_at=begins,
                ends_at=begins + LENGTH,
                stations=stations,
            ),
        )  # fmt: skip


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, code: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    item_id = parse_id("item", item.id)
    sessions = await sessions_of_item(db, actor, item_id)
    draw = next((each for each in await draws_of_item(db, actor, item_id) if each.current), None)
    progress = await progress_of_item(db, actor, contest, item)
    page = DrawPage(
        item=item_head(contest, item, locale),
        approved=progress.accepted,
        stations=max((session.stations for session in sessions), default=0),
        sessions=len(sessions),
        plan=tuple(session_line(session, locale) for session in sessions),
        drawn_at=draw.at if draw else None,
        drawn_by="、".join(who for who in (draw.by, draw.second) if who) if draw else "",
        seed=(draw.seed or "") if draw else "",
        list_hash=fragment(draw.result_hash) if draw else "",
        result_hash=draw.result_hash if draw else "",
        commitment=(draw.commitment or "") if draw else "",
        committed_at=draw.committed_at if draw else None,
        draw_id=draw.id if draw else "",
        record_path=f"/api/v1/draws/{draw.id}/record" if draw and not item.blind_layers else "",
        lines=await _lines(db, actor, item, draw, sessions, locale) if draw else (),
        redraw=_redraw(actor, await redraws_of_item(db, actor, item_id)),
        may_draw=actor.holds("draw.make"),
        locked=any(session.state != "planned" for session in sessions),
        away=any(session.away for session in sessions),
        settled=progress.publication if progress.publication in PUBLISHED else "",
        panels=len(await panels_of_item(db, actor, item_id)) if actor.holds("panel.read") else 1,
        may_plan=actor.holds("panel.change"),
        blind_path=f"/blind/{item.id}" if item.blind_layers else "",
        layers_drawn=any(each.drawn_at for each in (await layers_of_item(db, actor, item_id)).layers),
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _redraw(actor: Actor, waiting: list[Redraw]) -> RedrawAsked | None:
    """The latest request that waits; whoever asked cannot confirm it."""
    if not waiting:
        return None
    latest = waiting[0]
    may_confirm = actor.holds("draw.confirm") and not latest.own
    return RedrawAsked(latest.id, latest.by, latest.at, latest.reason, may_confirm)


async def _lines(
    db: Db, actor: Actor, item: Item, draw: Draw, sessions: list[Session], locale: Locale
) -> tuple[DrawLine, ...]:
    names = {session.id: named(locale, session.name_zh, session.name_en) for session in sessions}
    entries = {}
    # In a blind item nobody joins number and person here, whatever else they may read.
    if item.blind_layers == 0 and actor.holds("entry.read"):
        found = await list_entries(db, actor, EntryFilter(item=item.id), MOST_NAMED)
        entries = {row.id: row for row in found.data}
    return tuple(
        DrawLine(
            position,
            place.number or "",
            names.get(place.session, ""),
            f"{place.station:02d}",
            contestants(entries[place.entry]) if place.entry in entries else None,
            entries[place.entry].delegation or "" if place.entry in entries else None,
        )
        for position, place in enumerate(draw.places, 1)
    )


PAGES: list[ControllerRouterHandler] = [show_draw, change_draw, confirm_draw]
