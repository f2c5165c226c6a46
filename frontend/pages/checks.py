"""Recheck and sign-off of an item: the drawn sample with what was found, the version that the chief judge signs, the corrections."""

from typing import cast

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.commands.confirming import asks_pin, confirm_pin
from api.contests.queries.items import item as item_by_id
from api.control.commands.rechecks import make_recheck, record_check
from api.control.commands.sign_off import sign_off
from api.control.queries.corrections import corrections_of_item
from api.control.queries.rechecks import rechecks_of_item
from api.control.queries.sign_off import signed_version
from api.control.schemas import MakeRecheck, RecordCheck, SignOff
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.publications import publication_view
from frontend.pages.forms import TRIED_TOO_OFTEN, new_key, once_of_form, require_answered
from frontend.pages.organising import item_address
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import FormState, PublicationState
from frontend.views.control import ControlPage
from frontend.views.formats import fragment


@get("/org/items/{item:str}/check", opt={"right": "recheck.read"})
async def show_check(
    request: PageRequest, db: FromDb, actor: FromActor, item: FromPath[str]
) -> Response[str]:
    """Version, recheck and corrections."""
    return await _page(request, db, actor, item, FormState())


@post("/org/items/{item:str}/check", opt={"right": "recheck.read"}, status_code=200)
async def act_on_check(
    request: PageRequest, db: FromDb, actor: FromActor, item: FromPath[str]
) -> Response[str] | Redirect:
    """act=draw, record or sign."""
    fields = await form_fields(request)
    try:
        await _act(request, db, actor, item, fields)
    except Problem as problem:
        require_answered(problem, TRIED_TOO_OFTEN)
        kept = {name: value for name, value in fields.items() if name not in ("pin", "key")}
        return await _page(request, db, actor, item, form_state(request, kept, problem), problem.status)
    return go(request, f"/org/items/{item}/check")


async def _act(request: PageRequest, db: Db, actor: Actor, item: str, fields: dict[str, str]) -> None:
    item_id = parse_id("item", item)
    once = await once_of_form(request, db, actor, fields)
    try:
        match fields.get("act"):
            case "draw":
                drawn = msgspec.convert({"number": fields.get("number", "0")}, MakeRecheck, strict=False)
                await once.answer(lambda: make_recheck(db, actor, item_id, drawn))
            case "ok" | "error" as outcome:
                given = {
                    "outcome": outcome,
                    "facts": fields.get("facts", ""),
                    "note": fields.get("note") or None,
                }
                record = msgspec.convert(given, RecordCheck, strict=False)
                recheck = parse_id("recheck", fields.get("recheck", ""))
                await once.answer(lambda: record_check(db, actor, recheck, fields.get("line", ""), record))
            case "sign":
                await confirm_pin(db, actor, fields.get("pin", "")[:12])
                given = {"snapshot": fields.get("snapshot", ""), "hash": fields.get("hash", "")}
                version = msgspec.convert(given, SignOff, strict=False)
                await once.answer(lambda: sign_off(db, actor, item_id, version))
            case _:
                raise Problem("invalid_parameter")
    except msgspec.ValidationError as error:
        raise Problem("invalid_parameter") from error


async def _page(
    request: PageRequest, db: Db, actor: Actor, item: str, form: FormState, status: int = 200
) -> Response[str]:
    item_id = parse_id("item", item)
    its = await item_by_id(db, actor, item_id)
    version = await signed_version(db, actor, item_id) if actor.holds("standings.read") else None
    async with db.reading() as connection:
        published = (await publication_view(connection, item_id)).state
    page = ControlPage(
        item=its.id,
        item_name=named(locale_of(request), its.name_zh, its.name_en),
        results_url=item_address(its.contest_id, its.code, "results"),
        publication=cast("PublicationState", published),
        version=version,
        hash_fragment=fragment(version.hash) if version and version.hash else "",
        signed_fragment=fragment(version.signed_hash) if version and version.signed_hash else "",
        recheck=await rechecks_of_item(db, actor, item_id),
        corrections=tuple(
            await corrections_of_item(db, actor, item_id) if actor.holds("correction.read") else ()
        ),
        signs=actor.holds("result.sign_off"),
        draws=actor.holds("recheck.make"),
        records=actor.holds("recheck.record"),
        asks_pin=asks_pin(actor),
        key=new_key(),
        form=form,
    )
    return show(request, page, "organiser", status=status)


PAGES: list[ControllerRouterHandler] = [show_check, act_on_check]
