"""The public part as a process of its own (`shibaiqian public`): pages, boards, screens and their stream, for nobody in particular.

Every good answer is kept on disk. When the database does not answer, or the process begins without it, the kept one is served, with
its age on the page; nothing else of the product is behind this door, so that its readers can neither reach nor slow the judges' side.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Final

import asyncpg
import structlog
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

from api.app import Application
from api.plumbing.ids import encode_id
from api.plumbing.middleware import SECURITY_HEADERS, UNLOGGED
from api.plumbing.settings import Settings
from frontend.app import application
from frontend.locales import texts
from frontend.shelf import Kept, Shelf
from frontend.views.formats import clock_seconds

log = structlog.get_logger()

SHOWN: Final = ("/c/", "/screen/", "/r/", "/api/v1/public/")
SHOWN_EXACTLY: Final = ("/", "/r")
# Whoever waits longer than this is shown what is kept.
SECONDS_TO_ANSWER: Final = 4.0
SECONDS_OF_REST: Final = 1.0
SECONDS_BETWEEN_TRIES: Final = 1.0
NOT_KEPT: Final = frozenset({"x-request-id", "date", "content-length", "transfer-encoding"})
NOBODY: Final = frozenset({b"cookie", b"authorization"})

PUBLISHED: Final = """/* public.addresses */
SELECT c.slug, i.code, i.id FROM item i JOIN contest c ON c.id = i.contest_id JOIN publication p ON p.item_id = i.id
WHERE c.state NOT IN ('draft', 'cancelled') AND ($1::uuid IS NULL OR i.id = $1)
ORDER BY c.starts_on DESC, i.id
"""

FindSettings = Callable[[], Settings | None]
GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class PublicSite:
    """The layer in front. `find_settings` gives None while nobody knows where the database is."""

    def __init__(self, shelf: Shelf, find_settings: FindSettings) -> None:
        self.shelf = shelf
        self.find_settings = find_settings
        self.inner: Application | None = None
        self.started = False
        self._rest_until = 0.0
        self._stop = asyncio.Event()
        self._changed: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if str(scope["type"]) == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == ScopeType.HTTP:
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.running():
            await send({"type": "lifespan.startup.complete"})  # type: ignore[typeddict-item]
            await receive()
        await send({"type": "lifespan.shutdown.complete"})  # type: ignore[typeddict-item]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for the database, and keep what changes, while the block lasts."""
        tasks = [asyncio.create_task(self._attach()), asyncio.create_task(self._follow())]
        try:
            yield
        finally:
            self._stop.set()
            tasks[1].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _attach(self) -> None:
        """Begin the application as soon as its database answers; from then on its pool finds it again by itself."""
        while not self._stop.is_set():
            settings = self.find_settings()
            if settings is not None:
                # A new one for each attempt: half a start leaves half an application.
                self.inner = application(settings)
                try:
                    async with self.inner.litestar.lifespan():
                        listener = self.inner.litestar.state.listener
                        listener.also("board", self._heard, self._all)
                        if listener.hears:
                            self._all()
                        self.started = True
                        await self._stop.wait()
                except (*GONE, ExceptionGroup) as error:
                    # The framework wraps whatever a start raises; whatever it was, what is kept goes on being shown.
                    log.warning("public_without_database", error=repr(error)[:300])
                self.started = False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), SECONDS_BETWEEN_TRIES)

    def _heard(self, notice: str) -> None:
        self._changed.put_nowait(notice.partition(":")[0])

    def _all(self) -> None:
        self._changed.put_nowait("")

    async def _follow(self) -> None:
        """Ask for whatever changed before anybody else does, so that the shelf never holds what was withdrawn."""
        while True:
            item = await self._changed.get()
            try:
                for path in await self._addresses(item):
                    await self._ask(_request(path), path)
            except GONE:
                log.warning("public_shelf_behind")

    async def _addresses(self, item: str) -> list[str]:
        assert self.inner is not None
        async with self.inner.litestar.state.db.reading() as connection:
            rows = await connection.fetch(PUBLISHED, item or None)
        found = dict.fromkeys(["/", "/en"])
        for row in rows:
            contest = f"/c/{row['slug']}"
            pages = (contest, f"{contest}/e/{row['code']}", f"{contest}/e/{row['code']}/rank")
            found |= dict.fromkeys(prefix + page for page in pages for prefix in ("", "/en"))
        found |= dict.fromkeys(f"/api/v1/public/rankings/{encode_id('item', row['id'])}" for row in rows)
        if item:
            found |= dict.fromkeys(self.shelf.keys_of(item))
        return list(found)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        scope = {
            **scope,
            "headers": [(name, value) for name, value in scope["headers"] if name not in NOBODY],
        }
        if path == "/health":
            body = b'{"status":"ok","database":%b}' % (b"true" if self.started else b"false")
            await _send(send, 200, b"application/json", body)
        elif path.startswith("/static/") and self.inner is not None:
            await self.inner(scope, receive, send)
        elif path.endswith("/events") and scope["method"] == "GET":
            await self._pass(scope, receive, send)
        elif not _shown(path):
            await _send(send, 404, b"text/plain; charset=utf-8", "没有这个页面 / No such page".encode())
        elif scope["method"] == "POST" and path in ("/r", "/en/r"):
            await self._pass(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._show(scope, send)
        else:
            await _send(send, 405, b"text/plain; charset=utf-8", b"GET")

    async def _pass(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """What cannot be kept: a stream, a look-up."""
        if self.started and self.inner is not None:
            await self.inner(scope, receive, send)
        else:
            await _send(send, 503, b"text/plain; charset=utf-8", "暂时无法查询 / Not available now".encode())

    async def _show(self, scope: HTTPScope, send: Send) -> None:
        key = _key(scope)
        messages = await self._ask(scope, key) if self.started and not self._resting() else None
        if messages is not None:
            for message in messages:
                await send(message)
            return
        kept = await self.shelf.find(key)
        if kept is None:
            words = "暂时没有数据，请稍后再试 / No data now, please try again later"
            await _send(send, 503, b"text/plain; charset=utf-8", words.encode())
        else:
            await _send_kept(scope, send, kept)

    def _resting(self) -> bool:
        return asyncio.get_running_loop().time() < self._rest_until

    async def _ask(self, scope: HTTPScope, key: str) -> list[Message] | None:
        """The application's answer, kept if it is good; None where it has none."""
        assert self.inner is not None
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        async def nothing() -> ReceiveMessage:
            return {"type": "http.request", "body": b"", "more_body": False}

        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await self.inner(scope, nothing, hold)
        except GONE:
            held = []
        status = held[0]["status"] if held and held[0]["type"] == "http.response.start" else 500
        if status >= 500:
            # Not everybody has to wait to find out the same.
            self._rest_until = asyncio.get_running_loop().time() + SECONDS_OF_REST
            return None
        if status == 200 and scope["method"] == "GET" and not scope["query_string"]:
            await self._keep(scope, key, held)
        elif status in (404, 410) and not scope["query_string"]:
            self.shelf.drop(key)
        return held

    async def _keep(self, scope: HTTPScope, key: str, held: list[Message]) -> None:
        assert self.inner is not None
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in held[0]["headers"]  # type: ignore[typeddict-item]
            if name.decode("latin-1").lower() not in NOT_KEPT
        ]
        body = b"".join(message["body"] for message in held[1:] if message["type"] == "http.response.body")
        item = self.inner.litestar.state.board_cache.item_of(scope)
        await self.shelf.keep(key, item, headers, body)


def _shown(path: str) -> bool:
    plain = path.removeprefix("/en") or "/" if path == "/en" or path.startswith("/en/") else path
    return plain in SHOWN_EXACTLY or plain.startswith(SHOWN)


def _key(scope: HTTPScope) -> str:
    # A search falls back on the whole page: words that somebody typed are not kept.
    part = any(name == b"hx-request" for name, _ in scope["headers"])
    return scope["path"] + ("#part" if part else "")


def _request(key: str) -> HTTPScope:
    path, _, part = key.partition("#")
    headers = [(b"host", b"localhost"), *([(b"hx-request", b"true")] if part else [])]
    return {  # type: ignore[typeddict-item]
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers, "client": None, "server": None, "extensions": {UNLOGGED: {}},
    }  # fmt: skip


async def _send_kept(scope: HTTPScope, send: Send, kept: Kept) -> None:
    at = datetime.fromtimestamp(kept.slip.at, UTC)
    body = _dated(kept.body, at, english=scope["path"].startswith("/en"))
    tag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
    headers = [
        (name.encode(), value.encode())
        for name, value in kept.slip.headers
        if name.lower() not in ("etag", "cache-control")
    ]
    headers += [
        (b"etag", tag),
        (b"cache-control", b"public, no-cache"),
        (b"sbq-kept-at", at.isoformat(timespec="seconds").encode()),
    ]
    asked = dict(scope["headers"]).get(b"if-none-match", b"")
    same = tag in asked
    await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
    await send(
        {
            "type": "http.response.body",
            "body": b"" if same or scope["method"] == "HEAD" else body,
            "more_body": False,
        }
    )


def _dated(body: bytes, at: datetime, *, english: bool) -> bytes:
    """The page with a strip that says how old it is, first in its main part."""
    start = body.find(b'<main id="main"')
    end = body.find(b">", start)
    if start < 0 or end < 0:
        return body
    t = texts("en" if english else "zh")
    words = t("site.kept", at=clock_seconds(at))
    strip = f'<p class="strip" data-state="stale" role="status"><b>{words}</b></p>'
    return body[: end + 1] + strip.encode() + body[end + 1 :]


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *SECURITY_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
