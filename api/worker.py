"""The arq worker process: drains the outbox, keeps live standings fresh, tidies what has run out."""

from typing import Any

import arq

from api import work
from api.plumbing.db import Db
from api.plumbing.jobs import drain_outbox, run_until_cancelled, worker_settings
from api.plumbing.logs import configure_logs
from api.plumbing.settings import Settings


async def drain(context: dict[str, Any], _key: str = "") -> None:
    """Do what waits in the outbox."""
    await drain_outbox(context["db"], work.HANDLERS)


async def refresh_standings(context: dict[str, Any], key: str) -> None:
    """Recompute the live standings of the item whose id is `key`."""
    await work.refresh_standings(context["db"], key)


async def sweep(context: dict[str, Any]) -> None:
    """By the clock: what a lost poke left behind, and what has run out."""
    await drain_outbox(context["db"], work.HANDLERS)
    await work.sweep(context["db"])


drain.__qualname__ = "drain_outbox"


async def run(settings: Settings) -> None:
    """Run until cancelled."""
    configure_logs()
    db = await Db.connect(settings)
    try:
        arguments = worker_settings(settings.redis_url, {"db": db}, [drain, refresh_standings], {sweep: 5})
        await run_until_cancelled(arq.Worker(**arguments))
    finally:
        await db.close()
