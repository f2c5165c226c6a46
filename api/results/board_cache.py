"""One encoded copy of every public board, shared by all readers, in front of the application.

A handler marks its answer with `sbq-board: <item>`; the copy is served until PostgreSQL notifies a new version of that item's
board. While the listener is cut off, copies live one second: a reader may see a board a second late, never a wrong one.

A board knows nobody: the application is asked for it without cookie and token, so that nothing of one reader reaches another.
"""

import asyncio
import contextlib
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from api.plumbing.metrics import BOARDS_BUILT
from api.plumbing.settings import Settings
from api.plumbing.turns import Turns

BOARD_HEADER = "sbq-board"
CHANNEL = "board"
KEPT = 2_000
LARGEST = 4 * 1024 * 1024
# All copies together. Searches make as many variants of a board as somebody likes to type.
MOST_BYTES = 64 * 1024 * 1024
LONGEST_QUERY = 512
SECONDS_WITHOUT_LISTENER = 1.0
NOT_MODIFIED_KEEPS = (b"etag", b"cache-control", b"content-security-policy", b"vary")

BOARD_PATHS = ("/api/v1/public/rankings/", "/r/", "/en/r/")
WHO_ASKS = (b"cookie", b"authorization")

# Path, query as it came, and whether htmx asks for a part of the page: the same address has two answers then.
Key = tuple[str, bytes, bool]


