"""SJ8 for a judge: sign one's own sheets of a session, with the PIN where one came in by badge. Nothing waits for it."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.judging.commands.own_signature import sign_own_sheets
from api.judging.queries.own_signature import own_signature
from api.judging.tablet_schemas import SignOwnSheets
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.pages.forms import TRIED_TOO_OFTEN, require_answered
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.pages.session_heads import head_of, station_text
from frontend.views.common import FormState
from frontend.views.formats import fragment
from frontend.views.workshop import OwnSignPage


@get("/judge/s/{session:str}/own", opt={"right": "sheet.mark"})
async def show_own(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str]:
    """What there is to sign."""
    return await _page(request, db, actor, session)


@post("/judge/s/{session:str}/own", opt={"right": "sheet.mark"}, status_code=200)
async def sign_own(
    request: PageRequest, db: FromDb, actor: FromActor, session: FromPath[str]
) -> Response[str] | Redirect:
    """hash and pin."""
    fields = await form_fields(request)
    given = SignOwnSheets(fields.get("hash", "")[:64], fields.get("pin", "")[:12])
    try:
        await sign_own_sheets(db, actor, parse_id("session", session), given)
    except Problem as problem:
        require_answered(problem, TRIED_TOO_OFTEN)
        return await _page(request, db, actor, session, form_state(request, {}, problem))
    return go(request, f"/judge/s/{session}/own")


async def _page(
    request: PageRequest, db: Db, actor: Actor, session: str, form: FormState | None = None
) -> Response[str]:
    found = await own_signature(db, actor, parse_id("session", session))
    page = OwnSignPage(
        head=head_of(actor, found.session, found.judge, locale_of(request)),
        hash=found.hash,
        hash_fragment=fragment(found.hash),
        sheets=found.sheets,
        open=tuple(station_text(station) for station in found.open),
        asks_pin=found.asks_pin,
        signed_at=found.signed_at,
        void=found.void,
        form=form or FormState(),
    )
    return show(request, page, "judge", status=422 if form else 200)


PAGES: list[ControllerRouterHandler] = [show_own, sign_own]
