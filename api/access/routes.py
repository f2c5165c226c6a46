"""Sign-in, accounts, grants, tokens and devices over HTTP."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter

from api.access import commands, queries
from api.access.authentication import SESSION_COOKIE, token_hash
from api.access.endpoints import endpoints_of
from api.access.rights import RIGHTS
from api.access.schemas import (
    Access,
    AccessEvent,
    AccountView,
    Badge,
    ChangeAccount,
    ChangePassword,
    ConfirmTotp,
    CreateAccount,
    CreateToken,
    DeviceView,
    EndpointAccess,
    EnrolDevice,
    GiveGrant,
    GrantView,
    Link,
    MakeBadge,
    MakeLink,
    Me,
    ProblemView,
    SignedIn,
    SignIn,
    SignInByBadge,
    SignInByLink,
    TakeSupport,
    TokenView,
    TotpEnrolment,
)
from api.access.secret_texts import answer_with_secret, new_token
from api.access.sessions import OpenedSession, caller_of, device_cookie, no_session_cookie, session_cookie
from api.dependencies import FromActor, FromDb, FromIfMatch, FromOnce, FromSettings
from api.plumbing.etags import etag
from api.plumbing.ids import parse_id
from api.plumbing.paging import DEFAULT_LIMIT, MAX_LIMIT, Page
from api.plumbing.settings import Settings

AnyRequest = Request[Any, Any, State]
AccountFilter = Annotated[str | None, QueryParameter(name="account", required=False, max_length=40)]
ContestFilter = Annotated[str | None, QueryParameter(name="contest", required=False, max_length=40)]
LoginFilter = Annotated[str | None, QueryParameter(name="login", required=False, max_length=64)]
Cursor = Annotated[str | None, QueryParameter(name="cursor", required=False, max_length=400)]
PageLimit = Annotated[int, QueryParameter(name="limit", required=False, ge=1, le=MAX_LIMIT)]

NO_STORE = {"Cache-Control": "no-store"}
SIGNS_IN = {"public": True, "signs_in": True}


@post("/sign-in", opt=SIGNS_IN, status_code=200)
async def sign_in(
    request: AnyRequest, db: FromDb, settings: FromSettings, data: JSONBody[SignIn]
) -> Response[SignedIn]:
    """Begin a session with login, password and, where the account has one, a second factor."""
    return _begun(settings, await commands.sign_in(db, caller_of(request), data))


@post("/sign-in/link", opt=SIGNS_IN, status_code=200)
async def sign_in_by_link(
    request: AnyRequest, db: FromDb, settings: FromSettings, data: JSONBody[SignInByLink]
) -> Response[SignedIn]:
    """Begin a session with a one-time link, which is then used up."""
    return _begun(settings, await commands.sign_in_by_link(db, caller_of(request), data))


@post("/sign-in/badge", opt=SIGNS_IN, status_code=200)
async def sign_in_by_badge(
    request: AnyRequest, db: FromDb, settings: FromSettings, data: JSONBody[SignInByBadge]
) -> Response[SignedIn]:
    """Take over an enrolled tablet with a judge's badge and PIN."""
    return _begun(settings, await commands.sign_in_by_badge(db, caller_of(request), data))


@post("/sign-out", opt={"right": "self.use", "before_second_factor": True}, status_code=204)
async def sign_out(
    request: AnyRequest, db: FromDb, actor: FromActor, settings: FromSettings
) -> Response[None]:
    """End the session."""
    await commands.sign_out(db, actor)
    request.app.state.actor_memory.forget(token_hash(request.cookies.get(SESSION_COOKIE, "")))
    return Response(None, cookies=[no_session_cookie(settings)], headers=NO_STORE)


@get("/me", opt={"right": "self.use", "before_second_factor": True})
async def show_me(db: FromDb, actor: FromActor) -> Response[Me]:
    """Who the caller is, with grants and the token for forms."""
    return Response(await queries.me(db, actor), headers=NO_STORE)


@post("/me/password", opt={"right": "self.use", "before_second_factor": True}, status_code=204)
async def change_password(db: FromDb, actor: FromActor, data: JSONBody[ChangePassword]) -> None:
    """Set the caller's password; their other sessions end."""
    await commands.change_password(db, actor, data)


@get("/access", opt={"public": True}, sync_to_thread=False)
def show_access(request: AnyRequest, actor: FromActor) -> Access:
    """What the caller may do, per right and endpoint."""
    return Access(
        actor.signed_in,
        sorted(right for right in RIGHTS if actor.holds(right)),
        [
            EndpointAccess(e.method, e.path, e.right, e.right is None or actor.holds(e.right))
            for e in endpoints_of(request.app.routes)
        ],
    )


