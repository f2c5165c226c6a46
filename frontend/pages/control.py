"""SO10: the control room of a session, and one sheet of it. With script it follows the contest's events; without it is read again."""

from datetime import datetime
from typing import Final, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.scopes import contest_scope, session_scope
from api.control.queries.detail import sheet_detail
from api.control.queries.duties import duties_of_item
from api.control.queries.room import control_room
from api.control.schemas import ControlJudge, ControlRoom, ControlStation
from api.dependencies import FromActor, FromDb
from api.judging.broadcasts import broadcasts_of_session, send_broadcast, withdraw_broadcast
from api.judging.clocks import session_clock
from api.judging.commands.sheets import move_sheet
from api.judging.incidents import answer_incident, incidents_of_session
from api.judging.queries.tablets import SILENT_SECONDS
from api.judging.schemas import MoveSheet
from api.judging.tablet_schemas import AnswerIncident, Broadcast, Broadcasting
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.publications import PUBLISHED, publication_view
from frontend.locales import Locale, texts
from frontend.pages.duties import waiting_lines
from frontend.pages.forms import new_key, once_of_form, require_answered
from frontend.pages.organising import item_address
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
from frontend.pages.session_heads import station_text
from frontend.pages.session_runs import MOVES, run_fault, run_session, session_line
from frontend.pages.sheet_rows import KINDS
from frontend.pages.times import ANSWERS, incident_line
from frontend.views.common import FormState, PublicationState
from frontend.views.control import (
    DetailLine,
    DetailMove,
    DetailPage,
    RoomCell,
    RoomJudge,
    RoomPage,
    RoomStation,
    SentLine,
)
from frontend.views.formats import elapsed, fragment
from scoring.decimals import plain

STATIONS_ABREAST: Final = 10
# Beats of a tablet come every few seconds; one that has been silent for long is not late but away.
AWAY_SECONDS: Final = 120
MOST_GAPS: Final = 12
MOST_SENT: Final = 3


@get("/org/sessions/{session:str}/control", opt={"right": "control.read"})
async def show_room(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    session: FromPath[str],
    writing: FromQuery[bool] = False,
) -> Response[str]:
    """The matrix, the tablets and the hands; `writing` comes with the links to the forms."""
    return await _page(request, db, actor, session, FormState(), writing=writing)


