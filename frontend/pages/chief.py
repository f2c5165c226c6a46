"""What a chief judge runs and decides: the sessions of their items, and the ties that nothing else tells apart."""

from typing import Final, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.queries.items import item, list_items
from api.control.queries.duties import duties_of_item
from api.dependencies import FromActor, FromDb
from api.judging.queries.sessions import sessions_of_item
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.publications import publication
from api.results.queries import staff_board
from frontend.locales import Locale, texts
from frontend.pages.duties import waiting_lines
from frontend.pages.forms import require_answered
from frontend.pages.organising import PUBLISHED
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.session_runs import MOVES, run_fault, run_session, session_line
from frontend.pages.ties import decide, decides_ties, tied_groups, unclear_place
from frontend.views.chief import ChiefItem, ChiefPage
from frontend.views.common import FieldError, FormState, PublicationState

# A chief judge has one item or a few; somebody who holds the role for a whole contest may have more.
MOST_ITEMS: Final = 30


@get("/judge/chief", opt={"right": "tie.decide"})
async def show_chief(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str]:
    """The items of which the reader is chief judge."""
    return await _page(request, db, actor, FormState())


@post("/judge/chief", opt={"right": "tie.decide"}, status_code=200)
async def act_as_chief(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str] | Redirect:
    """Move a session, or put those who share a rank in order."""
    fields = await form_fields(request)
    moves = fields.get("act") in MOVES
    try:
        if moves:
            await run_session(db, actor, fields)
        elif fields.get("act") != "decide":
            raise Problem("invalid_parameter")
        else:
            unclear = unclear_place(fields)
            if unclear:
                t = texts(locale_of(request))
                error = FieldError(unclear, t("chief.places_unclear"))
                return await _page(request, db, actor, FormState(fields, (error,)), 422)
            await decide(db, actor, fields)
    except Problem as problem:
        require_answered(problem)
        form = run_fault(request, fields, problem) if moves else form_state(request, fields, problem)
        if not moves and problem.code == "reason_needed":
            field = f"{fields.get('item', '')}_{fields.get('rank', '')}_reason"
            form = FormState(fields, (FieldError(field, form.problem or ""),))
        return await _page(request, db, actor, form, problem.status)
    return go(request, "/judge/chief")


async def _page(
    request: PageRequest, db: Db, actor: Actor, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    items = tuple([await _item(db, actor, each, locale) for each in await _own_items(db, actor)])
    return show(request, ChiefPage(actor.display_name, items, form), "judge", status=status)


async def _own_items(db: Db, actor: Actor) -> list[UUID]:
    """Items by the grants: those named, and all of a contest that is named."""
    reach = actor.reach("tie.decide")
    found = dict.fromkeys(reach.items)
    for contest in reach.contests:
        try:
            found |= dict.fromkeys(
                parse_id("item", each.id) for each in (await list_items(db, actor, contest)).data
            )
        except Problem as problem:
            # A grant may outlive its contest.
            if problem.code != "not_found":
                raise
    return list(found)[:MOST_ITEMS]


async def _item(db: Db, actor: Actor, item_id: UUID, locale: Locale) -> ChiefItem:
    its = await item(db, actor, item_id)
    state = (await publication(db, actor, item_id)).state
    open_still = state in ("open", "closed")
    duties = await duties_of_item(db, actor, item_id)
    return ChiefItem(
        item=its.id,
        name=named(locale, its.name_zh, its.name_en),
        state=cast("PublicationState", state),
        sessions=tuple(session_line(each, locale) for each in await sessions_of_item(db, actor, item_id)),
        settled=state in PUBLISHED,
        ties=tied_groups(await staff_board(db, actor, item_id), names=False) if open_still else (),
        ties_decided=await decides_ties(db, actor, item_id),
        spreads=duties.spreads,
        recheck=duties.recheck,
        corrections=waiting_lines(duties.waiting, locale),
    )


PAGES: list[ControllerRouterHandler] = [show_chief, act_as_chief]
