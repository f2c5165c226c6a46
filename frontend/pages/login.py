"""X2: come in with a password and a second factor or with a one-time link; go out again.

A link's address holds a secret. It is exchanged at once for a sealed cookie, so that neither the history of a borrowed device nor a
copied address keeps it. Looking at it does not use it up: mail programs look at links before people do. The demo's links, which are
no secret and never used up, sign in directly.
"""

import base64
import time
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access import commands
from api.access.actor import Actor
from api.access.authentication import SESSION_COOKIE, ActorMemory, actor_of, token_hash
from api.access.demo import PREFIX
from api.access.routes import NO_STORE, SIGNS_IN
from api.access.schemas import SignIn, SignInByLink
from api.access.secret_texts import cipher_of
from api.access.sessions import OpenedSession, caller_of, no_session_cookie, session_cookie
from api.dependencies import FromActor, FromDb, FromSettings
from api.plumbing.crypto import CipherBroken
from api.plumbing.db import Db
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from frontend.pages.serving import PageRequest, form_fields, form_state, go, local_path, show
from frontend.views.access import LoginPage

DOOR_COOKIE = "sbq_door"
DOOR_SECONDS = 600

NextPath = Annotated[str, QueryParameter(name="next", max_length=300)]


class AtTheDoor(msgspec.Struct, frozen=True):
    """What somebody has shown so far: a login with its password, or a link's token. It travels sealed, in a cookie."""

    way: Literal["password", "link"]
    secret: str
    until: float
    login: str = ""
    next_path: str = ""


@get("/login", opt={"public": True}, sync_to_thread=False)
def show_login(request: PageRequest, actor: FromActor, next_path: NextPath = "") -> Response[str] | Redirect:
    """The door; who is in already goes on."""
    if actor.signed_in:
        return go(request, local_path(next_path, start_of(actor)))
    return _page(request, LoginPage(next_path=local_path(next_path, "")))


@post("/login", opt=SIGNS_IN, status_code=200)
async def sign_in(request: PageRequest, db: FromDb, settings: FromSettings) -> Response[str] | Redirect:
    """Password, or the code that was asked for after it."""
    fields = await form_fields(request)
    caller = caller_of(request)
    if fields.get("act") != "totp":
        shown = AtTheDoor(
            "password",
            fields.get("password", ""),
            time.time() + DOOR_SECONDS,
            fields.get("account", ""),
            local_path(fields.get("next", ""), ""),
        )
        code = None
    else:
        waiting = _door(request, settings)
        if waiting is None:
            return go(request, "/login")
        shown, code = waiting, fields.get("code", "").replace(" ", "")
    try:
        if shown.way == "link":
            opened = await commands.sign_in_by_link(db, caller, _read(shown.secret, code))
        else:
            opened = await commands.sign_in(db, caller, _typed(shown, code))
    except Problem as problem:
        return _again(request, settings, shown, problem, asked=code is not None)
    return await _enter(request, db, settings, opened, shown.next_path)


@get("/login/link/{token:str}", opt={"public": True})
async def take_link(
    request: PageRequest, db: FromDb, settings: FromSettings, token: FromPath[str]
) -> Redirect:
    """A link's address: leave it at once."""
    if settings.demo and token.startswith(PREFIX):
        opened = await commands.sign_in_by_link(db, caller_of(request), _read(token, None))
        return await _enter(request, db, settings, opened, "")
    answer = go(request, "/login/link")
    answer.set_cookie(_door_cookie(settings, AtTheDoor("link", token, time.time() + DOOR_SECONDS)))
    return _unkept(answer)


@get("/login/link", opt={"public": True}, sync_to_thread=False)
def show_link(request: PageRequest, settings: FromSettings) -> Response[str] | Redirect:
    """The button that uses the link up."""
    if _door(request, settings) is None:
        return go(request, "/login")
    return _page(request, LoginPage(step="link"))


@post("/login/link", opt=SIGNS_IN, status_code=200)
async def use_link(request: PageRequest, db: FromDb, settings: FromSettings) -> Response[str] | Redirect:
    """Sign in with the link."""
    shown = _door(request, settings)
    if shown is None or shown.way != "link":
        return go(request, "/login")
    try:
        opened = await commands.sign_in_by_link(db, caller_of(request), _read(shown.secret, None))
    except Problem as problem:
        return _again(request, settings, shown, problem)
    return await _enter(request, db, settings, opened, "")