@post("/org/sessions/{session:str}/control", opt={"right": "control.read"}, status_code=200)
async def act_in_room(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """Move the session, answer a hand, or say something to its judges."""
    fields = await form_fields(request)
    moves = fields.get("act") in MOVES
    try:
        if moves:
            await run_session(db, actor, fields)
        elif fields.get("act") == "broadcast":
            # Longer than any notice, so that the refusal tells how much too long it is.
            said = Broadcasting(fields.get("text", "")[:1000], fields.get("to") == "contest")
            once = await once_of_form(request, db, actor, fields)
            session_id = parse_id("session", session)
            await once.answer(lambda: send_broadcast(db, actor, session_id, said))
        elif fields.get("act") == "withdraw":
            await withdraw_broadcast(db, actor, parse_id("broadcast", fields.get("broadcast", "")))
        elif fields.get("act") in ANSWERS:
            answer = AnswerIncident(ANSWERS[fields["act"]], fields.get("note") or None)
            await answer_incident(db, actor, parse_id("incident", fields.get("incident", "")), answer)
        else:
            raise Problem("invalid_parameter")
    except Problem as problem:
        require_answered(problem)
        form = run_fault(request, fields, problem) if moves else form_state(request, fields, problem)
        return await _page(request, db, actor, session, form, problem.status)
    return go(request, f"/org/sessions/{session}/control")


async def _page(
    request: PageRequest,
    db: Db,
    actor: Actor,
    session: str,
    form: FormState,
    status: int = 200,
    *,
    writing: bool = False,
) -> Response[str]:
    session_id = parse_id("session", session)
    locale = locale_of(request)
    room = await control_room(db, actor, session_id)
    clock = (await session_clock(db, actor, session_id)).clocks[0] if actor.holds("tablet.read") else None
    hands = await incidents_of_session(db, actor, session_id) if actor.holds("incident.read") else []
    incidents = tuple(incident_line(each) for each in hands)
    sent = await broadcasts_of_session(db, actor, session_id)
    duties = await duties_of_item(db, actor, parse_id("item", room.item))
    async with db.reading() as connection:
        published = (await publication_view(connection, parse_id("item", room.item))).state
        code = await connection.fetchval("SELECT code FROM item WHERE id = $1", parse_id("item", room.item))
        whole = (await contest_scope(connection, parse_id("contest", room.contest))).scope
        place = (await session_scope(connection, session_id)).scope
    to_all = actor.may("broadcast.send", whole)
    to_session = room.session.away is None and actor.may("broadcast.send", place)
    quiet = {judge.judge for judge in room.judges if _touch(judge) in ("late", "offline")}
    page = RoomPage(
        session=session_line(room.session, locale),
        contest=room.contest,
        item=room.item,
        draw_url=item_address(room.contest, code, "draw"),
        item_name=room.session.item_name,
        stage=room.session.stage_name,
        at=room.at,
        ran=elapsed(clock.ran_ms if clock else 0),
        running=bool(clock and clock.running),
        blocks=tuple(
            tuple(_station(each, quiet) for each in room.stations[start : start + STATIONS_ABREAST])
            for start in range(0, len(room.stations), STATIONS_ABREAST)
        ),
        judges=tuple(_judge(each) for each in room.judges),
        submitted=room.submitted,
        sheets=room.sheets,
        unsent=room.unsent,
        incidents=incidents,
        waiting=sum(each.state != "settled" for each in incidents),
        settled_hands=sum(each.state == "settled" for each in incidents),
        spreads=duties.spreads,
        recheck=duties.recheck,
        corrections=waiting_lines(duties.waiting, locale),
        gaps=_gaps(room, locale),
        publication=cast("PublicationState", published),
        settled=published if published in PUBLISHED else "",
        runs=actor.holds("session.run"),
        answers=actor.holds("incident.answer") and room.session.away is None,
        signs=actor.holds("sheet.sign"),
        sent=tuple(_sent(each, to_all if each.everybody else to_session) for each in sent[:MOST_SENT]),
        sends=to_session,
        sends_to_all=to_all,
        key=new_key(),
        writing=writing or bool(form.values),
        form=form,
    )
    part = RoomPage.PART if is_partial(request) else None
    return show(request, page, "organiser", template=part, status=status)


def _station(station: ControlStation, quiet: set[str]) -> RoomStation:
    return RoomStation(
        station=station_text(station.station),
        absent=not station.present,
        cells=tuple(
            RoomCell(
                sheet=cell.sheet,
                judge=cell.judge,
                state=cell.state,
                done=cell.done,
                of=cell.of,
                quiet=cell.judge in quiet,
                conflict=cell.conflict,
            )
            for cell in station.cells
        ),
        spreads=station.spreads,
        hands=station.hands,
    )


def _touch(judge: ControlJudge) -> str:
    if judge.silent_s is None:
        return "new"
    if judge.silent_s > AWAY_SECONDS:
        return "offline"
    return "late" if judge.silent_s > SILENT_SECONDS else "heard"


def _judge(judge: ControlJudge) -> RoomJudge:
    return RoomJudge(
        judge=judge.judge,
        chief=judge.chief,
        touch=_touch(judge),  # type: ignore[arg-type]
        device=judge.device or "",
        seen_at=judge.seen_at,
        battery=judge.battery,
        charging=judge.charging,
        unsent=judge.unsent,
        lost=judge.lost,
        conflict=judge.conflict,
    )


def _sent(broadcast: Broadcast, withdraws: bool) -> SentLine:
    return SentLine(
        text=broadcast.text,
        by=broadcast.by,
        at=broadcast.at,
        everybody=broadcast.everybody,
        read=broadcast.read,
        judges=broadcast.judges,
        id=broadcast.id,
        withdraws=withdraws and broadcast.withdrawn_at is None,
        withdrawn_at=broadcast.withdrawn_at,
        withdrawn_by=broadcast.withdrawn_by or "",
    )


def _gaps(room: ControlRoom, locale: Locale) -> tuple[str, ...]:
    """What is missing by name, once little is: the whole matrix says the rest."""
    t = texts(locale)
    missing = [
        t("control.gap", station=station_text(station.station), judge=cell.judge, done=cell.done, of=cell.of)
        for station in room.stations
        if station.present
        for cell in station.cells
        if cell.state not in ("submitted", "signed")
    ]
    return tuple(missing) if len(missing) <= MOST_GAPS else ()


@get("/org/sheets/{sheet:str}", opt={"right": "control.read"})
async def show_detail(
    request: PageRequest, db: FromDb, actor: FromActor, sheet: FromPath[str]
) -> Response[str]:
    """One sheet: its marks, what became of it, and what may be done with it."""
    return await _detail(request, db, actor, parse_id("sheet", sheet), FormState())


@post("/org/sheets/{sheet:str}", opt={"right": "sheet.sign"}, status_code=200)
async def return_sheet(
    request: PageRequest, db: FromDb, actor: FromActor, sheet: FromPath[str]
) -> Response[str] | Redirect:
    """act=return: back to its judge, with the reason; `seq` is what was looked at."""
    fields = await form_fields(request)
    sheet_id = parse_id("sheet", sheet)
    try:
        seq = fields.get("seq", "")
        if fields.get("act") != "return" or not (seq.isascii() and seq.isdecimal() and len(seq) < 10):
            raise Problem("invalid_parameter")
        await move_sheet(db, actor, sheet_id, MoveSheet("open", int(seq), fields.get("reason", "")[:1000]))
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, {"reason": fields.get("reason", "")}, problem)
        return await _detail(request, db, actor, sheet_id, form, problem.status)
    return go(request, f"/org/sheets/{sheet}")


