"""SJ9: the session's clock, raised hands and tablets, for the chief judge and the timekeeper. One start and stop; corrections give a reason."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import uuid4

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.clocks import press_clock, session_clock
from api.judging.incidents import answer_incident, incidents_of_session
from api.judging.queries.sessions import OWN_SEAT, session_by_id
from api.judging.queries.tablets import SILENT_SECONDS, tablets_of_session
from api.judging.tablet_schemas import AnswerIncident, Clock, Incident, PressClock, Tablet
from api.plumbing.db import Db
from api.plumbing.idempotency import once_of
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.pages.forms import require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.pages.session_heads import head_of, station_text
from frontend.views.common import FormState
from frontend.views.formats import elapsed
from frontend.views.workshop import ClockLine, IncidentLine, TabletLine, TimePage

ANSWERS: Final[dict[str, Literal["seen", "settled"]]] = {"seen": "seen", "settled": "settled"}


@get("/judge/s/{session:str}/time", opt={"right": "tablet.read"})
async def show_time(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """Clocks, hands and tablets."""
    return await _page(request, db, actor, session)


@post("/judge/s/{session:str}/time", opt={"right": "tablet.read"}, status_code=200)
async def act(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """act = start, pause, resume, stop, make_up (station, make_up_s, reason), or seen, settled (incident, note)."""
    fields = await form_fields(request)
    session_id = parse_id("session", session)
    once = await once_of(request, db, actor.account_id, f"time:{fields.get('once') or uuid4()}")
    try:
        if fields.get("act") in ANSWERS:
            incident = parse_id("incident", fields.get("incident", ""))
            answer = AnswerIncident(ANSWERS[fields["act"]], fields.get("note") or None)
            await once.answer(lambda: answer_incident(db, actor, incident, answer))
        else:
            press = _press(fields)
            await once.answer(lambda: press_clock(db, actor, session_id, press))
    except Problem as problem:
        require_answered(problem)
        return await _page(request, db, actor, session, form_state(request, fields, problem))
    return go(request, f"/judge/s/{session}/time")


def _press(fields: dict[str, str]) -> PressClock:
    given: dict[str, object] = {"kind": fields.get("act", ""), "occurred_at": datetime.now(UTC)}
    try:
        if fields.get("station"):
            given["station"] = int(fields["station"])
        if fields.get("act") == "make_up" and fields.get("make_up_s"):
            given["make_up_s"] = int(fields["make_up_s"])
        if fields.get("reason"):
            given["reason"] = fields["reason"]
        return msgspec.convert(given, PressClock)
    except (ValueError, msgspec.ValidationError) as error:
        raise Problem("clock_make_up") from error


async def _page(
    request: PageRequest, db: Db, actor: Actor, session: str, form: FormState | None = None
) -> Response[str]:
    session_id = parse_id("session", session)
    tablets = await tablets_of_session(db, actor, session_id)
    clock = await session_clock(db, actor, session_id)
    incidents = await incidents_of_session(db, actor, session_id)
    async with db.reading() as connection:
        found = await session_by_id(connection, session_id)
        seat = await connection.fetchrow(OWN_SEAT, session_id, actor.account_id)
    page = TimePage(
        # Whoever judges here too is at a tablet, and it says from this page that it is there.
        head=head_of(
            actor if seat else None, found, seat["code"] if seat else actor.display_name, locale_of(request)
        ),
        clock=_clock(clock.clocks[0]),
        started=any(event.kind == "start" for event in clock.events),
        stations=tuple(_clock(each) for each in clock.clocks[1:]),
        keeps=actor.holds("time.keep") and found.away is None,
        answers=actor.holds("incident.answer") and found.away is None,
        incidents=tuple(incident_line(each) for each in incidents),
        tablets=tuple(_tablet(each) for each in tablets),
        once=str(uuid4()),
        form=form or FormState(),
    )
    return show(request, page, "judge", status=422 if form else 200)


def _clock(clock: Clock) -> ClockLine:
    return ClockLine(
        station=station_text(clock.station) if clock.station else "",
        running=clock.running,
        ran_ms=clock.ran_ms,
        ran=elapsed(clock.ran_ms),
        make_up_s=clock.make_up_s,
    )


def incident_line(incident: Incident) -> IncidentLine:
    """A hand with the last thing that was said of it."""
    last = incident.answers[-1] if incident.answers else None
    return IncidentLine(
        incident=incident.id,
        kind=incident.kind,
        station=station_text(incident.station) if incident.station else "",
        by=incident.by,
        at=incident.at,
        state=last.state if last else "raised",
        note=(last.note if last else None) or incident.note or "",
    )


def _tablet(tablet: Tablet) -> TabletLine:
    return TabletLine(
        judge=tablet.judge,
        device=tablet.device or "",
        battery=tablet.battery,
        unsent=tablet.unsent + tablet.troubled,
        others=tablet.others,
        seen_at=tablet.seen_at,
        lost=tablet.silent_s > SILENT_SECONDS,
    )


PAGES: list[ControllerRouterHandler] = [show_time, act]
