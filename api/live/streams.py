"""One reader's connection: what happened since they were last here, then everything as it happens."""

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

from litestar import Response
from litestar.connection import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from api.live import queries
from api.live.hub import AT_ONCE, Hub, Reader
from api.live.schemas import Notice, event_id

SSE: Final = "text/event-stream"
LINES: Final = "application/x-ndjson"
# The address may be asked for again as soon as a connection breaks.
RETRY: Final = b"retry: 2000\n\n"
BEAT: Final = b": beat\n\n"


class EventStream(Response[None]):
    """The answer of a route: an endless one, as SSE or as lines of JSON."""

    def __init__(self, hub: Hub, reader: Reader, since: int | None, *, lines: bool) -> None:
        super().__init__(None)
        self.hub, self.reader, self.since, self.lines = hub, reader, since, lines
        self.clock = asyncio.get_running_loop().time

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]  # noqa: ANN401
        """What the framework sends."""
        return self._run

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = [
            (b"content-type", (LINES if self.lines else f"{SSE}; charset=utf-8").encode()),
            (b"cache-control", b"no-store"),
            # nginx and others like it would gather the stream into large pieces.
            (b"x-accel-buffering", b"no"),
        ]
        self.reader.task = asyncio.current_task()
        last = await self.hub.join(self.reader)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": head})
            # Whoever goes away says so here only.
            gone = asyncio.create_task(self._left(receive))
            try:
                await self._tell(send, last)
            except asyncio.CancelledError:
                # Whatever else ends this task goes on.
                if not self.reader.dropped:
                    raise
            finally:
                gone.cancel()
        finally:
            self.hub.leave(self.reader)

    async def _left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.reader.close()

    async def _tell(self, send: Send, last: int) -> None:
        if not self.lines:
            await self._send(send, RETRY)
        sent = await self._past(send, last)
        reader, beats = self.reader, 0
        while not reader.closed:
            await reader.ready()
            events = [event for event in reader.waiting if event.seq > sent]
            reader.waiting.clear()
            if events:
                sent = events[-1].seq
                await self._send(send, b"".join(event.line if self.lines else event.sse for event in events))
            elif reader.beats != beats:
                await self._send(send, b"\n" if self.lines else BEAT)
            beats = reader.beats
        await self._send(send, b"", more=False)

    async def _past(self, send: Send, last: int) -> int:
        """What the reader missed, or `reset` where that cannot be told any more; gives the last number sent."""
        if self.since is None:
            await self._say(send, "ready", last)
            return last
        view = self.reader.view
        # Another process may have told more than this one has read so far.
        if self.since > last:
            last = await queries.head_of(self.hub.db, view.contest, view.audience)
        if not 0 <= self.since <= last:
            await self._say(send, "reset", last)
            return last
        sent = self.since
        while sent < last and not self.reader.closed:
            events = await queries.events_since(self.hub.db, view.contest, view.audience, sent, AT_ONCE)
            if not events or events[0].seq != sent + 1:
                await self._say(send, "reset", last)
                return last
            sent = events[-1].seq
            told = [event for event in events if view.shows(event.kind, event.item)]
            await self._send(send, b"".join(event.line if self.lines else event.sse for event in told))
        # The id moves on past what was not for this reader.
        await self._say(send, "ready", sent)
        return sent

    async def _say(self, send: Send, kind: str, seq: int) -> None:
        notice = Notice(event_id(self.reader.view.audience, seq), kind, datetime.now(UTC), queries.NOTHING)
        sse, line = queries.encoded(notice)
        await self._send(send, line if self.lines else sse)

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        if not body and more:
            return
        self.reader.sending_since = self.clock()
        await send({"type": "http.response.body", "body": body, "more_body": more})
        self.reader.sending_since = None


def wants_lines(request: Request[Any, Any, Any]) -> bool:
    """Whether the caller asked for lines of JSON instead of SSE."""
    return LINES in request.headers.get("accept", "")
