"""The database: one pool, owned by Piccolo's engine; hand-written SQL runs on the same connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import NamedTuple, TypeAlias, cast

import asyncpg

from api.plumbing.engine import Engine
from api.plumbing.settings import Settings

APP_ROLE = "shibaiqian_app"
MINIMUM_VERSION = 180000

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class _Open(NamedTuple):
    """A transaction and the task it belongs to."""

    task: asyncio.Task[object] | None
    connection: Connection
    afterwards: list[Callable[[], None]]


class Db:
    """The door to PostgreSQL: `transaction()` for commands, `reading()` for queries, `pool` for the hot path."""

    def __init__(self, engine: Engine) -> None:
        # An engine of its own: two databases opened in one process must not share a pool or a transaction.
        self._engine = engine
        self._open: ContextVar[_Open | None] = ContextVar("open_transaction", default=None)
        self.pool = cast("asyncpg.Pool[asyncpg.Record]", engine.pool)

    @classmethod
    async def connect(cls, settings: Settings) -> "Db":
        """Open the pool under the application role. Raises DatabaseTooOld below PostgreSQL 18."""
        engine = Engine(config={"dsn": settings.database_url}, extensions=())
        await engine.start_connection_pool(
            min_size=1,
            max_size=settings.pool_size,
            # Each connection is a process of ten megabytes: what one busy moment opened is given back soon after.
            max_inactive_connection_lifetime=20,
            # A query that hangs must not hold a connection for ever; the server stops it first and says why.
            command_timeout=60,
            server_settings={"application_name": "shibaiqian", "role": APP_ROLE, "statement_timeout": "30s"},
        )
        db = cls(engine)
        async with db.pool.acquire() as connection:
            version = int(await connection.fetchval("SHOW server_version_num"))
        if version < MINIMUM_VERSION:
            await engine.close_connection_pool()
            raise DatabaseTooOld(version)
        return db

    async def close(self) -> None:
        """Close the pool; connections that do not answer are cut after five seconds."""
        try:
            async with asyncio.timeout(5):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()
        self._engine.pool = None

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction; joins the one this task has open, so that an effect and its idempotency key commit together."""
        if (own := self._own()) is not None:
            yield own.connection
            return
        # A task begun inside a transaction inherits Piccolo's mark of it, but its connection may be in use, or given back.
        self._engine.current_transaction.set(None)
        async with self._engine.transaction() as transaction:
            opened = _Open(asyncio.current_task(), transaction.connection, [])
            mark = self._open.set(opened)
            try:
                yield opened.connection
            finally:
                self._open.reset(mark)
        for call in opened.afterwards:
            call()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for queries: the open transaction's, or one of the pool."""
        if (own := self._own()) is not None:
            yield own.connection
            return
        async with self.pool.acquire() as connection:
            yield cast("Connection", connection)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call it once what this task has open is committed, and never if that is undone; at once where nothing is open."""
        if (own := self._own()) is not None:
            own.afterwards.append(call)
        else:
            call()

    def _own(self) -> "_Open | None":
        opened = self._open.get()
        return opened if opened is not None and opened.task is asyncio.current_task() else None


class DatabaseTooOld(Exception):
    """PostgreSQL is older than 18: uuidv7() and other things the schema stands on are missing."""

    def __init__(self, version: int) -> None:
        super().__init__(f"PostgreSQL {version // 10000} is too old: 18 or newer is needed")
