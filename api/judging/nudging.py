"""Tells the worker and the control room of new marks: at most five times a second for each item, however fast marks come in."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import structlog

from api.plumbing.jobs import Poker

SECONDS_BETWEEN = 0.2
REFRESH_STANDINGS = "refresh_standings"
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

log = structlog.get_logger()


class Nudges:
    """One per process. A nudge is never lost to the limit: it goes out at the end of the interval."""

    def __init__(self, poker: Poker, tell: Callable[[UUID], Awaitable[None]] | None = None) -> None:
        self._poker = poker
        self._tell = tell
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
        if self._tell is not None:
            try:
                await self._tell(item_id)
            except LOST:
                # Whoever watches asks again by themselves; the marks are written.
                log.warning("marks_not_told")
