"""All open streams of one process: it reads each event once, encodes it once, and hands the same bytes to every reader.

Beats go out only while PostgreSQL is heard: a reader without beats knows that what it shows may be old.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from litestar import Litestar

from api.access.actor import ANONYMOUS, Grant
from api.access.authentication import actors_of
from api.live import queries
from api.live.queries import Event
from api.live.schemas import Audience, View
from api.plumbing.db import Db
from api.plumbing.listening import Listener
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings

log = structlog.get_logger()

CHANNEL: Final = "live"
SECONDS_BETWEEN_BEATS: Final = 15.0
# A change of rights holds within a second, open streams included (DESIGN 6).
SECONDS_BETWEEN_LOOKS: Final = 0.7
# How long one may take nothing of what is sent. Looked at beside the rights: a timeout of each sending would cost a fourth of it.
SECONDS_TO_TAKE: Final = 10.0
MOST_WAITING: Final = 1_000
MOST_READERS: Final = 20_000
AT_ONCE: Final = 500

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class Reader:
    """One stream. `key` is the hashed token it came with, None for nobody; `grants` are what it was opened under."""

    __slots__ = (
        "_call",
        "_called",
        "bearer",
        "beats",
        "closed",
        "dropped",
        "grants",
        "key",
        "sending_since",
        "task",
        "view",
        "waiting",
    )

    def __init__(
        self, view: View, key: bytes | None = None, grants: tuple[Grant, ...] = (), *, bearer: bool = False
    ) -> None:
        self.view = view
        self.key = key
        self.grants = grants
        self.bearer = bearer
        self.waiting: deque[Event] = deque()
        self.beats = 0
        self.closed = False
        # Since when what is sent waits to be taken, by the clock of the loop, and the task that waits.
        self.sending_since: float | None = None
        self.task: asyncio.Task[object] | None = None
        self.dropped = False
        # A future instead of an Event, which costs a tenth of what it takes to tell a reader.
        self._called = False
        self._call: asyncio.Future[None] | None = None

    def give(self, event: Event) -> None:
        """Hand over an event; one who does not keep up is let go and may come back with the last id."""
        if not self.view.shows(event.kind, event.item):
            return
        self.waiting.append(event)
        if len(self.waiting) > MOST_WAITING:
            self.close()
        self._wake()

    def beat(self) -> None:
        """Show that the line is alive."""
        self.beats += 1
        self._wake()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._wake()

    async def ready(self) -> None:
        """Wait for something to send."""
        if not self._called:
            self._call = asyncio.get_running_loop().create_future()
            await self._call
        self._called = False

    def drop_if_stuck(self, now: float) -> None:
        """Let go one who takes nothing: they hold memory that others need."""
        if self.sending_since is not None and now - self.sending_since > SECONDS_TO_TAKE and self.task:
            self.dropped = True
            self.task.cancel()

    def _wake(self) -> None:
        self._called = True
        if self._call is not None and not self._call.done():
            self._call.set_result(None)


class _Channel:
    """The readers of one contest and audience, and the last event they were given."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.readers: set[Reader] = set()


class Hub:
    """See the module."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self._channels: dict[tuple[UUID, Audience], _Channel] = {}
        self._pumping: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        self.heard = False

    @property
    def readers(self) -> list[Reader]:
        """Every open stream."""
        return [reader for channel in self._channels.values() for reader in channel.readers]

    async def join(self, reader: Reader) -> int:
        """Give the reader every event from now on; gives the number of the last one before. Raises too_many_streams."""
        if sum(len(channel.readers) for channel in self._channels.values()) >= MOST_READERS:
            raise Problem("too_many_streams", headers={"Retry-After": "30"})
        key = (reader.view.contest, reader.view.audience)
        fresh = key not in self._channels
        if fresh:
            head = await queries.head_of(self.db, *key)
            # Another may have come first while we asked.
            self._channels.setdefault(key, _Channel(head))
        channel = self._channels[key]
        channel.readers.add(reader)
        last = channel.last
        if fresh:
            # What was committed while we asked was notified to nobody.
            self._pump(reader.view.contest)
        return last

    def leave(self, reader: Reader) -> None:
        """Forget the reader, and the channel with the last one."""
        key = (reader.view.contest, reader.view.audience)
        channel = self._channels.get(key)
        if channel is not None:
            channel.readers.discard(reader)
            if not channel.readers:
                del self._channels[key]

    def hear(self, contest: str) -> None:
        """There are new events of this contest."""
        self._pump(UUID(contest))

    def begin(self) -> None:
        """Notifications arrive; what was said before is read."""
        self.heard = True
        for contest in {contest for contest, _ in self._channels}:
            self._pump(contest)

    def end(self) -> None:
        """Notifications are cut off."""
        self.heard = False

    def _pump(self, contest: UUID) -> None:
        if contest in self._pumping:
            self._again.add(contest)
        elif any(known == contest for known, _ in self._channels):
            self._pumping[contest] = asyncio.create_task(self._read(contest))

    async def _read(self, contest: UUID) -> None:
        try:
            while True:
                self._again.discard(contest)
                for (known, audience), channel in list(self._channels.items()):
                    if known == contest:
                        await self._read_channel(contest, audience, channel)
                if contest not in self._again:
                    return
        except LOST:
            # The listener is lost with the database, and begins again with it.
            log.warning("live_read_lost")
        finally:
            del self._pumping[contest]

    async def _read_channel(self, contest: UUID, audience: Audience, channel: _Channel) -> None:
        while True:
            events = await queries.events_since(self.db, contest, audience, channel.last, AT_ONCE)
            for event in events:
                channel.last = event.seq
                for reader in channel.readers:
                    reader.give(event)
            if len(events) < AT_ONCE:
                return

    async def beat(self) -> None:
        """Every so often, for ever."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_BEATS)
            if self.heard:
                for reader in self.readers:
                    reader.beat()

    async def look(self) -> None:
        """Close, for ever, the streams of those whose rights have changed or who take nothing."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            now = asyncio.get_running_loop().time()
            for reader in self.readers:
                reader.drop_if_stuck(now)
            try:
                await self.close_changed()
            except LOST:
                log.warning("live_look_lost")

    async def close_changed(self) -> None:
        """One look at everybody who is signed in, in two queries for all of them."""
        for bearer in (False, True):
            known = [reader for reader in self.readers if reader.key is not None and reader.bearer is bearer]
            actors = await actors_of(self.db, [reader.key for reader in known if reader.key], bearer=bearer)
            for reader in known:
                actor = actors.get(reader.key or b"", ANONYMOUS)
                # Whatever changed of the rights, the reader comes back and is judged anew. In which order they are read means nothing.
                if frozenset(actor.grants) != frozenset(reader.grants) or not actor.signed_in:
                    reader.close()


@contextlib.asynccontextmanager
async def open_hub(app: Litestar, settings: Settings) -> AsyncIterator[None]:
    """The hub of this process as `state.hub`; on leaving, every stream is ended."""
    hub = app.state.hub = Hub(app.state.db)
    listener: Listener = app.state.listener
    listener.subscribe(CHANNEL, hub.hear, hub.begin, hub.end)
    tasks = [asyncio.create_task(hub.beat()), asyncio.create_task(hub.look())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for reader in hub.readers:
            reader.close()
        await asyncio.gather(*tasks, return_exceptions=True)
