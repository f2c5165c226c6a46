"""Tells the worker that standings are behind: at most five times a second for each item, however fast marks come in."""

import asyncio
from uuid import UUID

from api.plumbing.jobs import Poker

SECONDS_BETWEEN = 0.2
REFRESH_STANDINGS = "refresh_standings"


class Nudges:
    """One per process. A nudge is never lost to the limit: it goes out at the end of the interval."""

    def __init__(self, poker: Poker) -> None:
        self._poker = poker
        self._pending: dict[UUID, asyncio.Task[None]] = {}

    def nudge(self, item_id: UUID) -> None:
        """New facts have committed for this item."""
        if item_id not in self._pending:
            self._pending[item_id] = asyncio.create_task(self._poke(item_id))

    async def close(self) -> None:
        """Send what is pending."""
        await asyncio.gather(*self._pending.values(), return_exceptions=True)

    async def _poke(self, item_id: UUID) -> None:
        # First wait, then poke: what comes in meanwhile is in the standing that the poke asks for.
        await asyncio.sleep(SECONDS_BETWEEN)
        del self._pending[item_id]
        await self._poker.poke(REFRESH_STANDINGS, str(item_id))
