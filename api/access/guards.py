"""What stands before every route: is somebody signed in, does any of their grants carry the route's right, is it their own form."""

import functools
import hmac
from typing import Any

from litestar import Request
from litestar.datastructures import State

from api.access.actor import Actor
from api.access.authentication import REMEMBERED_ACTORS, is_bearer
from api.access.rights import RIGHTS, ROLE_NAMES, ROLES
from api.plumbing.problems import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def guard_right(request: Request[Any, Any, State]) -> None:
    """Every route names its right, or says that it is public. Raises not_signed_in or forbidden_right."""
    if request.method == "OPTIONS":
        # Litestar's own answer: which methods there are.
        return
    handler = request.route_handler
    right = handler.opt.get("right")
    if right is None:
        assert handler.opt.get("public"), f"route {handler} names neither a right nor that it is public"
        return
    actor: Actor = request.user
    if not actor.signed_in:
        raise Problem("not_signed_in", headers={"WWW-Authenticate": "Bearer"})
    if actor.must_enrol and not handler.opt.get("before_second_factor"):
        raise Problem("second_factor_needed")
    if not actor.holds(right):
        roles = [role for role in ROLES if role in RIGHTS[right].roles]
        raise Problem(
            "forbidden_right",
            roles_zh="、".join(ROLE_NAMES[role] for role in roles),
            roles_en=", ".join(role.replace("_", " ") for role in roles),
        )


def csrf_token(actor: Actor) -> str:
    """The token that forms and htmx requests of this session carry."""
    return _csrf_token_of(actor.csrf_secret) if actor.csrf_secret else ""


@functools.lru_cache(maxsize=REMEMBERED_ACTORS)
def _csrf_token_of(secret: bytes) -> str:
    return hmac.new(secret, b"form", "sha256").hexdigest()


async def guard_csrf(request: Request[Any, Any, State]) -> None:
    """A change must come from our own pages, and under a session's cookie carry the session's token.

    Bearer tokens are exempt: no browser sends them by itself. Signing in needs no token of the session that it ends.
    Raises csrf_failed.
    """
    if request.method in SAFE_METHODS or is_bearer(request.headers.get("authorization", "")):
        return
    if not _from_own_pages(request):
        raise Problem("csrf_failed")
    actor: Actor = request.user
    if not actor.csrf_secret or request.route_handler.opt.get("signs_in"):
        return
    given = request.headers.get("x-csrf-token")
    if given is None and request.headers.get("content-type", "").startswith(FORM_TYPES):
        value = (await request.form()).get("csrf_token")
        given = value if isinstance(value, str) else None
    if given is None or not hmac.compare_digest(given.encode(), csrf_token(actor).encode()):
        raise Problem("csrf_failed")


def _from_own_pages(request: Request[Any, Any, State]) -> bool:
    # Browsers say where a request comes from, older ones by Origin only; other programs say neither, and then the token decides.
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    own = (request.app.state.settings.base_url, f"{request.url.scheme}://{request.headers.get('host', '')}")
    return origin is None or origin in own
