"""The tree of organisations: what lies below one of them, another one below it, and a mended name."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.dependencies import FromActor, FromDb
from api.organisations.commands import change_organisation, create_organisation
from api.organisations.queries import list_organisations
from api.organisations.schemas import ChangeOrganisation, CreateOrganisation, Organisation
from api.plumbing.calendar import today_in
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, invalid_fields
from frontend.locales import Locale, texts
from frontend.pages.administering import (
    PAGE,
    addressed,
    found_organisation,
    offered_regions,
    one_of,
    own_nodes,
    region_of,
    region_words,
    scope_of,
)
from frontend.pages.forms import new_key, once_of_form, refusals, require_answered, rev_of
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.admin import OrganisationLine, OrganisationsPage
from frontend.views.common import Choice, FormState

HERE: Final = "/org/admin/organisations"
KINDS: Final = ("federation", "enterprise", "industry_line", "authority", "national_body")
TIERS: Final = ("province", "city", "base")
ADDED: Final = {"/name_zh": "name", "/parent_id": "parent", "/region_code": "region"}
CHANGED: Final = {
    "/name_zh": "own_name",
    "/name_en": "own_name_en",
    "/short_name": "own_short_name",
    "/region_code": "own_region",
}

ParentText = Annotated[str, QueryParameter(max_length=40)]
SearchText = Annotated[str, QueryParameter(max_length=60)]


@get(HERE, opt={"right": "account.read"})
async def show_organisations(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    parent: ParentText = "",
    q: SearchText = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """What lies below one organisation, or what is called so."""
    return await _page(request, db, actor, parent, q.strip(), Place(cursor, before, back))


@post(HERE, opt={"right": "organisation.manage"}, status_code=200)
async def change_tree(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str] | Redirect:
    """Add one below another, or change one."""
    fields = await form_fields(request)
    parent = fields.get("parent", "")
    here = addressed(HERE, parent=parent)({})
    changes = fields.get("act") == "change"
    try:
        if changes:
            node = parse_id("organisation", parent)
            with refusals():
                await change_organisation(db, actor, node, _changes(fields), rev_of(fields))
        else:
            once = await once_of_form(request, db, actor, fields)
            asked = _asked(fields)
            with refusals():
                await once.answer(lambda: create_organisation(db, actor, asked), lambda _: here)
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem, CHANGED if changes else ADDED)
        return await _page(request, db, actor, parent, "", Place(), form, problem.status)
    return go(request, here)


def _asked(fields: dict[str, str]) -> CreateOrganisation:
    errors: list[FieldError] = []
    kind = one_of(fields, "kind", KINDS, errors)
    tier = one_of(fields, "tier", ("", *TIERS), errors)
    region = region_of(fields, "region", errors)
    if errors:
        raise invalid_fields(*errors)
    name = fields.get("name", "").strip()
    return CreateOrganisation(
        parent_id=fields.get("parent", ""),
        kind=kind,  # type: ignore[arg-type]
        tier=tier or None,  # type: ignore[arg-type]
        name_zh=name,
        name_en=fields.get("name_en", "").strip() or None,
        short_name=fields.get("short_name", "").strip() or name,
        region_code=region,
    )


def _changes(fields: dict[str, str]) -> ChangeOrganisation:
    errors: list[FieldError] = []
    region = region_of(fields, "own_region", errors)
    if errors:
        raise invalid_fields(*errors)
    return ChangeOrganisation(
        name_zh=fields.get("own_name", ""),
        name_en=fields.get("own_name_en", "").strip() or None,
        short_name=fields.get("own_short_name", ""),
        region_code=region,
    )


async def _page(
    request: PageRequest, db: Db, actor: Actor, parent: str, query: str, place: Place,
    form: FormState | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    t = texts(locale)
    node = None if query else await _node(db, actor, parent)
    if parent and not query and node is None:
        raise Problem("not_found")
    found = await list_organisations(
        db, actor, PAGE, place.cursor or None,
        parent_id=parse_id("organisation", node.id) if node else None, q=query or None,
    )  # fmt: skip
    regions = await region_words(db, [*([node] if node else []), *found.data], locale)
    may_change = node is not None and actor.may("organisation.manage", scope_of(node))
    offered = await offered_regions(db, node, locale) if may_change else ()
    page = OrganisationsPage(
        lines=tuple(_line(each, regions, locale) for each in found.data),
        paging=place.paging(
            len(found.data), PAGE, found.next_cursor, addressed(HERE, parent=parent, q=query)
        ),
        here=_line(node, regions, locale) if node else None,
        rev=node.rev if node else 0,
        above=await _above(db, actor, node, locale),
        query=query,
        may_change=may_change,
        kinds=tuple(Choice(kind, t(f"organisation_kind.{kind}")) for kind in KINDS),
        tiers=tuple(Choice(tier, t(f"tier_plan.{tier}")) for tier in TIERS),
        regions=offered,
        own_regions=_with_own(node, regions, offered),
        key=new_key(),
        form=msgspec.structs.replace(
            form or FormState(), values=_values(node) | (form.values if form else {})
        ),
    )
    return show(request, page, "organiser", status=status)


async def _node(db: Db, actor: Actor, parent: str) -> Organisation | None:
    """The organisation an address names; without a name the reader's own one."""
    if parent:
        return await found_organisation(db, actor, parent)
    own = await own_nodes(db, actor, "account.read")
    return own[0] if own else None


def _line(node: Organisation, regions: dict[str, str], locale: Locale) -> OrganisationLine:
    return OrganisationLine(
        node.id,
        named(locale, node.name_zh, node.name_en),
        node.short_name,
        texts(locale)(f"organisation_kind.{node.kind}"),
        regions.get(node.region_code or "", ""),
        node.valid_to is not None and node.valid_to <= today_in(),
    )


async def _above(db: Db, actor: Actor, node: Organisation | None, locale: Locale) -> tuple[Choice, ...]:
    above = [await found_organisation(db, actor, each) for each in (node.path[:-1] if node else ())]
    return tuple(Choice(each.id, named(locale, each.name_zh, each.name_en)) for each in above if each)


def _with_own(
    node: Organisation | None, names: dict[str, str], offered: tuple[Choice, ...]
) -> tuple[Choice, ...]:
    """The regions to change to: the one it has stands among them, wherever that lies."""
    code = node.region_code if node else None
    if code is None or any(each.value == code for each in offered):
        return offered
    return (Choice(code, names.get(code, code)), *offered)


def _values(node: Organisation | None) -> dict[str, str]:
    if node is None:
        return {}
    return {
        "own_name": node.name_zh,
        "own_name_en": node.name_en or "",
        "own_short_name": node.short_name,
        "own_region": node.region_code or "",
    }


PAGES: list[ControllerRouterHandler] = [show_organisations, change_tree]
