"""Handing a session to a venue server, from both ends: the organiser's page at the centre, and the keeper's on the laptop."""

from datetime import datetime
from typing import Final

from litestar import Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.secret_texts import new_token
from api.access.sessions import device_cookie
from api.dependencies import FromActor, FromDb, FromSettings
from api.judging.queries.sessions import sessions_of_item
from api.judging.schemas import Session
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.venue.bundles import MOST_BYTES
from api.venue.commands.arriving import file_name
from api.venue.commands.bringing import bring_facts
from api.venue.commands.handouts import hand_out, take_back
from api.venue.commands.keeping import enrol_tablet, require_code, require_keeper, tablet_code
from api.venue.commands.sending import outgoing, sessions_held
from api.venue.commands.settling import settle_difference
from api.venue.queries.handouts import handed_out_bundle, venue_state
from api.venue.schemas import HandOut, Handout, Report, Settle, TakeBack, VenueState
from frontend.locales import Locale
from frontend.pages.forms import new_key, once_of_form, require_answered, rev_of
from frontend.pages.organising import contest_of, item_address, item_head, item_of
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_heads import station_text
from frontend.views.common import FieldError, FormState
from frontend.views.venue import (
    DifferenceLine,
    GapLine,
    KeeperPage,
    KeptSession,
    PastHandout,
    TabletPage,
    TallyLine,
    VenuePage,
    VenueReport,
    VenueSession,
    qr_of,
)

MOST_GAPS: Final = 60
OCTETS: Final = "application/octet-stream"


