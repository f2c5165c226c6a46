"""What wraps every answer: request id, security headers, access log without personal data, request metrics."""

import functools
import random
import re
import time
from collections.abc import Awaitable
from typing import Final

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter

from api.plumbing.metrics import REQUEST_SECONDS, REQUESTS

log = structlog.get_logger()

# In a scope's extensions: the program asks itself, which is no visitor and no line of the log.
UNLOGGED: Final = "shibaiqian.unlogged"

# A caller may name its own request id; anything but a short plain token could forge lines of the log.
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

SECURITY_HEADERS = [
    (b"content-security-policy",
     b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
     b"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=(), payment=(), usb=()"),
]  # fmt: skip
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Envelope:
    """The outermost layer; a plain ASGI callable, because it also wraps answers that never reach Litestar."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.headers = [*SECURITY_HEADERS, HSTS] if secure else SECURITY_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        asked = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = asked if REQUEST_ID.match(asked) else f"{random.getrandbits(64):016x}"
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        def send_wrapped(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    *self.headers,
                    (b"x-request-id", request_id.encode()),
                ]
            return send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self.app(scope, receive, send_wrapped)
        finally:
            seconds = time.perf_counter() - started
            handler = scope.get("route_handler")
            # The template of the path, never the path: paths may hold codes that lead to a person.
            route = getattr(handler, "handler_id", None) or "none"
            _counter_of(scope["method"], status).inc()
            REQUEST_SECONDS.observe(seconds)
            if UNLOGGED not in (scope.get("extensions") or ()):
                log.info(
                    "request",
                    method=scope["method"],
                    route=str(route),
                    status=status,
                    ms=round(seconds * 1000, 1),
                )
            structlog.contextvars.reset_contextvars(**bound)


@functools.cache
def _counter_of(method: str, status: int) -> Counter:
    return REQUESTS.labels(method, str(status))
