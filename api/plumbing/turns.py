"""Who goes first in one process: whoever writes before whoever reads what stands there already."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterator

SECONDS_UNTIL_QUIET = 0.5


class Turns:
    """Lets at most `most` readers go on in one turn of the event loop, in the order in which they came, and as long as something that
    comes first is under way only every `patience` seconds.

    A mark takes half a dozen turns from its request to its receipt, and PostgreSQL a processor between them. Where every turn answers
    all who read at this moment, the mark waits for all of them each time, and its database for the processor.
    """

    def __init__(self, most: int = 2, patience: float = 0.01) -> None:
        self._most = self._left = most
        self._patience = patience
        self._under_way = 0
        self._last = -SECONDS_UNTIL_QUIET
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._next: asyncio.Handle | None = None

    @property
    def quiet(self) -> bool:
        """Nothing came first in the last half second: nobody has to take a turn, which costs a tenth of an answer."""
        return not self._under_way and time.monotonic() - self._last > SECONDS_UNTIL_QUIET

    @contextlib.contextmanager
    def first(self) -> Iterator[None]:
        """What is done here comes before those who `take` a turn."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._last = time.monotonic()
            if self._waiting and not self._under_way:
                if self._next is not None:
                    self._next.cancel()
                self._next = None
                self._call()

    async def take(self) -> None:
        """Go on in this turn, or in the next that has room."""
        if self._left and not self._waiting and not self._under_way:
            self._left -= 1
            self._call()
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._call()
        await waiting

    def _call(self) -> None:
        if self._next is not None:
            return
        loop = asyncio.get_running_loop()
        if self._under_way:
            self._next = loop.call_later(self._patience, self._begin, True)
        else:
            self._next = loop.call_soon(self._begin, False)

    def _begin(self, waited: bool) -> None:
        self._next = None
        self._left = self._most
        while self._left and self._waiting and (waited or not self._under_way):
            one = self._waiting.popleft()
            # Who went away meanwhile leaves the room to the next.
            if not one.done():
                one.set_result(None)
                self._left -= 1
        if self._waiting or self._left < self._most:
            self._call()
