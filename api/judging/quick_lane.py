"""The short way for mark writes of a tablet: in front of the application, because the framework costs more than the write.

It takes a request only when everything about it is in order: a session's cookie of somebody who may mark, our own page, a body of
known length. Anything else, and whatever goes wrong later, goes the long way, which knows every refusal and its words. An
operation that went both ways is one operation: its op_id sees to that.
"""

import hmac
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

from api.access.actor import Actor
from api.access.authentication import SESSION_COOKIE, actor_of
from api.access.guards import csrf_token
from api.judging.commands.marks import enter_marks
from api.judging.schemas import EnterMarks
from api.plumbing.bodies import refuse_repeated_names, says_json
from api.plumbing.ids import parse_id
from api.plumbing.middleware import Envelope

BEFORE, AFTER = "/api/v1/sheets/", "/marks:batch"
# Fifty operations with their reasons; what is longer is no business of a short way.
LARGEST = 128 * 1024
COOKIE = f"{SESSION_COOKIE}="
RIGHT = "sheet.mark"

_decoder = msgspec.json.Decoder(EnterMarks)
_encoder = msgspec.json.Encoder()


class _Lane(NamedTuple):
    handler_id: str


# The access log names the handler of a request; this way has none of the framework's.
LANE = _Lane("api.judging.quick_lane")


def layer(app: ASGIApp, litestar: Litestar) -> ASGIApp:
    """Put the lane in front of the application."""
    return QuickLane(app, litestar)


class QuickLane:
    """The layer."""

    def __init__(self, app: ASGIApp, litestar: Litestar) -> None:
        self.app = app
        self.litestar = litestar
        self.envelope = Envelope(self._answer, secure=litestar.state.settings.secure_cookies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the module."""
        if scope["type"] == ScopeType.HTTP and scope["path"].endswith(AFTER) and scope["method"] == "POST":
            await self.envelope(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == ScopeType.HTTP
        actor = await self._actor_of(scope)
        if actor is None:
            await self.litestar(scope, receive, send)
            return
        body, messages = await _read(receive)
        if len(body) > LARGEST:
            await self.litestar(scope, _again(messages, receive), send)
            return
        try:
            refuse_repeated_names(body)
            batch = _decoder.decode(body)
            sheet_id = parse_id("sheet", scope["path"].removeprefix(BEFORE).removesuffix(AFTER))
            # Whoever reads a board meanwhile waits: the body is here, so that a slow sender holds up nobody.
            with self.litestar.state.turns.first():
                receipt = await enter_marks(self.litestar.state.desk, actor, sheet_id, batch)
        except Exception:
            await self.litestar(scope, _again(messages, receive), send)
            return
        scope["route_handler"] = LANE  # type: ignore[typeddict-item]
        await _send(send, _encoder.encode(receipt))

    async def _actor_of(self, scope: HTTPScope) -> Actor | None:
        """Who asks, if everything before the body is in order."""
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        if (
            scope["query_string"]
            or b"authorization" in headers
            # It would overrule the length.
            or b"transfer-encoding" in headers
            or not (length.isdigit() and int(length) <= LARGEST)
            or not says_json(headers.get(b"content-type", b"").decode("latin-1"))
            or not (headers.get(b"sec-fetch-site") == b"same-origin" or _from_a_program(headers))
        ):
            return None
        tokens = [
            part[len(COOKIE) :]
            for part in headers.get(b"cookie", b"").decode("latin-1").split("; ")
            if part.startswith(COOKIE)
        ]
        if len(tokens) != 1:
            return None
        state = self.litestar.state
        actor = await actor_of(state.db, state.actor_memory, tokens[0], bearer=False)
        if not actor.signed_in or actor.must_enrol or not actor.holds(RIGHT):
            return None
        given = headers.get(b"x-csrf-token", b"")
        return actor if hmac.compare_digest(given, csrf_token(actor).encode()) else None


def _from_a_program(headers: dict[bytes, bytes]) -> bool:
    """Neither of the headers by which browsers say where a request comes from: then the token decides."""
    return b"sec-fetch-site" not in headers and b"origin" not in headers


async def _read(receive: Receive) -> tuple[bytes, list[ReceiveMessage]]:
    """The body, and the messages it came in; its beginning, once it is longer than it said and not every server minds."""
    messages: list[ReceiveMessage] = []
    body = bytearray()
    while len(body) <= LARGEST:
        message = await receive()
        messages.append(message)
        if message["type"] == "http.request":
            body += message["body"]
        if message["type"] != "http.request" or not message["more_body"]:
            break
    return bytes(body), messages


def _again(messages: list[ReceiveMessage], receive: Receive) -> Receive:
    """The same body once more, for the application."""
    left = iter(messages)

    async def receive_again() -> ReceiveMessage:
        return next(left, None) or await receive()

    return receive_again


async def _send(send: Send, body: bytes) -> None:
    start: Message = {
        "type": "http.response.start",
        "status": HTTPStatus.OK,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
