"""The arq worker process: drains the outbox, keeps live standings fresh, tidies what has run out."""

from api import work
from api.plumbing import jobs
from api.plumbing.db import Db
from api.plumbing.logs import configure_logs
from api.plumbing.settings import Settings

SWEEP_SECONDS = 5


async def drain_outbox(db: Db, _key: str) -> None:
    """Do what waits in the outbox."""
    await jobs.drain_outbox(db, work.HANDLERS)


async def sweep(db: Db, _key: str) -> None:
    """By the clock: what a lost poke left behind, and what has run out."""
    await jobs.drain_outbox(db, work.HANDLERS)
    await work.sweep(db)


JOBS: dict[str, jobs.Job] = {jobs.DRAIN: drain_outbox, "refresh_standings": work.refresh_standings}


async def run(settings: Settings) -> None:
    """Run until cancelled."""
    configure_logs()
    db = await Db.connect(settings)
    try:
        await jobs.run_worker(settings.redis_url, db, JOBS, {"sweep": (sweep, SWEEP_SECONDS)})
    finally:
        await db.close()
