"""The arq worker process: drains the outbox, keeps live standings fresh, tidies what has run out."""

import asyncio

import asyncpg
import structlog

from api import work
from api.plumbing import jobs
from api.plumbing.db import Db
from api.plumbing.logs import configure_logs
from api.plumbing.settings import Settings

log = structlog.get_logger()


async def drain_outbox(db: Db, _key: str) -> None:
    """Do what waits in the outbox."""
    await jobs.drain_outbox(db, work.HANDLERS)


async def sweep(db: Db, _key: str) -> None:
    """By the clock: what a lost poke left behind."""
    await jobs.drain_outbox(db, work.HANDLERS)
    await work.sweep(db)


async def tidy(db: Db, _key: str) -> None:
    """By the clock: what has run out."""
    await work.tidy(db)


JOBS: dict[str, jobs.Job] = {jobs.DRAIN: drain_outbox, "refresh_standings": work.refresh_standings}


BY_CLOCK: dict[str, tuple[jobs.Job, int]] = {"sweep": (sweep, 5), "tidy": (tidy, 60)}


async def run(settings: Settings) -> None:
    """Run until cancelled."""
    configure_logs()
    db = await _connected(settings)
    try:
        await jobs.run_worker(settings.redis_url, db, JOBS, BY_CLOCK)
    finally:
        await db.close()


async def _connected(settings: Settings) -> Db:
    """A worker that starts while PostgreSQL recovers waits for it."""
    while True:
        try:
            return await Db.connect(settings)
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            log.warning("worker_without_postgresql")
            await asyncio.sleep(1)
