"""One account: the roles it holds, where and for how long; a one-time link or a badge for its holder; off and on again."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.commands.accounts import change_account, make_badge, make_link
from api.access.commands.grants import give_grant, revoke_grant
from api.access.queries import find_account, grants
from api.access.rights import GIVES, ROLES
from api.access.schemas import ChangeAccount, GiveGrant, GrantView, MakeBadge, MakeLink
from api.dependencies import FromActor, FromDb, FromSettings
from api.plumbing.calendar import parse_deadline
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields
from api.plumbing.settings import Settings
from frontend.locales import Locale, texts
from frontend.pages.accounts import HERE, account_lines
from frontend.pages.administering import PAGE, addressed, badge_shown, link_shown, one_of
from frontend.pages.forms import refusals, require_answered, rev_of
from frontend.pages.grant_places import KIND_OF_PREFIX, offered_places, place_names
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, show
from frontend.views.admin import AccountPage, GrantLine, ShownOnce
from frontend.views.common import Choice, FormState

HOURS: Final = ("24", "72", "168")
TARGETS: Final = ("/account", "/")
FIELDS: Final = {"/valid_from": "from", "/valid_to": "until", "/scope_id": "where"}

# Forbidden, and yet an answer to this form: somebody above has to do it.
BEYOND: Final = frozenset({"grant_beyond_own", "account_holds_more"})

FindText = Annotated[str, QueryParameter(max_length=60)]


@get(HERE + "/{account_id:str}", opt={"right": "account.read"})
async def show_account(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    account_id: FromPath[str],
    find: FindText = "",
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """The account; `find` looks for the organisation or contest of another role."""
    return await _page(request, db, actor, account_id, find.strip(), Place(cursor, before, back))


@post(HERE + "/{account_id:str}", opt={"right": "account.manage"}, status_code=200)
async def change_this_account(
    request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings, account_id: FromPath[str]
) -> Response[str] | Redirect:
    """Give or end a role, make a link or a badge, switch the account off or on."""
    fields = await form_fields(request)
    try:
        with refusals():
            shown = await _act(db, settings, actor, account_id, fields)
    except Problem as problem:
        if problem.code not in BEYOND:
            require_answered(problem)
        form = form_state(request, fields, problem, FIELDS)
        return await _page(
            request, db, actor, account_id, fields.get("find", ""), Place(), form=form, status=problem.status
        )
    if shown is not None:
        # Shown once: nobody can look it up again.
        return await _page(request, db, actor, account_id, "", Place(), shown=shown)
    return go(request, f"{HERE}/{account_id}")


async def _act(
    db: Db, settings: Settings, actor: Actor, account_id: str, fields: dict[str, str]
) -> ShownOnce | None:
    key = parse_id("account", account_id)
    match fields.get("act"):
        case "grant":
            await give_grant(db, actor, _grant(account_id, fields))
        case "end":
            await revoke_grant(db, actor, parse_id("grant", fields.get("grant", "")))
        case "link":
            errors: list[FieldError] = []
            hours = one_of(fields, "hours", HOURS, errors)
            target = one_of(fields, "target", TARGETS, errors)
            if errors:
                raise invalid_fields(*errors)
            return link_shown("", await make_link(db, settings, actor, key, MakeLink(target, int(hours))))
        case "badge":
            return badge_shown("", await make_badge(db, actor, key, MakeBadge()))
        case "off" | "on" as act:
            await change_account(db, actor, key, ChangeAccount(disabled=act == "off"), rev_of(fields))
        case _:
            raise Problem("invalid_parameter")
    return None


def _grant(account_id: str, fields: dict[str, str]) -> GiveGrant:
    """A role from a day on, or from now; until the end of a day, or until it is taken away."""
    errors: list[FieldError] = []
    role = one_of(fields, "role", ROLES, errors)
    where = fields.get("where", "")
    kind = KIND_OF_PREFIX.get(where.partition("_")[0])
    if kind is None:
        errors.append(field_error("/where", "choice_missing"))
    begins, ends = fields.get("from", "").strip(), fields.get("until", "").strip()
    valid_from = parse_deadline(f"{begins}T00:00", pointer="/from", errors=errors) if begins else None
    valid_to = parse_deadline(f"{ends}T24:00", pointer="/until", errors=errors) if ends else None
    if errors:
        raise invalid_fields(*errors)
    return GiveGrant(
        account_id=account_id,
        role=role,
        scope_kind=kind,  # type: ignore[arg-type]
        scope_id=where,
        reason=fields.get("reason", "").strip() or None,
        valid_from=valid_from,
        valid_to=valid_to,
    )


async def _page(
    request: PageRequest, db: Db, actor: Actor, account_id: str, find: str, place: Place, *,
    shown: ShownOnce | None = None, form: FormState | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    locale = locale_of(request)
    t = texts(locale)
    key = parse_id("account", account_id)
    account = await find_account(db, actor, key)
    held = await grants(db, actor, key, None, place.cursor or None, PAGE)
    gives = {role for grant in actor.grants if not grant.support for role in GIVES.get(grant.role, ())}
    own, may_change = key == actor.account_id, actor.holds("account.manage")
    # Nobody gives themselves a role: the form would be refused.
    offers = may_change and not own
    [line] = await account_lines(db, actor, [account], locale)
    page = AccountPage(
        account=line,
        rev=account.rev,
        grants=await _lines(db, actor, held.data, gives, locale),
        paging=place.paging(
            len(held.data), PAGE, held.next_cursor, addressed(f"{HERE}/{account_id}", find=find)
        ),
        own=own,
        may_change=may_change,
        second_factor=account.totp_confirmed,
        roles=tuple(Choice(role, t(f"role.{role}")) for role in ROLES if role in gives) if offers else (),
        places=await offered_places(db, actor, account, find, locale) if offers else (),
        find=find,
        targets=tuple(Choice(target, t(f"account.target_{number}")) for number, target in enumerate(TARGETS)),
        hours=tuple(Choice(hours, t("account.hours", n=hours)) for hours in HOURS),
        shown_once=msgspec.structs.replace(shown, name=account.display_name) if shown else None,
        form=form or FormState(),
    )
    return show(request, page, "organiser", status=status)


async def _lines(
    db: Db, actor: Actor, held: list[GrantView], gives: set[str], locale: Locale
) -> tuple[GrantLine, ...]:
    names = await place_names(db, actor, held, locale)
    t = texts(locale)
    return tuple(
        GrantLine(
            each.id,
            t(f"role.{each.role}"),
            names.get(each.scope_id, ""),
            each.valid_from,
            each.valid_to,
            may_end=actor.holds("grant.give")
            and (each.role in gives or parse_id("account", each.account_id) == actor.account_id),
            reason=each.reason or "",
        )
        for each in held
    )


PAGES: list[ControllerRouterHandler] = [show_account, change_this_account]
