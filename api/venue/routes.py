"""JSON handlers of handing out. Bundles travel as `application/octet-stream`; everything about them is JSON."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce, FromSettings
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.venue.bundles import MOST_BYTES
from api.venue.commands import settling
from api.venue.commands.arriving import file_name
from api.venue.commands.bringing import bring_facts
from api.venue.commands.handouts import hand_out, take_back
from api.venue.queries.handouts import handed_out_bundle, venue_state
from api.venue.schemas import HandOut, Handout, Report, Settle, TakeBack, VenueState

BUNDLE = "application/octet-stream"


@get("/sessions/{session_id:str}/venue", opt={"right": "venue.read"})
async def show_venue(
    db: FromDb, settings: FromSettings, actor: FromActor, session_id: FromPath[str]
) -> Response[VenueState]:
    """Whether the session is at a venue, and what has come back. `rev` of the latest hand-out makes the If-Match of taking it back."""
    state = await venue_state(db, settings, actor, parse_id("session", session_id))
    rev = state.handouts[0].rev if state.handouts else 0
    return Response(state, headers={"ETag": etag(rev), "Cache-Control": "no-store"})


@post("/sessions/{session_id:str}/venue", opt={"right": "venue.run"})
async def hand_session_out(
    db: FromDb, settings: FromSettings, actor: FromActor, once: FromOnce, session_id: FromPath[str], data: JSONBody[HandOut]
) -> Response[bytes]:  # fmt: skip
    """Hand the session to a venue server: from now on it can only be read here. Fetch its bundle afterwards."""
    session = parse_id("session", session_id)
    return await once.answer(lambda: hand_out(db, settings, actor, session, data))


@get("/sessions/{session_id:str}/venue/bundle", opt={"right": "venue.run"}, media_type=BUNDLE)
async def fetch_bundle(
    db: FromDb, settings: FromSettings, actor: FromActor, session_id: FromPath[str]
) -> Response[bytes]:
    """The signed bundle of the open hand-out. It holds hashes of badges and PINs, and no name: keep it as you keep keys."""
    content, _ = await handed_out_bundle(db, settings, actor, parse_id("session", session_id))
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{file_name(content)}"',
    }
    return Response(content, media_type=BUNDLE, headers=headers)


@post(
    "/sessions/{session_id:str}/venue/facts",
    opt={"right": "venue.run"},
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def post_facts(
    request: Request[Any, Any, State],
    db: FromDb,
    settings: FromSettings,
    actor: FromActor,
    state: State,
    session_id: FromPath[str],
) -> Report:
    """Bring a venue's bundle of facts back. Send it as often as you like: it counts once. The answer lists what is missing."""
    session = parse_id("session", session_id)
    return await bring_facts(db, settings, state.desk.nudges, actor, session, await request.body())


@post("/sessions/{session_id:str}/venue/return", opt={"right": "venue.take_back"}, status_code=200)
async def take_session_back(
    db: FromDb, actor: FromActor, base_rev: FromIfMatch, session_id: FromPath[str], data: JSONBody[TakeBack]
) -> Response[Handout]:
    """End the hand-out, with a reason; needs If-Match. What the venue has not sent by then cannot come any more."""
    handout = await take_back(db, actor, parse_id("session", session_id), data, base_rev)
    return Response(handout, headers={"ETag": etag(handout.rev)})


@post("/sessions/{session_id:str}/venue/settlements", opt={"right": "venue.run"})
async def settle_difference(
    db: FromDb, actor: FromActor, once: FromOnce, session_id: FromPath[str], data: JSONBody[Settle]
) -> Response[bytes]:
    """Say, with a reason, that a listed difference was looked into. The records of both sides stay as they are."""
    session = parse_id("session", session_id)
    return await once.answer(lambda: settling.settle_difference(db, actor, session, data))


ROUTES: list[Any] = [
    show_venue,
    hand_session_out,
    fetch_bundle,
    post_facts,
    take_session_back,
    settle_difference,
]
