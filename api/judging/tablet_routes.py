"""JSON handlers of a judge's tablet, of raised hands and of the clock."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.dependencies import FromActor, FromDb, FromOnce
from api.judging import broadcasts, clocks, incidents, paper
from api.judging.commands.own_signature import sign_own_sheets
from api.judging.commands.tablets import take_beat
from api.judging.queries.own_signature import own_signature
from api.judging.queries.packs import pack_for, packed
from api.judging.queries.tablets import tablets_of_session
from api.judging.tablet_schemas import (
    AnswerIncident,
    Beat,
    Broadcast,
    Broadcasting,
    Incident,
    OwnSignature,
    Pack,
    PressClock,
    Pulse,
    RaiseIncident,
    SessionClock,
    SignOwnSheets,
    Tablet,
    UnreadBroadcast,
)
from api.plumbing.ids import parse_id

IfNoneMatch = Annotated[str, HeaderParameter(name="If-None-Match", required=False)]


@get("/sessions/{session_id:str}/pack", opt={"right": "sheet.mark"})
async def show_pack(
    db: FromDb, actor: FromActor, session_id: FromPath[str], if_none_match: IfNoneMatch = ""
) -> Response[Pack]:
    """The session as a tablet takes it along: criteria with their benchmarks, your sheets, present marks with their revisions."""
    pack = await pack_for(db, actor, parse_id("session", session_id))
    body, tag = packed(pack)
    headers = {"ETag": tag, "Cache-Control": "no-store"}
    if tag in if_none_match:
        return Response(b"", status_code=304, headers=headers)  # type: ignore[arg-type]
    return Response(body, media_type="application/json", headers=headers)  # type: ignore[arg-type]


@post("/sessions/{session_id:str}/heartbeat", opt={"right": "sheet.mark"}, status_code=200)
async def beat(db: FromDb, actor: FromActor, session_id: FromPath[str], data: JSONBody[Beat]) -> Pulse:
    """Say that the tablet is there, and how many marks it still holds. The answer tells what another storage of yours held."""
    return await take_beat(db, actor, parse_id("session", session_id), data)


@get("/sessions/{session_id:str}/tablets", opt={"right": "tablet.read"})
async def list_tablets(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> list[Tablet]:
    """The tablets of a session: since when each is silent, its battery, and what it still holds."""
    return await tablets_of_session(db, actor, parse_id("session", session_id))


@post("/sessions/{session_id:str}/incidents", opt={"right": "incident.raise"})
async def raise_hand(
    db: FromDb, actor: FromActor, once: FromOnce, session_id: FromPath[str], data: JSONBody[RaiseIncident]
) -> Response[bytes]:
    """Raise a hand: a reason out of a few, at a station or for the whole room."""
    session = parse_id("session", session_id)
    return await once.answer(lambda: incidents.raise_incident(db, actor, session, data))


@get("/sessions/{session_id:str}/incidents", opt={"right": "session.read"})
async def list_incidents(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> list[Incident]:
    """Raised hands, the newest first: all for those who run the session, a judge's own for the judge."""
    return await incidents.incidents_of_session(db, actor, parse_id("session", session_id))


@post("/incidents/{incident_id:str}/answers", opt={"right": "incident.answer"})
async def answer_hand(
    db: FromDb, actor: FromActor, once: FromOnce, incident_id: FromPath[str], data: JSONBody[AnswerIncident]
) -> Response[bytes]:
    """Say that a raised hand was seen, or how it was settled."""
    incident = parse_id("incident", incident_id)
    return await once.answer(lambda: incidents.answer_incident(db, actor, incident, data))


@post("/sessions/{session_id:str}/broadcasts", opt={"right": "broadcast.send"})
async def send_broadcast(
    db: FromDb, actor: FromActor, once: FromOnce, session_id: FromPath[str], data: JSONBody[Broadcasting]
) -> Response[bytes]:
    """Say something short to the tablets of the session, or to every judge of its contest."""
    session = parse_id("session", session_id)
    return await once.answer(lambda: broadcasts.send_broadcast(db, actor, session, data))