async def _detail(
    request: PageRequest, db: Db, actor: Actor, sheet_id: UUID, form: FormState, status: int = 200
) -> Response[str]:
    found = await sheet_detail(db, actor, sheet_id)
    sheet, locale = found.sheet, locale_of(request)
    lines = tuple(
        DetailLine(
            key=line.rule.key,
            number=line.number,
            title=named(locale, line.rule.title, line.rule.title_en),
            state="unset" if line.current is None or line.current.state == "cleared" else line.current.state,
            value=None
            if line.current is None or line.current.value is None
            else format(plain(line.current.value), "f"),
            unit=line.rule.unit,
            kind=KINDS[line.rule.kind],
            at=line.current.received_at if line.current else None,
            rev=line.current.rev if line.current else 0,
        )
        for line in sheet.criteria
    )
    page = DetailPage(
        sheet=sheet.id,
        session=sheet.session.id,
        session_name=named(locale, sheet.session.name_zh, sheet.session.name_en),
        item_name=sheet.session.item_name,
        station=station_text(sheet.station),
        judge=sheet.judge,
        state=sheet.state,
        present=sheet.present,
        done=sum(line.state != "unset" for line in lines),
        of=len(lines),
        seq=sheet.seq,
        head=fragment(sheet.head),
        told=found.told,
        returns=found.returns,
        corrects=found.corrects,
        lines=lines,
        moves=tuple(_moved(move.to, move.by, move.at, move.reason) for move in reversed(sheet.transitions)),
        corrections=waiting_lines(found.waiting, locale),
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _moved(to: str, by: str | None, at: datetime, reason: str | None) -> DetailMove:
    return DetailMove(to, by or "", at, reason or "")


PAGES: list[ControllerRouterHandler] = [show_room, act_in_room, show_detail, return_sheet]