class Copy:
    """One encoded answer with its ETag."""

    __slots__ = ("body", "built_at", "etag", "item", "size", "start", "unchanged")

    def __init__(self, item: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.item = item
        # With its headers and what keeping it costs, roughly.
        self.size = len(body) + 4096
        self.body: Message = {"type": "http.response.body", "body": body, "more_body": False}
        self.etag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
        dropped = (BOARD_HEADER.encode(), b"etag", b"cache-control", b"x-request-id", b"date")
        kept = [(name, value) for name, value in headers if name.lower() not in dropped]
        # Readers ask each time; an unchanged board costs them 304 and no body.
        kept += [(b"etag", self.etag), (b"cache-control", b"public, no-cache")]
        self.start: Message = {"type": "http.response.start", "status": 200, "headers": kept}
        self.unchanged: Message = {
            "type": "http.response.start",
            "status": 304,
            "headers": [(name, value) for name, value in kept if name.lower() in NOT_MODIFIED_KEEPS],
        }
        self.built_at = time.monotonic()


class BoardCache:
    """The layer. `listening` says whether notifications arrive."""

    def __init__(self, app: ASGIApp, turns: Turns) -> None:
        self.app = app
        self.listening = False
        self._turns = turns
        # The one that was asked for longest ago stands first.
        self._copies: OrderedDict[Key, Copy] = OrderedDict()
        self._bytes = 0
        # What is being built; its result says whether it was a board at all.
        self._building: dict[Key, asyncio.Future[bool]] = {}
        # Counts notifications per item: a copy that was being built meanwhile is served once and not kept.
        self._generation: dict[str, int] = {}
        self._all_generation = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the module."""
        if scope["type"] != ScopeType.HTTP or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        if not _may_be_board(scope["path"]) or len(scope["query_string"]) > LONGEST_QUERY:
            await self.app(scope, receive, send)
            return
        key = (scope["path"], scope["query_string"], _is_partial(scope))
        copy = self._fresh(key)
        if copy is not None:
            if not self._turns.quiet:
                await self._turns.take()
            await _send_copy(copy, scope, send)
        elif scope["method"] == "GET":
            await self._build(key, scope, receive, send)
        else:
            # A HEAD makes no copy, so nobody has to wait for it.
            await self.app(_for_anybody(scope), receive, send)

    def forget(self, item: str | None) -> None:
        """Drop the copies of one item, or all of them."""
        if item is None:
            self._all_generation += 1
            self._copies.clear()
            self._bytes = 0
            return
        self._generation[item] = self._generation.get(item, 0) + 1
        for key in [key for key, copy in self._copies.items() if copy.item == item]:
            self._drop(key)

    def item_of(self, scope: HTTPScope) -> str:
        """The item whose board the copy at this address shows; empty where there is none."""
        copy = self._copies.get((scope["path"], scope["query_string"], _is_partial(scope)))
        return copy.item if copy else ""

    def begin_listening(self) -> None:
        """Notifications arrive. Whatever was notified while nobody listened is unknown: start from nothing."""
        self.forget(None)
        self.listening = True

    def end_listening(self) -> None:
        """Notifications are cut off."""
        self.listening = False

    def _fresh(self, key: Key) -> Copy | None:
        copy = self._copies.get(key)
        if copy is None:
            return None
        if self.listening or time.monotonic() - copy.built_at < SECONDS_WITHOUT_LISTENER:
            self._copies.move_to_end(key)
            return copy
        self._drop(key)
        return None

    def _keep(self, key: Key, copy: Copy) -> None:
        if key in self._copies:
            self._drop(key)
        self._copies[key] = copy
        self._bytes += copy.size
        while len(self._copies) > KEPT or self._bytes > MOST_BYTES:
            self._drop(next(iter(self._copies)))

    def _drop(self, key: Key) -> None:
        self._bytes -= self._copies.pop(key).size

    async def _build(self, key: Key, scope: HTTPScope, receive: Receive, send: Send) -> None:
        # A cold board is built once, however many ask: the others wait for the first.
        while (building := self._building.get(key)) is not None:
            was_board = await asyncio.shield(building)
            copy = self._fresh(key)
            if copy is not None:
                await _send_copy(copy, scope, send)
                return
            if not was_board:
                # A refusal is nothing to share: who waited asks for their own now, and not one after the other.
                await self.app(_for_anybody(scope), receive, send)
                return
        done = self._building[key] = asyncio.get_running_loop().create_future()
        was_board = False
        try:
            was_board = await self._build_alone(key, scope, receive, send)
        finally:
            del self._building[key]
            done.set_result(was_board)

    async def _build_alone(self, key: Key, scope: HTTPScope, receive: Receive, send: Send) -> bool:
        generations = dict(self._generation), self._all_generation
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self.app(_for_anybody(scope), receive, hold)
        copy = _copy_of(held)
        if copy is None:
            for message in held:
                await send(message)
            return False
        BOARDS_BUILT.inc()
        if (
            generations[0].get(copy.item, 0) == self._generation.get(copy.item, 0)
            and generations[1] == self._all_generation
        ):
            self._keep(key, copy)
        await _send_copy(copy, scope, send)
        return True


def _is_partial(scope: HTTPScope) -> bool:
    asks = False
    for name, value in scope["headers"]:
        if name == b"hx-history-restore-request" and value == b"true":
            return False
        asks = asks or (name == b"hx-request" and value == b"true")
    return asks


def _may_be_board(path: str) -> bool:
    """Only these paths are asked for without cookie and gathered; everything else passes through untouched."""
    return path.startswith(BOARD_PATHS) or path.endswith("/rank")


def _for_anybody(scope: HTTPScope) -> HTTPScope:
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in WHO_ASKS]}


def _copy_of(held: list[Message]) -> Copy | None:
    if not held or held[0]["type"] != "http.response.start" or held[0]["status"] != 200:
        return None
    headers = list(held[0]["headers"])
    item = next((value for name, value in headers if name.lower() == BOARD_HEADER.encode()), None)
    body = b"".join(message["body"] for message in held[1:] if message["type"] == "http.response.body")
    if item is None or len(body) > LARGEST or any(name.lower() == b"set-cookie" for name, _ in headers):
        return None
    return Copy(item.decode(), headers, body)


async def _send_copy(copy: Copy, scope: HTTPScope, send: Send) -> None:
    for name, value in scope["headers"]:
        if name == b"if-none-match" and (copy.etag in value or value == b"*"):
            await send(copy.unchanged)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
    await send(copy.start)
    await send(
        copy.body
        if scope["method"] == "GET"
        else {"type": "http.response.body", "body": b"", "more_body": False}
    )


def layer(app: ASGIApp, litestar: Litestar) -> ASGIApp:
    """Put the cache in front and let the application's start find it."""
    cache = litestar.state.board_cache = BoardCache(app, litestar.state.turns)
    return cache


@contextlib.asynccontextmanager
async def watching(app: Litestar, settings: Settings) -> AsyncIterator[None]:
    """Let the cache hear of new board versions while the process lives."""
    cache: BoardCache = app.state.board_cache
    app.state.listener.subscribe(
        CHANNEL,
        lambda notice: cache.forget(notice.partition(":")[0]),
        cache.begin_listening,
        cache.end_listening,
    )
    yield
