"""What the worker can do, by the kind that stands in the outbox; every entry calls one command of a room."""

from datetime import timedelta
from uuid import UUID

from api.jobs.commands import forget_inputs
from api.plumbing.db import Db
from api.plumbing.idempotency import KEPT_HOURS
from api.plumbing.jobs import Work
from api.registration.imports import carrying as registration_imports
from api.results import commands as results
from api.results.queries import stale_boards

HANDLERS: dict[str, Work] = {"registration.import": registration_imports.carry_import}


async def refresh_standings(db: Db, item: str) -> None:
    """Recompute the live standings of one item."""
    await results.refresh_standings(db, UUID(item))


async def sweep(db: Db) -> None:
    """What the clock asks for: boards whose poke was lost, idempotency keys and uploads past their time."""
    async with db.reading() as connection:
        stale = await stale_boards(connection)
        await connection.execute(
            "DELETE FROM idempotency_key WHERE created_at < now() - $1::interval", timedelta(hours=KEPT_HOURS)
        )
        await forget_inputs(connection)
    for item in stale:
        await results.refresh_standings(db, item)
