"""What the worker can do, by the kind that stands in the outbox; every entry calls one command of a room."""

from datetime import timedelta
from uuid import UUID

from api.access.attempts import tidy_attempts
from api.jobs.commands import forget_inputs
from api.live.commands import forget_events
from api.plumbing.db import Db
from api.plumbing.idempotency import KEPT_HOURS
from api.plumbing.jobs import Work
from api.registration.imports import carrying as registration_imports
from api.results import commands as results
from api.results.queries import stale_boards

HANDLERS: dict[str, Work] = {"registration.import": registration_imports.carry_import}


FORGET_KEYS = "/* work.forget_keys */ DELETE FROM idempotency_key WHERE created_at < now() - $1::interval"
FORGET_WORK = "/* work.forget_work */ DELETE FROM outbox WHERE done_at < now() - $1::interval"


async def refresh_standings(db: Db, item: str) -> None:
    """Recompute the live standings of one item."""
    await results.refresh_standings(db, UUID(item))


async def sweep(db: Db) -> None:
    """Make good what a lost poke left behind: boards that do not know their latest facts."""
    async with db.reading() as connection:
        stale = await stale_boards(connection)
    for item in stale:
        await results.refresh_standings(db, item)


async def tidy(db: Db) -> None:
    """Remove what has run out: idempotency keys, uploads, work done long ago, old sign-in attempts, old notices."""
    async with db.reading() as connection:
        await connection.execute(FORGET_KEYS, timedelta(hours=KEPT_HOURS))
        await connection.execute(FORGET_WORK, timedelta(days=7))
        await forget_inputs(connection)
    await tidy_attempts(db)
    await forget_events(db)
