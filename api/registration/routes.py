"""Registration over HTTP."""

from typing import Annotated, Any

from litestar import Request, Response, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from api.access.secret_texts import cipher_of
from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce, FromPoker, FromSettings
from api.jobs.schemas import Mode
from api.jobs.sheets import MOST_BYTES
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.plumbing.paging import DEFAULT_LIMIT, MAX_LIMIT, Page
from api.registration import commands, queries
from api.registration.imports.uploading import Upload, read_upload, upload_entries
from api.registration.schemas import (
    ChangeEntry,
    ChangeStanding,
    EntryDetail,
    EntryRow,
    EntryState,
    EntryTransition,
    ItemPlaces,
    RegisterEntry,
    RegistrationRules,
    RegistrationRulesView,
)


def _with_etag(entry: EntryDetail) -> Response[EntryDetail]:
    return Response(entry, headers={"ETag": etag(entry.rev)})


@post("/contests/{contest:str}/entries", opt={"right": "entry.register"})
async def register_entry(
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    once: FromOnce,
    contest: FromPath[str],
    data: JSONBody[RegisterEntry],
) -> Response[bytes]:
    """Enter one worker, pair, triple or team. Its review begins at the unit, or at the organiser where there is none."""
    cipher = cipher_of(settings.secret_key)
    return await once.answer(
        lambda: commands.register_entry(db, cipher, actor, contest, data, demo=settings.demo),
        location=lambda entry: f"/api/v1/entries/{entry.id}",  # type: ignore[attr-defined]
    )


@get("/contests/{contest:str}/entries", opt={"right": "entry.read"})
async def list_entries(
    db: FromDb,
    actor: FromActor,
    contest: FromPath[str],
    item: FromQuery[str | None] = None,
    delegation: FromQuery[str | None] = None,
    unit: FromQuery[str | None] = None,
    status: Annotated[
        list[EntryState] | None,
        QueryParameter(name="state", required=False, description="Repeat for several"),
    ] = None,
    q: Annotated[str, QueryParameter(max_length=60, description="In names, numbers and units")] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: FromQuery[str | None] = None,
) -> Page[EntryRow]:
    """The entries of a contest that you may see."""
    wanted = queries.EntryFilter(
        contest=contest, states=tuple(status or ()), item=item, delegation=delegation, unit=unit, text=q
    )
    return await queries.list_entries(db, actor, wanted, limit, cursor)


@get("/entries/{entry:str}", opt={"right": "entry.read"})
async def show_entry(db: FromDb, actor: FromActor, entry: FromPath[str]) -> Response[EntryDetail]:
    """One entry, its history, and what you may do with it."""
    return _with_etag(await queries.show_entry(db, actor, entry))


@patch("/entries/{entry:str}", opt={"right": "entry.register"})
async def correct_entry(
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    base_rev: FromIfMatch,
    entry: FromPath[str],
    data: JSONBody[ChangeEntry],
) -> Response[EntryDetail]:
    """Correct the members of a draft or a returned entry."""
    cipher = cipher_of(settings.secret_key)
    return _with_etag(
        await commands.correct_entry(db, cipher, actor, entry, base_rev, data, demo=settings.demo)
    )


@post("/entries/{entry:str}/transitions", opt={"right": "entry.read"}, status_code=200)
async def move_entry(
    db: FromDb,
    actor: FromActor,
    base_rev: FromIfMatch,
    poker: FromPoker,
    entry: FromPath[str],
    data: JSONBody[EntryTransition],
) -> Response[EntryDetail]:
    """Submit, pass on, return, refuse, accept or withdraw an entry."""
    moved = await commands.move_entry(db, actor, entry, base_rev, data)
    if data.to in ("accepted", "withdrawn"):
        await poker.poke("refresh_standings", str(parse_id("item", moved.item)))
    return _with_etag(moved)


@post("/entries/{entry:str}/standing", opt={"right": "entry.change_standing"}, status_code=200)
async def change_standing(
    db: FromDb,
    actor: FromActor,
    base_rev: FromIfMatch,
    poker: FromPoker,
    entry: FromPath[str],
    data: JSONBody[ChangeStanding],
) -> Response[EntryDetail]:
    """Note absent, late, withdrew, score cancelled or disqualified, with the reason."""
    changed = await commands.change_standing(db, actor, entry, base_rev, data)
    await poker.poke("refresh_standings", str(parse_id("item", changed.item)))
    return _with_etag(changed)


@post(
    "/contests/{contest:str}/entries:bulk", opt={"right": "entry.register"}, request_max_body_size=MOST_BYTES
)
async def import_entries(
    request: Request[Any, Any, State],
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    once: FromOnce,
    poker: FromPoker,
    contest: FromPath[str],
    mode: FromQuery[Mode] = "validate",
    unit: FromQuery[str | None] = None,
    delegation: FromQuery[str | None] = None,
    file_name: Annotated[str, QueryParameter(max_length=120)] = "",
    content_type: Annotated[str, HeaderParameter(name="Content-Type", required=False)] = "",
) -> Response[bytes]:
    """Enter up to 10,000 rows of a CSV, XLSX or NDJSON file; the job named in Location answers for every row.

    `validate` writes nothing, `partial` enters the sound rows, `atomic` all or none.
    """
    upload = Upload(
        mode=mode,
        media_type=content_type,
        body=await request.body(),
        file_name=file_name,
        unit=unit,
        delegation=delegation,
    )
    cipher = cipher_of(settings.secret_key)
    read = await read_upload(db, cipher, actor, contest, upload, demo=settings.demo)
    answer = await once.answer(
        lambda: upload_entries(db, cipher, actor, contest, upload, read),
        location=lambda receipt: f"/api/v1/jobs/{receipt.job}",  # type: ignore[attr-defined]
        status=202,
    )
    await poker.poke()
    return answer


@get("/items/{item:str}/places", opt={"right": "entry.read"})
async def show_places(db: FromDb, actor: FromActor, item: FromPath[str]) -> ItemPlaces:
    """Whether an item can be entered now, until when, and how many places are left."""
    return await queries.places_of_item(db, actor, item)


@get("/contests/{contest:str}/registration-rules", opt={"right": "entry.read"})
async def show_rules(db: FromDb, actor: FromActor, contest: FromPath[str]) -> Response[RegistrationRulesView]:
    """Who may register in a contest."""
    rules = await queries.rules_of_registration(db, actor, contest)
    return Response(rules, headers={"ETag": etag(rules.rev)})


@put("/contests/{contest:str}/registration-rules", opt={"right": "contest.change"})
async def set_rules(
    db: FromDb,
    actor: FromActor,
    base_rev: FromIfMatch,
    contest: FromPath[str],
    data: JSONBody[RegistrationRules],
) -> Response[RegistrationRulesView]:
    """Say who may register from now on. Rules never set have the version 0."""
    rules = await commands.set_rules(db, actor, contest, base_rev, data)
    return Response(rules, headers={"ETag": etag(rules.rev)})


ROUTES: list[Any] = [
    register_entry,
    list_entries,
    show_entry,
    correct_entry,
    move_entry,
    change_standing,
    import_entries,
    show_places,
    show_rules,
    set_rules,
]
