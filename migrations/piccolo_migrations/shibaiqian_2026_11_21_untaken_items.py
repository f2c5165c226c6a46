"""A contest may let go of results that it took from another."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations import migration

ID = "2026-11-21T13:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Contests: let go of taken items"


async def forwards() -> MigrationManager:
    """One right of the application's role."""
    return migration(ID, DESCRIPTION, "contests/untaken_items")