@get("/org/c/{contest_id:str}/e/{item:str}/venue", opt={"right": "venue.read"})
async def show_venue(
    request: PageRequest, db: FromDb, settings: FromSettings, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:  # fmt: skip
    """Which sessions are out, and what has come back."""
    return await _page(request, db, settings, actor, contest_id, item, FormState())


@post(
    "/org/c/{contest_id:str}/e/{item:str}/venue",
    opt={"right": "venue.run"},
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def act_on_venue(
    request: PageRequest, db: FromDb, settings: FromSettings, actor: FromActor, state: State, contest_id: FromPath[str],
    item: FromPath[str],
) -> Response[str] | Redirect:  # fmt: skip
    """Hand a session out, take facts in, or take the session back."""
    fields = await form_fields(request)
    brought = ""
    try:
        session_id = parse_id("session", fields.get("session", ""))
        match fields.get("act"):
            case "out":
                await hand_out(db, settings, actor, session_id, HandOut(label=fields.get("label", "")))
            case "facts":
                content = await _file(request)
                await bring_facts(db, settings, state.desk.nudges, actor, session_id, content)
                brought = fields["session"]
            case "settle":
                number = fields.get("number", "")
                wanted = Settle(
                    int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0,
                    fields.get("difference", "")[:200],
                    fields.get("reason", "")[:1000],
                )
                once = await once_of_form(request, db, actor, fields)
                await once.answer(lambda: settle_difference(db, actor, session_id, wanted))
            case "back":
                await take_back(db, actor, session_id, TakeBack(fields.get("reason", "")), rev_of(fields))
            case _:
                raise Problem("invalid_parameter")
    except Problem as problem:
        require_answered(problem)
        its = fields.get("session", "")
        form = form_state(request, fields, problem, {"/label": f"label-{its}", "/reason": f"reason-{its}"})
        if problem.code == "reason_needed":
            named_field = f"settle-{its}-{fields.get('number', '')}-{fields.get('difference', '')}"
            form = FormState(fields, (FieldError(named_field, form.problem or ""),))
        return await _page(request, db, settings, actor, contest_id, item, form, problem.status)
    if brought:
        return await _page(request, db, settings, actor, contest_id, item, FormState(), brought=brought)
    return go(request, item_address(contest_id, item, "venue"))


@get(
    "/org/c/{contest_id:str}/e/{item:str}/venue/{session:str}", opt={"right": "venue.run"}, media_type=OCTETS
)
async def download_bundle(
    db: FromDb, settings: FromSettings, actor: FromActor, contest_id: FromPath[str], item: FromPath[str], session: FromPath[str]
) -> Response[bytes]:  # fmt: skip
    """The session as a file for a USB stick."""
    item_of(await contest_of(db, actor, contest_id), item)
    content, _ = await handed_out_bundle(db, settings, actor, parse_id("session", session))
    return _download(content)


async def _file(request: PageRequest) -> bytes:
    form = await request.form()
    upload = form.get("file")
    return await upload.read() if isinstance(upload, UploadFile) else b""


def _download(content: bytes) -> Response[bytes]:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{file_name(content)}"',
    }
    return Response(content, media_type=OCTETS, headers=headers)


async def _page(
    request: PageRequest, db: Db, settings: Settings, actor: Actor, contest_id: str, code: str, form: FormState,
    status: int = 200, brought: str = "",
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    lines, centre = [], ""
    for session in await sessions_of_item(db, actor, parse_id("item", item.id)):
        state = await venue_state(db, settings, actor, parse_id("session", session.id))
        lines.append(_session(session, state, locale))
        centre = state.centre
    page = VenuePage(
        item=item_head(contest, item, locale),
        centre=centre,
        address=settings.base_url,
        sessions=tuple(lines),
        may_run=actor.holds("venue.run"),
        brought=brought,
        key=new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _session(session: Session, state: VenueState, locale: Locale) -> VenueSession:
    past = tuple(_past(each) for each in state.handouts if each.ended_at is not None)
    bare = VenueSession(
        id=session.id,
        name=named(locale, session.name_zh, session.name_en),
        state=session.state,
        drawn=session.drawn,
        without_badge=state.without_badge,
        past=past,
    )
    if not state.out:
        return bare
    now = state.handouts[0]
    return VenueSession(
        id=bare.id,
        name=bare.name,
        state=bare.state,
        drawn=bare.drawn,
        without_badge=bare.without_badge,
        past=past,
        out=True,
        number=now.number,
        label=now.label,
        by=now.by,
        at=now.at,
        venue=now.venue,
        rev=now.rev,
        report=None if now.report is None else _report(now.report, now),
    )


def _past(handout: Handout) -> PastHandout:
    ended: datetime | None = handout.ended_at
    assert ended is not None
    return PastHandout(
        handout.number, handout.label, handout.at, ended, handout.ended_by or "", handout.reason or "", _differences(handout)
    )  # fmt: skip


def _differences(handout: Handout) -> tuple[DifferenceLine, ...]:
    """What the last bundle found, with who has settled which."""
    settled = {each.difference: each for each in handout.settlements}
    found = handout.report.differences[:MOST_GAPS] if handout.report else ()
    return tuple(
        DifferenceLine(
            each.kind, each.judge or "", station_text(each.station or 0), each.here or "", each.there or "", each.reason or "",
            each.key, known.reason if (known := settled.get(each.key)) else "", known.by if known else "", known.at if known else None,
        )
        for each in found
    )  # fmt: skip


def _report(report: Report, handout: Handout) -> VenueReport:
    gaps = tuple(
        GapLine(
            gap.kind,
            "" if gap.station is None else f"{gap.station:02d}",
            gap.judge or "",
            "" if gap.of is None else f"{gap.done}/{gap.of}" if gap.kind != "tablet_holds" else str(gap.of),
        )
        for gap in report.gaps[:MOST_GAPS]
    )
    return VenueReport(
        at=report.at,
        bundle=report.bundle,
        state=report.state,
        sheets=report.sheets,
        equal=report.equal,
        complete=report.complete,
        tallies=tuple(TallyLine(each.kind, each.sent, each.new) for each in report.tallies if each.sent),
        gaps=gaps,
        differences=_differences(handout),
        gaps_more=max(0, len(report.gaps) - MOST_GAPS),
    )


@get("/venue", opt={"right": "device.enrol"})
async def show_keeper(request: PageRequest, db: FromDb, settings: FromSettings) -> Response[str]:
    """The sessions on this laptop, and the code by which tablets enrol. Only a venue server has such a page."""
    held = await sessions_held(db)
    if not held:
        raise Problem("not_found")
    address = f"{settings.base_url}/venue/tablet/{tablet_code(settings)}"
    sessions = tuple(
        KeptSession(
            id=encode_id("session", each.session_id),
            item=each.item_name,
            name=each.name_zh,
            state=each.state,
            number=each.number,
        )
        for each in held
    )
    page = KeeperPage(sessions=sessions, tablet_url=address, tablet_qr=qr_of(address))
    return show(request, page, "organiser")


@get("/venue/facts/{session:str}", opt={"right": "device.enrol"}, media_type=OCTETS)
async def download_facts(
    db: FromDb, settings: FromSettings, actor: FromActor, session: FromPath[str]
) -> Response[bytes]:
    """The marks as a file for a USB stick; whoever enrols tablets for the session keeps this laptop."""
    session_id = parse_id("session", session)
    await require_keeper(db, actor, session_id)
    return _download((await outgoing(db, settings, session_id)).content)


@get("/venue/tablet/{code:str}", opt={"public": True})
async def show_tablet(request: PageRequest, settings: FromSettings, code: FromPath[str]) -> Response[str]:
    """Ask what the tablet is called. Whoever has the code stands in the room."""
    require_code(settings, code)
    return show(request, TabletPage(code), "organiser")


@post("/venue/tablet/{code:str}", opt={"public": True}, status_code=200)
async def enrol(
    request: PageRequest, db: FromDb, settings: FromSettings, code: FromPath[str]
) -> Response[str] | Redirect:
    """Make this browser a device and go on to the judges' door."""
    fields = await form_fields(request)
    secret = new_token()
    try:
        await enrol_tablet(db, settings, code, fields.get("name", ""), secret)
    except Problem as problem:
        require_answered(problem)
        return show(
            request,
            TabletPage(code, form_state(request, fields, problem)),
            "organiser",
            status=problem.status,
        )
    answer = go(request, "/judge")
    answer.cookies.append(device_cookie(settings, secret))
    return answer


PAGES: list[ControllerRouterHandler] = [
    show_venue,
    act_on_venue,
    download_bundle,
    show_keeper,
    download_facts,
    show_tablet,
    enrol,
]
