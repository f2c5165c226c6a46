"""One's own way in: the second factor, which an administrator needs before anything else, and a password."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.authentication import ActorMemory, actor_of
from api.access.commands.own import change_password, confirm_totp, enrol_totp
from api.access.queries import me
from api.access.schemas import ChangePassword, ConfirmTotp, TotpEnrolment
from api.access.sessions import caller_of, session_cookie
from api.dependencies import FromActor, FromDb, FromSettings
from api.plumbing.db import Db
from api.plumbing.problems import Problem
from frontend.pages.administering import qr_picture
from frontend.pages.forms import require_answered
from frontend.pages.login import start_of
from frontend.pages.serving import PageRequest, form_fields, form_state, go, show
from frontend.rendering import Room
from frontend.views.admin import OwnAccountPage
from frontend.views.common import FormState

OWN: Final = {"right": "self.use", "before_second_factor": True}
ROOMS: Final[dict[str, Room]] = {"/award": "authority", "/unit": "unit", "/my": "unit"}
LONGEST: Final = 512
# A wrong code or too many tries answer 401 and 429 to a program; a form is shown again.
ANSWERED: Final = frozenset({"totp_wrong", "totp_not_begun", "totp_needed", "sign_in_locked"})


@get("/account", opt=OWN)
async def show_own_account(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str]:
    """The account."""
    return await _page(request, db, actor)


@post("/account", opt=OWN, status_code=200)
async def change_own_account(
    request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings
) -> Response[str] | Redirect:
    """Make a secret for the authenticator program, prove it with a code, or set a password."""
    fields = await form_fields(request)
    act = fields.pop("act", "")
    try:
        if act == "begin":
            return await _page(
                request, db, actor, made=await enrol_totp(db, settings, actor, actor.account_id)
            )
        if act == "confirm":
            opened = await confirm_totp(db, caller_of(request), actor, actor.account_id, _code(fields))
            entered = await actor_of(db, ActorMemory(), opened.token, bearer=False)
            answer = go(request, start_of(entered))
            answer.set_cookie(session_cookie(settings, opened))
            return answer
        if act != "password":
            raise Problem("invalid_parameter")
        await change_password(db, actor, _password(fields))
    except Problem as problem:
        if problem.code not in ANSWERED:
            require_answered(problem)
        # Neither password nor code goes back into a page.
        form = form_state(request, {}, problem)
        waiting = act == "confirm" and problem.code == "totp_wrong"
        status = 422 if problem.status == 401 else problem.status
        return await _page(request, db, actor, form=form, waiting=waiting, status=status)
    return await _page(request, db, actor, saved=True)


def _code(fields: dict[str, str]) -> ConfirmTotp:
    try:
        return msgspec.convert({"code": fields.get("code", "").replace(" ", "")}, ConfirmTotp)
    except msgspec.ValidationError as error:
        raise Problem("totp_wrong") from error


def _password(fields: dict[str, str]) -> ChangePassword:
    return ChangePassword(fields.get("new", "")[:LONGEST], fields.get("current", "")[:LONGEST] or None)


async def _page(
    request: PageRequest, db: Db, actor: Actor, *, made: TotpEnrolment | None = None,
    form: FormState | None = None, waiting: bool = False, saved: bool = False, status: int = 200,
) -> Response[str]:  # fmt: skip
    own = await me(db, actor)
    page = OwnAccountPage(
        name=own.display_name,
        login=own.login,
        must_enrol=own.must_enrol,
        confirmed=own.totp_confirmed and made is None,
        has_password=own.has_password,
        waiting=waiting or made is not None,
        secret=made.secret if made else "",
        picture=qr_picture(made.uri) if made else "",
        saved=saved,
        form=form or FormState(),
    )
    return show(request, page, ROOMS.get(start_of(actor), "organiser"), status=status)


PAGES: list[ControllerRouterHandler] = [show_own_account, change_own_account]