@post("/logout", opt={"right": "self.use", "before_second_factor": True}, status_code=303)
async def sign_out(request: PageRequest, db: FromDb, actor: FromActor, settings: FromSettings) -> Redirect:
    """End the session; a judge's tablet, and one that is handed to a judge, shows the judges' door to the next one."""
    fields = await form_fields(request)
    await commands.sign_out(db, actor)
    request.app.state.actor_memory.forget(token_hash(request.cookies.get(SESSION_COOKIE, "")))
    answer = go(request, "/judge" if actor.session_kind == "judge" or fields.get("to") == "judge" else "/")
    answer.set_cookie(no_session_cookie(settings))
    return _unkept(answer)


def start_of(actor: Actor) -> str:
    """The page on which somebody's work begins; for an administrator without second factor the one that sets it up."""
    if actor.must_enrol:
        return "/account"
    starts = {
        "sheet.mark": "/judge",
        "award.decide": "/award",
        "contest.read": "/org",
        "slot.answer": "/unit",
        "entry.register": "/my",
    }
    return next((path for right, path in starts.items() if actor.holds(right)), "/")


def _typed(shown: AtTheDoor, code: str | None) -> SignIn:
    """What was typed as the command wants it. What no login or code can look like is wrong like any other."""
    try:
        return msgspec.convert({"login": shown.login, "password": shown.secret, "totp": code}, SignIn)
    except msgspec.ValidationError as error:
        raise Problem("sign_in_failed" if code is None else "totp_wrong") from error


def _read(token: str, code: str | None) -> SignInByLink:
    try:
        return msgspec.convert({"token": token, "totp": code}, SignInByLink)
    except msgspec.ValidationError as error:
        raise Problem("link_spent" if code is None else "totp_wrong") from error


def _again(
    request: PageRequest, settings: Settings, shown: AtTheDoor, problem: Problem, *, asked: bool = False
) -> Response[str]:
    """The door again, with what was wrong, or with the question for a code: asking is no error."""
    if problem.code == "totp_needed" or (asked and problem.code == "totp_wrong"):
        form = form_state(request, {}, problem if asked else None)
        answer = _page(request, LoginPage(step="totp", next_path=shown.next_path, form=form), problem)
        answer.set_cookie(_door_cookie(settings, shown))
        return answer
    form = form_state(request, {"account": shown.login}, problem)
    answer = _page(request, LoginPage(next_path=shown.next_path, form=form), problem)
    answer.set_cookie(_no_door_cookie(settings))
    return answer


async def _enter(
    request: PageRequest, db: Db, settings: Settings, opened: OpenedSession, next_path: str
) -> Redirect:
    actor = await actor_of(db, ActorMemory(), opened.token, bearer=False)
    target = opened.answer.target
    answer = go(request, local_path(next_path or ("" if target == "/" else target), start_of(actor)))
    answer.set_cookie(session_cookie(settings, opened))
    answer.set_cookie(_no_door_cookie(settings))
    return _unkept(answer)


def _page(request: PageRequest, page: LoginPage, problem: Problem | None = None) -> Response[str]:
    headers = {**NO_STORE, **(problem.headers if problem else {})}
    status = problem.status if problem else 200
    # A form that was filled in wrongly, not a page that asks who is there.
    return show(request, page, "public", status=422 if status == 401 else status, headers=headers)


def _unkept(answer: Redirect) -> Redirect:
    answer.headers.update(NO_STORE)
    return answer


def _door(request: PageRequest, settings: Settings) -> AtTheDoor | None:
    """What was shown a moment ago, unless it is too old or not of our making."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(DOOR_COOKIE, ""))
        text = cipher_of(settings.secret_key).decrypt(sealed, DOOR_COOKIE)
    except (ValueError, CipherBroken):
        return None
    shown = msgspec.json.decode(text, type=AtTheDoor)
    return shown if shown.until > time.time() else None


def _door_cookie(settings: Settings, shown: AtTheDoor) -> Cookie:
    sealed = cipher_of(settings.secret_key).encrypt(msgspec.json.encode(shown).decode(), DOOR_COOKIE)
    return _cookie(settings, base64.urlsafe_b64encode(sealed).decode(), DOOR_SECONDS)


def _no_door_cookie(settings: Settings) -> Cookie:
    return _cookie(settings, "", 0)


def _cookie(settings: Settings, value: str, seconds: int) -> Cookie:
    # Lax, not strict: who follows a link from their mail arrives from another site.
    return Cookie(
        DOOR_COOKIE,
        path="/",
        value=value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )


PAGES: list[ControllerRouterHandler] = [show_login, sign_in, take_link, show_link, use_link, sign_out]
