"""What the worker can do, by the kind that stands in the outbox; every entry calls one command of a room."""

from api.plumbing.db import Db
from api.plumbing.jobs import Work

HANDLERS: dict[str, Work] = {}


async def refresh_standings(db: Db, item: str) -> None:
    """Recompute the live standings of one item."""


async def sweep(db: Db) -> None:
    """What the clock asks for."""
