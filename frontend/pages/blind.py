"""SJ10: an officer commits, draws and prints a layer; officer and supervisor decode one layer after the other."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.sessions import caller_of
from api.contests.scopes import session_scope
from api.dependencies import FromActor, FromDb
from api.judging.commands.layers import commit_layer, draw_layer, read_layer
from api.judging.commands.openings import open_layer
from api.judging.layer_schemas import (
    DrawLayer,
    Layer,
    LayerLine,
    LayerList,
    Layers,
    OpenLayer,
    Person,
    ReadLayer,
)
from api.judging.queries.layers import layers_of_item, my_blind_items
from api.judging.queries.sessions import sessions_of_item
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, texts
from frontend.pages.forms import TRIED_TOO_OFTEN, require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_heads import station_text
from frontend.views.blind import (
    Act,
    BlindHead,
    BlindItemLine,
    BlindItemsPage,
    BlindPage,
    LayerCard,
    LayerListPage,
    ListLine,
    SlipsPage,
)
from frontend.views.common import FieldError, FormState

# What was asked for was refused, and nothing was done: the same page says why. A wrong PIN and its rest are among them.
# A PIN typed on a device that is not enrolled: it is said beside the form, nobody is sent to the door.
NOT_ENROLLED: Final = 401
LONGEST: Final = 200
# Where the form asks for what was wrong.
FIELDS: Final = {"layer_code_wrong": "code", "reason_needed": "reason"}


@get("/blind", opt={"right": "layer.open"})
async def show_blind_items(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str]:
    """The items with blind numbers that one draws or decodes."""
    locale = locale_of(request)
    lines = tuple(
        BlindItemLine(
            each.item,
            named(locale, each.name_zh, each.name_en),
            named(locale, each.contest_name, each.contest_name_en),
            each.layers,
            each.drawn,
            each.opened,
        )
        for each in await my_blind_items(db, actor)
    )
    return show(request, BlindItemsPage(lines), "organiser")


@get("/blind/s/{session:str}", opt={"right": "draw.read"})
async def lead_from_session(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Redirect:
    """A session's blind numbers are its item's: layers are drawn for all sessions at once."""
    async with db.reading() as connection:
        place = await session_scope(connection, parse_id("session", session))
        actor.require("draw.read", place.scope)
    return go(request, f"/blind/{encode_id('item', place.item.item_id)}")


@get("/blind/{item:str}", opt={"right": "draw.read"})
async def show_blind(
    request: PageRequest, db: FromDb, actor: FromActor, item: FromPath[str]
) -> Response[str]:
    """How far the layers are, and what the reader may do next."""
    return await _page(request, db, actor, item, FormState())


@post("/blind/{item:str}", opt={"right": "layer.open"}, status_code=200)
async def change_blind(
    request: PageRequest, db: FromDb, actor: FromActor, item: FromPath[str]
) -> Response[str]:
    """Commit, draw, read or open. What comes of it is shown at once and this once, so that no redirect stands between."""
    fields = {name: value[:LONGEST] for name, value in (await form_fields(request)).items()}
    try:
        match fields.get("act"):
            case "commit":
                return await _commit(request, db, actor, item)
            case "draw":
                data = DrawLayer(fields.get("code", ""), fields.get("lot", ""))
                drawn = await draw_layer(db, actor, _layer(fields), data)
                return await _list(request, db, actor, item, drawn)
            case "read":
                read = await read_layer(db, actor, _layer(fields), ReadLayer(fields.get("code", "")))
                return await _list(request, db, actor, item, read)
            case "open":
                return await _open(request, db, actor, item, fields)
        raise Problem("not_found")
    except Problem as problem:
        require_answered(problem, NOT_ENROLLED, TRIED_TOO_OFTEN)
        # Never a code, PIN or password: they are typed again.
        kept = {name: fields.get(name, "") for name in ("lot", "login", "reason")}
        form = form_state(request, kept, problem, {"/second/totp": "second_totp"})
        field = FIELDS.get(problem.code)
        if field and fields.get("act") in ("draw", "open"):
            form = FormState(kept, (FieldError(field, form.problem or ""),))
        return await _page(request, db, actor, item, form, fields.get("layer", ""), problem.status)


def _layer(fields: dict[str, str]) -> UUID:
    return parse_id("layer", fields.get("layer", ""))


async def _commit(request: PageRequest, db: Db, actor: Actor, item: str) -> Response[str]:
    committed = await commit_layer(db, actor, parse_id("item", item))
    layers = await layers_of_item(db, actor, parse_id("item", item))
    locale = locale_of(request)
    page = SlipsPage(
        _head(layers, locale),
        _card(layers, committed.layer, actor, locale),
        committed.code,
        committed.reserve,
    )
    return show(request, page, "organiser")


async def _open(
    request: PageRequest, db: Db, actor: Actor, item: str, fields: dict[str, str]
) -> Response[str]:
    data = OpenLayer(
        code=fields.get("code", ""),
        secret=fields.get("secret", ""),
        second=Person(
            fields.get("login", ""),
            fields.get("second_secret", ""),
            fields.get("second_totp", "").strip() or None,
        ),
        reason=fields.get("reason") or None,
    )
    nudges = request.app.state.desk.nudges
    opened = await open_layer(db, nudges, caller_of(request), actor, _layer(fields), data)
    return await _list(request, db, actor, item, opened, opened=True)


async def _list(
    request: PageRequest, db: Db, actor: Actor, item: str, listed: LayerList, *, opened: bool = False
) -> Response[str]:
    locale = locale_of(request)
    item_id = parse_id("item", item)
    layers = await layers_of_item(db, actor, item_id)
    sessions = {
        each.id: named(locale, each.name_zh, each.name_en)
        for each in await sessions_of_item(db, actor, item_id)
    }
    page = LayerListPage(
        _head(layers, locale),
        _card(layers, listed.layer, actor, locale),
        tuple(_line(line, sessions) for line in listed.lines),
        opened,
        layers.next,
    )
    return show(request, page, "organiser")


def _line(line: LayerLine, sessions: dict[str, str]) -> ListLine:
    place = f"{sessions.get(line.session, '')} {station_text(line.station or 0)}" if line.session else ""
    given = line.number if line.number is not None else "—" if line.input.startswith("ent_") else line.input
    return ListLine(place or line.output, given, line.name or "", line.delegation or "")


async def _page(
    request: PageRequest,
    db: Db,
    actor: Actor,
    item: str,
    form: FormState,
    acting: str = "",
    status: int = 200,
) -> Response[str]:
    locale = locale_of(request)
    layers = await layers_of_item(db, actor, parse_id("item", item))
    page = BlindPage(
        head=_head(layers, locale),
        cards=tuple(_card(layers, layer, actor, locale) for layer in layers.layers),
        places=layers.places,
        open_sessions=layers.open_sessions,
        unsigned=layers.unsigned,
        decoded=layers.decoded,
        acting=acting,
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _head(layers: Layers, locale: Locale) -> BlindHead:
    return BlindHead(
        layers.item,
        named(locale, layers.name_zh, layers.name_en),
        named(locale, layers.contest_name, layers.contest_name_en),
        layers.round,
        len(layers.layers),
    )


def _card(layers: Layers, layer: Layer, actor: Actor, locale: Locale) -> LayerCard:
    return LayerCard(
        layer=layer.layer,
        state=layer.state,
        leads=_leads(layers, layer.layer, locale),
        id=layer.id or "",
        officer=layer.officer or "",
        own=layer.own,
        size=layer.size,
        commitment=layer.commitment or "",
        list_hash=layer.list_hash or "",
        result_hash=layer.result_hash or "",
        lot=layer.lot,
        committed_at=layer.committed_at,
        drawn_at=layer.drawn_at,
        opened_at=layer.opened_at,
        opened_by=layer.opened_by or "",
        second=layer.second or "",
        reason=layer.reason or "",
        reserve=layer.way == "reserve",
        acts=tuple(_acts(layers, layer, actor)),
    )


def _leads(layers: Layers, layer: int, locale: Locale) -> str:
    t = texts(locale)
    before = t("blind.contestant") if layer == 1 else t("blind.number_of", n=layer - 1)
    after = t("blind.place") if layer == len(layers.layers) else t("blind.number_of", n=layer)
    return t("blind.leads", before=before, after=after)


def _acts(layers: Layers, layer: Layer, actor: Actor) -> Iterator[Act]:
    """What the reader is offered; the command decides again."""
    draws, opens = actor.holds("layer.draw"), actor.holds("layer.open")
    turn = layer.layer == layers.next
    # Nobody holds two layers: what would be refused is not offered.
    holds_another = any(each.own and each.drawn_at and each.layer != layer.layer for each in layers.layers)
    if draws and turn and not holds_another and layer.state in ("waiting", "committed"):
        if layer.own:
            yield "draw"
        yield "commit"
    if draws and layer.own and layer.state == "drawn":
        yield "read"
    finished = layers.places and not layers.open_sessions and not layers.unsigned
    if opens and turn and layer.state == "drawn" and finished:
        yield "open"


PAGES: list[ControllerRouterHandler] = [show_blind_items, lead_from_session, show_blind, change_blind]
