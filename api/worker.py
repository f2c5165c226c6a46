"""The arq worker, in a process of its own or beside the pages: drains the outbox, keeps live standings fresh, tidies what has run out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import asyncpg
import structlog
from litestar import Litestar

from api import work
from api.plumbing import garbage, jobs
from api.plumbing.db import Db
from api.plumbing.logs import configure_logs
from api.plumbing.settings import Settings

log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]


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


# Beside the pages, so that imports leave connections to whoever marks.
JOBS_BESIDE_PAGES = 2


async def run(settings: Settings) -> None:
    """Run until cancelled."""
    configure_logs()
    db = await _connected(settings)
    garbage.settle()
    try:
        await jobs.run_worker(settings.redis_url, db, JOBS, BY_CLOCK)
    finally:
        await db.close()


@contextlib.asynccontextmanager
async def beside_pages(app: Litestar, settings: Settings) -> AsyncIterator[None]:
    """The worker, and the robot judges of a demo, in the process that answers HTTP; nothing unless the settings want jobs here.

    Both work on the connections of the pages: an idle installation keeps few.
    """
    if not settings.jobs:
        yield
        return

    async def work_beside() -> None:
        await jobs.run_worker(settings.redis_url, app.state.db, JOBS, BY_CLOCK, at_once=JOBS_BESIDE_PAGES)

    works: list[Work] = [work_beside]
    if settings.demo:
        # Its HTTP client is for demos only.
        from api.simulation import robot

        works.append(partial(robot.run, settings, app.state.db))
    tasks = [asyncio.create_task(_for_ever(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(work: Work) -> None:
    """What ends a process of its own is begun again here: the pages live on."""
    while True:
        try:
            await work()
        except Exception as error:
            log.exception("job_loop_failed", error=type(error).__name__)
        await asyncio.sleep(1)


async def _connected(settings: Settings) -> Db:
    """A worker that starts while PostgreSQL recovers waits for it."""
    while True:
        try:
            return await Db.connect(settings)
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            log.warning("worker_without_postgresql")
            await asyncio.sleep(1)
