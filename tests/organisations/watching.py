"""Watches the database through a test: that a refusal wrote nothing, and how many statements a request costs."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from api.plumbing.db import Db
from tests.world import World

TABLES = (
    "organisation", "delegation", "season", "preset", "trade", "event", "contest", "contest_transition", "contest_organiser",
    "contest_filing", "contest_rules", "plan_version", "item", "contest_item", "stage", "publication", "entry", "sheet",
)  # fmt: skip
VERSIONED = ("organisation", "season", "contest", "item", "publication")

# Row counts, versions and ledger heads; a refused request must leave all of them as they were.
STATE = " UNION ALL ".join(
    [
        *(f"SELECT '{table}', count(*)::text FROM {table}" for table in TABLES),
        *(f"SELECT '{table} rev', coalesce(sum(rev), 0)::text FROM {table}" for table in VERSIONED),
        "SELECT 'ledger', count(*)::text FROM ledger",
        "SELECT 'heads', coalesce(md5(string_agg(chain::text || encode(head, 'hex'), '' ORDER BY chain)), '') FROM ledger_head",
        "SELECT 'keys', count(*)::text FROM idempotency_key",
    ]
)


@contextlib.asynccontextmanager
async def nothing_written(world: World) -> AsyncIterator[None]:
    """Whatever happens inside leaves every row count, version and ledger head as it was."""
    before = await world.fetch(STATE)
    yield
    assert await world.fetch(STATE) == before


class Statements:
    """Statements that a request sent, without those that find out who asks (remembered for a moment, so their number varies)."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def note(self, record: Any) -> None:
        """Called by asyncpg for each statement."""
        name = record.query.strip()
        if not name.startswith(("/* access.", "BEGIN", "COMMIT", "ROLLBACK")):
            self.sent.append(name.splitlines()[0])

    def __len__(self) -> int:
        return len(self.sent)


@contextlib.contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Statements]:
    """Count the statements of everything that goes through the application's database meanwhile."""
    statements = Statements()
    inside: ContextVar[bool] = ContextVar("inside", default=False)

    def watched(original: Callable[[Db], Any]) -> Callable[[Db], Any]:
        @contextlib.asynccontextmanager
        async def opened(self: Db) -> AsyncIterator[Any]:
            async with original(self) as connection:
                # A transaction that joins an open one has its logger already.
                if inside.get():
                    yield connection
                    return
                token = inside.set(True)
                try:
                    with connection.query_logger(statements.note):
                        yield connection
                finally:
                    inside.reset(token)

        return opened

    with monkeypatch.context() as patch:
        patch.setattr(Db, "reading", watched(Db.reading))
        patch.setattr(Db, "transaction", watched(Db.transaction))
        yield statements
