"""Streams of events over HTTP."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, QueryParameter

from api.access.actor import ANONYMOUS, Actor
from api.access.authentication import actors_of, credentials, token_hash
from api.dependencies import FromActor, FromDb
from api.live import queries
from api.live.hub import Reader
from api.live.schemas import since_of
from api.live.streams import SSE, EventStream, wants_lines
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
    # Afresh: whose stream was closed for a change of rights must not come back under those remembered for a moment.
    token, bearer = credentials(request)
    key = token_hash(token) if actor.signed_in and token else None
    if key is not None:
        actor = (await actors_of(db, [key], bearer=bearer)).get(key, ANONYMOUS)
    view = await queries.view_of(db, actor, parse_id("contest", contest_id))
    reader = Reader(view, key if actor.signed_in else None, actor.grants, bearer=bearer)
    return _stream(request, reader, last_event_id or since)


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


def _stream(request: Asked, reader: Reader, since: str | None) -> EventStream:
    after = since_of(since, reader.view.audience)
    return EventStream(request.app.state.hub, reader, after, lines=wants_lines(request))


ROUTES: list[Any] = [follow_contest, follow_board]
