"""People over HTTP."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from api.access.secret_texts import cipher_of
from api.dependencies import FromActor, FromDb, FromSettings
from api.people import commands, queries
from api.people.schemas import Erase, ErasureReceipt, PersonView, Reveal

NEVER_KEPT = {"Cache-Control": "no-store"}


@get("/people/{person:str}", opt={"right": "entry.read"})
async def show_person(
    db: FromDb, actor: FromActor, settings: FromSettings, person: FromPath[str]
) -> PersonView:
    """A person you meet in an entry, with masked numbers."""
    return await queries.person_by_id(db, cipher_of(settings.secret_key), actor, person)


@post("/people/{person:str}/reveal", opt={"right": "person.reveal"}, status_code=200)
async def reveal_document(
    db: FromDb, actor: FromActor, settings: FromSettings, person: FromPath[str], data: JSONBody[Reveal]
) -> Response[bytes]:
    """The full document number. Who asked, when and why is kept."""
    found = await queries.reveal_document(db, cipher_of(settings.secret_key), actor, person, data)
    return Response(msgspec.json.encode(found), media_type="application/json", headers=NEVER_KEPT)


@post("/people/{person:str}/erasure", opt={"right": "person.erase"}, status_code=200)
async def erase_person(
    db: FromDb, actor: FromActor, person: FromPath[str], data: JSONBody[Erase]
) -> ErasureReceipt:
    """Erase everything personal; results keep the person's id only. It cannot be undone."""
    return await commands.erase_person(db, actor, person, data)


ROUTES: list[Any] = [show_person, reveal_document, erase_person]
