"""Places in the next tier over HTTP."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from api.advancement import commands, queries
from api.advancement.schemas import MoveSlot, OfferSlots, SlotList, SlotView
from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id


@get("/items/{item_id:str}/slots", opt={"right": "slot.read"})
async def list_slots(db: FromDb, actor: FromActor, item_id: FromPath[str]) -> SlotList:
    """Who goes up and why each one is in or out; a preview before the result is final."""
    return await queries.slots(db, actor, parse_id("item", item_id))


@post("/items/{item_id:str}/slots", opt={"right": "slot.offer"})
async def offer_slots(
    db: FromDb, actor: FromActor, once: FromOnce, item_id: FromPath[str], data: JSONBody[OfferSlots]
) -> Response[bytes]:
    """Offer the places that the rule gives; needs a final result and an Idempotency-Key."""
    return await once.answer(lambda: commands.offer_slots(db, actor, parse_id("item", item_id), data))


@post("/slots/{slot_id:str}/transitions", opt={"right": "slot.answer"}, status_code=200)
async def move_slot(
    db: FromDb, actor: FromActor, slot_id: FromPath[str], base_rev: FromIfMatch, data: JSONBody[MoveSlot]
) -> Response[SlotView]:
    """Accept, decline, let lapse or cancel a place; a place given up goes to the next substitute."""
    view = await commands.move_slot(db, actor, parse_id("slot", slot_id), data, base_rev)
    return Response(view, headers={"ETag": etag(view.rev)})


ROUTES: list[Any] = [list_slots, offer_slots, move_slot]
