"""One connection per process that listens to PostgreSQL's notifications, for whoever in the process wants to know."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import asyncpg
import structlog

log = structlog.get_logger()

SECONDS_BETWEEN_SIGNS = 5.0
SECONDS_TO_ANSWER = 3.0
SECONDS_BEFORE_NEXT = 0.5

Hear = Callable[[str], None]
Happen = Callable[[], None]


class Listener:
    """Notifications of named channels. `hears` says whether they arrive at this moment."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._hear: dict[str, Hear] = {}
        self._found: list[Happen] = []
        self._lost: list[Happen] = []
        self.hears = False

    def subscribe(self, channel: str, hear: Hear, found: Happen, lost: Happen) -> None:
        """Call `hear` with every payload; `found` when listening begins (what was said before is unknown), `lost` when it ends.

        Before `running` only.
        """
        self._hear[channel] = hear
        self._found.append(found)
        self._lost.append(lost)

    def also(self, channel: str, hear: Hear, found: Happen) -> None:
        """Let another one hear a channel that is listened to already, at any time."""
        first = self._hear[channel]

        def both(payload: str) -> None:
            first(payload)
            hear(payload)

        self._hear[channel] = both
        self._found.append(found)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while the block lasts, over every loss of the connection."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_lost()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                log.warning("listener_lost")
            await asyncio.sleep(SECONDS_BEFORE_NEXT)

    async def _listen_until_lost(self) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._database_url, timeout=5)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            for channel in self._hear:
                await connection.add_listener(channel, self._heard)
            self.hears = True
            for found in self._found:
                found()
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), SECONDS_BETWEEN_SIGNS)
                if not lost.is_set():
                    # A dead network gives no sign by itself.
                    await connection.execute("SELECT 1", timeout=SECONDS_TO_ANSWER)
        finally:
            if self.hears:
                self.hears = False
                for gone in self._lost:
                    gone()
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._hear[channel](str(payload))