@get("/problems/{code:str}", opt={"public": True}, sync_to_thread=False)
def show_problem(code: FromPath[str]) -> ProblemView:
    """What a problem's code means and what to do next."""
    return queries.problem_view(code)


@post("/accounts", opt={"right": "account.manage"})
async def create_account(
    db: FromDb, actor: FromActor, once: FromOnce, data: JSONBody[CreateAccount]
) -> Response[bytes]:
    """Make an account that an organisation looks after."""
    return await once.answer(lambda: commands.create_account(db, actor, data), _location("accounts"))


@get("/accounts", opt={"right": "account.read"})
async def list_accounts(
    db: FromDb,
    actor: FromActor,
    login: LoginFilter = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[AccountView]:
    """Accounts inside the caller's scopes."""
    return await queries.accounts(db, actor, login, cursor, limit)


@get("/accounts/{account_id:str}", opt={"right": "self.use"})
async def show_account(db: FromDb, actor: FromActor, account_id: FromPath[str]) -> Response[AccountView]:
    """One account: one's own, or one inside one's scopes."""
    return _with_etag(await queries.find_account(db, actor, parse_id("account", account_id)))


@patch("/accounts/{account_id:str}", opt={"right": "self.use"})
async def change_account(
    db: FromDb,
    actor: FromActor,
    account_id: FromPath[str],
    base_rev: FromIfMatch,
    data: JSONBody[ChangeAccount],
) -> Response[AccountView]:
    """Change name or language, or switch the account off; the holder may change the language."""
    return _with_etag(
        await commands.change_account(db, actor, parse_id("account", account_id), data, base_rev)
    )


@post("/accounts/{account_id:str}/totp", opt={"right": "self.use", "before_second_factor": True})
async def enrol_totp(
    db: FromDb, actor: FromActor, settings: FromSettings, account_id: FromPath[str]
) -> Response[TotpEnrolment]:
    """A new secret for one's own authenticator program; it counts once confirmed. A repeat makes another."""
    made = await commands.enrol_totp(db, settings, actor, parse_id("account", account_id))
    return Response(made, headers=NO_STORE)


@post(
    "/accounts/{account_id:str}/totp:confirm",
    opt={"right": "self.use", "before_second_factor": True},
    status_code=200,
)
async def confirm_totp(
    request: AnyRequest,
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    account_id: FromPath[str],
    data: JSONBody[ConfirmTotp],
) -> Response[SignedIn]:
    """Prove the secret with a first code; the session is replaced by one with both factors."""
    target = parse_id("account", account_id)
    return _begun(settings, await commands.confirm_totp(db, caller_of(request), actor, target, data))


@delete("/accounts/{account_id:str}/totp", opt={"right": "account.manage"})
async def remove_totp(db: FromDb, actor: FromActor, account_id: FromPath[str]) -> None:
    """Take away a second factor that its holder has lost."""
    await commands.remove_totp(db, actor, parse_id("account", account_id))


@post("/accounts/{account_id:str}/badge", opt={"right": "account.manage"})
async def make_badge(
    db: FromDb, actor: FromActor, once: FromOnce, account_id: FromPath[str], data: JSONBody[MakeBadge]
) -> Response[bytes]:
    """A judge's badge and PIN, shown once; the old ones end."""
    target = parse_id("account", account_id)
    return await answer_with_secret(
        once,
        lambda: commands.make_badge(db, actor, target, data),
        lambda made: Badge(made.account_id, None, None),
    )


@post("/accounts/{account_id:str}/links", opt={"right": "account.manage"})
async def make_link(
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    once: FromOnce,
    account_id: FromPath[str],
    data: JSONBody[MakeLink],
) -> Response[bytes]:
    """A link that signs the account in once, shown once."""
    target = parse_id("account", account_id)
    return await answer_with_secret(
        once,
        lambda: commands.make_link(db, settings, actor, target, data),
        lambda made: Link(made.account_id, None, made.expires_at),
    )


@post("/grants", opt={"right": "grant.give"})
async def give_grant(
    db: FromDb, actor: FromActor, once: FromOnce, data: JSONBody[GiveGrant]
) -> Response[bytes]:
    """Give a role at a scope."""
    return await once.answer(lambda: commands.give_grant(db, actor, data), _location("grants"))


@get("/grants", opt={"right": "grant.read"})
async def list_grants(
    db: FromDb,
    actor: FromActor,
    account: AccountFilter = None,
    contest: ContestFilter = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[GrantView]:
    """Grants inside the caller's scopes that hold or will hold."""
    account_id = None if account is None else parse_id("account", account)
    contest_id = None if contest is None else parse_id("contest", contest)
    return await queries.grants(db, actor, account_id, contest_id, cursor, limit)


@get("/grants/{grant_id:str}", opt={"right": "self.use"})
async def show_grant(db: FromDb, actor: FromActor, grant_id: FromPath[str]) -> GrantView:
    """One grant: one's own, or one inside one's scopes."""
    return await queries.find_grant(db, actor, parse_id("grant", grant_id))


@delete("/grants/{grant_id:str}", opt={"right": "self.use"})
async def revoke_grant(db: FromDb, actor: FromActor, grant_id: FromPath[str]) -> None:
    """Take a grant away, or lay down one's own; it holds within a second."""
    await commands.revoke_grant(db, actor, parse_id("grant", grant_id))


@post("/contests/{contest_id:str}/support-grants", opt={"right": "support.take"})
async def take_support(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[TakeSupport]
) -> Response[bytes]:
    """Write in a contest of a lower node, for a reason and at most 24 hours."""
    target = parse_id("contest", contest_id)
    return await once.answer(lambda: commands.take_support(db, actor, target, data), _location("grants"))


@get("/contests/{contest_id:str}/access-events", opt={"right": "access_event.read"})
async def list_events(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[AccessEvent]:
    """Grants, support, devices and looks at full numbers in one contest, newest first."""
    return await queries.events(db, actor, parse_id("contest", contest_id), cursor, limit)


@post("/tokens", opt={"right": "token.manage"})
async def create_token(
    db: FromDb, actor: FromActor, settings: FromSettings, once: FromOnce, data: JSONBody[CreateToken]
) -> Response[bytes]:
    """An API token, shown once."""
    return await answer_with_secret(
        once,
        lambda: commands.create_token(db, settings, actor, data),
        lambda made: msgspec.structs.replace(made, token=None),
    )


@get("/tokens", opt={"right": "token.manage"})
async def list_tokens(db: FromDb, actor: FromActor) -> Page[TokenView]:
    """The caller's own tokens that still hold."""
    return await queries.tokens(db, actor)


@delete("/tokens/{token_id:str}", opt={"right": "token.manage"})
async def revoke_token(db: FromDb, actor: FromActor, token_id: FromPath[str]) -> None:
    """End one of one's own tokens."""
    await commands.revoke_token(db, actor, parse_id("token", token_id))


@post("/devices", opt={"right": "device.enrol"})
async def enrol_device(
    db: FromDb, actor: FromActor, settings: FromSettings, once: FromOnce, data: JSONBody[EnrolDevice]
) -> Response[bytes]:
    """Make this browser a device of a contest, on which its judges' PINs count."""
    secret = new_token()
    response = await once.answer(lambda: commands.enrol_device(db, actor, data, secret))
    if "Idempotent-Replayed" not in response.headers:
        response.set_cookie(device_cookie(settings, secret))
    return response


@get("/devices", opt={"right": "device.enrol"})
async def list_devices(
    db: FromDb,
    actor: FromActor,
    contest: ContestFilter = None,
    cursor: Cursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Page[DeviceView]:
    """Devices of the caller's contests."""
    contest_id = None if contest is None else parse_id("contest", contest)
    return await queries.devices(db, actor, contest_id, cursor, limit)


@delete("/devices/{device_id:str}", opt={"right": "device.enrol"})
async def revoke_device(db: FromDb, actor: FromActor, device_id: FromPath[str]) -> None:
    """A tablet is lost: no PIN counts on it any more."""
    await commands.revoke_device(db, actor, parse_id("device", device_id))


def _begun(settings: Settings, opened: OpenedSession) -> Response[SignedIn]:
    return Response(opened.answer, cookies=[session_cookie(settings, opened)], headers=NO_STORE)


def _with_etag(account: AccountView) -> Response[AccountView]:
    return Response(account, headers={"ETag": etag(account.rev)})


def _location(collection: str) -> Callable[[msgspec.Struct], str]:
    return lambda made: f"/api/v1/{collection}/{made.id}"  # type: ignore[attr-defined]


ROUTES = [
    sign_in,
    sign_in_by_link,
    sign_in_by_badge,
    sign_out,
    show_me,
    change_password,
    show_access,
    show_problem,
    create_account,
    list_accounts,
    show_account,
    change_account,
    enrol_totp,
    confirm_totp,
    remove_totp,
    make_badge,
    make_link,
    give_grant,
    list_grants,
    show_grant,
    revoke_grant,
    take_support,
    list_events,
    create_token,
    list_tokens,
    revoke_token,
    enrol_device,
    list_devices,
    revoke_device,
]
