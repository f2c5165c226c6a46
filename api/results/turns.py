"""Room for others in a loop that could be kept busy by readers alone."""

import asyncio
from collections import deque

MOST_IN_A_TURN = 4


class Turns:
    """Lets at most so many go on in one turn of the event loop, in the order in which they came.

    A mark takes half a dozen turns from its request to its receipt. Where every turn answers all who read at this moment, the mark
    waits for all of them half a dozen times.
    """

    def __init__(self, most: int = MOST_IN_A_TURN) -> None:
        self._most = self._left = most
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._counting = False

    async def take(self) -> None:
        """Go on in this turn, or in the next that has room."""
        loop = asyncio.get_running_loop()
        if not self._counting:
            self._counting = True
            loop.call_soon(self._begin_next)
        if self._left and not self._waiting:
            self._left -= 1
            return
        waiting = loop.create_future()
        self._waiting.append(waiting)
        await waiting

    def _begin_next(self) -> None:
        if self._left == self._most and not self._waiting:
            self._counting = False
            return
        self._left = self._most
        while self._left and self._waiting:
            one = self._waiting.popleft()
            # Who went away meanwhile leaves the room to the next.
            if not one.done():
                one.set_result(None)
                self._left -= 1
        asyncio.get_running_loop().call_soon(self._begin_next)
