"""Writes marks: requests that wait together share one statement and one commit.

While a statement is under way, requests that come in are gathered; the next statement takes them all. A request is answered only
when its statement has committed. One that fails spoils no other: its companions and it are then written each by itself.
"""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple, cast
from uuid import UUID

import asyncpg

from api.plumbing.db import Connection

# One statement at a time gathers most behind it. Two were tried: half the group, more processor time a mark, fewer marks a second.
MOST_STATEMENTS = 1
MOST_ROWS = 600
# Whoever waits for the lock of one sheet must not hold up the others in the same statement for longer.
GROUP_LOCK_TIMEOUT = "200ms"

# A connection is kept for so long after the last request.
LINGER_SECONDS = 1.0

ENTER_MARKS = """/* judging.enter_marks */
SELECT pos, code, rev, at, value, state, by_account
FROM enter_marks($1, $2, $3, $4, $5, $6::text[]::numeric[], $7, $8, $9, $10)
"""


class MarkRow(NamedTuple):
    """One operation as the database takes it, in the order of the function's parameters. `value` is a decimal text: the
    database reads it as exactly as the driver would write a Decimal, and in a third of the time."""

    sheet_id: UUID
    account_id: UUID
    op_id: UUID
    criterion: str
    state: str
    value: str | None
    reasons: str
    base_rev: int
    entered_at: datetime
    refused: str | None


class _Request(NamedTuple):
    rows: list[MarkRow]
    answered: "asyncio.Future[list[asyncpg.Record]]"


class MarkWriter:
    """One per process."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._waiting: list[_Request] = []
        self._idle: list[asyncio.Future[bool]] = []
        self._working: set[asyncio.Task[None]] = set()
        self._busy = 0

    async def write(self, rows: list[MarkRow]) -> list[asyncpg.Record]:
        """What became of each row, in order; returns when it is durable. Raises what the database raised."""
        request = _Request(rows, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._idle:
            self._idle.pop().set_result(True)
        elif self._busy < MOST_STATEMENTS:
            self._busy += 1
            self._start(self._work())
        return await request.answered

    async def close(self) -> None:
        """Wait until everything that was handed in has been written."""
        while self._idle:
            self._idle.pop().set_result(False)
        while self._working:
            await asyncio.gather(*self._working, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _work(self) -> None:
        """Write until nobody has waited for a while. The connection is kept meanwhile: giving it back costs a round trip."""
        try:
            while self._waiting:
                group: list[_Request] = []
                try:
                    async with self._pool.acquire() as connection:
                        await connection.execute(f"SET lock_timeout = '{GROUP_LOCK_TIMEOUT}'")
                        while await self._somebody_waits():
                            group = self._take()
                            await self._write_group(cast("Connection", connection), group)
                            group = []
                except Exception:
                    # One of them may be at fault, or the connection is gone: each is written by itself, and nobody waits for it.
                    for request in group or self._take():
                        self._start(self._write_alone(request))
        finally:
            self._busy -= 1

    async def _somebody_waits(self) -> bool:
        if self._waiting:
            return True
        loop = asyncio.get_running_loop()
        called: asyncio.Future[bool] = loop.create_future()
        self._idle.append(called)
        timer = loop.call_later(LINGER_SECONDS, self._give_up, called)
        try:
            return await called
        finally:
            timer.cancel()

    def _give_up(self, called: "asyncio.Future[bool]") -> None:
        if called in self._idle:
            self._idle.remove(called)
            called.set_result(False)

    def _take(self) -> list[_Request]:
        taken, rows = 0, 0
        while taken < len(self._waiting) and (
            taken == 0 or rows + len(self._waiting[taken].rows) <= MOST_ROWS
        ):
            rows += len(self._waiting[taken].rows)
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _write_group(self, connection: Connection, group: list[_Request]) -> None:
        rows = [row for request in group for row in request.rows]
        records = await _enter(connection, rows)
        start = 0
        for request in group:
            end = start + len(request.rows)
            if not request.answered.done():
                request.answered.set_result(records[start:end])
            start = end

    async def _write_alone(self, request: _Request) -> None:
        try:
            records = await self._enter_again(request.rows)
        except Exception as error:
            if not request.answered.done():
                request.answered.set_exception(error)
        else:
            if not request.answered.done():
                request.answered.set_result(records)

    async def _enter_again(self, rows: list[MarkRow]) -> list[asyncpg.Record]:
        async with self._pool.acquire() as connection:
            try:
                return await _enter(cast("Connection", connection), rows)
            except asyncpg.UniqueViolationError:
                # The same op_id came through another sheet at this moment; that one has committed, so now it is found.
                return await _enter(cast("Connection", connection), rows)


async def _enter(connection: Connection, rows: list[MarkRow]) -> list[asyncpg.Record]:
    """The results in the order of the rows; the function answers sheet by sheet."""
    records = await connection.fetch(ENTER_MARKS, *zip(*rows, strict=True))
    records.sort(key=itemgetter(0))
    return records
