"""Sign-in sessions: opened with a token that we chose, ended by sign-out, rest, age or a switched-off account."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import Cookie, State

from api.access.actor import Actor
from api.access.authentication import SESSION_COOKIE, ActorMemory, actor_of, token_hash
from api.access.events import note_event
from api.access.guards import csrf_token
from api.access.schemas import SignedIn
from api.access.secret_texts import new_token
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.limits import Limiter
from api.plumbing.settings import Settings

DEVICE_COOKIE = "sbq_device"
DEVICE_DAYS = 400


class Lifetime(msgspec.Struct, frozen=True):
    """How long a session may rest, and how old it may grow."""

    idle: timedelta
    absolute: timedelta


# A judge's tablet may be offline for a whole day in the workshop and must then still be able to send its marks.
LIFETIMES = {
    "browser": Lifetime(timedelta(hours=2), timedelta(hours=12)),
    "judge": Lifetime(timedelta(hours=16), timedelta(hours=16)),
    "demo": Lifetime(timedelta(days=7), timedelta(days=7)),
}


class Caller(msgspec.Struct, frozen=True):
    """From where somebody signs in: the address, the device's cookie, and whom the browser was until now."""

    settings: Settings
    limiter: Limiter
    actor: Actor
    address: str
    device_secret: str | None = None


class OpenedSession(msgspec.Struct, frozen=True):
    """The token for the cookie, beside the answer that may be shown."""

    token: str
    answer: SignedIn


def caller_of(request: Request[Any, Any, State]) -> Caller:
    """The caller of a sign-in route or page."""
    state = request.app.state
    return Caller(
        settings=state.settings,
        limiter=state.limiter,
        actor=request.user,
        address=request.client.host if request.client else "",
        device_secret=request.cookies.get(DEVICE_COOKIE),
    )


OPEN_SESSION = """/* access.open_session */
INSERT INTO sign_in_session (token_hash, account_id, kind, device_id, second_factor, idle, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
END_SESSION = """/* access.end_session */
UPDATE sign_in_session SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL
"""


async def open_session(
    db: Db,
    caller: Caller,
    account_id: UUID,
    *,
    kind: str = "browser",
    way: str,
    device_id: UUID | None = None,
    second_factor: bool = False,
    target: str = "/",
) -> OpenedSession:
    """Begin a session under a new token and end the one this browser had: no token survives a sign-in (session fixation)."""
    lifetime = LIFETIMES["demo" if caller.settings.demo else kind]
    token, expires_at = new_token(), datetime.now(UTC) + lifetime.absolute
    async with db.transaction() as connection:
        if caller.actor.session_id is not None and caller.actor.session_kind != "token":
            await connection.execute(END_SESSION, caller.actor.session_id)
        await connection.execute(
            OPEN_SESSION, token_hash(token), account_id, kind, device_id, second_factor, lifetime.idle, expires_at
        )  # fmt: skip
        await note_event(connection, account_id, "signed_in", encode_id("account", account_id), way=way)
        actor = await actor_of(db, ActorMemory(), token, bearer=False)
    return OpenedSession(
        token,
        SignedIn(
            account_id=encode_id("account", account_id),
            display_name=actor.display_name,
            locale=actor.locale,
            session_kind=kind,
            second_factor=second_factor,
            must_enrol=actor.must_enrol,
            csrf_token=csrf_token(actor),
            expires_at=expires_at,
            target=target,
        ),
    )


async def sign_out(db: Db, actor: Actor) -> None:
    """End the actor's session. An API token is not a session: it is revoked by its id."""
    if actor.session_id is None or actor.session_kind == "token":
        return
    async with db.transaction() as connection:
        await connection.execute(END_SESSION, actor.session_id)
        await note_event(connection, actor.account_id, "signed_out", encode_id("account", actor.account_id))


def session_cookie(settings: Settings, opened: OpenedSession) -> Cookie:
    """The cookie of a session that has begun; scripts cannot read it, other sites cannot send it with a form."""
    return _cookie(settings, SESSION_COOKIE, opened.token, None)


def no_session_cookie(settings: Settings) -> Cookie:
    """Takes the session's cookie away."""
    return _cookie(settings, SESSION_COOKIE, "", 0)


def device_cookie(settings: Settings, secret: str) -> Cookie:
    """The cookie that makes a browser an enrolled device."""
    return _cookie(settings, DEVICE_COOKIE, secret, DEVICE_DAYS * 86400)


def _cookie(settings: Settings, key: str, value: str, max_age: int | None) -> Cookie:
    return Cookie(
        key=key,
        value=value,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
        max_age=max_age,
    )