@get("/sessions/{session_id:str}/broadcasts", opt={"right": "control.read"})
async def list_broadcasts(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> list[Broadcast]:
    """What was said to the session, the newest first, and how many of its judges have read it."""
    return await broadcasts.broadcasts_of_session(db, actor, parse_id("session", session_id))


@get("/sessions/{session_id:str}/broadcasts/unread", opt={"right": "session.read"})
async def list_unread_broadcasts(
    db: FromDb, actor: FromActor, session_id: FromPath[str]
) -> Response[list[UnreadBroadcast]]:
    """What you, as a judge of the session, have still to read."""
    found = await broadcasts.unread_broadcasts(db, actor, parse_id("session", session_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@post("/broadcasts/{broadcast_id:str}/withdrawal", opt={"right": "broadcast.send"}, status_code=200)
async def withdraw_broadcast(db: FromDb, actor: FromActor, broadcast_id: FromPath[str]) -> Broadcast:
    """Take a notice back: no tablet shows it any more. Sent again, it changes nothing."""
    return await broadcasts.withdraw_broadcast(db, actor, parse_id("broadcast", broadcast_id))


@post("/broadcasts/{broadcast_id:str}/receipt", opt={"right": "sheet.mark"}, status_code=204)
async def receive_broadcast(db: FromDb, actor: FromActor, broadcast_id: FromPath[str]) -> None:
    """Say that you have read it. Sent again, it changes nothing."""
    await broadcasts.receive_broadcast(db, actor, parse_id("broadcast", broadcast_id))


@get("/sessions/{session_id:str}/clock", opt={"right": "session.read"})
async def show_clock(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> Response[SessionClock]:
    """The session's clock and those of stations that were stopped, at the server's time."""
    clock = await clocks.session_clock(db, actor, parse_id("session", session_id))
    return Response(clock, headers={"Cache-Control": "no-store"})


@post("/sessions/{session_id:str}/clock", opt={"right": "time.keep"})
async def press_clock(
    db: FromDb, actor: FromActor, once: FromOnce, session_id: FromPath[str], data: JSONBody[PressClock]
) -> Response[bytes]:
    """Start, pause, resume or stop the clock, or make up time; a pause and made-up time need a reason."""
    session = parse_id("session", session_id)
    return await once.answer(lambda: clocks.press_clock(db, actor, session, data))


@get("/sessions/{session_id:str}/own-signature", opt={"right": "sheet.mark"})
async def show_own_signature(
    db: FromDb, actor: FromActor, session_id: FromPath[str]
) -> Response[OwnSignature]:
    """What you have to sign of a session, and whether it is signed."""
    found = await own_signature(db, actor, parse_id("session", session_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@post("/sessions/{session_id:str}/own-signature", opt={"right": "sheet.mark"})
async def sign_own(
    db: FromDb, actor: FromActor, session_id: FromPath[str], data: JSONBody[SignOwnSheets]
) -> OwnSignature:
    """Sign your own sheets of a session; who came in by badge gives the PIN again. Signed twice, it is signed."""
    return await sign_own_sheets(db, actor, parse_id("session", session_id), data)


@get("/sessions/{session_id:str}/paper", opt={"right": "paper.read"})
async def list_paper(db: FromDb, actor: FromActor, session_id: FromPath[str]) -> list[paper.PaperSheet]:
    """The paper sheets of a session: typed once, twice, where the copies differ, and which have become marks."""
    return await paper.paper_of_session(db, actor, parse_id("session", session_id))


@post("/sheets/{sheet_id:str}/paper-copies", opt={"right": "paper.enter"})
async def enter_paper_copy(
    db: FromDb, actor: FromActor, once: FromOnce, sheet_id: FromPath[str], data: JSONBody[paper.EnterCopy]
) -> Response[bytes]:
    """Type a paper sheet. Two clerks do it, neither sees the other's copy; the answer names the fields on which they differ."""
    sheet = parse_id("sheet", sheet_id)
    return await once.answer(lambda: paper.enter_copy(db, actor, sheet, data))


@post("/sheets/{sheet_id:str}/paper-transfer", opt={"right": "paper.transfer"}, status_code=200)
async def transfer_paper(
    db: FromDb, actor: FromActor, state: State, sheet_id: FromPath[str]
) -> paper.PaperSheet:
    """Make marks of a paper sheet on which both copies agree. Sent again, it changes nothing."""
    return await paper.transfer_copy(db, state.desk, actor, parse_id("sheet", sheet_id))


ROUTES: list[Any] = [
    list_paper,
    enter_paper_copy,
    transfer_paper,
    show_pack,
    beat,
    list_tablets,
    raise_hand,
    list_incidents,
    answer_hand,
    send_broadcast,
    list_broadcasts,
    list_unread_broadcasts,
    withdraw_broadcast,
    receive_broadcast,
    show_clock,
    press_clock,
    show_own_signature,
    sign_own,
]
