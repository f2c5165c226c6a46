"""A raised hand: a page of reasons, two taps from every sheet. With script a dialog of the same reasons, which also works offline."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.incidents import raise_incident
from api.judging.queries.sessions import station_grid
from api.judging.tablet_schemas import RaiseIncident
from api.plumbing.db import Db
from api.plumbing.idempotency import once_of
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.pages.forms import require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.pages.session_heads import head_of, station_text
from frontend.views.common import FormState
from frontend.views.workshop import HandPage


@get("/judge/s/{session:str}/hand", opt={"right": "session.read"})
async def show_hand(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    session: FromPath[str],
    station: Annotated[int, QueryParameter(ge=0, le=9999)] = 0,
    raised: FromQuery[bool] = False,
) -> Response[str]:
    """What is it?"""
    return await _page(request, db, actor, session, station_text(station) if station else "", raised=raised)


@post("/judge/s/{session:str}/hand", opt={"right": "incident.raise"}, status_code=200)
async def raise_hand(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """kind, and station where it is one's; sent twice it is one."""
    fields = await form_fields(request)
    station = fields.get("station", "")
    try:
        given = {"kind": fields.get("kind", ""), "occurred_at": datetime.now(UTC)}
        if station:
            given["station"] = int(station)
        data = msgspec.convert(given, RaiseIncident)
    except (ValueError, msgspec.ValidationError) as error:
        raise Problem("invalid_parameter") from error
    once = await once_of(request, db, actor.account_id, f"hand:{fields.get('once') or uuid4()}")
    try:
        await once.answer(lambda: raise_incident(db, actor, parse_id("session", session), data))
    except Problem as problem:
        require_answered(problem)
        return await _page(request, db, actor, session, station, form=form_state(request, {}, problem))
    return go(
        request, f"/judge/s/{session}/hand?raised=true" + (f"&station={int(station)}" if station else "")
    )


async def _page(
    request: PageRequest,
    db: Db,
    actor: Actor,
    session: str,
    station: str,
    *,
    raised: bool = False,
    form: FormState | None = None,
) -> Response[str]:
    grid = await station_grid(db, actor, parse_id("session", session), own=True)
    head = head_of(actor, grid.session, grid.judge or "", locale_of(request))
    page = HandPage(head, station, str(uuid4()), raised=raised, form=form or FormState())
    return show(request, page, "judge", status=422 if form else 200)


PAGES: list[ControllerRouterHandler] = [show_hand, raise_hand]
