"""The season that the demo shows: small, and its final goes on right now."""

from datetime import UTC, datetime

from api.plumbing.settings import Settings
from api.simulation.scaling import SMALLEST
from api.simulation.season import Progress, build

SEED = 1


async def prepare(settings: Settings, scale: int, progress: Progress) -> None:
    """Build the demo's season, unless the database has one. Everything is one transaction: a start that was killed left nothing."""
    await build(settings, max(scale, SMALLEST), SEED, progress, live_at=datetime.now(UTC))
