"""Standings, publication and verification over HTTP."""

import io
from typing import Any

import segno
from litestar import Response, get, patch, post
from litestar.params import FromPath, JSONBody

from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce, FromSettings
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.results import commands, queries
from api.results.board_cache import BOARD_HEADER
from api.results.own import Ticket, ticket
from api.results.publications import publication
from api.results.schemas import Board, DecideTie, FreezeBoard, MovePublication, PublicationView, Verification


@get("/items/{item_id:str}/standings", opt={"right": "standings.read"})
async def show_standings(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Board:
    """The latest standing of an item for those who run it."""
    return await queries.staff_board(db, actor, parse_id("item", item_id))


@get("/public/rankings/{item_id:str}", opt={"public": True})
async def show_ranking(db: FromDb, item_id: FromPath[str]) -> Response[Board]:
    """What anybody may see of an item's standing."""
    board = await queries.public_board(db, item_id)
    return Response(board, headers={BOARD_HEADER: str(parse_id("item", item_id))})


@get("/items/{item_id:str}/publication", opt={"right": "standings.read"})
async def show_publication(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Response[PublicationView]:
    """Where an item stands between open and final, and what the next step lacks."""
    return _with_etag(await publication(db, actor, parse_id("item", item_id)))


@post("/items/{item_id:str}/publication/transitions", opt={"right": "result.confirm"}, status_code=200)
async def move_publication(
    db: FromDb,
    actor: FromActor,
    item_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[MovePublication],
) -> Response[PublicationView]:
    """Take one step of the publication machine; needs If-Match."""
    return _with_etag(await commands.move_publication(db, actor, parse_id("item", item_id), data, base_rev))


@patch("/items/{item_id:str}/publication", opt={"right": "result.publish"})
async def freeze_board(
    db: FromDb, actor: FromActor, item_id: FromPath[str], base_rev: FromIfMatch, data: JSONBody[FreezeBoard]
) -> Response[PublicationView]:
    """Freeze or thaw the public board."""
    return _with_etag(
        await commands.freeze_board(db, actor, parse_id("item", item_id), data.frozen, base_rev)
    )


@post("/items/{item_id:str}/tie-decisions", opt={"right": "tie.decide"})
async def decide_tie(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[DecideTie]
) -> Response[bytes]:
    """Record the chief judge's order of entries that share a rank."""
    return await once.answer(lambda: commands.decide_tie(db, actor, parse_id("item", item_id), data))


@get("/items/{item_id:str}/ledger", opt={"right": "ledger.verify"})
async def verify(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> Verification:
    """Recompute every chain and the published standing from raw facts."""
    return await queries.verification(db, actor, parse_id("item", item_id))


@get("/entries/{entry:str}/ticket", opt={"right": "entry.read"})
async def show_ticket(db: FromDb, settings: FromSettings, actor: FromActor, entry: FromPath[str]) -> Ticket:
    """What a ticket needs to lead to its holder's rank: the address for its QR, and number and digits."""
    return await ticket(db, settings, actor, entry)


@get("/entries/{entry:str}/ticket.svg", opt={"right": "entry.read"})
async def show_ticket_code(
    db: FromDb, settings: FromSettings, actor: FromActor, entry: FromPath[str]
) -> Response[bytes]:
    """The QR of a ticket as a drawing."""
    found = await ticket(db, settings, actor, entry)
    drawing = io.BytesIO()
    segno.make(found.url, error="m", micro=False).save(drawing, kind="svg", scale=8, border=4)
    headers = {"Cache-Control": "no-store"}
    return Response(drawing.getvalue(), media_type="image/svg+xml", headers=headers)


def _with_etag(view: PublicationView) -> Response[PublicationView]:
    return Response(view, headers={"ETag": etag(view.rev)})


ROUTES: list[Any] = [
    show_standings,
    show_ranking,
    show_publication,
    move_publication,
    freeze_board,
    decide_tie,
    verify,
    show_ticket,
    show_ticket_code,
]
