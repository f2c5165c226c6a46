"""One season: its plan, and the delegations that send teams in it."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.contests.commands.seasons import change_season
from api.contests.queries.seasons import season
from api.contests.schemas import ChangeSeason
from api.dependencies import FromActor, FromDb
from api.organisations.commands import create_delegation
from api.organisations.queries import list_delegations
from api.organisations.schemas import CreateDelegation, Delegation
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, invalid_fields
from frontend.locales import texts
from frontend.pages.administering import (
    PAGE,
    addressed,
    found_organisation,
    offered_organisations,
    one_of,
    scope_of,
)
from frontend.pages.forms import new_key, once_of_form, refusals, require_answered, rev_of
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.seasons import planned_in
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.admin import DelegationLine, SeasonPage
from frontend.views.common import Choice, FormState

KINDS: Final = ("region", "industry", "firm")
FIELDS: Final = {
    "/name_zh": "delegation",
    "/name_en": "delegation_en",
    "/organisation_id": "organisation",
}

FindText = Annotated[str, QueryParameter(max_length=60)]


@get("/org/admin/seasons/{season_id:str}", opt={"right": "account.read"})
async def show_season(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    season_id: FromPath[str],
    find: FindText = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """One season; `find` looks for the organisation behind a delegation."""
    return await _page(request, db, actor, season_id, Place(cursor, before, back), find.strip())


@post("/org/admin/seasons/{season_id:str}", opt={"right": "season.change"}, status_code=200)
async def change_this_season(
    request: PageRequest, db: FromDb, actor: FromActor, season_id: FromPath[str]
) -> Response[str] | Redirect:
    """Change name and plan, or register a delegation."""
    fields = await form_fields(request)
    here = f"/org/admin/seasons/{season_id}"
    try:
        if fields.get("act") == "plan":
            key = parse_id("season", season_id)
            with refusals():
                await change_season(db, actor, key, _changes(fields), rev_of(fields))
        else:
            once = await once_of_form(request, db, actor, fields)
            with refusals():
                await once.answer(lambda: _send(db, actor, season_id, fields), lambda _: here)
    except Problem as problem:
        require_answered(problem)
        names = {"/name_zh": "name", "/name_en": "name_en"} if fields.get("act") == "plan" else FIELDS
        form = form_state(request, fields, problem, names)
        return await _page(
            request, db, actor, season_id, Place(), fields.get("find", ""), form, problem.status
        )
    return go(request, here)


def _changes(fields: dict[str, str]) -> ChangeSeason:
    errors: list[FieldError] = []
    planned = planned_in(fields, errors)
    if errors:
        raise invalid_fields(*errors)
    return ChangeSeason(
        name_zh=fields.get("name", ""), name_en=fields.get("name_en", "").strip() or None, **planned
    )


async def _send(db: Db, actor: Actor, season_id: str, fields: dict[str, str]) -> Delegation:
    """A delegation; what is left empty is said by its organisation."""
    errors: list[FieldError] = []
    kind = one_of(fields, "kind", KINDS, errors)
    if errors:
        raise invalid_fields(*errors)
    node = await found_organisation(db, actor, fields.get("organisation", ""))
    name, english = fields.get("delegation", "").strip(), fields.get("delegation_en", "").strip()
    given = {
        "kind": kind,
        "name_zh": name or (node.name_zh if node else ""),
        "name_en": english or (node.name_en if node and not name else None),
        "short_name": fields.get("short_name", "").strip() or (node.short_name if node else name),
        "organisation_id": fields.get("organisation") or None,
        "region_code": node.region_code if node else None,
    }
    return await create_delegation(
        db, actor, parse_id("season", season_id), msgspec.convert(given, CreateDelegation)
    )


async def _page(
    request: PageRequest, db: Db, actor: Actor, season_id: str, place: Place, find: str,
    form: FormState | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    t = texts(locale)
    found = await season(db, actor, parse_id("season", season_id))
    sent = (await list_delegations(db, actor, parse_id("season", season_id))).data
    # They come all at once; a page shows some of them.
    first = int(place.cursor) if place.cursor.isascii() and place.cursor.isdecimal() else 0
    shown = sent[first : first + PAGE]
    onwards = str(first + PAGE) if first + PAGE < len(sent) else None
    node = await found_organisation(db, actor, found.organisation_id)
    values = {"name": found.name_zh, "name_en": found.name_en or ""}
    values |= {f"plan_{tier.tier}": str(tier.planned) for tier in found.tiers}
    page = SeasonPage(
        id=found.id,
        year=found.year,
        name=named(locale, found.name_zh, found.name_en),
        rev=found.rev,
        delegations=tuple(
            DelegationLine(
                named(locale, each.name_zh, each.name_en), each.short_name, t(f"delegation_kind.{each.kind}")
            )
            for each in shown
        ),
        paging=place.paging(
            len(shown), PAGE, onwards, addressed(f"/org/admin/seasons/{season_id}", find=find), len(sent)
        ),
        may_change=node is not None and actor.may("season.change", scope_of(node)),
        find=find,
        organisations=tuple(await offered_organisations(db, actor, "organisation.read", find, locale)),
        kinds=tuple(Choice(kind, t(f"delegation_kind.{kind}")) for kind in KINDS),
        key=new_key(),
        form=msgspec.structs.replace(form or FormState(), values=values | (form.values if form else {})),
    )
    return show(request, page, "organiser", status=status)


PAGES: list[ControllerRouterHandler] = [show_season, change_this_season]
