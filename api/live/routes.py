"""Streams of events over HTTP."""

from typing import Annotated, Any, NamedTuple

from litestar import Request, Response, get, patch, post, put
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from api.access.actor import ANONYMOUS, Actor
from api.access.authentication import actors_of, credentials, token_hash
from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce
from api.live import ceremonies, queries, screens
from api.live.hub import Reader
from api.live.schemas import (
    AddScreen,
    Ceremony,
    MoveCeremony,
    PointScreen,
    Screen,
    ScreenShow,
    StartCeremony,
    View,
    since_of,
)
from api.live.streams import SSE, EventStream, wants_lines
from api.plumbing.db import Db
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id

LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID", required=False, description="The id of the last event you have", max_length=40
    ),
]
Since = Annotated[
    str | None,
    QueryParameter(required=False, description="The same where a header cannot be sent", max_length=40),
]
Asked = Request[Actor, Any, State]
ANSWER = {
    200: ResponseSpec(bytes, generate_examples=False, description="Events, without end", media_type=SSE)
}


@get("/contests/{contest_id:str}/events", opt={"public": True}, responses=ANSWER)
async def follow_contest(
    request: Asked,
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    last_event_id: LastEventId = None,
    since: Since = None,
) -> EventStream:
    """What happens in a contest, as far as the caller may know it: SSE, or lines of JSON with Accept: application/x-ndjson.

    An id that is too old, or of another audience, is answered by the event `reset`: read everything anew and go on.
    """
    who = await _afresh(request, db, actor)
    view = await queries.view_of(db, who.actor, parse_id("contest", contest_id))
    return _stream(request, who.reader(view), last_event_id or since)


@get("/sessions/{session_id:str}/events", opt={"right": "session.read"}, responses=ANSWER)
async def follow_session(
    request: Asked,
    db: FromDb,
    actor: FromActor,
    session_id: FromPath[str],
    last_event_id: LastEventId = None,
    since: Since = None,
) -> EventStream:
    """What the tablets of a session are told: that there is something to read. It names neither item nor contest."""
    who = await _afresh(request, db, actor)
    view = await queries.session_view(db, who.actor, parse_id("session", session_id))
    return _stream(request, who.reader(view), last_event_id or since)


@get("/public/items/{item_id:str}/events", opt={"public": True}, responses=ANSWER)
async def follow_board(
    request: Asked,
    db: FromDb,
    item_id: FromPath[str],
    last_event_id: LastEventId = None,
    since: Since = None,
) -> EventStream:
    """What happens to the public board of one item, the same for everybody."""
    reader = Reader(await queries.board_view(db, parse_id("item", item_id)))
    return _stream(request, reader, last_event_id or since)


@get("/contests/{contest_id:str}/screens", opt={"right": "screen.read"})
async def list_screens(db: FromDb, actor: FromActor, contest_id: FromPath[str]) -> list[Screen]:
    """The big screens of a contest."""
    return await screens.screens_of_contest(db, actor, parse_id("contest", contest_id))


@post("/contests/{contest_id:str}/screens", opt={"right": "screen.change"})
async def add_screen(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[AddScreen]
) -> Response[bytes]:
    """Register a big screen; its code is the end of its address."""
    contest = parse_id("contest", contest_id)
    return await once.answer(lambda: screens.add_screen(db, actor, contest, data))


@patch("/screens/{screen_id:str}", opt={"right": "screen.change"})
async def point_screen(
    db: FromDb, actor: FromActor, screen_id: FromPath[str], base_rev: FromIfMatch, data: JSONBody[PointScreen]
) -> Response[Screen]:
    """Let a screen show something else, or fetch its page anew; needs If-Match."""
    screen = await screens.point_screen(db, actor, parse_id("screen", screen_id), data, base_rev)
    return Response(screen, headers={"ETag": etag(screen.rev)})


@get("/public/screens/{code:str}", opt={"public": True})
async def show_screen(db: FromDb, code: FromPath[str]) -> Response[ScreenShow]:
    """What a screen shows now, cut to what anybody may see."""
    return Response(await screens.screen_show(db, code), headers={"Cache-Control": "no-store"})


@post("/items/{item_id:str}/ceremony", opt={"right": "ceremony.run"})
async def start_ceremony(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[StartCeremony]
) -> Response[bytes]:
    """Compute the steps of the reveal from the final standing and stand before the first."""
    item = parse_id("item", item_id)
    return await once.answer(lambda: ceremonies.start_ceremony(db, actor, item, data))


@get("/items/{item_id:str}/ceremony", opt={"right": "ceremony.run"})
async def show_ceremony(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Response[Ceremony]:
    """The ceremony with every step, for whoever runs it."""
    ceremony = await ceremonies.ceremony_of_item(db, actor, parse_id("item", item_id))
    return Response(ceremony, headers={"ETag": etag(ceremony.rev)})


@put("/items/{item_id:str}/ceremony/position", opt={"right": "ceremony.run"})
async def move_ceremony(
    db: FromDb, actor: FromActor, item_id: FromPath[str], base_rev: FromIfMatch, data: JSONBody[MoveCeremony]
) -> Response[Ceremony]:
    """Reveal up to a step, or go back; needs If-Match."""
    ceremony = await ceremonies.move_ceremony(db, actor, parse_id("item", item_id), data, base_rev)
    return Response(ceremony, headers={"ETag": etag(ceremony.rev)})


class _Asking(NamedTuple):
    """Who opens a stream, and with what."""

    actor: Actor
    key: bytes | None
    bearer: bool

    def reader(self, view: View) -> Reader:
        """The stream, watched for a change of rights."""
        return Reader(view, self.key if self.actor.signed_in else None, self.actor.grants, bearer=self.bearer)


async def _afresh(request: Asked, db: Db, actor: Actor) -> _Asking:
    """Whose stream was closed for a change of rights must not come back under those remembered for a moment."""
    token, bearer = credentials(request)
    key = token_hash(token) if actor.signed_in and token else None
    if key is not None:
        actor = (await actors_of(db, [key], bearer=bearer)).get(key, ANONYMOUS)
    return _Asking(actor, key, bearer)


def _stream(request: Asked, reader: Reader, since: str | None) -> EventStream:
    after = since_of(since, reader.view.audience)
    return EventStream(request.app.state.hub, reader, after, lines=wants_lines(request))


ROUTES: list[Any] = [
    follow_contest,
    follow_session,
    follow_board,
    list_screens,
    add_screen,
    point_screen,
    show_screen,
    start_ceremony,
    show_ceremony,
    move_ceremony,
]
