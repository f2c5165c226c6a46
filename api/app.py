"""Puts the rooms together into one Litestar application; `frontend.app` adds the pages."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router, get
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api import openapi, rooms
from api.access.authentication import ActorMemory, Authentication
from api.access.guards import guard_csrf, guard_right
from api.dependencies import DEPENDENCIES, FromDb
from api.plumbing import metrics
from api.plumbing.bodies import refuse_unfit_body
from api.plumbing.db import Db
from api.plumbing.errors import answer_exception
from api.plumbing.jobs import Poker
from api.plumbing.limits import Limiter
from api.plumbing.listening import Listener
from api.plumbing.logs import configure_logs
from api.plumbing.middleware import Envelope
from api.plumbing.parameters import declared_parameters, refuse_unknown_parameters
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.plumbing.turns import Turns

MAX_BODY = 1024 * 1024


class Application:
    """What uvicorn serves: Litestar inside, layers of ours around it."""

    def __init__(self, litestar: Litestar, outermost: ASGIApp) -> None:
        self.litestar = litestar
        self.outermost = outermost

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. What watches an address asks with HEAD: it is a GET whose body stays here."""
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            await self.outermost({**scope, "method": "GET"}, receive, _without_body(send))
            return
        await self.outermost(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_head


PageAnswer = Callable[[Request[Any, Any, State], Exception], Response[Any]]


async def before_request(request: Request[Any, Any, State]) -> None:
    """Checks that stand before every handler; not Litestar guards, each of which costs a thread or a copy per request."""
    guard_right(request)
    await refuse_unknown_parameters(request)
    await guard_csrf(request)
    await refuse_unfit_body(request)


@get("/health", opt={"public": True}, include_in_schema=False)
async def health(db: FromDb) -> Response[bytes]:
    """200 when the database answers, 503 otherwise (through the problem it raises)."""
    async with db.reading() as connection:
        await connection.fetchval("SELECT 1")
    return Response(b'{"status":"ok"}', media_type="application/json", headers={"Cache-Control": "no-store"})


@get("/metrics", opt={"public": True}, include_in_schema=False, sync_to_thread=False)
def show_metrics(request: Request[Any, Any, State]) -> Response[bytes]:
    """Prometheus metrics; only for programs on this machine, a reverse proxy forwards none of it."""
    host = request.client.host if request.client else ""
    if host not in ("127.0.0.1", "::1", "testclient") or request.headers.get("x-forwarded-for"):
        raise Problem("not_found")
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")


@get(["/openapi.json", "/api/v1/openapi.json"], opt={"public": True}, include_in_schema=False)
async def show_openapi(request: Request[Any, Any, State]) -> Response[dict[str, Any]]:
    """The OpenAPI 3.1 document of the API; below its base path too, where programs look."""
    state = request.app.state
    if "openapi" not in state:
        state.openapi = openapi.document(request.app)
    return Response(state.openapi, headers={"Cache-Control": "public, no-cache"})


def build(
    settings: Settings, pages: Sequence[Router | BaseRouteHandler] = (), page_answer: PageAnswer | None = None
) -> Application:
    """The application. `pages` are routes outside `/api`, whose errors `page_answer` shows."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        import redis.asyncio as redis

        app.state.db = await Db.connect(settings)
        client = redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)  # type: ignore[no-untyped-call]
        app.state.limiter = Limiter(client)
        app.state.poker = Poker(settings.redis_url)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(app.state.db.close)
            stack.push_async_callback(client.aclose)
            stack.push_async_callback(app.state.poker.close)
            app.state.listener = Listener(settings.database_url)
            for start in rooms.LIFESPANS:
                await stack.enter_async_context(start(app, settings))
            await stack.enter_async_context(app.state.listener.running())
            yield

    def answer(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
        if page_answer is not None and not request.url.path.startswith(
            ("/api/", "/health", "/metrics", "/openapi")
        ):
            return page_answer(request, error)
        return answer_exception(request, error)

    configure_logs()
    app = Litestar(
        [Router("/api/v1", route_handlers=rooms.ROUTES), health, show_metrics, show_openapi, *pages],
        lifespan=[lifespan],
        dependencies=DEPENDENCIES,
        middleware=[DefineMiddleware(Authentication, exclude=["^/static/"])],
        before_request=before_request,
        exception_handlers={Exception: answer, HTTPException: answer, Problem: answer},
        request_max_body_size=MAX_BODY,
        state=State({"settings": settings, "actor_memory": ActorMemory(), "turns": Turns()}),
        openapi_config=openapi.config(),
        logging_config=None,
        debug=False,
    )
    app.state.query_parameters = declared_parameters(app.routes)
    wrapped: ASGIApp = Envelope(app, secure=settings.secure_cookies)
    for layer in rooms.LAYERS:
        wrapped = layer(wrapped, app)
    return Application(app, wrapped)


def create_app() -> Application:
    """The JSON application alone, for `uvicorn --factory api.app:create_app`."""
    return build(Settings.from_environment())


__all__ = ["build", "create_app"]
