"""Tells the worker and the control room of new marks: at once after a quiet moment, then at most five times a second for each item."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import structlog

from api.plumbing.db import Db
from api.plumbing.jobs import Poker

SECONDS_BETWEEN = 0.2
REFRESH_STANDINGS = "refresh_standings"
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

log = structlog.get_logger()


class Nudges:
    """One per process. A nudge is never lost to the limit: it goes out at the end of the interval."""

    def __init__(self, db: Db, poker: Poker, tell: Callable[[UUID], Awaitable[None]] | None = None) -> None:
        self._db = db
        self._poker = poker
        self._tell = tell
        self._resting: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()

    def nudge(self, item_id: UUID) -> None:
        """New facts for this item, which have committed or will with what is open."""
        self._db.after_commit(lambda: self._nudge(item_id))

    def _nudge(self, item_id: UUID) -> None:
        if item_id in self._resting:
            self._again.add(item_id)
        else:
            self._resting[item_id] = asyncio.create_task(self._poke(item_id))

    async def close(self) -> None:
        """Send what is pending."""
        await asyncio.gather(*self._resting.values(), return_exceptions=True)

    async def _poke(self, item_id: UUID) -> None:
        try:
            while True:
                # What is nudged from here on may be too late for the standing that this poke asks for.
                self._again.discard(item_id)
                await self._poker.poke(REFRESH_STANDINGS, str(item_id))
                await self._tell_watchers(item_id)
                await asyncio.sleep(SECONDS_BETWEEN)
                if item_id not in self._again:
                    return
        finally:
            del self._resting[item_id]

    async def _tell_watchers(self, item_id: UUID) -> None:
        if self._tell is None:
            return
        try:
            await self._tell(item_id)
        except LOST:
            # Whoever watches asks again by themselves; the marks are written.
            log.warning("marks_not_told")
