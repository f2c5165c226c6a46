"""Accounts that one looks after: who there is, and a new one. What an account may do is said on its own page."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.commands.accounts import create_account
from api.access.queries import accounts
from api.access.schemas import AccountView, CreateAccount
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.problems import Problem, field_error, invalid_fields
from frontend.locales import Locale
from frontend.pages.administering import PAGE, addressed, names_of, offered_organisations
from frontend.pages.forms import new_key, once_of_form, refusals, require_answered
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.views.admin import AccountLine, AccountsPage, AccountWay
from frontend.views.common import FormState

HERE: Final = "/org/admin/accounts"
FIELDS: Final = {"/display_name": "name", "/organisation_id": "organisation"}

SearchText = Annotated[str, QueryParameter(max_length=60)]


@get(HERE, opt={"right": "account.read"})
async def show_accounts(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    q: SearchText = "",
    find: SearchText = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """Accounts, oldest first; `q` is part of a login or name, `find` of the organisation for a new one."""
    return await _page(request, db, actor, q.strip(), find.strip(), Place(cursor, before, back))


@post(HERE, opt={"right": "account.manage"}, status_code=200)
async def make_account(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str] | Redirect:
    """Make an account and go to its page."""
    fields = await form_fields(request)
    try:
        once = await once_of_form(request, db, actor, fields)
        asked = _asked(fields)
        with refusals():
            answer = await once.answer(
                lambda: create_account(db, actor, asked),
                lambda made: f"{HERE}/{made.id}",  # type: ignore[attr-defined]
            )
        return go(request, answer.headers["Location"])
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem, FIELDS)
        if problem.code == "login_taken":
            form = form_state(request, fields, invalid_fields(field_error("/login", "login_taken")))
        return await _page(request, db, actor, "", fields.get("find", ""), Place(), form, problem.status)


def _asked(fields: dict[str, str]) -> CreateAccount:
    """Raises invalid_fields for everything wrong at once."""
    login = fields.get("login", "").strip().lower()
    organisation_id = fields.get("organisation", "")
    errors = []
    try:
        msgspec.convert({"login": login, "display_name": "-", "organisation_id": "-"}, CreateAccount)
    except msgspec.ValidationError:
        errors.append(field_error("/login", "login_invalid"))
    if not fields.get("name", "").strip():
        errors.append(field_error("/name", "name_invalid"))
    if not organisation_id:
        errors.append(field_error("/organisation", "choice_missing"))
    if errors:
        raise invalid_fields(*errors)
    return CreateAccount(login=login, display_name=fields["name"], organisation_id=organisation_id)


async def _page(
    request: PageRequest, db: Db, actor: Actor, query: str, find: str, place: Place,
    form: FormState | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    found = await accounts(db, actor, None, place.cursor or None, PAGE, query or None)
    may_create = actor.holds("account.manage")
    page = AccountsPage(
        lines=await account_lines(db, actor, found.data, locale),
        paging=place.paging(len(found.data), PAGE, found.next_cursor, addressed(HERE, q=query, find=find)),
        query=query,
        find=find,
        may_create=may_create,
        organisations=tuple(await offered_organisations(db, actor, "account.manage", find, locale))
        if may_create
        else (),
        key=new_key(),
        form=form or FormState(),
    )
    return show(request, page, "organiser", status=status)


async def account_lines(
    db: Db, actor: Actor, found: list[AccountView], locale: Locale
) -> tuple[AccountLine, ...]:
    """Accounts as the list and their own pages name them."""
    names = await names_of(db, actor, (each.organisation_id for each in found), locale)
    return tuple(
        AccountLine(
            each.id, each.display_name, each.login, names.get(each.organisation_id or "", ""), _way(each)
        )
        for each in found
    )


def _way(account: AccountView) -> AccountWay:
    if account.disabled:
        return "off"
    return "password" if account.has_password else "badge" if account.has_badge else "none"


PAGES: list[ControllerRouterHandler] = [show_accounts, make_account]
