"""What was said to a judge: a part of the pages of their tablet, fetched again when the tablet is told that there is something."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.broadcasts import receive_broadcast, unread_broadcasts
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from frontend.pages.serving import PageRequest, form_fields, go, show
from frontend.views.judging import BroadcastLine, BroadcastsPart


@get("/judge/s/{session:str}/broadcasts", opt={"right": "session.read"})
async def show_unread(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """The part alone."""
    return show(request, BroadcastsPart(await unread_lines(db, actor, parse_id("session", session))), "judge")


@post("/judge/s/{session:str}/broadcasts", opt={"right": "sheet.mark"})
async def note_read(request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]) -> Redirect:
    """read=ID, from the station grid without script."""
    fields = await form_fields(request)
    await receive_broadcast(db, actor, parse_id("broadcast", fields.get("read", "")))
    return go(request, f"/judge/s/{session}")


async def unread_lines(db: Db, actor: Actor, session_id: UUID) -> tuple[BroadcastLine, ...]:
    """What the judge has still to read."""
    found = await unread_broadcasts(db, actor, session_id)
    return tuple(BroadcastLine(each.id, each.text, each.at) for each in found)


PAGES: list[ControllerRouterHandler] = [show_unread, note_read]
